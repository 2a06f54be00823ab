using System.Collections.Immutable;
using Vigil.Monitoring;

namespace Vigil.Schedulers.Slurm;

/// <content>What is reported of a job, and shown of the witnesses.</content>
internal sealed partial class SlurmScheduler
{
    private readonly Witnesses _witnesses = new();

    public SchedulerSight? Sight => _witnesses.Sight;

    private void Living(WatchedJob job)
    {
        if (RequeuedSince(job))
        {
            var before = JobEndings.Before(job.Runs, job.Restarts);
            if (before is null && job.Accounting is not AccountingSays.Off && job.WaitedForAccounting++ < PatienceWithAccounting) return;
            job.Tell(new(job.Attempt with { Requeue = job.Restarts }, job.Job, JobState.Queued) { Before = before });
            return;
        }
        var row = job.Row!;
        var started = job.Marks?.Started is { } mark && job.IsMine(mark) ? mark : null;
        // Right after a requeue it is the part before that completes, for as long as its node takes.
        var waits = SlurmStates.Of(row.State).State is JobState.Queued || row.State is "COMPLETING" && job.Attempt.Requeue > 0 && started is null;
        if (waits)
        {
            // A job that a prolog or a hold stopped says so by its state.
            var reason = row.State is "PENDING" ? row.Reason : row.Reason ?? row.State;
            job.Tell(new(job.Attempt, job.Job, JobState.Queued, reason) { Stuck = job.StuckFor(row.Reason, TimeSpan.FromSeconds(settings.StuckAfterSeconds), time) });
            return;
        }
        job.Tell(new(job.Attempt, job.Job, JobState.Running, row.State is "RUNNING" ? null : row.State, Started: started?.Time ?? row.Start, Host: started?.Host ?? row.Nodes)
        {
            // Behind a requeue the log begins with what the part before wrote: only the job itself knows where it goes on.
            Log = started?.Log ?? (job.Attempt.Requeue > 0 ? null : LogOf(job)),
            LogStart = started?.LogStart ?? 0,
        });
    }

    private async ValueTask EndAsync(List<(WatchedJob Job, Verdict Verdict)> ended, CancellationToken stop)
    {
        if (ended.Count == 0) return;
        var reports = ended.Select(static e => (e.Job, Report: Ended(e.Job, e.Verdict))).ToList();
        var told = reports.Where(static r => r.Report.State is not (JobState.Completed or JobState.Cancelled) && LogOf(r.Job) is not null).Select(static r => r.Job).ToList();
        var lines = told.Count == 0 ? [] : await site.LastLinesAsync([.. told.Select(static job => LogOf(job)!)], stop);
        var tails = told.Zip(lines).ToDictionary(static t => t.First, static t => t.Second);
        foreach (var (job, report) in reports)
        {
            var nodes = report is { State: JobState.NodeFail, Reason: not JobEndings.ForgottenWord } ? await DownAsync(job, stop) : null;
            if (tails.TryGetValue(job, out var tail)) tail = [.. tail, .. report.LastLines ?? []];
            job.Tell(report with { LastLines = tail ?? report.LastLines, FailedNodes = nodes });
        }
    }

    private static JobReport Ended(WatchedJob job, Verdict verdict)
    {
        var (run, row) = (job.Runs.LastOrDefault(), job.Row);
        var shown = job.Queue is QueueSays.Over or QueueSays.OverUnstarted;
        // Accounting says who cancelled it; of two that differ, the controller is the newer one.
        var confirmed = run is not null && SlurmStates.Of(run.State).IsOver && (!shown || SlurmStates.Of(run.State).State == SlurmStates.Of(row!.State).State);
        var word = confirmed ? run!.State : shown ? row!.State : null;
        var exit = job.Marks?.Exit;
        var (state, reason, note) = JobEndings.Of(verdict is not Verdict.Lost ? word : job.WasStruckOut ? "CANCELLED" : null, confirmed ? run!.Exit : null, job.Marks ?? AttemptMarks.None);
        if (confirmed && JobEndings.IsForgotten(run, job.Marks))
            (state, reason, note) = (JobState.NodeFail, JobEndings.ForgottenWord, "Slurm's controller had lost that the job ran: it started the job a second time, which the node refused, and then cancelled it (CANCELLED by 0)");
        var started = job.Marks?.Started is { } mark && job.IsMine(mark) ? mark : null;
        var failedBefore = job.Marks?.FailedBefore;
        // What never had a node was never started; Slurm shows the time of its end as its start.
        var began = failedBefore is not null || shown && job.Queue is QueueSays.OverUnstarted || !shown && job.Accounting is AccountingSays.OverUnstarted ? null : run?.Start ?? row?.Start;
        return new(job.Attempt, job.Job, state, reason, exit?.Code ?? failedBefore, exit?.Signal ?? (exit is null && confirmed ? JobEndings.Signal(run!.Exit) : null),
            started?.Time ?? began, exit?.Time ?? (confirmed ? run!.End : null) ?? (shown ? row!.End : null), exit?.Host ?? started?.Host ?? run?.Nodes ?? row?.Nodes, note is null ? null : [note])
        {
            Log = started?.Log ?? LogOf(job),
            LogStart = started?.LogStart ?? 0,
        };
    }

    /// <summary>Of several nodes those that are down; all of them where nobody says which.</summary>
    private async ValueTask<string?> DownAsync(WatchedJob job, CancellationToken stop)
    {
        var nodes = job.Runs.LastOrDefault()?.Nodes ?? job.Row?.Nodes;
        if (nodes is null || nodes.AsSpan().IndexOfAny(',', '[') < 0) return nodes;
        return await _commands.DownNodesAsync(nodes, stop) ?? nodes;
    }

    private void Heard(string witness, DateTimeOffset at, string? trouble)
    {
        _witnesses.Heard(NameOf(witness), at, trouble);
        if (witness == "squeue" && trouble is null) _down = null;
    }

    private string NameOf(string witness) => (site.Name, place.Cluster) switch
    {
        ("", null) => witness,
        ("", { } cluster) => $"{witness} -M {cluster}",
        (var host, null) => $"{witness} on {host}",
        (var host, { } cluster) => $"{witness} -M {cluster} on {host}",
    };

    private void See(ImmutableArray<WatchedJob> jobs)
    {
        var source = NameOf("squeue");
        var rows = jobs.Where(static job => job.End is null && job.Row is not null).Select(static job => (Id: job.Job.Value, Row: job.Row!)).ToList();
        _witnesses.Show(source, (witnesses, at) => new(witnesses, rows.DistinctBy(static r => r.Id).ToImmutableDictionary(static r => r.Id, r => new JobSight(
            r.Row.State, r.Row.Reason, source, at, r.Row.State is "PENDING" ? r.Row.Start : null))));
    }
}
