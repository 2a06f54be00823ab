using System.Globalization;
using System.Text.RegularExpressions;

namespace FakeSlurm.Commands;

/// <summary>A job out of its options, or the refusal that sbatch shows.</summary>
internal static partial class JobMaker
{
    public static (FakeJob? Job, Answer? Complaint) Make(ClusterState state, Given given, Call call, string script)
    {
        if (BadOption(state, given) is { } bad) return (null, bad);
        if (Refusal(state, given) is { } refusal) return (null, refusal);
        var site = state.Site;
        var partition = PartitionOf(site, given)!;
        var nodes = Math.Max(1, given.Number("nodes", int.TryParse(given["nodes"]?.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var least) ? least : 1));
        var limit = given["time"] is { } time ? TimeWords.Minutes(time) : partition.DefaultMinutes ?? partition.MaxMinutes;
        var folder = Path.GetFullPath(given["chdir"] ?? call.Folder, call.Folder);
        var isArray = given["array"] is { Length: > 0 };
        var job = new FakeJob
        {
            Name = given["job-name"] ?? (given.Has("wrap") ? "wrap" : call.Words.FirstOrDefault(word => !word.StartsWith('-')) is { } path ? Path.GetFileName(path) : "sbatch"),
            Comment = given["comment"],
            User = site.User,
            Account = given["account"] ?? site.Accounts[0],
            Partition = partition.Name,
            Qos = given["qos"] ?? site.Qos[0].Name,
            WorkDir = folder,
            Output = given["output"] ?? (isArray ? "slurm-%A_%a.out" : "slurm-%j.out"),
            Error = given["error"],
            AppendsOutput = given["open-mode"]?.StartsWith('a') == true,
            Script = script,
            Nodes = nodes,
            Tasks = Math.Max(nodes, given.Number("ntasks", given.Number("ntasks-per-node", 1) * nodes)),
            CpusPerTask = given.Number("cpus-per-task", 1),
            Gpus = GpusOnEachNode(given, nodes),
            LimitMinutes = limit == int.MaxValue ? null : limit,
            Requeues = given.Last("requeue", "no-requeue") != "no-requeue",
            Dependency = given["dependency"] is { Length: > 0 } dependency ? dependency : null,
            DiesOfInvalidDependency = given["kill-on-invalid-dep"] == "yes",
            Excluded = NodeNames.Parse(site, given["exclude"] ?? "")!,
            Held = given.Has("hold") ? "JobHeldUser" : null,
            Submitted = state.Now,
            Begin = given["begin"] is { } begin && TimeWords.Moment(begin, state) is { } moment && moment > state.Now ? moment : null,
        };
        if (given["signal"] is { } signal && Signal().Match(signal) is { Success: true } match)
        {
            job.Warning = match.Groups["name"].Value.ToUpperInvariant().Replace("SIG", "", StringComparison.Ordinal);
            job.WarningSeconds = match.Groups["seconds"] is { Success: true } seconds ? int.Parse(seconds.Value, CultureInfo.InvariantCulture) : 60;
        }
        return (job, null);
    }

