using System.Globalization;
using Vigil.Logs;
using Vigil.Monitoring;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary>What tables show of one run, as text.</summary>
internal static class RunCells
{
    private const int BarWidth = 12;

    /// <summary>What is longer is told whole below the table.</summary>
    public const int LongestReason = 32;

    public static string State(RunRecord run) => run.Plan.Deviations is null ? Standing(run) : $"{Standing(run)}, deviates";

    /// <summary>Without the word that its settings changed.</summary>
    public static string Standing(RunRecord run) => run switch
    {
        { State: RunState.Finished { Reason: "CANCELLED" } } => Word(run),
        { State: RunState.Finished { Reason: "FAILED" }, LastAttempt: { Signal: { } signal } } => $"{Word(run)} (signal {signal})",
        { State: RunState.Finished { Reason: "FAILED" }, LastAttempt: { ExitCode: { } code } } => $"{Word(run)} (exit {code})",
        { State: RunState.Finished { Reason: { } reason } } => $"{Word(run)} ({Short(reason)})",
        { State: RunState.Waiting { NotBefore: not null }, HeldBy: null } => "waiting to retry",
        { State: not RunState.Finished, CancelledBy: not null } => $"{Word(run)}, cancelling",
        { State: not RunState.Finished, Finish: not null } => $"{Word(run)}, finishing",
        { State: not RunState.Finished, StopReason: { } reason } => $"{Word(run)}, ending ({Short(reason)})",
        { State: RunState.Queued } when RunWords.Reason(run) is { } stuck => $"{Word(run)}, {stuck}",
        _ => Word(run),
    };

    public static string Colour(RunRecord run) => RunWords.State(run) switch
    {
        "completed" => "green",
        "running" => "blue",
        "failed" or "lost" or "needs_person" => "red",
        "cancelled" or "skipped" => "yellow",
        _ => "grey",
    };

    public static string Bar(ProgressReport? progress)
    {
        if (progress is not { Step: { } step, Total: { } total and > 0 }) return "";
        var full = (int)Math.Clamp(step * BarWidth / total, 0, BarWidth);
        return new string('━', full) + new string('╌', BarWidth - full);
    }

    public static string Step(ProgressReport? progress) => progress is { Step: { } step }
        ? string.Create(CultureInfo.InvariantCulture, $"{(progress.IsApproximate ? "≈" : "")}{step}{(progress.Total is { } total ? $"/{total}" : "")}{(progress.IsOverPlan ? " over plan" : "")}")
        : "";

    /// <summary>The training loss, by the trainer's own name for it.</summary>
    public static string Loss(ProgressReport? progress)
    {
        foreach (var metric in progress?.Metrics ?? [])
            if (metric.Name.EndsWith("loss", StringComparison.OrdinalIgnoreCase) && !metric.Name.Contains('/', StringComparison.Ordinal))
                return metric.Value.ToString("0.0000", CultureInfo.InvariantCulture);
        return "";
    }

    public static string Speed(ProgressReport? progress) => progress?.SecondsPerStep switch
    {
        null or <= 0 => "",
        < 1 and var pace => string.Create(CultureInfo.InvariantCulture, $"{1 / pace:0.#} it/s"),
        var pace => string.Create(CultureInfo.InvariantCulture, $"{pace:0.#} s/it"),
    };

    public static string Eta(RunRecord run, ProgressReport? progress) => run.State is RunState.Running && progress?.Eta is { } eta ? Duration(eta) : "";

    public static string Attempt(RunRecord run) => run.Attempts.IsEmpty ? "" : string.Create(CultureInfo.InvariantCulture, $"{run.Attempts.Length}/{run.AllowedAttempts}");

    /// <summary>Nothing lasts less than no time, although a node's clock may be ahead of ours.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { Ticks: < 0 } => "0s",
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0}s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}m{time.Seconds:00}s"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Hours}h{time.Minutes:00}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays}d{time.Hours:00}h"),
    };

    /// <summary>From the first start to the last end.</summary>
    public static string Took(RunRecord run)
    {
        var first = run.Attempts.Select(static a => a.Started).FirstOrDefault(static s => s is not null);
        return first is { } from && run.LastAttempt?.Ended is { } to ? Duration(to - from) : "";
    }

    private static string Word(RunRecord run) => RunWords.State(run).Replace('_', ' ');
    private static string Short(string reason) => reason.Length <= LongestReason ? reason : $"{reason[..(LongestReason - 1)]}…";
}
