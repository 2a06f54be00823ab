using System.Globalization;

namespace FakeSlurm.Commands;

/// <summary>sbatch: reads the script, takes or refuses the job.</summary>
internal static class Sbatch
{
    private static readonly Dictionary<string, (string Name, char Kind)> Known = Options.Known("""
        a|array= A|account= bb= bbf= b|begin= comment= cpu-freq= c|cpus-per-task= d|dependency= deadline= delay-boot= D|chdir= e|error= export= export-file= get-user-env? gid= gres= gres-flags=
        H|hold ignore-pbs i|input= J|job-name= k|no-kill? L|licenses= M|clusters= container= m|distribution= mail-type= mail-user= mcs-label= n|ntasks= nice? no-requeue ntasks-per-node= N|nodes=
        o|output= O|overcommit p|partition= parsable power= priority= profile= propagate? q|qos= Q|quiet reboot requeue s|oversubscribe S|core-spec= signal= spread-job switches= thread-spec= t|time=
        time-min= uid= use-min-nodes v|verbose W|wait wckey= wrap= cluster-constraint= contiguous C|constraint= F|nodefile= mem= mincpus= reservation= tmp= w|nodelist= x|exclude= exclusive? mem-per-cpu=
        sockets-per-node= cores-per-socket= threads-per-core= ntasks-per-core= ntasks-per-socket= cpus-per-gpu= G|gpus= gpu-bind= gpu-freq= gpus-per-node= gpus-per-socket= gpus-per-task= mem-per-gpu=
        ntasks-per-gpu= test-only open-mode= kill-on-invalid-dep= mem-bind= hint= comment= extra= prefer= no-bell B|extra-node-info= segment=
        """);

    public static Answer Answer(ClusterState state, Call call)
    {
        var line = Options.Parse(call.Words, Known, Mixes.No);
        if (line.Unknown is { } unknown) return Unrecognized(unknown);
        if (Script(line, call) is not { Text: { } script } read) return FakeSlurm.Answer.Refused(1, Script(line, call).Complaint);
        var inside = Options.Parse(Directives(script), Known, Mixes.Yes);
        if (inside.Unknown is { } wrong) return Unrecognized(wrong);
        // A flag and its opposite: the later one counts, and the command line comes after the script.
        var (job, complaint) = JobMaker.Make(state, new Given(inside, line), call, script);
        var isTest = line.Has("test-only") || inside.Has("test-only");
        if (complaint is not null) return isTest ? complaint with { Errors = complaint.Errors.Replace("sbatch: error: Batch job submission failed: ", "allocation failure: ", StringComparison.Ordinal) } : complaint;
        if (line.Rest.Count > 0)
        {
            job!.Command = Path.GetFullPath(line.Rest[0], call.Folder);
            job.Arguments = [.. line.Rest.Skip(1)];
        }
        return isTest ? TestOnly(state, job!) : Accept(state, job!, new Given(inside, line));
    }

    private static Answer Unrecognized(string text) => FakeSlurm.Answer.Refused(255, $"sbatch: {text}\nTry \"sbatch --help\" for more information\n");

    private static (string? Text, string Complaint) Script(Options line, Call call)
    {
        if (line["wrap"] is { } wrapped) return ($"#!/bin/sh\n# This script was created by sbatch --wrap.\n\n{wrapped}\n", "");
        var path = line.Rest.Count > 0 ? Path.GetFullPath(line.Rest[0], call.Folder) : null;
        if (path is not null && !File.Exists(path)) return (null, $"sbatch: error: Unable to open file {line.Rest[0]}\n");
        var text = path is null ? call.Input : File.ReadAllText(path);
        if (text.Length == 0) return (null, "sbatch: error: Batch script is empty!\n");
        if (!text.StartsWith("#!", StringComparison.Ordinal)) return (null, "sbatch: error: This does not look like a batch script.  The first\nsbatch: error: line must start with #! followed by the path to an interpreter.\nsbatch: error: For instance: #!/bin/sh\n");
        if (text.Contains("\r\n", StringComparison.Ordinal)) return (null, "sbatch: error: Batch script contains DOS line breaks (\\r\\n)\nsbatch: error: instead of expected UNIX line breaks (\\n).\n");
        return (text, "");
    }

    // Up to the first line that is neither empty nor a comment.
    private static IEnumerable<string> Directives(string script) =>
        script.Split('\n').TakeWhile(line => line.Trim().Length == 0 || line.StartsWith('#')).Where(line => line.StartsWith("#SBATCH", StringComparison.Ordinal)).SelectMany(line => Words(line[7..]));

