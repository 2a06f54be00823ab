using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Core.Tests.Monitoring;

/// <summary>Test data in one word.</summary>
internal static class Some
{
    public static DateTimeOffset Time { get; } = new(2026, 11, 22, 3, 0, 0, TimeSpan.FromHours(1));

    public static ExperimentHeader Experiment { get; } = new() { Name = "tiny", Dir = "/out", File = "/exp/experiment.yaml", Scheduler = "local" };

    public static PlannedRun Run(string name, int attempts = 3, double delay = 60, FailureCause[]? causes = null, string[]? after = null, int index = 0, string? stage = null, int priority = 0) => new()
    {
        Id = new RunId(name),
        Point = stage is null ? name : name.Replace($"_{stage}", "", StringComparison.Ordinal),
        Stage = stage,
        Index = index,
        OutputDir = $"/out/{name}",
        LogPath = $"/out/{name}/slurm-%j.out",
        LogPathCurrent = $"/out/{name}/current.log",
        Command = new CommandTemplate.Line("true"),
        WorkDir = "/exp",
        DependsOn = [.. (after ?? []).Select(static a => new RunId(a))],
        Restart = new RestartPolicy(attempts, delay, [.. causes ?? [FailureCause.Infrastructure]]),
        Priority = priority,
    };

    public static AttemptId Attempt(string run, int number = 1) => new(new RunId(run), number);

    public static JobReport Report(string run, JobState state, int number = 1, string? job = null, int? code = null, string? reason = null, string[]? lines = null) =>
        new(Attempt(run, number), new JobId(job ?? $"{run}-{number}"), state, reason, code, Started: state is JobState.Queued ? null : Time, LastLines: lines);
}
