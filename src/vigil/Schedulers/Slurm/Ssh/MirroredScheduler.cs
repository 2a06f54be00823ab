using System.Collections.Immutable;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Schedulers.Local;

namespace Vigil.Schedulers.Slurm.Ssh;

/// <summary>
/// Between the monitor and clusters behind a login node: carries the files of jobs there before their submission, and their logs here. For the monitor
/// logs are files of this machine; for the cluster everything lies below <c>slurm.dir</c>. Jobs of this machine pass through.
/// </summary>
internal sealed class MirroredScheduler(IScheduler inner, ExperimentFolder folder, SshSites sites, TimeProvider time) : IScheduler
{
    private readonly Dictionary<(string Host, string Root), LogMirror> _mirrors = [];
    private readonly FrozenConfigs _frozen = new(folder);

    /// <summary>Where the logs of the attempts that are asked about lie, on the cluster.</summary>
    private readonly Dictionary<AttemptId, string> _logs = [];

    private (SchedulerSight? Inner, ImmutableArray<Witness> Logs, SchedulerSight? Both) _sight = (null, [], null);

    public async ValueTask<ImmutableArray<SubmitOutcome>> SubmitAsync(ImmutableArray<Submission> submissions, CancellationToken stop)
    {
        var outcomes = new SubmitOutcome?[submissions.Length];
        foreach (var group in submissions.Index().Where(static s => HostOf(s.Item) is not null).GroupBy(s => PlaceOf(s.Item.Members[0].Run)))
        {
            if (await SendAsync(sites.Of(group.Key.Host, group.Key.Root), group.Select(static s => s.Item), stop) is not { } trouble) continue;
            foreach (var (i, _) in group) outcomes[i] = new SubmitOutcome.Refused(new EffectResult.Refused(trouble, Retryable: true));
        }
        var there = submissions.Where((_, i) => outcomes[i] is null).ToImmutableArray();
        if (there.IsEmpty) return [.. outcomes!];
        var answers = (await inner.SubmitAsync(there, stop)).GetEnumerator();
        for (var i = 0; i < outcomes.Length; i++)
            if (outcomes[i] is null && answers.MoveNext()) outcomes[i] = answers.Current;
        return [.. outcomes!];
    }

    public ValueTask<ImmutableArray<Found>> FindAsync(ImmutableArray<Submission> submissions, CancellationToken stop) => inner.FindAsync(submissions, stop);

    public async ValueTask<ImmutableArray<JobReport>> ReportAsync(ImmutableArray<JobRequest> jobs, CancellationToken stop)
    {
        var reports = await inner.ReportAsync(jobs, stop);
        var remote = jobs.Where(static job => job.Run.Slurm?.Host is not null).ToDictionary(static job => job.Attempt);
        if (remote.Count == 0 && _mirrors.Count == 0) return reports;
        foreach (var report in reports)
            if (LogOf(report) is { } log && Job(report, remote) is { } job) Follow(report.Attempt, job.Run, log);
        Forget(remote.Keys);
        foreach (var mirror in _mirrors.Values) await mirror.TurnAsync(stop);
        return [.. reports.Where(report => !IsAhead(report, remote)).Select(report => Job(report, remote) is { } job ? report with { Log = LogOf(report) is { } log ? folder.Here(job.Run, log) : null } : report)];
    }

    public ValueTask StartReadyAsync(CancellationToken stop) => inner.StartReadyAsync(stop);
    public ValueTask<EffectResult> CancelAsync(JobRequest job, CancellationToken stop) => inner.CancelAsync(job, stop);
    public ValueTask<EffectResult> ChangeAsync(JobRequest job, JobChange change, CancellationToken stop) => inner.ChangeAsync(job, change, stop);
    public ValueTask WaitForNewsAsync(TimeSpan limit, CancellationToken stop) => inner.WaitForNewsAsync(limit, stop);

    public SchedulerSight? Sight
    {
        get
        {
            var logs = _mirrors.Values.Select(static m => m.Witness).OfType<Witness>().ToImmutableArray();
            if (logs.IsEmpty || inner.Sight is not { } sight) return inner.Sight;
            if (!ReferenceEquals(sight, _sight.Inner) || !logs.SequenceEqual(_sight.Logs)) _sight = (sight, logs, sight with { Witnesses = [.. sight.Witnesses, .. logs] });
            return _sight.Both;
        }
    }

