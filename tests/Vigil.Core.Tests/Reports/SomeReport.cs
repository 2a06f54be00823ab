using System.Collections.Immutable;
using Vigil.Core.Tests.Evaluations;
using Vigil.Core.Tests.Monitoring;
using Vigil.Evaluations;
using Vigil.Logs;
using Vigil.Logs.Checkpoints;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Reports;

namespace Vigil.Core.Tests.Reports;

/// <summary>Facts for reports, in one word.</summary>
internal static class SomeReport
{
    public static RunState Completed { get; } = new RunState.Finished(Outcome.Completed, null);

    public static ExperimentReport Of(params RunFacts[] runs) => ExperimentReport.Of(Facts(runs));

    public static ReportFacts Facts(params RunFacts[] runs) => new("cap", "/out", Some.Time, [.. runs.Select(static (r, i) => r with { Run = r.Run with { Plan = r.Run.Plan with { Index = i } } })], []);

    public static RunFacts Run(string name, RunState? state = null, params SeriesPointOf[] points)
    {
        var attempt = new AttemptRecord(Some.Attempt(name), Some.Time) { Job = new("7"), Log = $"/out/{name}/slurm-7.out", Started = Some.Time, Ended = Some.Time.AddMinutes(90), ExitCode = 0 };
        return new(new RunRecord { Plan = Some.Run(name), State = state ?? Completed, AllowedAttempts = 3, Attempts = [attempt] })
        {
            Folder = $"/out/{name}",
            Logs = ImmutableSortedDictionary<string, string>.Empty.Add("1", $"/out/{name}/slurm-7.out"),
            Series = Series(points),
        };
    }

    public readonly record struct SeriesPointOf(string Name, long Step, double Value, string Source = "log 1");

    /// <summary>By way of the file that the monitor keeps.</summary>
    public static RunSeries Series(params SeriesPointOf[] points)
    {
        var writer = new SeriesWriter();
        foreach (var (point, i) in points.Select(static (p, i) => (p, i))) writer.Add(point.Source, point.Step, 100 + i, [new(point.Name, point.Value)]);
        return RunSeries.Of(writer.Pending);
    }

    /// <summary>An evaluation of the run's last training epoch, or of no training.</summary>
    public static RunFacts Evaluation(string point, string task, int? epoch, RunState? state, params EvalLogAt[] logs)
    {
        var planned = new PlannedEvaluation(task, epoch is null ? null : new RunId(point), epoch);
        var run = Run($"{point}_{planned.Folder()}", state);
        return run with
        {
            Run = run.Run with { Plan = run.Run.Plan with { Point = point, Evaluation = planned, OutputDir = $"/out/{point}/eval/{planned.Folder()}" } },
            Folder = $"/out/{point}/eval/{planned.Folder()}",
            Evaluations = [.. logs],
        };
    }

    /// <summary>A log with <c>accuracy</c> 0.8 and others, changed.</summary>
    public static EvalLogAt Log(string path, Func<EvalLog, EvalLog>? change = null)
    {
        var log = EvalReadingOf.Log(EvalReadingOf.Bytes(SomeEval.Finished().Bytes));
        return new(path, new EvalReading.Read(change?.Invoke(log) ?? log));
    }

    public static EvalLogAt Accuracy(string path, double value, int hour = 0) =>
        Log(path, log => log with { Origin = new(null, null, null), Created = Some.Time.AddHours(hour), Scores = [new("match", "match", null, 20, 0, [new("accuracy", value), new("stderr", 0.036)])] });

    public static CheckpointSeen Checkpoint(string path, long epoch, CheckpointValidity validity = CheckpointValidity.Valid, string? reason = null) =>
        new(path, CheckpointKind.Epoch, null, epoch, 2_300_000_000, Some.Time, validity, reason);

    public static IEnumerable<string> Hostile { get; } =
        ["a|b", "a\\|b", "`a`", "```", "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "a\nb", "a\r\n| x |", "**b**", "[x](http://y)", "=1+1", "&lt;", "\u2028", "\u202Eevil", "\u001b[31m", "'\"><b>", "-", "$x$", "a,b\"c"];
}
