namespace FakeSlurm.Commands;

/// <summary>sacct: what accounting knows, one line a run of a job with -D, else one a job.</summary>
internal static class Sacct
{
    private static readonly Dictionary<string, (string Name, char Kind)> Known = Options.Known("""
        a|allusers A|accounts= B|batch-script b|brief c|completion D|duplicates delimiter= E|endtime= e|helpformat f|file= g|gid= i|nnodes= j|jobs= json k|timelimit-min= l|long L|allclusters
        M|clusters= n|noheader name= noconvert N|nodelist= o|format= p|parsable P|parsable2 q|qos= r|partition= s|state= S|starttime= u|user= uid= units= V|version v|verbose X|allocations yaml
        """);

    private static readonly Dictionary<string, (string Header, Func<ClusterState, Line, string> Value)> Fields = new(StringComparer.OrdinalIgnoreCase)
    {
        ["JobID"] = ("JobID", (_, line) => line.Id),
        ["JobIDRaw"] = ("JobIDRaw", (_, line) => $"{line.RawId}"),
        ["JobName"] = ("JobName", (_, line) => line.Job.Name),
        ["State"] = ("State", (_, line) => line.State),
        ["ExitCode"] = ("ExitCode", (_, line) => line.Record.Exit),
        ["DerivedExitCode"] = ("DerivedExitCode", (_, _) => "0:0"),
        ["Submit"] = ("Submit", (state, line) => state.Shown(line.Record.Submitted)),
        ["Start"] = ("Start", (state, line) => line.Record.Started is { } at ? state.Shown(at) : line.Record.Ended is null ? "Unknown" : "None"),
        ["End"] = ("End", (state, line) => line.Record.Ended is { } at ? state.Shown(at) : "Unknown"),
        ["Elapsed"] = ("Elapsed", (state, line) => TimeWords.Full(line.Record.Started is { } at ? (line.Record.Ended ?? state.Now) - at : TimeSpan.Zero)),
        ["NodeList"] = ("NodeList", (_, line) => line.Record.Nodes is { Length: > 0 } nodes ? nodes : "None assigned"),
        ["Comment"] = ("Comment", (state, line) => state.Site.DropsComments ? "" : line.Job.Comment ?? ""),
        ["Partition"] = ("Partition", (_, line) => line.Job.Partition),
        ["Account"] = ("Account", (_, line) => line.Job.Account),
        ["QOS"] = ("QOS", (_, line) => line.Job.Qos),
        ["User"] = ("User", (_, line) => line.Job.User),
        ["WorkDir"] = ("WorkDir", (_, line) => line.Job.WorkDir),
        ["Timelimit"] = ("Timelimit", (_, line) => line.Job.LimitMinutes is { } minutes ? TimeWords.Full(TimeSpan.FromMinutes(minutes)) : "UNLIMITED"),
    };

    private sealed record Line(FakeJob Job, AccountingRecord Record, string Id, int RawId, string State);

    public static Answer Answer(ClusterState state, Call call)
    {
        var options = Options.Parse(call.Words, Known, Mixes.Yes);
        if (options.Unknown is { } unknown) return FakeSlurm.Answer.Refused(1, $"sacct: {unknown}\nTry \"sacct --help\" for more information\n");
        if (state.Site.HasNoAccounting) return FakeSlurm.Answer.Refused(1, "Slurm accounting storage is disabled\n");
        var fields = (options["format"] ?? "JobID,JobName,Partition,Account,State,ExitCode").Split(',').Select(field => field.Split('%')[0]).ToList();
        if (fields.Find(field => !Fields.ContainsKey(field)) is { } wrong) return FakeSlurm.Answer.Refused(1, $"sacct: error: Invalid field requested: \"{wrong}\"\n");
        var jobs = options["jobs"]?.Split(',', StringSplitOptions.RemoveEmptyEntries).ToList();
        if (jobs?.Find(id => !char.IsAsciiDigit(id[0])) is { } bad) return FakeSlurm.Answer.Refused(1, $"sacct: fatal: Bad job/step specified: {bad}\n");
        var since = options["starttime"] is { } start ? TimeWords.Moment(start, state) : jobs is null ? TimeWords.Moment("today", state) : DateTimeOffset.MinValue;
        var until = options["endtime"] is { } end ? TimeWords.Moment(end, state) : DateTimeOffset.MaxValue;
        if (since is null || until is null) return FakeSlurm.Answer.Refused(1, $"Invalid time specification (pos=0): {options["starttime"] ?? options["endtime"]}\n");
        var lines = Lines(state, options.Has("duplicates")).Where(line => (line.Record.Ended is null || line.Record.Ended >= since) && line.Record.Submitted <= until
            && (jobs is null || jobs.Exists(id => IsNamed(line, id))) && (options.Has("allusers") || line.Job.User == state.Site.User) && IsIn(line, options));
        var delimiter = options["delimiter"] ?? "|";
        var shown = lines.Select(line => string.Join(delimiter, fields.Select(field => Fields[field].Value(state, line))));
        if (!options.Has("noheader")) shown = shown.Prepend(string.Join(delimiter, fields.Select(field => Fields[field].Header)));
        return FakeSlurm.Answer.Said(string.Concat(shown.Select(line => options.Has("parsable") ? $"{line}{delimiter}\n" : $"{line}\n")));
    }

    private static bool IsIn(Line line, Options options) =>
        !(options["state"] is { } states && !states.ToUpperInvariant().Split(',').Any(word => line.State.Split(' ')[0] == word || JobStates.Compact.GetValueOrDefault(line.State.Split(' ')[0]) == word))
        && !(options["name"] is { } names && !names.Split(',').Contains(line.Job.Name));

    private static bool IsNamed(Line line, string id) => id == line.Id || id == $"{line.RawId}" || id == $"{line.Job.ArrayId}" || id == line.Job.ShownId;

    private static IEnumerable<Line> Lines(ClusterState state, bool everyRun)
    {
        var runs = state.Jobs.SelectMany(job => (everyRun ? Accounting.Known(state, job) : Accounting.Known(state, job).TakeLast(1)).Select(record => (Job: job, Record: record)));
        // Waiting tasks without an id of their own are one row.
        foreach (var group in runs.GroupBy(run => run.Record.Grouped ? (run.Job.ArrayId!.Value, -1, run.Record.State) : (run.Job.Id, run.Job.TaskId ?? -2, $"{run.Record.Submitted.UtcTicks} {run.Record.Run}")))
        {
            var (job, record) = group.First();
            if (Squeue.Witnessed(state, job, "sacct") is not { } word) continue;
            var isFalse = word != job.State && word != JobStates.Completing;
            var id = record.Grouped ? $"{job.ArrayId}_[{ArrayIds.Shown(group.Select(run => run.Job.TaskId!.Value), job.Throttle)}]" : job.ShownId;
            yield return new(job, record, id, record.Grouped ? job.ArrayId!.Value : job.Id, isFalse ? word : record.State);
        }
    }
}
