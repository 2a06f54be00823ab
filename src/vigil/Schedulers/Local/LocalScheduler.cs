using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Schedulers.Local;

/// <summary>What a <see cref="LocalScheduler"/> is made of, beside the run folder.</summary>
/// <param name="Cpus">CPU slots of this machine.</param>
/// <param name="Environment">What jobs inherit, as <c>NAME=value</c>.</param>
/// <param name="Bash">Absolute path.</param>
internal sealed record LocalMachine(ProcessTable Processes, int Cpus, GpuInventory Gpus, ImmutableArray<string> Environment, string Bash)
{
    /// <summary>This machine; CPUs as affinity and cgroup allow.</summary>
    public static LocalMachine Here(TimeProvider time)
    {
        var environment = System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToImmutableDictionary(static e => (string)e.Key, static e => (string?)e.Value ?? "");
        var bash = environment.GetValueOrDefault("PATH", "/usr/bin:/bin").Split(':').Select(static f => Path.Combine(f, "bash")).FirstOrDefault(static p => p.StartsWith('/') && File.Exists(p), "/bin/bash");
        return new(new ProcessTable(), System.Environment.ProcessorCount, new(new(time), time, environment.GetValueOrDefault("CUDA_VISIBLE_DEVICES")),
            [.. environment.Where(static e => e.Key != "VIGIL_JOB_ID").Select(static e => $"{e.Key}={e.Value}")], bash);
    }
}

/// <summary>
/// Runs jobs on this machine with Slurm's semantics: a queue, slots, time limits, job ids. It lives in the monitor, its jobs outlive it: what it
/// must know again lies in the attempt folders and in the run folder. For one caller at a time.
/// </summary>
internal sealed partial class LocalScheduler : IScheduler, IDisposable
{
    private readonly RunFolder _folder;
    private readonly LocalMachine _machine;
    private readonly LocalSettings _settings;
    private readonly TimeProvider _time;
    private readonly SlotBook _slots;
    private readonly DateTimeOffset _beganAt;
    private readonly long _began;
    private readonly Dictionary<AttemptId, LocalJob> _jobs = [];

    /// <summary>Running or leaving.</summary>
    private readonly HashSet<LocalJob> _live = [];
    private readonly PosixSignalRegistration _childSignal;
    private volatile TaskCompletionSource _childEnded = NewSignal();
    private bool _news;