    // Quotes and backslashes as in a shell, a # after white space ends the line.
    private static IEnumerable<string> Words(string text)
    {
        var word = new System.Text.StringBuilder();
        var (quote, started) = ('\0', false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (started) yield return word.ToString();
                started = false;
                word.Clear();
                continue;
            }
            if (quote == '\0' && c == '#' && !started) yield break;
            started = true;
            if (c == '\\' && quote != '\'' && i + 1 < text.Length) word.Append(text[++i]);
            else if (c == quote) quote = '\0';
            else if (quote == '\0' && c is '"' or '\'' && quote == '\0') quote = c;
            else word.Append(c);
        }
        if (started) yield return word.ToString();
    }

    private static Answer TestOnly(ClusterState state, FakeJob job)
    {
        var id = state.NextId++;
        if (job.Nodes > state.Site.NodeCount) return FakeSlurm.Answer.Refused(1, "allocation failure: Requested node configuration is not available\n");
        var nodes = NodeNames.Shown([.. NodeNames.All(state.Site).Where(node => !job.Excluded.Contains(node)).Take(job.Nodes)]);
        return new(0, "", $"sbatch: Job {id} to start at {state.Shown(state.Now)} using {job.Tasks * job.CpusPerTask} processors on nodes {nodes} in partition {job.Partition}\n");
    }

    private static Answer Accept(ClusterState state, FakeJob job, Given given)
    {
        var array = given["array"] is { Length: > 0 } text ? ArrayIds.Parse(text, state.Site.MaxArraySize) : null;
        if (state.Jobs.Count(other => !other.Purged) + (array?.Tasks.Count ?? 1) > state.Site.MaxJobCount) return QueueIsFull;
        var id = state.NextId++;
        // Of two jobs of one id the controller remembers one.
        foreach (var older in state.Jobs.Where(other => other.HasEnded && (other.ArrayId ?? other.Id) == id)) older.Purged = true;
        if (array is not { } tasks) Add(state, job, id, null, 0);
        else
        {
            foreach (var task in tasks.Tasks) Add(state, Copies.Of(job), id, task, tasks.Throttle);
            // Slurm splits such an array at once, since each task waits for another one.
            if (job.Dependency?.Contains("aftercorr", StringComparison.Ordinal) == true) foreach (var task in state.Find(id).ToList()) ArrayIds.Ungroup(state, task);
            if (job.Held is not null) foreach (var task in state.Find(id)) Accounting.Note(state, task);
        }
        state.DependenciesAreStale = true;
        Simulation.Settle(state);
        return FakeSlurm.Answer.Said(given.Has("parsable") ? $"{id}\n" : $"Submitted batch job {id}\n");
    }

    private static void Add(ClusterState state, FakeJob job, int id, int? task, int throttle)
    {
        (job.Id, job.ArrayId, job.TaskId, job.Grouped, job.Throttle) = (id, task is null ? null : id, task, task is not null, throttle);
        state.Jobs.Add(job);
    }

    // sbatch tries for two minutes before it gives up.
    private static Answer QueueIsFull => FakeSlurm.Answer.Refused(1, "sbatch: error: Slurm job queue full, sleeping and retrying\nsbatch: error: Batch job submission failed: Unable to create job record, try again\n") with { Took = TimeSpan.FromSeconds(120) };
}

/// <summary>The options of the script under those of the command line.</summary>
internal sealed class Given(Options script, Options line)
{
    public string? this[string name] => line.Has(name) ? line[name] : script[name];

    public bool Has(string name) => line.Has(name) || script.Has(name);

    /// <summary>The last of several that was given.</summary>
    public string? Last(params string[] names) => script.Given.Concat(line.Given).Select(given => given.Name).LastOrDefault(names.Contains);

    public int Number(string name, int otherwise) => this[name] is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}

internal static class Copies
{
    /// <summary>A job like that one, for another task of its array.</summary>
    public static FakeJob Of(FakeJob job) => new()
    {
        Name = job.Name,
        Comment = job.Comment,
        User = job.User,
        Account = job.Account,
        Partition = job.Partition,
        Qos = job.Qos,
        WorkDir = job.WorkDir,
        Output = job.Output,
        Error = job.Error,
        AppendsOutput = job.AppendsOutput,
        Script = job.Script,
        Command = job.Command,
        Arguments = job.Arguments,
        Nodes = job.Nodes,
        Tasks = job.Tasks,
        CpusPerTask = job.CpusPerTask,
        Gpus = job.Gpus,
        LimitMinutes = job.LimitMinutes,
        Requeues = job.Requeues,
        Dependency = job.Dependency,
        DiesOfInvalidDependency = job.DiesOfInvalidDependency,
        Excluded = job.Excluded,
        Warning = job.Warning,
        WarningSeconds = job.WarningSeconds,
        Held = job.Held,
        Submitted = job.Submitted,
        Begin = job.Begin,
    };
}
