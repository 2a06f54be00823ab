namespace Vigil.Schedulers.Slurm;

/// <summary>What a failed <c>sbatch</c> means.</summary>
internal enum Refusal
{
    /// <summary>Asking again cannot help: the job, not the moment, is refused.</summary>
    Permanent,
    /// <summary>Certainly not accepted; later it may be.</summary>
    Temporary,
    /// <summary>Certainly not accepted, and nothing else is before the controller is back.</summary>
    ControllerDown,
    /// <summary>More tasks than one array may have.</summary>
    ArraySize,
    /// <summary>As many jobs as may be queued.</summary>
    QueueLimit,
    /// <summary>Asked too often.</summary>
    RateLimit,
    /// <summary>It may have been accepted.</summary>
    InDoubt,
}

/// <param name="Remedy">For people; empty: Slurm's own words say it all.</param>
internal readonly record struct RefusalRule(string Text, Refusal Kind, string Remedy = "");

/// <summary>Slurm's words about a submission, and what they mean. Taken from real answers of several versions.</summary>
internal static class Refusals
{
    /// <summary>Newer versions say on a line before it which limit it is.</summary>
    public const string SomeLimit = "Job violates accounting/QOS policy";

    private const string Partitions = "slurm.sbatch.partition; the cluster's partitions: sinfo -s";
    private const string Accounts = "slurm.sbatch.account; your accounts: sacctmgr -n show assoc user=$USER format=account,partition,qos";
    private const string Nodes = "no node has so much: look at slurm.sbatch (mem, gres, gpus, cpus-per-task) and at: sinfo -o '%P %c %m %G %f'";

