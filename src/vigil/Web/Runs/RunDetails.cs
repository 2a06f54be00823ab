using System.Collections.Immutable;
using Vigil.Cli;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Rendering;
using Vigil.Spec;
using Vigil.Views;
using Vigil.Web.Actions;
using Vigil.Web.Logs;

namespace Vigil.Web.Runs;

/// <summary>Gathers what the page of one run shows.</summary>
internal sealed class RunDetails(LogMarks marks)
{
    private const int LinesBefore = 20, LinesOfAnError = 30;

    public RunDetail Of(FoundRun found)
    {
        var (experiment, run, row) = (found.Experiment, found.Run, found.Row);
        return new(
            row, run.Plan.OutputDir, Why(run, row), [.. run.Attempts.Select(a => Attempt(run, a))], Diagnosis(run),
            [.. ActionStatus.Of(experiment.State).Where(a => a.Run == run.Id.Value)], run.Checkpoint is { } c ? new(c.Path, c.Step, null) : null,
            [.. (run.Plan.Deviations ?? []).Select(static d => new DeviationStatus(d.Key, d.Planned is { } planned ? Secrets.Mask(d.Key, planned) : null, d.Now is { } now ? Secrets.Mask(d.Key, now) : null))],
            Commands(experiment, run), ActionOffers.Of(experiment, run), new(Samples.Folder(run) is not null, row.Metric is not null, !run.Attempts.IsEmpty), experiment.Row.Monitor);
    }

    private static string Why(RunRecord run, RunRow row) => (run.State, run.LastAttempt) switch
    {
        (RunState.Finished { Outcome: Outcome.Completed }, { } last) => $"Completed{On(last)}.",
        (RunState.Finished finished, { } last) => $"{Capital(row.State)}: {finished.Reason ?? "no reason was given"}{(last.ExitCode is { } exit ? $", exit {exit}" : "")}{(last.Signal is { } signal ? $", signal {signal}" : "")}{On(last)}{(WhyText.Of(last) is { } why ? $". {Secrets.MaskText(why)}" : "")}",
        (RunState.Finished finished, null) => $"{Capital(row.State)}: {finished.Reason ?? "it never began"}",
        (RunState.Running, { } last) => row.HealthReason is { } reason ? $"Running{On(last)}, and {row.Health}: {reason}." : $"Running{On(last)}.",
        (RunState.Queued, _) => $"Queued: {row.Reason ?? "the scheduler gave no reason yet"}.",
        _ when run.HeldBy is { } by => $"Held by {by}.",
        _ => run.Plan.DependsOn.IsEmpty ? "Waits for its turn." : $"Waits for {string.Join(", ", run.Plan.DependsOn)}.",
    };

    private static string On(AttemptRecord last) => last.Host is { } host ? $" on {host}" : "";

    private static string Capital(string word) => $"{char.ToUpperInvariant(word[0])}{word[1..].Replace('_', ' ')}";

    private static AttemptCell Attempt(RunRecord run, AttemptRecord a)
    {
        var status = AttemptStatus.Of(a, run.State);
        using var log = a.Log is { } path ? OpenLog.TryOpen(path, out _) : null;
        return new(a.Id.Folder, status.JobId, status.State, status.Reason, status.ExitCode, status.Signal, status.Cause, status.Why is { } why ? Secrets.MaskText(why) : null, a.Submitted, a.Started, a.Ended, a.Host, log is not null, log?.Size);
    }

    /// <summary>Null of a run that is well, and where no error can be found.</summary>
    private Diagnosis? Diagnosis(RunRecord run)
    {
        if (run.State is not RunState.Finished { Outcome: Outcome.Failed or Outcome.Lost or Outcome.NeedsPerson } || run.LastAttempt is not { Log: { } path } last) return null;
        using var log = OpenLog.TryOpen(path, out _);
        if (log is null) return null;
        var seen = marks.Of(path, log, TimeSpan.FromMilliseconds(200));
        if (seen.Marks.FirstOrDefault(m => m.Kind == "error" && m.Offset >= last.LogStart) is not { } first) return null;
        var reader = new LineReader(log, BarForm.Folded);
        var at = reader.StartAt(first.Offset);
        return new(last.Sign?.Signature.Replace('_', ' '), last.Sign?.Advice, last.Id.Folder, log.Generation.ToString(), at, reader.Before(at, LinesBefore).Lines, reader.After(at, LinesOfAnError).Lines);
    }

    private static ImmutableArray<ShellCommand> Commands(ExperimentSight experiment, RunRecord run)
    {
        var commands = ImmutableArray.CreateBuilder<ShellCommand>();
        var dir = Bash.Quote(experiment.Folder.Root);
        commands.Add(new("follow the log", $"vigil logs {dir} {Bash.Quote(run.Id.Value)} -f"));
        if (run.LastAttempt?.Log is { } log) commands.Add(new("the file itself", $"tail -f {Bash.Quote(log)}"));
        commands.Add(new("what happened", $"vigil events {dir}"));
        if (run.Plan.Slurm is not null && run.LastAttempt?.Job is { } job)
        {
            commands.Add(new("what Slurm says", $"squeue -j {job.Value}"));
            commands.Add(new("what it used", $"sacct -j {job.Value}"));
        }
        return commands.DrainToImmutable();
    }
}
