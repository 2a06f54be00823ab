using System.Collections.Immutable;
using System.Globalization;
using Vigil.Configuration;

namespace Vigil.Tracking;

/// <summary>The content of a <c>runs_status.yaml</c>.</summary>
/// <param name="Group">Null: the file does not say.</param>
/// <param name="Points">In the order of the file.</param>
public sealed record RunTracker(string? Group, ImmutableArray<TrackedPoint> Points)
{
    /// <summary>Where the group stands.</summary>
    public SourceSpan GroupAt { get; init; }

    /// <summary>The comment and blank lines above everything else; one of them says when the file was last updated.</summary>
    public ImmutableArray<string> Header { get; init; } = [];

    /// <summary>The comment and blank lines below everything else.</summary>
    public ImmutableArray<string> Footer { get; init; } = [];

    /// <summary>Keys beside <c>run_group</c> and <c>runs</c>, which are kept as they are.</summary>
    public ImmutableArray<ConfigEntry> Further { get; init; } = [];

    /// <summary>A file is flat while every run has one job a stage.</summary>
    public TrackerForm Form => Points.Any(static p => p.Form is TrackerForm.Nested) ? TrackerForm.Nested : TrackerForm.Flat;

    /// <summary>The earliest time at which anything is said to have changed; null: no time can be read.</summary>
    public DateTime? OldestUpdate => Points.SelectMany(static p => p.Entries.Select(static e => e.LastUpdated).Append(p.LastUpdated)).Select(Time).Where(static t => t is not null).Min();

    private static DateTime? Time(string? text) => DateTime.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null;

    public TrackedPoint? this[string point] => Points.FirstOrDefault(p => p.Name == point);
}

/// <summary>How the entries of a run stand in the file.</summary>
public enum TrackerForm
{
    /// <summary><c>finetune_status: …</c></summary>
    Flat,

    /// <summary><c>finetune: {status: …}</c>, and a map of evaluations.</summary>
    Nested,
}

/// <summary>A run of the tracker: a point of a plan, with an entry for each of its jobs.</summary>
public sealed record TrackedPoint(string Name, TrackerForm Form, ImmutableArray<TrackedEntry> Entries)
{
    /// <summary>As written; null: never. Only the flat form shows it.</summary>
    public string? LastUpdated { get; init; }

    /// <summary>Keys without a meaning here, which are kept as they are.</summary>
    public ImmutableArray<ConfigEntry> Further { get; init; } = [];

    /// <summary>Null: the run has no such job.</summary>
    public TrackedEntry? this[EntryKey key] => Entries.FirstOrDefault(e => e.Key == key);
}

/// <summary>Which job of a run is meant.</summary>
/// <param name="Stage">As the keys begin: <c>finetune</c>, <c>eval</c>.</param>
/// <param name="Evaluation">The key among the evaluations of the nested form; null in the flat form, and of what is no evaluation.</param>
public readonly record struct EntryKey(string Stage, string? Evaluation = null)
{
    public const string FineTuneStage = "finetune", EvalStage = "eval";

    public static EntryKey FineTune { get; } = new(FineTuneStage);
    public static EntryKey Eval { get; } = new(EvalStage);

    public bool IsEvaluation => Stage == EvalStage;

    /// <summary>For people: <c>finetune</c>, <c>eval capitalization_epoch_0</c>.</summary>
    public override string ToString() => Evaluation is null ? Stage : $"{Stage} {Evaluation}";
}

/// <summary>How one job stands.</summary>
public sealed record TrackedEntry(EntryKey Key, TrackedStatus Status)
{
    /// <summary>As written, with its leading zeros; null: none is known.</summary>
    public string? JobId { get; init; }

    /// <summary>Absolute; null: there is none, or nobody found it.</summary>
    public string? Output { get; init; }

    /// <summary>Why it failed, in the scheduler's exact words or ours; null: it did not, or nobody said.</summary>
    public string? Reason { get; init; }

    /// <summary>A remark of a person's or of the plan's; null: none.</summary>
    public string? Note { get; init; }

    /// <summary>As written; null: never. Only the nested form shows it.</summary>
    public string? LastUpdated { get; init; }

    /// <summary>Keys without a meaning here, which are kept as they are.</summary>
    public ImmutableArray<ConfigEntry> Further { get; init; } = [];
}