    public LocalScheduler(RunFolder folder, LocalMachine machine, LocalSettings settings, TimeProvider time)
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("local jobs need Linux: /proc, flock and sessions");
        (_folder, _machine, _settings, _time) = (folder, machine, settings, time);
        (_beganAt, _began) = (time.GetUtcNow(), time.GetTimestamp());
        _slots = new(folder, machine.Processes, machine.Cpus);
        _childSignal = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => _childEnded.TrySetResult());
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The time at which this began, moved on by the monotonic clock: a wall clock that somebody sets neither ends a job nor delays a look.</summary>
    private DateTimeOffset Now => _beganAt + _time.GetElapsedTime(_began);

    private TimeSpan Grace => TimeSpan.FromSeconds(_settings.GraceSeconds);

    public async ValueTask<ImmutableArray<SubmitOutcome>> SubmitAsync(ImmutableArray<Submission> submissions, CancellationToken stop)
    {
        ImmutableArray<JobRequest> requests = [.. submissions.Select(static s => s.Members.Single())];
        var refusals = new string?[requests.Length];
        for (var i = 0; i < requests.Length; i++) refusals[i] = await NeverFitsAsync(requests[i].Run.Resources, stop);
        var outcomes = ImmutableArray.CreateBuilder<SubmitOutcome>(requests.Length);
        long next;
        try { next = requests.IsEmpty ? 0 : _folder.TakeIds(requests.Length); }
        catch (IOException refusal) { return [.. requests.Select(_ => Later(refusal.Message))]; }
        for (var i = 0; i < requests.Length; i++)
            outcomes.Add(refusals[i] is { } why ? Never(why) : Accept(requests[i], next + i));
        return outcomes.MoveToImmutable();
    }

    private SubmitOutcome Accept(JobRequest request, long number)
    {
        // Somebody did not look before submitting: one attempt is one job, whatever the caller remembers.
        if (Find(request) is { } earlier) return new SubmitOutcome.Accepted([earlier]);
        var id = new JobId(number.ToString(CultureInfo.InvariantCulture));
        var record = new JobRecord(id.Value, request.Attempt.ToString(), _time.GetUtcNow());
        try { JobFiles.Write(request.Folder, record); }
        catch (IOException refusal) { return Later($"{request.Attempt} cannot be submitted: {refusal.Message}"); }
        var job = new LocalJob(request.Attempt, id, request.Run, request.Folder, record);
        _jobs[request.Attempt] = job;
        _waiting.Add(job);
        return new SubmitOutcome.Accepted([id]);
    }

    private static SubmitOutcome.Refused Later(string reason) => new(new EffectResult.Refused(reason, Retryable: true));
    private static SubmitOutcome.Refused Never(string reason) => new(new EffectResult.Refused(reason, Retryable: false));

    private async ValueTask<string?> NeverFitsAsync(Resources need, CancellationToken stop)
    {
        if (need.Cpus > _machine.Cpus) return $"the run needs {need.Cpus} CPUs, this machine has {_machine.Cpus}; lower local.cpus_per_run";
        if (need.Gpus == 0) return null;
        var gpus = await _machine.Gpus.AllAsync(stop);
        return need.Gpus <= gpus.Length ? null
            : $"the run needs {need.Gpus} GPUs, this machine has {gpus.Length}{(_machine.Gpus.WhyNone is { } why ? $" ({why})" : "")}; lower local.gpus_per_run";
    }

    public ValueTask<ImmutableArray<Found>> FindAsync(ImmutableArray<Submission> submissions, CancellationToken stop) =>
        ValueTask.FromResult(submissions.Select(static s => Find(s.Members.Single()) is { } job ? new Found.Jobs([job]) : (Found)new Found.Nothing()).ToImmutableArray());

    private static JobId? Find(JobRequest request) =>
        JobFiles.Record(request.Folder) is { } record ? new(record.JobId)
        : JobFiles.Claim(request.Folder) is { } claim ? new(claim.JobId)
        : null;

    public ValueTask<ImmutableArray<JobReport>> ReportAsync(ImmutableArray<JobRequest> jobs, CancellationToken stop)
    {
        var known = jobs.Select(Known).ToImmutableArray();
        Look();
        _news = false;
        var reports = ImmutableArray.CreateBuilder<JobReport>();
        foreach (var job in known)
        {
            if (job is null) continue;
            // A look may come before the job has said when and where it began.
            var began = job.Phase is JobPhase.Running && !job.ToldStart && job.Started is not null;
            if (ReferenceEquals(job.Told, job.Phase) && job.Phase is not JobPhase.Over && !began) continue;
            (job.Told, job.ToldStart) = (job.Phase, job.ToldStart || began);
            reports.Add(Report(job));
        }
        return ValueTask.FromResult(reports.DrainToImmutable());
    }

    public ValueTask StartReadyAsync(CancellationToken stop) => StartWaitingAsync(Now, stop);

    private static JobReport Report(LocalJob job) => job.Phase switch
    {
        JobPhase.Waiting => new(job.Attempt, job.Id, JobState.Queued),
        JobPhase.Running => new(job.Attempt, job.Id, JobState.Running, Started: job.Started?.Time, Host: job.Started?.Host),
        // Slurm's word for the same: the script has ended, its processes have not.
        JobPhase.Leaving => new(job.Attempt, job.Id, JobState.Running, "COMPLETING", Started: job.Started?.Time, Host: job.Started?.Host),
        JobPhase.Over over => over.Report,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public ValueTask<EffectResult> CancelAsync(JobRequest job, CancellationToken stop)
    {
        Look();
        return ValueTask.FromResult(Cancel(job));
    }

    private EffectResult Cancel(JobRequest job)
    {
        if (Known(job) is not { } known) return new EffectResult.Done();
        if (known.Phase is JobPhase.Running { Kin: Kin.Elsewhere })
            return new EffectResult.Refused($"{job.Attempt} runs on {known.Started?.Host ?? "another machine"}: cancel it there; if that machine is gone for good, remove {known.Folder}/claim", Retryable: true);
        try { End(known, new(JobEnding.Cancelled, Now)); }
        catch (IOException refusal) { return new EffectResult.Refused($"{job.Attempt} cannot be cancelled: {refusal.Message}", Retryable: true); }
        Look();
        return new EffectResult.Done();
    }

    public ValueTask<EffectResult> ChangeAsync(JobRequest job, JobChange change, CancellationToken stop) => ValueTask.FromResult(change switch
    {
        JobChange.Hold => Note(job, static record => record with { Held = true }),
        JobChange.Release => Note(job, static record => record with { Held = false }),
        _ => new EffectResult.Refused("the local scheduler knows no such change; cancel the run and retry it instead", Retryable: false),
    });

    /// <summary>Written down, since the job may outlive this monitor in its queue.</summary>
    private EffectResult Note(JobRequest request, Func<JobRecord, JobRecord> change)
    {
        if (Known(request) is not { } job) return new EffectResult.Done();
        var record = change(job.Record);
        try { JobFiles.Write(job.Folder, record); }
        catch (IOException refusal) { return new EffectResult.Refused($"{request.Attempt} cannot be changed: {refusal.Message}", Retryable: true); }
        job.Record = record;
        return new EffectResult.Done();
    }

    public SchedulerSight? Sight => null;

    public async ValueTask WaitForNewsAsync(TimeSpan limit, CancellationToken stop)
    {
        var end = Now + limit;
        while (true)
        {
            Look();
            var now = Now;
            if (_news || now >= end) break;
            var wake = NextLook(now) is { } look && look < end ? look : end;
            using var waited = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var delay = wake > now ? Task.Delay(wake - now, _time, waited.Token) : Task.CompletedTask;
            await Task.WhenAny(_childEnded.Task, delay);
            await waited.CancelAsync();
            stop.ThrowIfCancellationRequested();
        }
        _news = false;
    }

    /// <summary>Leaves the jobs as they are.</summary>
    public void Dispose() => _childSignal.Dispose();
}
