using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Schedulers.Local;

/// <content>The queue, starting, and finding again what an earlier monitor started.</content>
internal sealed partial class LocalScheduler
{
    /// <summary>So long smaller jobs may pass the first one that does not fit; then free slots are kept for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SortedSet<LocalJob> _waiting = new(Comparer<LocalJob>.Create(static (a, b) =>
        (b.Run.Priority, a.Number, a.Id.Value).CompareTo((a.Run.Priority, b.Number, b.Id.Value))));
    private (LocalJob Job, DateTimeOffset Since)? _first;

    private bool AtCap => _settings.Slots is { } cap && _live.Count >= cap;

    private async ValueTask StartWaitingAsync(DateTimeOffset now, CancellationToken stop)
    {
        var wanted = _waiting.Count > 0 && !AtCap;
        if (!wanted && _toFree.Count == 0) return;
        IEnumerable<int> gpus = [];
        if (wanted && _waiting.Any(static job => job.Run.Resources.Gpus > 0))
            gpus = _settings.ShareGpus ? (await _machine.Gpus.AllAsync(stop)).Select(static g => g.Index) : await _machine.Gpus.IdleAsync(stop);
        using var _ = _folder.LockSlots();
        foreach (var (slots, job) in _toFree) _slots.Free(slots, job);
        _toFree.Clear();
        if (wanted) Start(_slots.Look(gpus, _live.SelectMany(static job => job.Slots).ToHashSet()), now);
    }

    private void Start(FreeSlots free, DateTimeOffset now)
    {
        foreach (var job in _waiting.ToArray())
        {
            if (AtCap) return;
            if (job.Record.Held) continue;
            if (free.TryTake(job.Run.Resources) is { } slots)
            {
                if (Launch(job, slots, now) is Launched.NotNow) return;
                _waiting.Remove(job);
                if (job.Phase is JobPhase.Running) _live.Add(job);
                _news = true;
            }
            else
            {
                if (_first?.Job != job && !(_first is { } first && _waiting.Contains(first.Job))) _first = (job, now);
                if (_first is { } blocked && blocked.Job == job && now - blocked.Since >= Patience) return;
            }
        }
    }

    private enum Launched { Done, NotNow }

    /// <summary>Under the lock of the slots. Nobody can start a job twice: its lock is taken first and inherited, its claim is asked for under that lock.</summary>
    private Launched Launch(LocalJob job, ImmutableArray<string> slots, DateTimeOffset now)
    {
        if (_folder.TryHold(job.Number) is not { } held)
        {
            (job.Phase, job.Slots) = (new JobPhase.Running(null, Kin.Stranger, now), _slots.HeldBy(job.Id));
            return Launched.Done;
        }
        try
        {
            if (JobFiles.IsClaimed(job.Folder))
            {
                job.Phase = Claimed(job.Folder, now);
                return Launched.Done;
            }
            _slots.Hold(slots, job.Id, job.Folder, process: null);
            job.Spawned = System.Diagnostics.Stopwatch.GetTimestamp();
            var pid = Spawn(job, slots, held);
            if (pid > 0)
            {
                var wrapper = _machine.Processes.Identify(pid) ?? new ProcessIdentity(_machine.Processes.Boot, pid, 0);
                TryHold(slots, job, wrapper);
                (job.Slots, job.Phase) = (slots, new JobPhase.Running(wrapper, Kin.Child, now));
                return Launched.Done;
            }
            _slots.Free(slots, job.Id);
            return Unable(job, new IOException($"{_machine.Bash} cannot be started with {job.Log} as its log: {Marshal.GetPInvokeErrorMessage(-pid)}", -pid), now);
        }
        catch (IOException refusal) { return Unable(job, refusal, now); }
        finally { _ = Libc.Close(held); }
    }

    /// <summary>Only shortens the way to the process: the job lives whether the disk takes this or not, and its lock and its claim tell the same.</summary>
    private void TryHold(ImmutableArray<string> slots, LocalJob job, ProcessIdentity wrapper)
    {
        try { _slots.Hold(slots, job.Id, job.Folder, wrapper); }
        catch (IOException) { return; }
    }

    /// <summary>A job that somebody else started: here, or on another machine that shares the folder.</summary>
    private JobPhase.Running Claimed(string folder, DateTimeOffset since)
    {
        var claim = JobFiles.Claim(folder);
        var here = _machine.Processes;
        return new(claim?.Process, claim is not null && claim.Boot != here.Boot && claim.Host != here.Host ? Kin.Elsewhere : Kin.Stranger, since);
    }

    private int Spawn(LocalJob job, ImmutableArray<string> slots, int held)
    {
        PrivateFolder.Create(Path.GetDirectoryName(job.Log)!);
        CurrentLog.Point(job.Run, job.Log);
        var gpus = string.Join(',', slots.Where(SlotBook.IsGpu).Select(SlotBook.GpuOf));
        List<string> environment = [.. _machine.Environment, $"VIGIL_JOB_ID={job.Id}"];
        if (gpus.Length > 0)
        {
            environment.RemoveAll(static e => e.StartsWith("CUDA_VISIBLE_DEVICES=", StringComparison.Ordinal) || e.StartsWith("CUDA_DEVICE_ORDER=", StringComparison.Ordinal));
            // nvidia-smi counts in the order of the bus; CUDA by default counts the fastest first.
            environment.AddRange([$"CUDA_VISIBLE_DEVICES={gpus}", "CUDA_DEVICE_ORDER=PCI_BUS_ID"]);
        }
        return DetachedProcess.Start(_machine.Bash, ["bash", Path.Combine(job.Folder, "script.sh")], environment, job.Log, held);
    }

    private Launched Unable(LocalJob job, IOException refusal, DateTimeOffset now)
    {
        const int tooManyProcesses = 11, noMemory = 12, tooManyFiles = 23, tooManyOwnFiles = 24, diskFull = 28, quota = 122;
        if (refusal.HResult is tooManyProcesses or noMemory or tooManyFiles or tooManyOwnFiles or diskFull or quota) return Launched.NotNow;
        TryNote(job, new(JobEnding.LaunchFailed, now, refusal.Message));
        Conclude(job);
        return Launched.Done;
    }

    /// <summary>The job of a request, found again on disk where needed. Null: this scheduler never had it.</summary>
    private LocalJob? Known(JobRequest request)
    {
        if (_jobs.TryGetValue(request.Attempt, out var known)) return known;
        if ((request.Job ?? Find(request)) is not { } id) return null;
        var record = JobFiles.Record(request.Folder) ?? new JobRecord(id.Value, request.Attempt.ToString(), _time.GetUtcNow());
        var job = new LocalJob(request.Attempt, id, request.Run, request.Folder, record);
        _jobs[request.Attempt] = job;
        var held = _folder.IsHeld(job.Number);
        if (held || JobFiles.IsClaimed(request.Folder))
        {
            // Judged like every stranger at the next look: alive, leaving, or over.
            job.Phase = Claimed(request.Folder, job.Started?.Time ?? record.Submitted);
            _live.Add(job);
            using (_folder.LockSlots()) job.Slots = _slots.HeldBy(id);
            _strangersAt = DateTimeOffset.MinValue;
        }
        else if (record.Ending is not null || !File.Exists(request.ScriptPath)) Conclude(job);
        else _waiting.Add(job);
        return job;
    }
}
