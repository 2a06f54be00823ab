using System.Collections.Immutable;
using System.Text.Json;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>What watches over a run, and may change while it goes on.</summary>
/// <param name="Rules">The id of its rule set; null: it has none.</param>
/// <param name="Lifecycle">Null: it starts when it can and ends when its job does.</param>
/// <param name="Watches">Runs that its conditions look at.</param>
/// <param name="Placeholders">Of the command and of the texts of rules and conditions.</param>
/// <param name="ConfigHash">Of the frozen configuration that holds them.</param>
/// <param name="WorkHash">Null: they are all that it holds of the kind.</param>
public sealed record RunWatch(string? Rules, Lifecycle? Lifecycle, ImmutableArray<RunId> Watches, ImmutableSortedDictionary<string, string> Placeholders, string ConfigHash, string? WorkHash)
{
    public static RunWatch Of(PlannedRun run) => new(run.Rules, run.Lifecycle, run.Watches, run.Placeholders, run.ConfigHash, run.WorkHash);

    public PlannedRun Over(PlannedRun run) => run with { Rules = Rules, Lifecycle = Lifecycle, Watches = Watches, Placeholders = Placeholders, ConfigHash = ConfigHash, WorkHash = WorkHash };

    /// <summary>Whether both watch alike, however they are written.</summary>
    public bool Is(RunWatch other) => Rules == other.Rules && Watches.SequenceEqual(other.Watches) && Same(Lifecycle, other.Lifecycle);

    private static bool Same(Lifecycle? one, Lifecycle? other) => (one, other) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        _ => one.StartEvery == other.StartEvery && one.TerminationCommand == other.TerminationCommand && one.Inactivity == other.Inactivity && one.NoProgress == other.NoProgress
            && Same(one.Start, other.Start) && Same(one.Cancel, other.Cancel),
    };

    private static bool Same(ImmutableArray<Condition> one, ImmutableArray<Condition> other) => one.Length == other.Length && (one.IsEmpty || Text(one) == Text(other));

    private static string Text(ImmutableArray<Condition> conditions) => JsonSerializer.Serialize(conditions, SpecJson.Default.ImmutableArrayCondition);
}
