using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Schedulers.Slurm;

/// <content>When to look, and whom to tell. The look itself goes on beside the caller: a controller that hangs keeps nobody from other work.</content>
internal sealed partial class SlurmScheduler
{
    /// <summary>An answer that comes so soon is told in the same call.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Dictionary<AttemptId, WatchedJob> _jobs = [];
    private Task<Activity>? _poll;
    private long? _polled;
    private TimeSpan _interval;

    /// <summary>Whether a poll found something that goes on changing.</summary>
    private enum Activity { Quiet, Busy }

    public async ValueTask<ImmutableArray<JobReport>> ReportAsync(ImmutableArray<JobRequest> jobs, CancellationToken stop)
    {
        Watch(jobs);
        if (_poll is null && UntilDue <= TimeSpan.Zero && _jobs.Values.Where(static job => job.End is null).ToImmutableArray() is { Length: > 0 } living) _poll = PollAsync(living, stop);
        if (_poll is { } poll) await FinishAsync(poll, stop);
        var reports = ImmutableArray.CreateBuilder<JobReport>();
        foreach (var job in jobs)
            if (_jobs[job.Attempt] is var watched && (watched.End ?? (_poll is null ? watched.TakeNews() : null)) is { } report) reports.Add(report);
        return reports.DrainToImmutable();
    }

    private bool WatchesAny => _jobs.Values.Any(static job => job.End is null);

    private TimeSpan UntilDue => _polled is { } last ? _interval - time.GetElapsedTime(last) : TimeSpan.Zero;

    /// <summary>Something of ours has changed: the next look comes soon, yet not sooner than the settings allow.</summary>
    private void Hurry() => _interval = TimeSpan.FromSeconds(settings.ShortestPoll);

    private void Watch(ImmutableArray<JobRequest> jobs)
    {
        foreach (var request in jobs)
        {
            if (_jobs.TryGetValue(request.Attempt, out var known) && known.Job == request.Job) continue;
            var watched = new WatchedJob(request);
            if (request.Attempt.Requeue > 0 && _jobs.Values.FirstOrDefault(job => job.Job == request.Job) is { } before) watched.Inherit(before);
            _jobs[request.Attempt] = watched;
            Hurry();
        }
        if (_jobs.Count == jobs.Length) return;
        var asked = jobs.Select(static job => job.Attempt).ToHashSet();
        foreach (var attempt in _jobs.Keys.Where(attempt => !asked.Contains(attempt)).ToList()) _jobs.Remove(attempt);
    }

    private async ValueTask FinishAsync(Task<Activity> poll, CancellationToken stop)
    {
        if (!poll.IsCompleted)
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await Task.WhenAny(poll, Task.Delay(Patience, time, enough.Token));
            await enough.CancelAsync();
            stop.ThrowIfCancellationRequested();
            if (!poll.IsCompleted) return;
        }
        _poll = null;
        _polled = time.GetTimestamp();
        Activity activity;
        try { activity = await poll; }
        // An earlier caller was asked to stop; this one was not.
        catch (OperationCanceledException) when (!stop.IsCancellationRequested) { return; }
        var (shortest, longest) = (TimeSpan.FromSeconds(settings.ShortestPoll), TimeSpan.FromSeconds(settings.LongestPoll));
        _interval = activity is Activity.Busy ? shortest : TimeSpan.FromTicks(Math.Clamp(_interval.Ticks * 2, shortest.Ticks, longest.Ticks));
    }
}