    /// <summary>A requeued job is reported under the attempt that it is now, which nobody has asked about yet.</summary>
    private static JobRequest? Job(JobReport report, Dictionary<AttemptId, JobRequest> remote) =>
        remote.TryGetValue(report.Attempt, out var job) ? job : report.Attempt.Requeue > 0 ? remote.Values.FirstOrDefault(other => other.Job == report.Job && other.Attempt.Run == report.Attempt.Run) : null;

    /// <summary>The end of a job is told when its log is here, for what stands in the last lines decides what follows. It is told again until then.</summary>
    private bool IsAhead(JobReport report, Dictionary<AttemptId, JobRequest> remote) =>
        report.State.IsTerminal && Job(report, remote) is { } job && _logs.TryGetValue(report.Attempt, out var log) && !Mirror(job.Run).IsWhole(log);

    private void Follow(AttemptId attempt, PlannedRun run, string there)
    {
        if (_logs.TryGetValue(attempt, out var known) && known == there) return;
        _logs[attempt] = there;
        var here = folder.Here(run, there);
        Mirror(run).Follow(there, here);
        CurrentLog.Point(run with { OutputDir = folder.Here(run, run.OutputDir), LogPathCurrent = run.LogPathCurrent is { } link ? folder.Here(run, link) : null }, here);
    }

    private void Forget(IEnumerable<AttemptId> asked)
    {
        var runs = asked.Select(static attempt => attempt.Run).ToHashSet();
        foreach (var attempt in _logs.Keys.Where(attempt => !runs.Contains(attempt.Run)).ToList()) _logs.Remove(attempt);
        var kept = _logs.Values.ToHashSet(StringComparer.Ordinal);
        foreach (var mirror in _mirrors.Values) mirror.Keep(kept);
    }

    private LogMirror Mirror(PlannedRun run)
    {
        var place = PlaceOf(run);
        if (!_mirrors.TryGetValue(place, out var mirror)) _mirrors[place] = mirror = new(sites.Of(place.Host, place.Root), time);
        return mirror;
    }

    private async ValueTask<string?> SendAsync(SshSite site, IEnumerable<Submission> submissions, CancellationToken stop)
    {
        var upload = new Upload(SubmissionToken.Of(folder.Root, "folder"), $"{Environment.MachineName} {folder.Root.ReplaceLineEndings(" ")}");
        try
        {
            foreach (var submission in submissions)
            {
                foreach (var member in submission.Members) Add(upload, member);
                if (submission.Array is { } array) upload.Add(folder.Array(array.Name), $"arrays/{array.Name}");
            }
            return await site.SendAsync(upload, stop);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException) { return $"the files of the jobs cannot be read: {refusal.Message}"; }
    }

    private void Add(Upload upload, JobRequest member)
    {
        var (run, name) = (member.Run, Path.GetFileName(member.Run.OutputDir));
        upload.Add(folder.Here(run, member.Folder), $"{name}/{Path.GetRelativePath(run.OutputDir, member.Folder)}");
        upload.Add(folder.Here(run, Path.Combine(run.OutputDir, "provenance")), $"{name}/provenance");
        foreach (var file in _frozen.Find(run)?.Files ?? []) upload.AddFile(folder.Here(run, Path.Combine(run.OutputDir, file.Path)), $"{name}/{file.Path}");
        // A job whose log has no folder fails, and leaves no word of why.
        foreach (var file in (ReadOnlySpan<string?>)[run.LogPath, run.LogPathCurrent])
            if (file is not null) upload.AddFolder(LogPattern.Folder(file));
    }

    /// <summary>The job told it, and may tell anything.</summary>
    private static string? LogOf(JobReport report) => report.Log is ['/', ..] log && !log.Contains('\0', StringComparison.Ordinal) ? Path.GetFullPath(log) : null;

    private static string? HostOf(Submission submission) => submission.Members[0].Run.Slurm?.Host;

    private (string Host, string Root) PlaceOf(PlannedRun run) => (run.Slurm!.Host!, folder.There(run));
}
