using Vigil.Monitoring;
using Vigil.Spec;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary>Why a run ended as it did, with the end of its log; secrets are masked.</summary>
internal static class Failures
{
    private const int Lines = 8;

    /// <summary>Of the first failures, in plan order; the others are counted.</summary>
    public static void Print(TextWriter output, ExperimentState state, int most)
    {
        var failed = state.InPlanOrder.Where(static r => r.State is RunState.Finished { Outcome: Outcome.Failed or Outcome.Lost or Outcome.NeedsPerson }).ToList();
        foreach (var run in failed.Take(most)) Print(output, run);
        if (failed.Count <= most) return;
        output.WriteLine();
        output.WriteLine($"… and {Quantity.Of(failed.Count - most, "more run")} that failed");
    }

    private static void Print(TextWriter output, RunRecord run)
    {
        if (run.State is not RunState.Finished ended) return;
        var secrets = run.Plan.Secrets();
        output.WriteLine();
        output.WriteLine($"{run.Id} {Shown(RunCells.Standing(run), secrets)} after {Quantity.Of(run.Attempts.Length, "attempt")}");
        if (ended.Reason is { Length: > RunCells.LongestReason } reason) output.WriteLine($"  {Shown(reason, secrets)}");
        if (run.LastAttempt is { } last && WhyText.Of(last) is { } why) output.WriteLine($"  {Shown(why, secrets)}");
        if (run.LastAttempt?.Log is not { } log || !File.Exists(log)) return;
        output.WriteLine($"  {log}");
        var end = LogText.LastLines(log, Lines);
        if (end.Count == 0) output.WriteLine("  | (it is empty)");
        foreach (var line in end) output.WriteLine($"  | {Shown(line, secrets)}");
    }

    private static string Shown(string text, SecretValues secrets) => LogText.Safe(Secrets.MaskText(secrets.Hide(text.ReplaceLineEndings(" "))));
}
