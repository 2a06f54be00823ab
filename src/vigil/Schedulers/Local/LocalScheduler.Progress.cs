using System.Diagnostics;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Schedulers.Local;

/// <content>What happens to jobs that were started: their ends, limits, and what they leave behind.</content>
internal sealed partial class LocalScheduler
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(5), SlowestLook = TimeSpan.FromMilliseconds(250), QueueLook = TimeSpan.FromSeconds(1);
    private readonly List<(IEnumerable<string> Slots, JobId Job)> _toFree = [];
    private DateTimeOffset _strangersAt;

    /// <summary>Sees what became of the jobs that were started, and keeps their limits. Starts nothing. Cheap when nothing happened.</summary>
    private void Look()
    {
        var now = Now;
        Settle([.. CollectChildren(), .. LookAtStrangers(now)], now);
        LookAtLeaving(now);
        foreach (var job in _live) Enforce(job, now);
    }

    private List<LocalJob> CollectChildren()
    {
        var ended = new List<LocalJob>();
        if (!_childEnded.Task.IsCompleted) return ended;
        // The next child may end while we look: its signal must find a fresh source.
        _childEnded = NewSignal();
        foreach (var job in _live)
            if (job.Phase is JobPhase.Running { Kin: Kin.Child, Wrapper: { } wrapper } && Libc.WaitPid(wrapper.Pid, out _, Libc.WaitNoHang) != 0) ended.Add(job);
        return ended;
    }

    private List<LocalJob> LookAtStrangers(DateTimeOffset now)
    {
        var ended = new List<LocalJob>();
        if (now < _strangersAt) return ended;
        var count = 0;
        foreach (var job in _live)
            if (job.Phase is JobPhase.Running { Kin: not Kin.Child } running)
            {
                count++;
                if (running.Kin is Kin.Elsewhere && JobFiles.IsClaimed(job.Folder) && JobFiles.Exit(job.Folder) is null) continue;
                if (running.Wrapper is null && JobFiles.Claim(job.Folder)?.Process is { } claimed) job.Phase = running = running with { Wrapper = claimed };
                if (running.Wrapper is { } wrapper && _machine.Processes.IsAlive(wrapper) || _folder.IsHeld(job.Number)) continue;
                ended.Add(job);
            }
        _strangersAt = now + TimeSpan.FromSeconds(0.5 + count / 400.0);
        return ended;
    }

    /// <summary>The wrappers of these jobs are gone.</summary>
    private void Settle(List<LocalJob> jobs, DateTimeOffset now)
    {
        if (jobs.Count == 0) return;
        var wrappers = jobs.Select(static job => ((JobPhase.Running)job.Phase).Wrapper ?? JobFiles.Claim(job.Folder)?.Process).ToList();
        var known = wrappers.OfType<ProcessIdentity>().DistinctBy(static w => w.Pid).ToList();
        var young = jobs.TrueForAll(static job => job.Phase is JobPhase.Running { Kin: Kin.Child } && Stopwatch.GetElapsedTime(job.Spawned) < TimeSpan.FromSeconds(1));
        var members = young ? LocalSession.YoungMembers(_machine.Processes, known) : LocalSession.Members(_machine.Processes, known);
        foreach (var (job, wrapper) in jobs.Zip(wrappers))
        {
            var running = (JobPhase.Running)job.Phase;
            if (wrapper is not { } session || !members[session.Pid].Any())
            {
                if (!JobFiles.IsClaimed(job.Folder)) Unclaimed(job, running.Kin);
                if (job.Phase is not JobPhase.Waiting) Conclude(job);
                continue;
            }
            LocalSession.Signal(members[session.Pid], job.Killed ? Libc.SignalKill : Libc.SignalTerm);
            job.Phase = new JobPhase.Leaving(session, running.Since, now + Grace, now + FirstLook);
        }
    }

    /// <summary>An end without a claim: the command was never run. A child that cannot even claim would never do better.</summary>
    private void Unclaimed(LocalJob job, Kin kin)
    {
        if (job.Record.Ending is not null) return;
        // Somebody removed the attempt's folder while the job ran: nobody knows how it ended, but it was launched.
        if (job.Started is not null || !File.Exists(Path.Combine(job.Folder, "script.sh"))) return;
        if (kin is Kin.Child) TryNote(job, new(JobEnding.LaunchFailed, Now, $"{job.Folder}/script.sh ended before it claimed its attempt; see {job.Log}"));
        else
        {
            job.Phase = new JobPhase.Waiting();
            _live.Remove(job);
            _waiting.Add(job);
        }
    }

    private void LookAtLeaving(DateTimeOffset now)
    {
        var due = _live.Where(job => job.Phase is JobPhase.Leaving leaving && leaving.LookAt <= now).ToList();
        if (due.Count == 0) return;
        var members = LocalSession.Members(_machine.Processes, [.. due.Select(static job => ((JobPhase.Leaving)job.Phase).Wrapper)]);
        foreach (var job in due)
        {
            var leaving = (JobPhase.Leaving)job.Phase;
            var left = members[leaving.Wrapper.Pid].ToList();
            if (left.Count == 0) { Conclude(job); continue; }
            if (job.Killed || now >= leaving.KillAt) LocalSession.Signal(left, Libc.SignalKill);
            var patience = now - leaving.KillAt + Grace;
            job.Phase = leaving with { LookAt = now + TimeSpan.FromTicks(Math.Clamp(patience.Ticks, FirstLook.Ticks, SlowestLook.Ticks)) };
        }
    }

    private void Enforce(LocalJob job, DateTimeOffset now)
    {
        if (job.Phase is not JobPhase.Running { Kin: not Kin.Elsewhere } running) return;
        if (job.Record.Ending is null && job.Run.TimeLimit is { } limit && now >= running.Since + limit) TryEnd(job, new(JobEnding.Timeout, now));
        if (job.Record.Ending is not { } ending || job.Killed || now < ending.At + Grace) return;
        // Members of other groups (a shell's own job control) are found when the wrapper has gone.
        if (Signal(job, Libc.SignalKill)) job.Killed = true;
    }

    /// <summary>Writes why, then asks. A job that is over, or is being ended, is left as it is.</summary>
    private void End(LocalJob job, JobEnding ending)
    {
        if (job.Phase is JobPhase.Over || job.Record.Ending is not null) return;
        Note(job, ending);
        if (job.Phase is JobPhase.Waiting)
        {
            _waiting.Remove(job);
            Conclude(job);
        }
        else _ = Signal(job, Libc.SignalTerm);
    }

    /// <summary>On a full disk it is tried again at the next look.</summary>
    private void TryEnd(LocalJob job, JobEnding ending)
    {
        try { End(job, ending); }
        catch (IOException) { return; }
    }

    /// <summary>What a successor would find out again; so a full disk does not matter.</summary>
    private static void TryNote(LocalJob job, JobEnding ending)
    {
        try { Note(job, ending); }
        catch (IOException) { job.Record = job.Record with { Ending = ending }; }
    }

    private static void Note(LocalJob job, JobEnding ending)
    {
        var record = job.Record with { Ending = ending };
        JobFiles.Write(job.Folder, record);
        job.Record = record;
    }

    /// <summary>To the whole group. A child's number cannot be another's before we collect it; a stranger's identity is asked for first.</summary>
    private bool Signal(LocalJob job, int signal)
    {
        var (wrapper, kin) = job.Phase switch
        {
            JobPhase.Running running => (running.Wrapper ?? JobFiles.Claim(job.Folder)?.Process, running.Kin),
            _ => (null, Kin.Stranger),
        };
        if (wrapper is not { } process || kin is not Kin.Child && !_machine.Processes.IsAlive(process)) return false;
        return Libc.Kill(-process.Pid, signal) == 0;
    }

    private void Conclude(LocalJob job)
    {
        job.Phase = new JobPhase.Over(JobVerdict.Judge(job, _machine.Processes, _time.GetUtcNow()));
        _live.Remove(job);
        if (!job.Slots.IsEmpty) _toFree.Add((job.Slots, job.Id));
        if (job.Slots.Any(SlotBook.IsGpu)) _machine.Gpus.LookAgain();
        job.Slots = [];
        _news = true;
    }

    /// <summary>When something is to be looked at although nobody tells us. Null: never.</summary>
    private DateTimeOffset? NextLook(DateTimeOffset now)
    {
        DateTimeOffset? next = _waiting.Count > 0 && !AtCap ? now + QueueLook : null;
        var soonest = now + FirstLook;
        foreach (var job in _live)
        {
            var look = job.Phase switch
            {
                JobPhase.Leaving leaving => leaving.LookAt,
                JobPhase.Running { Kin: not Kin.Child } => _strangersAt,
                JobPhase.Running => DateTimeOffset.MaxValue,
                _ => (DateTimeOffset?)null,
            };
            if (job.Phase is JobPhase.Running { Kin: not Kin.Elsewhere } running)
            {
                if (job.Record.Ending is { } ending && !job.Killed && ending.At + Grace < look) look = ending.At + Grace;
                if (job.Record.Ending is null && job.Run.TimeLimit is { } limit && running.Since + limit < look) look = running.Since + limit;
            }
            if (look is { } at && at != DateTimeOffset.MaxValue && (next is null || at < next)) next = at > soonest ? at : soonest;
        }
        return next;
    }
}
