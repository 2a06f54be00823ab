using System.Globalization;
using System.IO.Enumeration;

namespace FakeSlurm.Commands;

/// <summary>squeue: one line a job, waiting tasks of an array together unless it is asked to take them apart.</summary>
internal static class Squeue
{
    private const string Plain = "%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R";
    private const string WithStart = "%.18i %.9P %.8j %.8u %.2t %.19S %.6D %20Y %R";

    private static readonly Dictionary<string, (string Name, char Kind)> Known = Options.Known("""
        A|account= a|all M|clusters= federation h|noheader hide i|iterate= j|jobs= json yaml local l|long L|licenses= me n|name= noconvert o|format= O|Format= p|partition= P|priority
        q|qos= R|reservation= r|array S|sort= sibling s|steps? start t|states= u|user= v|verbose w|nodelist= V|version
        """);

    /// <param name="shows">The jobs that it shows whoever asks, or null to obey the call.</param>
    public static Answer Answer(ClusterState state, Call call, Func<FakeJob, bool>? shows)
    {
        var options = Options.Parse(call.Words, Known, Mixes.Yes);
        if (options.Unknown is { } unknown) return FakeSlurm.Answer.Refused(1, $"squeue: {unknown}\nTry \"squeue --help\" for more information\n");
        if (StatesOf(options["states"]) is not { } states) return FakeSlurm.Answer.Refused(1, NoSuchState(options["states"]!));
        var all = state.Jobs.Where(job => !job.Purged);
        if (options["jobs"] is { } list)
        {
            var ids = list.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(id => (Text: id, Jobs: Truth.Jobs(state, id))).ToList();
            if (ids.Find(id => id.Jobs is null) is { Text: { } wrong }) return FakeSlurm.Answer.Refused(1, $"squeue: error: Invalid job id: {wrong}\n");
            // Alone, an unknown id is an error; beside others it is nothing.
            if (ids is [var only] && Truth.Jobs(state, only.Text.Split('_')[0]) is []) return FakeSlurm.Answer.Refused(1, "slurm_load_jobs error: Invalid job id specified\n");
            all = ids.SelectMany(id => id.Jobs!).Distinct();
        }
        var rows = Rows(state, all.Where(job => shows?.Invoke(job) ?? IsAskedFor(state, job, options)).Where(job => states.Count == 0 || states.Contains(StateOf(state, job))), options.Has("array"));
        if (options.Has("start")) rows = rows.Where(row => row.Job.IsPending);
        var columns = options["Format"] is { } wide ? Columns.Wide(wide) : Columns.Narrow(options["format"] ?? (options.Has("start") ? WithStart : Plain));
        var lines = rows.Where(row => row.State is not null).Select(row => string.Concat(columns.Select(column => column.Show(column.Value(state, row)))));
        return FakeSlurm.Answer.Said(string.Concat((options.Has("noheader") ? lines : lines.Prepend(string.Concat(columns.Select(column => column.Show(column.Header))))).Select(line => $"{line}\n")));
    }

    /// <summary>The state that squeue names; null where a false witness hides the job.</summary>
    public static string? Witnessed(ClusterState state, FakeJob job, string witness)
    {
        var lie = state.FalseWitnesses.Find(lie => lie.Witness == witness && FileSystemName.MatchesSimpleExpression(lie.Name, job.Name, ignoreCase: false));
        return lie is null ? StateOf(state, job) : lie.State;
    }

    private static string StateOf(ClusterState state, FakeJob job) => job.CompletingUntil > state.Now ? JobStates.Completing : job.State;

    private static bool IsAskedFor(ClusterState state, FakeJob job, Options options) =>
        !(options.Has("me") && job.User != state.Site.User)
        && !(options["user"] is { } users && !users.Split(',').Contains(job.User))
        && !(options["name"] is { } names && !names.Split(',').Contains(job.Name))
        && !(options["partition"] is { } partitions && !partitions.Split(',').Contains(job.Partition))
        && !(options["qos"] is { } qos && !qos.Split(',').Contains(job.Qos));

    // Without -t: those that wait, run, or are on their way out. Empty: all.
    private static List<string>? StatesOf(string? text)
    {
        if (text is null) return [JobStates.Pending, JobStates.Running, JobStates.Suspended, JobStates.Completing, "CONFIGURING", "STAGE_OUT", "SIGNALING", "SPECIAL_EXIT"];
        if (text.Equals("all", StringComparison.OrdinalIgnoreCase)) return [];
        var states = text.ToUpperInvariant().Split(',').Select(word => JobStates.Compact.ContainsKey(word) ? word : JobStates.Compact.FirstOrDefault(pair => pair.Value == word).Key).ToList();
        return states.Contains(null!) ? null : states;
    }

    private static string NoSuchState(string text) =>
        $"squeue: error: Invalid job state specified: {text}\nsqueue: error: Valid job states include: {string.Join(',', JobStates.Compact.Keys)}\n\n";

    private static IEnumerable<Row> Rows(ClusterState state, IEnumerable<FakeJob> jobs, bool apart)
    {
        var groups = jobs.GroupBy(job => job.Grouped && !apart ? (job.ArrayId!.Value, job.State, -1) : (job.Id, job.State, job.TaskId ?? -2));
        return groups.Select(group => new Row(group.First(), Witnessed(state, group.First(), "squeue"), group.First().Grouped && !apart ? ArrayIds.Shown(group.Select(job => job.TaskId!.Value), group.First().Throttle) : null));
    }
}

/// <summary>A line of squeue: a job, or the tasks of an array that wait together.</summary>
internal sealed record Row(FakeJob Job, string? State, string? Tasks)
{
    public string Id => Job.ArrayId is { } array && Tasks is { } tasks ? $"{array}_[{tasks}]" : Job.ShownId;

    public string TaskText => Tasks ?? Job.TaskId?.ToString(CultureInfo.InvariantCulture) ?? "N/A";
}
