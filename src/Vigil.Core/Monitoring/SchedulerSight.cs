using System.Collections.Immutable;

namespace Vigil.Monitoring;

/// <summary>What a scheduler showed when it was last looked at.</summary>
/// <param name="Witnesses">Who was asked, when each last answered, and what it said when it did not.</param>
/// <param name="Jobs">By job id; only those that are not over.</param>
public sealed record SchedulerSight(ImmutableArray<Witness> Witnesses, ImmutableDictionary<string, JobSight> Jobs);

/// <param name="Name"><c>squeue</c>, <c>sacct</c>; with the host where it is another one.</param>
/// <param name="Answered">Null: never.</param>
/// <param name="Trouble">Null: it answered the last time.</param>
public sealed record Witness(string Name, DateTimeOffset? Answered, string? Trouble);

/// <param name="State">The scheduler's exact word.</param>
/// <param name="Reason">The scheduler's exact word; null when it has none.</param>
/// <param name="Source">Who said so.</param>
/// <param name="ExpectedStart">Of a pending job, where the scheduler has planned it.</param>
public sealed record JobSight(string State, string? Reason, string Source, DateTimeOffset Seen, DateTimeOffset? ExpectedStart);
