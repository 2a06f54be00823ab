namespace FakeSlurm;

/// <summary>What happens as time passes.</summary>
internal static class Simulation
{
    private static readonly Ending Plain = new("*");

    public static void AdvanceTo(ClusterState state, DateTimeOffset target)
    {
        Settle(state);
        while (state.Now < target)
        {
            var next = NextEvent(state);
            state.Now = next < target ? next : target;
            Settle(state);
        }
    }

    /// <summary>Everything that is due now.</summary>
    public static void Settle(ClusterState state)
    {
        bool changed;
        do
        {
            changed = EndWhatIsDue(state);
            if (state.DependenciesAreStale) changed |= Dependencies.Settle(state);
            changed |= Queue.StartWhatFits(state);
        }
        while (changed);
        Purge(state);
    }

    /// <summary>Starts the job on those nodes.</summary>
    public static void Start(ClusterState state, FakeJob job, List<string> nodes)
    {
        ArrayIds.Ungroup(state, job);
        (job.State, job.Reason, job.Started, job.NodeList, job.Begin) = (JobStates.Running, "None", state.Now, nodes, null);
        (job.Warned, job.ExitCode, job.Signal, job.Ended) = (false, 0, 0, null);
        var ending = state.Endings.FirstOrDefault(ending => ending.Fits(job));
        var limit = job.LimitMinutes is { } minutes ? state.Now.AddMinutes(minutes) : (DateTimeOffset?)null;
        // On the machine's clock a script that really runs ends when it ends, unless the test says how.
        var end = state.Site is { Executes: true, FollowsMachineClock: true } && ending is null ? null : (ending ?? Plain).Seconds is { } seconds ? state.Now.AddSeconds(seconds) : (DateTimeOffset?)null;
        if (limit is { } at && !(end < at)) (job.EndsAt, job.EndsAs) = (at, new Ending(job.Name, JobStates.TimedOut));
        else (job.EndsAt, job.EndsAs) = (end, ending ?? Plain);
        Accounting.Note(state, job);
        if (state.Site.Executes) Execution.Start(state, job);
        state.DependenciesAreStale = true;
    }

    /// <summary>The end of a run: for good, or as the scheduler's own requeue.</summary>
    public static void End(ClusterState state, FakeJob job, string endState, int exitCode = 0, int signal = 0)
    {
        if (state.Site.Executes) Execution.Kill(state, job);
        if (endState is "NODE_FAIL" or "PREEMPTED" && job.Requeues)
        {
            Requeue(state, job, endState);
            return;
        }
        (job.State, job.ExitCode, job.Signal, job.Ended) = (endState, exitCode, signal, state.Now);
        job.Reason = JobStates.ReasonOf(endState, exitCode, signal);
        if (state.Site.CompletingSeconds > 0) job.CompletingUntil = state.Now.AddSeconds(state.Site.CompletingSeconds);
        Accounting.Note(state, job);
        state.DependenciesAreStale = true;
    }

    /// <summary>The same job waits again, as its next run.</summary>
    public static void Requeue(ClusterState state, FakeJob job, string recordedAs = "REQUEUED")
    {
        if (state.Site.Executes) Execution.Kill(state, job);
        (job.Ended, job.State, job.ExitCode, job.Signal) = (state.Now, recordedAs, 0, 0);
        Accounting.Note(state, job);
        (job.State, job.Reason, job.Submitted, job.Begin) = (JobStates.Pending, "BeginTime", state.Now, state.Now.AddSeconds(state.Site.RequeueDelay));
        (job.Started, job.Ended, job.CancelledBy, job.EndsAt, job.CompletingUntil) = (null, null, null, null, null);
        job.NodeList = [];
        job.RestartCount++;
    }

    private static bool EndWhatIsDue(ClusterState state)
    {
        var changed = false;
        foreach (var job in state.Jobs.Where(job => job.State == JobStates.Running).ToList())
        {
            Warn(state, job);
            if (job.EndsAt <= state.Now)
            {
                var ending = job.EndsAs ?? Plain;
                var real = ending.State == JobStates.Completed && state.Site.Executes ? Execution.Wait(state, job) : null;
                if (real is { } exit) EndAsTheScript(state, job, exit);
                else End(state, job, ending.State, ending.ExitCode, ending.Signal);
            }
            else if (state.Site.Executes && Execution.ExitCode(state, job) is { } exit) EndAsTheScript(state, job, exit);
            else continue;
            changed = true;
        }
        return changed;
    }

    // Bash says 128+N of a program that a signal ended; Slurm sees the signal only when the script itself died of it, which the wrapper reports as a negative number.
    private static void EndAsTheScript(ClusterState state, FakeJob job, int exit) =>
        End(state, job, exit == 0 ? JobStates.Completed : JobStates.Failed, Math.Max(exit, 0), Math.Max(-exit, 0));

    private static void Warn(ClusterState state, FakeJob job)
    {
        if (job is not { Warning: { } signal, LimitMinutes: { } minutes, Started: { } started, Warned: false } || state.Now < started.AddMinutes(minutes).AddSeconds(-job.WarningSeconds)) return;
        job.Warned = true;
        job.Signals.Add(signal);
        if (state.Site.Executes) Execution.Send(state, job, signal);
    }

    private static void Purge(ClusterState state)
    {
        foreach (var job in state.Jobs)
        {
            if (job is { Purged: false, HasEnded: true } && job.Ended?.AddSeconds(state.Site.MinJobAge + state.Site.CompletingSeconds) <= state.Now) job.Purged = true;
        }
    }

    private static DateTimeOffset NextEvent(ClusterState state)
    {
        var next = DateTimeOffset.MaxValue;
        foreach (var job in state.Jobs)
        {
            if (job.Purged) continue;
            if (job.IsPending)
            {
                Consider(job.Begin);
                Consider(job.Submitted.AddSeconds(state.Site.StartDelay));
            }
            else if (job.IsRunning)
            {
                Consider(job.EndsAt);
                if (job is { Warning: not null, LimitMinutes: { } minutes, Warned: false }) Consider(job.Started?.AddMinutes(minutes).AddSeconds(-job.WarningSeconds));
            }
            else Consider(job.CompletingUntil);
        }
        return next;

        void Consider(DateTimeOffset? at)
        {
            if (at > state.Now && at < next) next = at.Value;
        }
    }
}
