using Vigil.Monitoring;

namespace Vigil.Cli;

/// <summary>Why a run ended as it did, with the end of its log.</summary>
internal static class Failures
{
    private const int Lines = 8;

    public static void Print(TextWriter output, RunRecord run)
    {
        if (run.State is not RunState.Finished ended) return;
        var attempts = run.Attempts.Length == 1 ? "1 attempt" : $"{run.Attempts.Length} attempts";
        output.WriteLine();
        output.WriteLine($"{run.Id} {RunCells.State(run)} after {attempts}{Exit(run.LastAttempt)}");
        if (run.LastAttempt?.Log is not { } log || !File.Exists(log)) return;
        output.WriteLine($"  {log}");
        foreach (var line in LogText.LastLines(log, Lines)) output.WriteLine($"  | {line}");
    }

    private static string Exit(AttemptRecord? attempt) => attempt switch
    {
        { Signal: { } signal } => $", the last one by signal {signal}",
        { ExitCode: { } code and not 0 } => $", the last one with exit code {code}",
        _ => "",
    };
}
