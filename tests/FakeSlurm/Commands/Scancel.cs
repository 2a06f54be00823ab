namespace FakeSlurm.Commands;

/// <summary>scancel: says nothing of jobs that are gone, or that never were.</summary>
internal static class Scancel
{
    private static readonly Dictionary<string, (string Name, char Kind)> Known = Options.Known("""
        A|account= b|batch f|full ctld hurry i|interactive M|clusters= me n|name= jobname= p|partition= q|qos= Q|quiet R|reservation= sibling= s|signal= t|state= u|user= v|verbose w|nodelist= wckey= V|version
        """);

    // A signal for a waiting job is tried again after 5, 6, … 14 s.
    private static readonly TimeSpan Retries = TimeSpan.FromSeconds(95);

    /// <summary>Whether this call asks for the list of jobs first.</summary>
    public static bool LoadsJobs(Call call) => Options.Parse(call.Words, Known, Mixes.Yes).Given.Any(given => given.Name is "signal" or "name" or "jobname" or "state" or "user" or "me" or "partition" or "qos");

    public static Answer Answer(ClusterState state, Call call)
    {
        var options = Options.Parse(call.Words, Known, Mixes.Yes);
        if (options.Unknown is { } unknown) return FakeSlurm.Answer.Refused(1, $"scancel: {unknown}\nTry \"scancel --help\" for more information\n");
        var ids = options.Rest.SelectMany(word => word.Split(',', StringSplitOptions.RemoveEmptyEntries)).ToList();
        var filtered = options.Given.Any(given => given.Name is "name" or "jobname" or "state" or "user" or "me" or "partition" or "qos");
        if (ids.Count == 0 && !filtered) return FakeSlurm.Answer.Refused(1, "scancel: error: No job identification provided\n");
        var signal = options["signal"]?.ToUpperInvariant().Replace("SIG", "", StringComparison.Ordinal);
        if (signal is not null && !IsSignal(signal)) return FakeSlurm.Answer.Refused(1, $"Unknown job signal: {options["signal"]}\n");
        var named = ids.Select(id => (Text: id, Jobs: Truth.Jobs(state, id))).ToList();
        if (named.Find(id => id.Jobs is null) is { Text: { } wrong }) return FakeSlurm.Answer.Refused(1, $"scancel: error: Invalid job id {wrong}\n");
        if (ids.Count == 0) named = [("", state.Jobs.Where(job => !job.Purged).ToList())];
        var (errors, exitCode, took) = ("", 0, TimeSpan.Zero);
        foreach (var (text, jobs) in named)
        {
            var alive = jobs!.Where(job => !job.HasEnded && job.User == state.Site.User && Matches(job, options)).ToList();
            if (signal is null or "KILL") Cancel(state, alive);
            else if (alive.Where(job => job.IsRunning).ToList() is { Count: > 0 } running) running.ForEach(job => Send(state, job, signal));
            else if (ids.Count > 0 && alive.Count > 0) (errors, exitCode, took) = ($"{errors}scancel: error: Kill job error on job id {text}: Job can not be altered now, try again later\n", 228, Retries);
            else if (ids.Count > 0) (errors, exitCode) = ($"{errors}scancel: error: Kill job error on job id {text}: Invalid job id specified\n", 1);
        }
        Simulation.Settle(state);
        return new(exitCode, "", errors) { Took = took };
    }

    // A waiting task that has no id of its own is struck from its array and leaves no trace, unless the whole group goes.
    private static void Cancel(ClusterState state, List<FakeJob> jobs)
    {
        foreach (var group in jobs.Where(job => job.Grouped).GroupBy(job => job.ArrayId!.Value).ToList())
        {
            if (state.Find(group.Key).Count(job => job.Grouped && job.IsPending) > group.Count())
            {
                foreach (var job in group) state.Forget(job);
            }
        }
        foreach (var job in jobs.Where(state.Jobs.Contains))
        {
            job.CancelledBy = state.Site.UserId;
            var reason = job.IsPending ? job.Reason : "None";
            Simulation.End(state, job, JobStates.Cancelled);
            job.Reason = reason;
        }
    }

    private static void Send(ClusterState state, FakeJob job, string signal)
    {
        job.Signals.Add(signal);
        if (state.Site.Executes) Execution.Send(state, job, signal);
    }

    private static bool Matches(FakeJob job, Options options) =>
        !((options["name"] ?? options["jobname"]) is { } name && name != job.Name)
        && !(options["user"] is { } user && user != job.User)
        && !(options["partition"] is { } partition && partition != job.Partition)
        && !(options["qos"] is { } qos && qos != job.Qos)
        && !(options["state"] is { } word && !word.Equals(job.State, StringComparison.OrdinalIgnoreCase) && !word.Equals(JobStates.Compact[job.State], StringComparison.OrdinalIgnoreCase));

    private static bool IsSignal(string text) => text.All(char.IsAsciiDigit) || text is "HUP" or "INT" or "QUIT" or "ABRT" or "KILL" or "ALRM" or "TERM" or "USR1" or "USR2" or "URG" or "CONT" or "STOP" or "TSTP" or "TTIN" or "TTOU" or "PIPE" or "XCPU";
}
