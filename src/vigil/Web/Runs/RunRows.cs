using System.Collections.Immutable;
using Vigil.Logs;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Views;

namespace Vigil.Web.Runs;

/// <summary>Makes the lines of the overview.</summary>
internal sealed class RunRows(string experiment, string name, SchedulerSight? sight, DateTimeOffset now)
{
    public RunRow Of(RunRecord run, LogGlance? log)
    {
        var (last, report) = (run.LastAttempt, log?.Report);
        var isRunning = run.State is RunState.Running;
        var seen = Sighting.Of(run, sight);
        var health = Health.Of(run, report, log is null ? null : now - log.Modified, log?.Stepped is { } stepped ? now - stepped : null);
        var ended = run.State is RunState.Finished ? last?.Ended : null;
        return new(RunKeys.Id(experiment, run.Id), experiment, name, run.Id.Value, run.Plan.Stage, RunWords.State(run), Secrets(seen.Reason ?? RunWords.Reason(run)), health.Word, health.Why, Progress(report, isRunning))
        {
            LimitLeftSeconds = isRunning && run.Plan.TimeLimit is { } limit && last?.Started is { } begun ? Math.Round((begun + limit - now).TotalSeconds) : null,
            OutputAge = log is null ? null : Math.Max(0, Math.Round((now - log.Modified).TotalSeconds, 1)),
            Metric = MainOf(report),
            Rate = report?.SecondsPerStep is > 0 and var pace ? Math.Round(1 / pace, 4) : null,
            Attempts = run.Attempts.Length,
            Job = last?.Job?.Value,
            Partition = run.Plan.Slurm?.Sbatch.FirstOrDefault(static o => o.Name == "partition").Value,
            Nodes = last?.Host,
            Started = last?.Started,
            Ended = ended,
            ElapsedSeconds = last?.Started is { } started ? Math.Max(0, Math.Round(((last.Ended ?? now) - started).TotalSeconds, 1)) : null,
            Parent = run.Plan.Lineage?.Parent.Value,
            Deviates = run.Plan.Deviations is { IsEmpty: false },
        };
    }

    private static string? Secrets(string? text) => text is null ? null : Spec.Secrets.MaskText(text);

    private static ProgressCell Progress(ProgressReport? report, bool isRunning)
    {
        double? share = report is { Step: { } step, Total: > 0 and { } total } ? (double)step / total : null;
        return new(report?.Step, report?.Total, report?.Epoch, report?.Epochs, isRunning && report?.Eta is { } eta ? Math.Round(eta.TotalSeconds) : null, report?.IsApproximate ?? false, share is > 1 ? 1 : share, report?.IsOverPlan ?? false);
    }

    /// <summary>The loss where there is one; of held-out data only where there is no other.</summary>
    private static MetricSummary? MainOf(ProgressReport? report)
    {
        if (report is not { Metrics: { IsEmpty: false } metrics }) return null;
        var main = metrics.OrderBy(static m => Rank(m.Name)).First();
        return new(main.Name, double.IsFinite(main.Value) ? main.Value : null, null, []);
    }

    private static int Rank(string name) =>
        !name.Contains("loss", StringComparison.OrdinalIgnoreCase) ? 2 : name.StartsWith("val", StringComparison.OrdinalIgnoreCase) || name.StartsWith("eval", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
}

internal static class Counting
{
    /// <summary>Runs by their state's word; words that no run has are left out.</summary>
    public static IReadOnlyDictionary<string, int> Of(IEnumerable<RunRow> rows) => rows.CountBy(static r => r.State).ToDictionary(static c => c.Key, static c => c.Value);
}
