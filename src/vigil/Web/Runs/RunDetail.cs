using System.Collections.Immutable;
using Vigil.Views;
using Vigil.Web.Logs;

namespace Vigil.Web.Runs;

/// <summary>All that is said of one run on its own page.</summary>
/// <param name="Why">Why it stands where it stands, a sentence.</param>
/// <param name="Commands">What a shell would be told for the same.</param>
internal sealed record RunDetail(
    RunRow Row, string Dir, string Why, ImmutableArray<AttemptCell> Attempts, Diagnosis? Diagnosis, ImmutableArray<ActionStatus> WaitingActions, CheckpointStatus? Checkpoint,
    ImmutableArray<DeviationStatus> Deviations, ImmutableArray<ShellCommand> Commands, ImmutableArray<ActionOffer> Actions, RunTabs Tabs, MonitorCell Monitor);

/// <param name="Id"><c>2</c>, or <c>2.r1</c> after the scheduler queued it again.</param>
internal sealed record AttemptCell(string Id, string? Job, string State, string? Reason, int? ExitCode, int? Signal, string? Cause, string? Why, DateTimeOffset? Submitted, DateTimeOffset? Started, DateTimeOffset? Ended, string? Host, bool HasLog, long? LogBytes);

/// <summary>The first error of a log that went wrong, with what stands before it.</summary>
/// <param name="Cause">Null: an error, and no known one.</param>
internal sealed record Diagnosis(string? Cause, string? Suggestion, string Attempt, string Generation, long Offset, ImmutableArray<ShownLine> Before, ImmutableArray<ShownLine> Lines);

internal sealed record ShellCommand(string Title, string Command);

/// <param name="Refused">Why it cannot be done now; null: it can.</param>
internal sealed record ActionOffer(string Name, string? Refused, string Command);

internal sealed record RunTabs(bool Samples, bool Metrics, bool Checkpoints);

/// <param name="Severity"><c>good</c>, <c>none</c>, <c>warning</c>, <c>error</c>.</param>
internal sealed record EventCell(long Seq, DateTimeOffset At, string By, string Kind, string Severity, string? Run, string? Attempt, string Text, EvidenceCell? Evidence);

internal sealed record EvidenceCell(string Text, long? Offset, string? Attempt);

internal sealed record EventsPage(ImmutableArray<EventCell> Events, long Next);

internal sealed record CheckpointCell(string Path, string Name, long? Step, long? Epoch, long Bytes, double? AgeSeconds, bool? Valid, string? Reason, string BranchCommand);

/// <param name="Origin">Who set it: <c>sweep</c>, <c>command line</c>; null: the files.</param>
internal sealed record ConfigLeaf(string Key, string Value, string? Origin);

internal sealed record Comparison(ImmutableArray<RunRow> Runs, ImmutableArray<DifferingKey> Differing, int Same, ImmutableArray<ComparedMetric> Metrics);

internal sealed record DifferingKey(string Key, ImmutableArray<string?> Values);

internal sealed record ComparedMetric(string Name, ImmutableArray<double?> Last, ImmutableArray<double?> Best);

internal sealed record SampleCell(string Url, string Name, int? Prompt, long? Step, long? Epoch, DateTimeOffset At);

internal sealed record MonitorLines(ImmutableArray<string> Lines);
