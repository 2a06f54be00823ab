using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Schedulers.Slurm;

/// <content>One look at all jobs: at most one question to each witness, whatever their number.</content>
internal sealed partial class SlurmScheduler
{
    /// <summary>From so many tasks of one array on, it is asked for as a whole.</summary>
    private const int ManyTasks = 20;

    /// <summary>So many polls long accounting may be behind with the part of a job before a requeue.</summary>
    private const int PatienceWithAccounting = 3;

    /// <summary>Longer than a job takes from scancel to COMPLETING, and than a restart of the controller.</summary>
    private static readonly TimeSpan CancelAgainAfter = TimeSpan.FromSeconds(60);

    private async Task<Activity> PollAsync(ImmutableArray<WatchedJob> jobs, CancellationToken stop)
    {
        var activity = await LookAtQueueAsync(jobs, stop);
        await CancelAgainAsync([.. jobs.Where(IgnoresCancellation)], stop);
        await ReadMarksAsync([.. jobs.Where(NeedsMarks)], stop);
        await ReadAccountingAsync([.. jobs.Where(NeedsAccounting)], stop);
        await ReadFilesAsync([.. jobs.Where(job => Verdicts.Of(job.Evidence(time)).Verdict is Verdict.AskFiles)], stop);
        var ended = new List<(WatchedJob Job, Verdict Verdict)>();
        foreach (var job in jobs)
        {
            var verdict = Verdicts.Of(job.Evidence(time)).Verdict;
            if (verdict is Verdict.Lives ? IsWorthTelling(job) : verdict is not Verdict.Adopted && RequeuedSince(job)) Living(job);
            else if (verdict is Verdict.Lives) continue;
            else if (verdict is Verdict.Adopted) job.Tell(new(job.Attempt, job.Job, JobState.Running) { ClaimedBy = new(job.Marks!.Claim!.JobId) });
            else if (verdict is Verdict.Over or Verdict.Lost) ended.Add((job, verdict));
            // A controller that does not answer is not asked more often for that.
            if (verdict is not Verdict.Lives && job.Queue is not QueueSays.Silent) activity = Activity.Busy;
        }
        await EndAsync(ended, stop);
        See(jobs);
        return activity;
    }

    private async ValueTask<Activity> LookAtQueueAsync(ImmutableArray<WatchedJob> jobs, CancellationToken stop)
    {
        var ids = jobs.Select(static job => job.Job.Value).ToHashSet(StringComparer.Ordinal);
        var answer = await _commands.QueueAsync(QueueText.Format, ids, stop);
        Heard("squeue", answer.At, answer.Trouble);
        if (answer.Value is not { } queue)
        {
            foreach (var job in jobs) job.LookInVain();
            return Activity.Quiet;
        }
        var rows = QueueText.ById(queue.Rows);
        var activity = Activity.Quiet;
        var strange = default(string);
        Dictionary<string, QueueRow> arrays = new(StringComparer.Ordinal);
        foreach (var (id, row) in rows)
            if (id.Contains('_', StringComparison.Ordinal)) arrays[SlurmIds.Base(id)] = row;
        foreach (var job in jobs)
        {
            var row = rows.GetValueOrDefault(job.Job.Value) is { } found && IsOurs(job, found) ? found : null;
            if (job.Look(row, time)) activity = Activity.Busy;
            if (row is null && arrays.TryGetValue(SlurmIds.Base(job.Job.Value), out var sibling) && IsOurs(job, sibling)) job.LookBesideItsArray();
            if (row is not null && !SlurmStates.Of(row.State).IsKnown) strange = $"state {row.State} of job {row.Id} is not known: it is taken as not over";
        }
        if (strange is null && queue.Oddities > 0) strange = $"{queue.Oddities} records of its answer cannot be read";
        _witnesses.Remark(NameOf("squeue"), answer.At, strange);
        return activity;
    }