    // What sbatch itself sees to be wrong.
    private static Answer? BadOption(ClusterState state, Given given)
    {
        if (given["time"] is { } time && TimeWords.Minutes(time) is null) return Bad("Invalid --time specification");
        if (given["begin"] is { } begin && TimeWords.Moment(begin, state) is null) return Answer.Refused(255, $"Invalid time specification (pos=0): {begin}\nsbatch: error: Invalid --begin specification\n");
        if (given["signal"] is { } signal && !Signal().IsMatch(signal)) return Bad("Invalid --signal specification");
        if (given["open-mode"] is { } mode && mode is not ("append" or "truncate" or "a" or "t")) return Bad("Invalid --open-mode specification");
        if (given["mail-type"] is { } mail && mail == "WRONG") return Bad("Invalid --mail-type specification");
        if (given["nodes"] is { } nodes && !NodeCount().IsMatch(nodes)) return Bad($"\"{nodes}\" is not a valid node count");
        foreach (var name in (string[])["ntasks", "cpus-per-task", "ntasks-per-node"])
        {
            if (given[name] is { } number && !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return Answer.Refused(1, $"sbatch: error: Invalid numeric value \"{number}\" for --{name}.\n");
        }
        return null;

        static Answer Bad(string text) => Answer.Refused(255, $"sbatch: error: {text}\n");
    }

    // What the controller refuses for good or for now.
    private static Answer? Refusal(ClusterState state, Given given)
    {
        var site = state.Site;
        const string Policy = "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)";
        if (PartitionOf(site, given) is null) return Failed("Invalid partition name specified", $"invalid partition specified: {given["partition"]}");
        if (given["account"] is { } account && !site.Accounts.Contains(account)) return Failed("Invalid account or account/partition combination specified");
        var qos = site.Qos.Find(qos => qos.Name == (given["qos"] ?? site.Qos[0].Name));
        if (qos is null) return Failed("Invalid qos specification");
        if (given["dependency"] is { Length: > 0 } dependency && !Dependencies.IsValid(dependency)) return Failed("Job dependency problem");
        if (NodeNames.Parse(site, given["exclude"] ?? "") is null || NodeNames.Parse(site, given["nodelist"] ?? "") is null) return Failed("Invalid node name specified");
        if (given["gres"] is { } gres && !gres.StartsWith("gpu", StringComparison.Ordinal) && gres != "none") return Answer.Refused(1, "sbatch: error: Invalid generic resource (gres) specification\n");
        if (GpusOnEachNode(given, 1) > site.GpusPerNode * (given.Has("gpus") ? site.NodeCount : 1)) return Failed("Requested node configuration is not available");
        if (Memory(given["mem"]) > site.MemoryPerNode) return Failed("Requested node configuration is not available", "Memory specification can not be satisfied");
        if (given["constraint"] is not null) return Failed("Invalid feature specification");
        if (given["reservation"] is not null) return Failed("Requested reservation is invalid");
        var array = given["array"] is { Length: > 0 } text ? ArrayIds.Parse(text, site.MaxArraySize) : (new SortedSet<int> { 0 }, 0);
        if (array is not { } tasks) return Failed("Invalid job array specification");
        if (qos is { DeniesOnLimit: true, MaxMinutes: > 0 } && given["time"] is { } time && TimeWords.Minutes(time) > qos.MaxMinutes) return Failed(Policy, "QOSMaxWallDurationPerJobLimit");
        var queued = state.Jobs.Where(job => job is { HasEnded: false, Purged: false } && job.User == site.User).ToList();
        if (qos.MaxSubmit > 0 && queued.Count(job => job.Qos == qos.Name) + tasks.Tasks.Count > qos.MaxSubmit) return Failed(Policy, "QOSMaxSubmitJobPerUserLimit");
        if (site.MaxSubmit > 0 && queued.Count + tasks.Tasks.Count > site.MaxSubmit) return Failed(Policy, "AssocMaxSubmitJobLimit");
        return null;

        static Answer Failed(string text, string? before = null) =>
            Answer.Refused(1, $"{(before is null ? "" : $"sbatch: error: {before}\n")}sbatch: error: Batch job submission failed: {text}\n");
    }

    private static FakePartition? PartitionOf(Site site, Given given) =>
        given["partition"] is { } name ? site.Partitions.Find(partition => name.Split(',').Contains(partition.Name)) : site.Partitions.Find(partition => partition.IsDefault);

    // --gres=gpu:a100:2 and --gpus-per-node are for each node, --gpus for all together.
    private static int GpusOnEachNode(Given given, int nodes)
    {
        if (given["gpus"] is { } all) return (Count(all) + nodes - 1) / nodes;
        return given["gpus-per-node"] is { } each ? Count(each) : given["gres"] is { } gres && gres.StartsWith("gpu", StringComparison.Ordinal) ? Count(gres) : 0;

        static int Count(string text) => int.TryParse(text.Split(':')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 1;
    }

    private static int Memory(string? text)
    {
        if (text is null || !int.TryParse(text.TrimEnd('K', 'M', 'G', 'T'), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return 0;
        return text[^1] switch { 'K' => number / 1024, 'G' => number * 1024, 'T' => number * 1024 * 1024, _ => number };
    }

    [GeneratedRegex(@"^([RB]+:)?(?<name>\d+|(SIG)?(HUP|INT|QUIT|ABRT|KILL|ALRM|TERM|USR1|USR2|URG|CONT|STOP|TSTP|TTIN|TTOU|PIPE|XCPU))(@(?<seconds>\d+))?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Signal();

    [GeneratedRegex(@"^\d+[kKmM]?(-\d+[kKmM]?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex NodeCount();
}
