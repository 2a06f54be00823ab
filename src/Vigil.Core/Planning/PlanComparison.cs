using System.Collections.Immutable;
using System.Globalization;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>What a new plan means for runs that were planned before.</summary>
/// <param name="Equal">Planned before and unchanged: the new plan's runs.</param>
/// <param name="Vanished">Planned before, absent now.</param>
public sealed record PlanComparison(ImmutableArray<PlannedRun> Equal, ImmutableArray<PlannedRun> Added, ImmutableArray<PlannedRun> Vanished, ImmutableArray<RunChange> Changed)
{
    /// <summary>Planned before and unchanged, but for the rules and conditions that watch over them: the new plan's runs. They may change while the run goes on.</summary>
    public ImmutableArray<PlannedRun> Rewatched { get; init; } = [];

    public static PlanComparison Of(IEnumerable<PlannedRun> before, IEnumerable<PlannedRun> after)
    {
        var old = before.ToDictionary(static r => r.Id);
        var equal = ImmutableArray.CreateBuilder<PlannedRun>();
        var added = ImmutableArray.CreateBuilder<PlannedRun>();
        var changed = ImmutableArray.CreateBuilder<RunChange>();
        var rewatched = ImmutableArray.CreateBuilder<PlannedRun>();
        foreach (var run in after)
        {
            if (!old.Remove(run.Id, out var known)) added.Add(run);
            else if (RunChange.Between(known, run) is { Differences.Length: > 0 } change) changed.Add(change);
            else (RunWatch.Of(known).Is(RunWatch.Of(run)) ? equal : rewatched).Add(run);
        }
        // What an action or a person started from another run was never in the file.
        ImmutableArray<PlannedRun> vanished = [.. old.Values.Where(static r => r.Lineage is null).OrderBy(static r => r.Index)];
        return new(equal.DrainToImmutable(), added.DrainToImmutable(), vanished, changed.DrainToImmutable()) { Rewatched = rewatched.DrainToImmutable() };
    }
}

/// <summary>One run that the new plan asks for differently.</summary>
public sealed record RunChange(PlannedRun Before, PlannedRun After, ImmutableArray<FieldDifference> Differences)
{
    /// <summary>A run's place in the plan, how its coordinates are written and what watches over it do not matter; everything that its attempts see does.</summary>
    public static RunChange Between(PlannedRun before, PlannedRun after)
    {
        var differences = new List<FieldDifference>();
        var secrets = SecretValues.Together([before.Secrets(), after.Secrets()]);
        string? Shown(string field, string? value) => value is null ? null : secrets.Hide(field.Contains("env.", StringComparison.Ordinal) ? Secrets.Mask(field, value) : value);
        void Compare(string field, string? old, string? now)
        {
            if (old != now) differences.Add(new(field, Shown(field, old), Shown(field, now)));
        }
        Compare("stage", before.Stage, after.Stage);
        Compare("command", Text(before.Command), Text(after.Command));
        // The same command needs the same values; one that only one of the plans holds is needed by a rule.
        foreach (var (key, value) in after.Placeholders)
            if (before.Placeholders.TryGetValue(key, out var old)) Compare(key, old, value);
        CompareMaps("env.", before.Env, after.Env, Compare);
        Compare("env_defaults", Text(before.EnvDefaults), Text(after.EnvDefaults));
        Compare("work_dir", before.WorkDir, after.WorkDir);
        Compare("output_dir", before.OutputDir, after.OutputDir);
        Compare("log_path", before.LogPath, after.LogPath);
        Compare("log_path_current", before.LogPathCurrent, after.LogPathCurrent);
        Compare("depends_on", string.Join(", ", before.DependsOn), string.Join(", ", after.DependsOn));
        Compare("cpus_per_run", Text(before.Resources.Cpus), Text(after.Resources.Cpus));
        Compare("gpus_per_run", Text(before.Resources.Gpus), Text(after.Resources.Gpus));
        CompareMaps("slurm.", SlurmFields.Of(before.Slurm), SlurmFields.Of(after.Slurm), Compare);
        Compare("time", Text(before.TimeLimit), Text(after.TimeLimit));
        Compare("priority", Text(before.Priority), Text(after.Priority));
        Compare("restart", Text(before.Restart), Text(after.Restart));
        // The hash says only that something differs; it is worth a line when nothing else tells what.
        if (differences.Count == 0 && Work(before) != Work(after)) Compare("configuration", before.ConfigHash, after.ConfigHash);
        return new(before, after, [.. differences]);
    }

    private static string Work(PlannedRun run) => run.WorkHash ?? run.ConfigHash;

    private static void CompareMaps(string prefix, ImmutableSortedDictionary<string, string> before, ImmutableSortedDictionary<string, string> after, Action<string, string?, string?> compare)
    {
        foreach (var key in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal))
            compare(prefix + key, before.GetValueOrDefault(key), after.GetValueOrDefault(key));
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
    private static string Text(bool value) => value ? "true" : "false";
    private static string? Text(TimeSpan? value) => value?.ToString("c", CultureInfo.InvariantCulture);

    private static string Text(CommandTemplate command) => command switch
    {
        CommandTemplate.Line { Text: var line } => line,
        CommandTemplate.Words { Items: var words, Groups: var groups } => $"[{string.Join(", ", words)}]{string.Concat((groups ?? []).Select(static g => $" ({g.Count} words from the {g.From + 1}th on only with a checkpoint)"))}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Text(RestartPolicy policy) => string.Create(CultureInfo.InvariantCulture,
        $"{policy.MaxAttempts} attempts, {policy.DelaySeconds} s, on {string.Join(", ", policy.Causes.Order())}");
}

/// <summary>One field of a run before and now; null: it was not set.</summary>
public sealed record FieldDifference(string Field, string? Before, string? After)
{
    public override string ToString() => $"{Field}: {Before ?? "(none)"} → {After ?? "(none)"}";
}