    /// <summary>An id can be another job's by now: the cluster was set up anew, or its ids began again.</summary>
    private bool IsOurs(WatchedJob job, QueueRow row)
    {
        if (job.IsProved) return true;
        return HasOurToken(job, row.Comment) ?? HasOurName(job, row.Name);
    }

    /// <summary>Null: the comment holds no token of anybody. The site drops comments, or a person submitted the script.</summary>
    private bool? HasOurToken(WatchedJob job, string? comment) =>
        comment?.Contains(SubmissionToken.Prefix, StringComparison.Ordinal) is not true ? null : comment.Contains(TokenOf(job), StringComparison.Ordinal);

    private static bool HasOurName(WatchedJob job, string name) =>
        job.Request.Array is { } array && IsTask(job) ? name.EndsWith($".{array}", StringComparison.Ordinal) : name == job.Attempt.Run.Value;

    /// <summary>As its submission was marked, by this process or by an earlier one.</summary>
    private string TokenOf(WatchedJob job) =>
        _tokens.TryGetValue(SlurmIds.Base(job.Job.Value), out var token) ? token
        : SubmissionToken.Of(place.ExperimentDir, job.Request.Array is { } array && IsTask(job) ? $"submit:array.{array}" : $"submit:{job.Attempt with { Requeue = 0 }}");

    private static bool IsTask(WatchedJob job) => job.Job.Value.Contains('_', StringComparison.Ordinal);

    /// <summary>A controller that is killed forgets a cancellation that it has confirmed: the job is back as it was.</summary>
    private bool IgnoresCancellation(WatchedJob job) =>
        job is { Queue: QueueSays.Lives, CancelledAt: { } at, Row.State: "PENDING" or "RUNNING" or "SUSPENDED" } && time.GetElapsedTime(at) >= CancelAgainAfter;

    private async ValueTask CancelAgainAsync(ImmutableArray<WatchedJob> jobs, CancellationToken stop)
    {
        foreach (var job in jobs) job.CancelledAt = time.GetTimestamp();
        await Task.WhenAll(jobs.Select(job => _commands.Cancels.AddAsync(job.Job.Value, stop)));
    }

    /// <summary>Of ten thousand jobs that live on as before, nothing is worked out.</summary>
    private static bool IsWorthTelling(WatchedJob job) => job.HasNews || job.Told is null || RequeuedSince(job) || StuckReasons.Has(job.Row!.Reason);

    private static bool RequeuedSince(WatchedJob job) => job.Restarts > job.Attempt.Requeue;

    /// <summary>Of a running job until it has said that it started; of one that is no more, always.</summary>
    private static bool NeedsMarks(WatchedJob job) => job.Queue switch
    {
        QueueSays.Silent => false,
        QueueSays.Lives => SlurmStates.Of(job.Row!.State).State is JobState.Running && job.Marks?.Started is null && !RequeuedSince(job),
        _ => true,
    };

    private async ValueTask ReadMarksAsync(ImmutableArray<WatchedJob> jobs, CancellationToken stop)
    {
        if (jobs.IsEmpty) return;
        var marks = await site.MarksAsync([.. jobs.Select(static job => job.Request.Folder)], stop);
        for (var i = 0; i < jobs.Length; i++) jobs[i].Read(marks?[i]);
    }

    private bool NeedsAccounting(WatchedJob job) => job.Queue switch
    {
        QueueSays.Silent => false,
        QueueSays.Lives => RequeuedSince(job) && job.WaitedForAccounting < PatienceWithAccounting,
        // Who cancelled it, and the code of what left no word of its own, stand only there.
        QueueSays.Over or QueueSays.OverUnstarted => job.Row!.State.StartsWith("CANCELLED", StringComparison.Ordinal) || job.Marks?.Exit is null || RequeuedSince(job),
        _ => Verdicts.Of(job.Evidence(time)).Verdict is Verdict.AskAccounting,
    };