    /// <summary>The first whose text occurs counts; so what speaks of doubt stands above what only sounds final.</summary>
    public static readonly RefusalRule[] Table =
    [
        new("Socket timed out", Refusal.InDoubt),
        new("Zero Bytes were transmitted or received", Refusal.InDoubt),
        new("Unexpected message received", Refusal.InDoubt),
        new("Message receive failure", Refusal.InDoubt),
        new("(receive failure)", Refusal.InDoubt),
        new("(shutdown failure)", Refusal.InDoubt),
        new("Header lengths are longer than data received", Refusal.InDoubt),
        new("Insane message length", Refusal.InDoubt),
        new("Connection reset by peer", Refusal.InDoubt),
        new("Broken pipe", Refusal.InDoubt),
        // The request could not even be signed: nothing was sent.
        new("REQUEST_SUBMIT_BATCH_JOB has authentication error", Refusal.ControllerDown, "munge does not answer on this machine; tell the cluster's administrators"),
        new("Protocol authentication error", Refusal.InDoubt),
        new("rate limit", Refusal.RateLimit),
        new("back off", Refusal.RateLimit),
        new("Unable to contact slurm controller", Refusal.ControllerDown),
        new("Unable to contact controller", Refusal.ControllerDown),
        new("Connection refused", Refusal.ControllerDown),
        new("Controller is in standby mode", Refusal.ControllerDown),
        new("backup controller", Refusal.ControllerDown),
        new("Slurm is in the process of shutting down", Refusal.ControllerDown),
        new("Could not establish a configuration source", Refusal.ControllerDown, "set SLURM_CONF, or run this where the cluster's commands work"),
        new("Unable to resolve", Refusal.ControllerDown),
        new("can't be reached now", Refusal.Temporary, "slurm.cluster; the clusters: sacctmgr list clusters"),
        new("Incompatible versions of client and server code", Refusal.Temporary, "this machine's Slurm is not the cluster's; use another login node"),
        new("MaxSubmitJob", Refusal.QueueLimit),
        new("GrpSubmitJob", Refusal.QueueLimit),
        new("Slurm temporarily unable to accept job", Refusal.QueueLimit),
        new("Slurm job queue full", Refusal.QueueLimit),
        new("Resource temporarily unavailable", Refusal.QueueLimit),
        new("Job creation temporarily disabled", Refusal.Temporary),
        new("Unable to allocate memory", Refusal.Temporary),
        new("Cannot allocate memory", Refusal.Temporary),
        new("Invalid job array specification", Refusal.ArraySize, "slurm.array_size; the cluster's limit: scontrol show config | grep MaxArraySize"),
        new("MaxWallDurationPerJob", Refusal.Permanent, "slurm.sbatch.time is longer than your QOS or account allows: sacctmgr show qos format=name,maxwall"),
        new("PerJobLimit", Refusal.Permanent, "slurm.sbatch asks for more than your QOS or account allows one job: sacctmgr show qos"),
        new(SomeLimit, Refusal.Permanent, "slurm.sbatch (time, qos, account) against: sacctmgr show qos; scontrol show assoc_mgr"),
        new("Invalid partition name specified", Refusal.Permanent, Partitions),
        new("Invalid account or account/partition combination", Refusal.Permanent, Accounts),
        new("User's group not permitted to use this partition", Refusal.Permanent, Partitions),
        new("Invalid qos specification", Refusal.Permanent, "slurm.sbatch.qos; yours: sacctmgr -n show assoc user=$USER format=qos"),
        new("Invalid qos for job request", Refusal.Permanent, "slurm.sbatch.qos; yours: sacctmgr -n show assoc user=$USER format=qos"),
        new("Requested node configuration is not available", Refusal.Permanent, Nodes),
        new("Memory specification can not be satisfied", Refusal.Permanent, Nodes),
        new("Invalid generic resource (gres) specification", Refusal.Permanent, "slurm.sbatch.gres; what nodes have: sinfo -o '%P %G'"),
        new("Invalid feature specification", Refusal.Permanent, "slurm.sbatch.constraint; what nodes have: sinfo -o '%P %f'"),
        new("Invalid node name specified", Refusal.Permanent, "slurm.sbatch.nodelist or exclude; the nodes: sinfo -N"),
        new("Requested time limit is invalid", Refusal.Permanent, "slurm.sbatch.time or deadline"),
        new("Invalid --time specification", Refusal.Permanent, "slurm.sbatch.time, as \"HH:MM:SS\" or \"D-HH:MM:SS\""),
        new("Invalid --begin specification", Refusal.Permanent, "slurm.sbatch.begin"),
        new("Requested reservation is invalid", Refusal.Permanent, "slurm.sbatch.reservation; the reservations: scontrol show reservation"),
        new("Requested partition configuration not available now", Refusal.Permanent, Partitions),
        new("Invalid license specification", Refusal.Permanent, "slurm.sbatch.licenses; the licenses: scontrol show lic"),
        new("Job dependency problem", Refusal.Permanent, "slurm.sbatch.dependency"),
        new("Batch script contains DOS line breaks", Refusal.Permanent, "the template has \\r\\n line ends; save it with \\n"),
        new("This does not look like a batch script", Refusal.Permanent, "the template must begin with #!/bin/bash"),
        new("Batch script is empty", Refusal.Permanent, "the template is empty"),
        new("Pathname of a file, directory or other parameter too long", Refusal.Permanent, "the script is larger than the cluster takes: put data into files instead of backend.command"),
        new("unrecognized option", Refusal.Permanent, "the options under slurm.sbatch: this cluster's sbatch does not know one of them (sbatch --help)"),
        new("Access/permission denied", Refusal.Permanent, Accounts),
        new("Invalid user id", Refusal.Permanent, "this user has no account on the cluster; tell its administrators"),
    ];

    /// <summary>An answer that no rule knows: what Slurm itself calls a failed submission, or a wrong use of <c>sbatch</c>, is final.</summary>
    public static RefusalRule Of(int? exitCode, string errors)
    {
        foreach (var rule in Table)
            if (errors.Contains(rule.Text, StringComparison.OrdinalIgnoreCase)) return rule;
        if (exitCode is 127) return new("", Refusal.ControllerDown, "sbatch is not to be found: run this on a login node, or load the cluster's environment first");
        var final = exitCode is 255 || exitCode is 1 && errors.Contains("Batch job submission failed:", StringComparison.Ordinal) || exitCode is 1 && errors.Contains("sbatch: error:", StringComparison.Ordinal);
        return new("", final ? Refusal.Permanent : Refusal.InDoubt);
    }

    /// <summary>Slurm's own words on one line, and what to do.</summary>
    public static string Sentence(string errors, RefusalRule rule)
    {
        var words = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(static line => line.StartsWith("sbatch: error: ", StringComparison.Ordinal) ? line["sbatch: error: ".Length..] : line)
            .Select(static line => line.StartsWith("Batch job submission failed: ", StringComparison.Ordinal) ? line["Batch job submission failed: ".Length..] : line)
            .Distinct(StringComparer.Ordinal);
        var said = $"sbatch refused: {string.Join("; ", words)}";
        return rule.Remedy.Length == 0 ? said : $"{said}. Look at {rule.Remedy}";
    }
}
