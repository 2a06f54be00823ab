using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Views;

namespace Vigil.Reports;

/// <summary>A run that ended otherwise than it should.</summary>
/// <param name="Why">What told the cause, in words; null: nothing did.</param>
/// <param name="Source">Its newest log; null: it has none.</param>
/// <param name="LastLines">Of that log; secrets masked, and nothing in them that drives a terminal.</param>
public sealed record FailureRow(string Run, string State, string? Reason, int Attempts, int? ExitCode, int? Signal, string? Why, string? Source, ImmutableArray<string> LastLines)
{
    internal static bool HasFailed(RunRecord run) => run.State is RunState.Finished { Outcome: Outcome.Failed or Outcome.Lost or Outcome.NeedsPerson };

    internal static FailureRow Of(ReportFacts facts, RunFacts run)
    {
        var last = run.Run.LastAttempt;
        return new(
            run.Run.Id.Value, RunWords.State(run.Run), RunWords.Reason(run.Run) is { } reason ? SafeText.Line(reason) : null, run.Run.Attempts.Length, last?.ExitCode, last?.Signal,
            last is not null && WhyText.Of(last) is { } why ? SafeText.Line(why) : null, last is not null && run.Logs.TryGetValue(last.Id.Folder, out var log) ? facts.Source(log) : null, run.LastLines);
    }
}
