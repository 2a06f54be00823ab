using System.Globalization;
using Vigil.Logs;
using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Web.Runs;

/// <summary>How a run does by its own signs. Said with what was seen, never acted on: acting is the rules' part.</summary>
/// <param name="Why">Null where the word says it all.</param>
internal readonly record struct Health(string Word, string? Why)
{
    private static readonly TimeSpan QuietAfter = TimeSpan.FromMinutes(5), StuckAfter = TimeSpan.FromMinutes(15), StuckStepAfter = TimeSpan.FromMinutes(30);

    /// <param name="output">Since its log grew; null: not known.</param>
    /// <param name="step">Since its step moved; null: not known, or it shows none.</param>
    public static Health Of(RunRecord run, ProgressReport? progress, TimeSpan? output, TimeSpan? step) => run.State switch
    {
        RunState.Running => Running(run, progress, output, step),
        RunState.Finished { Outcome: Outcome.Completed } => new("done", null),
        RunState.Finished { Outcome: Outcome.Skipped or Outcome.Cancelled } => new("over", null),
        RunState.Finished => new("bad", null),
        _ => new("waiting", null),
    };

    private static Health Running(RunRecord run, ProgressReport? progress, TimeSpan? output, TimeSpan? step)
    {
        if (progress?.Metrics.FirstOrDefault(static m => m.Name.Contains("loss", StringComparison.OrdinalIgnoreCase) && !double.IsFinite(m.Value)) is { Name: { } name } bad)
            return new("sick", $"{name} is {bad.Value.ToString(CultureInfo.InvariantCulture)} at step {bad.Step.ToString(CultureInfo.InvariantCulture)}");
        // What printed its end, or is at its last step, only ends.
        if (progress is { HasEnded: true } || progress is { Step: { } at, Total: { } total } && at >= total) return new("ok", null);
        var seen = string.Join(", ", new[] { output is { } o ? $"last output {Duration.Text(Whole(o))} ago" : null, step is { } s ? $"last step {Duration.Text(Whole(s))} ago" : null }.OfType<string>());
        if (output >= StuckAfter || step >= StuckStepAfter) return new("stuck", seen);
        return output >= QuietAfter ? new("quiet", seen) : new("ok", null);
    }

    private static TimeSpan Whole(TimeSpan span) => TimeSpan.FromSeconds(Math.Round(span.TotalMinutes >= 1 ? Math.Floor(span.TotalMinutes) * 60 : span.TotalSeconds));
}