    private async ValueTask ReadAccountingAsync(ImmutableArray<WatchedJob> jobs, CancellationToken stop)
    {
        if (jobs.IsEmpty) return;
        List<string> ids = [];
        HashSet<string> whole = [];
        // An id that a person made up, when starting a script by hand, would spoil the question for all others.
        foreach (var array in jobs.Where(static job => SlurmIds.IsOne(job.Job.Value)).GroupBy(static job => SlurmIds.Base(job.Job.Value), StringComparer.Ordinal))
            if ((array.Count() >= ManyTasks || array.Any(static job => job.IsMissed && IsTask(job))) && whole.Add(array.Key)) ids.Add(array.Key);
            else ids.AddRange(array.Select(static job => job.Job.Value));
        foreach (var job in jobs.Where(static job => !SlurmIds.IsOne(job.Job.Value))) job.Read([]);
        if (ids.Count == 0) return;
        // What does not fit into one question is asked at the next look.
        var asked = ids.Take(SlurmCommands.MostIds).ToHashSet(StringComparer.Ordinal);
        var answer = await _commands.AccountingAsync(AccountingText.Format, asked, place.Since - Slack, SlurmCommands.AccountingAtPoll, stop);
        Heard("sacct", answer.At, answer.Trouble ?? (answer.Value is { IsOff: true } ? "the cluster keeps no accounts: jobs are known from squeue and from what they leave" : null));
        Learn(jobs.Where(job => asked.Contains(job.Job.Value) || asked.Contains(SlurmIds.Base(job.Job.Value))), answer.Value);
    }

    private void Learn(IEnumerable<WatchedJob> jobs, AccountingRows? accounting)
    {
        var runs = (accounting?.Rows ?? []).ToLookup(static row => row.Id.EndsWith("+0", StringComparison.Ordinal) ? row.Id[..^2] : row.Id, StringComparer.Ordinal);
        Dictionary<string, AccountingRow> arrays = new(StringComparer.Ordinal);
        foreach (var row in accounting?.Rows ?? [])
            if (row.Id.Contains('_', StringComparison.Ordinal)) arrays[SlurmIds.Base(row.Id)] = row;
        foreach (var job in jobs)
        {
            if (accounting is null) job.ReadInVain(AccountingSays.Silent);
            else if (accounting.IsOff) job.ReadInVain(AccountingSays.Off);
            else
            {
                job.Read([.. runs[job.Job.Value].Where(row => IsOurs(job, row))]);
                if (job.Accounting is AccountingSays.Nothing && IsTask(job) && arrays.TryGetValue(SlurmIds.Base(job.Job.Value), out var sibling) && IsOurs(job, sibling)) job.LookBesideItsArray();
            }
        }
    }

    private bool IsOurs(WatchedJob job, AccountingRow row) => job.IsProved || row.Name == job.Row?.Name || (HasOurToken(job, row.Comment) ?? HasOurName(job, row.Name));

    private async ValueTask ReadFilesAsync(ImmutableArray<WatchedJob> jobs, CancellationToken stop)
    {
        if (jobs.IsEmpty) return;
        var paths = jobs.SelectMany(static job => new[] { LogOf(job) ?? job.Request.Run.OutputDir, job.Request.Run.OutputDir }).ToImmutableArray();
        if (await site.LastWritesAsync(paths, stop) is not { } writes) return;
        for (var i = 0; i < jobs.Length; i++)
        {
            var (log, folder) = (writes.Newest[2 * i], writes.Newest[2 * i + 1]);
            var newest = log > folder || folder is null ? log : folder;
            jobs[i].Files = newest is not { } last || writes.Now - last >= jobs[i].Fence ? FilesSay.Quiet : FilesSay.Moving;
        }
    }

    private static string? LogOf(WatchedJob job) => job.Marks?.Started?.Log ?? LogPattern.Expand(job.Request.Run.LogPath, job.Job);
}
