using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Planning;
using Vigil.Schedulers.Slurm.Preflight;
using Vigil.Tests.Journaling;

namespace Vigil.Tests.Slurm;

/// <summary>What runs ask for, against what a cluster says of itself.</summary>
public sealed class PreflightTests
{
    private const string PartitionsText = """
        PartitionName=main AllowGroups=ALL AllowAccounts=ALL AllowQos=ALL AllocNodes=ALL Default=YES QoS=N/A DefaultTime=01:00:00 MaxNodes=UNLIMITED MaxTime=7-00:00:00 Nodes=n[1-4] State=UP TotalCPUs=64 TotalNodes=4 JobDefaults=(null) TRES=cpu=64,mem=250G,node=4,billing=64,gres/gpu=16
        PartitionName=short AllowAccounts=ALL AllowQos=ALL Default=NO DefaultTime=NONE MaxNodes=2 MaxTime=00:05:00 State=UP TotalCPUs=64 TotalNodes=4
        PartitionName=guests AllowAccounts=guest,friend AllowQos=low Default=NO MaxTime=UNLIMITED MaxNodes=UNLIMITED State=UP TotalCPUs=64 TotalNodes=4
        PartitionName=others DenyAccounts=test DenyQos=brief Default=NO MaxTime=UNLIMITED MaxNodes=UNLIMITED State=UP TotalCPUs=64 TotalNodes=4
        PartitionName=closed Default=NO MaxTime=UNLIMITED MaxNodes=UNLIMITED State=DOWN TotalCPUs=64 TotalNodes=4
        PartitionName=drained Default=NO MaxTime=UNLIMITED MaxNodes=UNLIMITED State=DRAIN TotalCPUs=64 TotalNodes=4
        PartitionName=broken Default=NO MaxTime=UNLIMITED MaxNodes=UNLIMITED State=UP TotalCPUs=64 TotalNodes=4
        """;

    private const string NodesText = """
        main|3|16|64000|gpu:a100:4(S:0-1)|idle|fast,ib
        main|1|32|128000|gpu:v100:2,nvme:1|mixed|(null)
        short|4|16|64000|(null)|idle|(null)
        broken|2|16|64000|gpu:4|down*|(null)
        broken|2|16|64000|gpu:4|drained|(null)
        """;

    private static Cluster Testbed { get; } = new(
        "", "testbed", "22.05.8", "ada", ["associations", "limits", "qos"], OverLimit.Waits, 1001, 50000, ClusterText.Partitions(PartitionsText), ClusterText.Nodes(NodesText),
        new(ClusterText.Associations("test||brief,limited,normal|||| \nother||normal|normal|||1-00:00:00\nparted|main|normal||||\n".Replace(" \n", "\n", StringComparison.Ordinal)), ClusterText.Qualities("normal||||\nlimited||3|1|\nbrief|00:02:00|||DenyOnLimit\nslow|02:00:00|||\n"), null));

    [Theory]
    [InlineData("")]
    [InlineData("partition=main account=test qos=limited time=1-00:00:00 nodes=2 cpus-per-task=32 mem=128000 gres=gpu:4")]
    [InlineData("partition=main,short time=10")]
    [InlineData("partition=main gres=gpu:a100:4,nvme:1 mem=0")]
    [InlineData("partition=main gpus-per-node=v100:2")]
    [InlineData("partition=main gpus=14 nodes=2-9")]
    [InlineData("partition=others account=other")]
    [InlineData("partition=short nodes=2 ntasks-per-node=8 cpus-per-task=2 mem-per-cpu=4000M time=5")]
    [InlineData("account=parted partition=main")]
    [InlineData("gres=none")]
    [InlineData("qos=slow account=test", "SLM056 error")]
    [InlineData("partition=maim", "SLM052 error", "did you mean 'main'? the partitions are main (default), short, guests, others, closed (DOWN), drained (DRAIN), broken")]
    [InlineData("partition=main,nosuch", "SLM052 error", "the partition 'nosuch', which this cluster does not have")]
    [InlineData("partition=closed", "SLM053 warning", "Slurm accepts that and starts nothing there (PartitionDown)")]
    [InlineData("partition=drained", "SLM053 error", "takes no jobs (it is DRAIN)")]
    [InlineData("partition=broken", "SLM065 warning", "none of whose nodes takes jobs now (down*, drained): the jobs wait until one does")]
    [InlineData("partition=guests account=test", "SLM054 warning", "for the account test in the partition guests, which does not admit it", "it admits the accounts guest, friend")]
    [InlineData("partition=others account=test", "SLM054 warning", "account not permitted")]
    [InlineData("partition=others qos=brief time=1 account=test", "SLM054 warning+SLM054 warning", "QOS not permitted")]
    [InlineData("account=tset", "SLM055 error", "did you mean 'test'? your accounts are test, other, parted")]
    [InlineData("account=parted partition=short", "SLM055 error", "for the account parted, which you may not use in the partition short", "you may use it in main")]
    [InlineData("qos=nosuch", "SLM056 error", "which this cluster does not have", "you may use brief, limited, normal")]
    [InlineData("qos=brief account=other time=1", "SLM056 error", "which your account other may not use")]
    [InlineData("partition=short time=10", "SLM058 warning", "for 00:10:00, more than the partition short allows (00:05:00): Slurm accepts that and never starts it (PartitionTimeLimit)", "or choose a partition that allows it: main, guests, others, broken")]
    [InlineData("partition=short time=UNLIMITED", "SLM058 warning", "for unlimited time")]
    [InlineData("partition=short time=0", "SLM058 warning", "for unlimited time")]
    [InlineData("partition=short time=0-00:00", "SLM058 warning", "for unlimited time")]
    [InlineData("partition=others account=other time=00:00:01")]
    [InlineData("nodes=9", "SLM059 warning", "for 9 nodes, and the partition main gives a job 4 at most: Slurm accepts that and never starts it (PartitionNodeLimit)")]
    [InlineData("partition=short nodes=3", "SLM059 warning", "gives a job 2 at most")]
    [InlineData("cpus-per-task=99", "SLM060 warning", "for 99 CPUs on one node, and the largest node of main has 32: Slurm accepts that and never starts it (PartitionConfig)")]
    [InlineData("nodes=1 ntasks=33", "SLM060 warning", "for 33 CPUs on one node")]
    [InlineData("ntasks=65", "SLM060 warning", "for 65 CPUs, and the partition main has 64")]
    [InlineData("mem=1T", "SLM061 error", "for 1048576 MB on one node, and the largest node of main has 128000 MB: sbatch refuses that")]
    [InlineData("mem-per-cpu=64G cpus-per-task=2", "SLM061 error", "for 131072 MB")]
    [InlineData("gres=gpu:5", "SLM062 error", "for 5 of 'gpu' on one node, and no node of main has more than 4: sbatch refuses that")]
    [InlineData("gres=gpu:v100:3", "SLM062 error", "for 3 of 'gpu:v100' on one node")]
    [InlineData("gres=gpu:a10:1", "SLM062 error", "for 'gpu:a10', which no node of the partition main has", "did you mean 'gpu:a100'?")]
    [InlineData("gres=fpga:1", "SLM062 error", "for 'fpga', which no node")]
    [InlineData("partition=short gpus-per-node=1", "SLM062 error", "its nodes have no generic resources at all")]
    [InlineData("gpus-per-task=3 ntasks-per-node=2", "SLM062 error", "for 6 of 'gpu' on one node")]
    [InlineData("gpus=15", "SLM062 error", "for 15 GPUs, and the partition main has 14")]
    [InlineData("qos=brief time=10", "SLM063 error", "for 00:10:00, more than the QOS brief allows (00:02:00): sbatch refuses that")]
    [InlineData("account=other time=2-00:00:00", "SLM063 warning", "more than the account other allows (1-00:00:00): Slurm accepts that and never starts it (AssocMaxWallDurationPerJobLimit)")]
    [InlineData("partition=closed account=nosuch", "SLM055 error")]
    public void What_a_run_asks_for_is_fine_or_is_told_with_its_consequence(string options, string codes = "", params string[] told)
    {
        var found = Check(Testbed, Run(options));

        Assert.Equal(codes, string.Join('+', found.Select(static d => $"{d.Code} {d.Severity.ToString().ToLowerInvariant()}")));
        foreach (var text in told) Assert.Contains(text, string.Join('\n', found), StringComparison.Ordinal);
        Assert.All(found, static d => Assert.StartsWith("a asks for ", d.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("partition=short time=10")]
    [InlineData("nodes=9")]
    [InlineData("partition=guests account=test")]
    public void A_cluster_that_enforces_its_partitions_limits_refuses_what_others_let_wait(string options)
    {
        var found = Check(Testbed with { PartitionLimits = OverLimit.Refused }, Run(options));
        Assert.Equal([Severity.Error], found.Select(static d => d.Severity));
        Assert.Contains("sbatch refuses that", found[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_accounting_or_without_its_rules_no_account_is_wrong()
    {
        foreach (var cluster in (Cluster[])[Testbed with { Accounting = new(null, null, null) }, Testbed with { Enforces = [] }, Testbed with { Accounting = new(null, null, "Connection refused") }])
            Assert.Empty(Check(cluster, Run("account=nosuch qos=nosuch")));
    }

    [Fact]
    public void Who_has_no_account_and_where_there_is_no_default_partition_is_told()
    {
        var cluster = Testbed with { Accounting = Testbed.Accounting with { Associations = [] }, Partitions = [.. Testbed.Partitions.Where(static p => !p.IsDefault)] };
        var found = Check(cluster, Run(""));
        Assert.Equal(["SLM052", "SLM057"], found.Select(static d => d.Code));
        Assert.Contains("for no partition, and this cluster has no default one", found[0].Message, StringComparison.Ordinal);
        Assert.Contains("the user ada, who has no account", found[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_that_ask_for_the_same_are_told_together_and_the_place_is_the_option_s()
    {
        var job = Run("partition=maim").Slurm!;
        var runs = Enumerable.Range(0, 10_000).Select(i => JournalPlace.Run($"r{i}", i) with { Slurm = job }).Append(Run("nodes=9"));
        var found = Check(Testbed, [.. runs]);
        Assert.Equal(["partition: r0 and 9999 more ask for the partition 'maim', which this cluster does not have", "nodes: a asks for 9 nodes"], found.Select(static d => $"{d.At.File}: {d.Message.Split(", and ")[0]}"));
    }

    [Fact]
    public void Where_no_option_says_it_the_environment_does_and_then_the_user_s_own_lines()
    {
        var lines = new SlurmScript { Directives = ["#SBATCH --time=10 -p short"], Template = "#!/bin/bash\n#SBATCH -A tset\n#SBATCH --qos={qos} --nodes $N\n# SBATCH -p none\necho -p none\n" };
        var run = Run("") with { Slurm = new SlurmJob { Script = lines } };
        Assert.Equal(new JobAsk("main", "tset", "brief", TimeSpan.FromMinutes(10), 1, 1, 1, 0, null, 0), JobAsk.Of(run, static name => name is "SBATCH_QOS" ? "brief" : name is "SBATCH_PARTITION" ? "main" : null));
        var over = run with { Slurm = run.Slurm with { Sbatch = [new("partition", "main"), new("time", "20")] } };
        Assert.Equal(("main", TimeSpan.FromMinutes(20)), JobAsk.Of(over, static name => name is "SBATCH_PARTITION" ? "short" : name is "SBATCH_TIMELIMIT" ? "5" : null) is var ask ? (ask.Partitions, ask.Time) : default);
    }

    [Theory]
    [InlineData(3, null, 1000, 0, "testbed (Slurm 22.05.8): 3 submissions, one a run")]
    [InlineData(3, "k", 1000, 0, "testbed (Slurm 22.05.8): 3 runs in 1 array")]
    [InlineData(2500, "k", 1000, 0, "testbed (Slurm 22.05.8): 2500 runs in 3 arrays of 1000 at most")]
    [InlineData(2500, "k", 5000, 0, "testbed (Slurm 22.05.8): 2500 runs in 3 arrays of 1001 at most")]
    [InlineData(3, "k", 1000, 5, "testbed (Slurm 22.05.8): 3 submissions, one a run")]
    public void How_a_sweep_is_handed_over_is_told(int count, string? pack, int size, int stagger, string told)
    {
        var runs = Enumerable.Range(0, count).Select(i => JournalPlace.Run($"r{i}", i) with { Slurm = new SlurmJob { PackKey = pack } }).ToList();
        Assert.Equal([told], ClusterNotes.Of(Testbed, runs, new SlurmSettings(ArraySize: size, StaggerSeconds: stagger)));
    }

    [Fact]
    public void Each_link_of_a_chain_counts_as_a_submission()
    {
        var runs = Enumerable.Range(0, 2).Select(i => JournalPlace.Run($"r{i}", i) with { Slurm = new SlurmJob { Chain = i + 2 } }).ToList();
        Assert.Equal(["testbed (Slurm 22.05.8): 5 submissions for 2 runs, chains included"], ClusterNotes.Of(Testbed, runs, new SlurmSettings()));
    }

    [Fact]
    public void Limits_on_the_number_of_jobs_are_told_when_a_sweep_is_larger()
    {
        var runs = Enumerable.Range(0, 10).Select(i => JournalPlace.Run($"r{i}", i) with { Slurm = new SlurmJob { Sbatch = [new("qos", "limited")] } }).ToList();
        Assert.Contains("your QOS and accounts let 3 jobs be with Slurm at a time: the other runs wait here until some of them end", ClusterNotes.Of(Testbed, runs, SlurmSettings.Default));
        Assert.Contains("scheduler.max_jobs lets 2 jobs be with Slurm at a time: the other runs wait here", ClusterNotes.Of(Testbed, runs, new SlurmSettings(MaxJobs: 2)));
        Assert.Contains("accounting is off on this cluster: ended jobs are judged by what they leave in their folders", ClusterNotes.Of(Testbed with { Accounting = new(null, null, null) }, runs, SlurmSettings.Default));
    }

    [Theory]
    [InlineData("gpu:4", "gpu=4")]
    [InlineData("gpu:a100:4(S:0-1)", "gpu=4 gpu:a100=4")]
    [InlineData("gpu:a100:2(S:0),gpu:v100:1,nvme:1", "gpu=3 gpu:a100=2 gpu:v100=1 nvme=1")]
    [InlineData("gpu", "gpu=1")]
    [InlineData("(null)", "")]
    [InlineData("N/A", "")]
    [InlineData("", "")]
    public void Generic_resources_are_read(string text, string read) => Assert.Equal(read, string.Join(' ', ClusterText.Gres(text).OrderBy(static g => g.Key, StringComparer.Ordinal).Select(static g => $"{g.Key}={g.Value}")));

    [Theory]
    [InlineData("PartitionName=x")]
    [InlineData("garbage | ||| =\0= \nPartitionName=")]
    [InlineData("")]
    public void Nobody_is_refused_for_an_answer_that_is_not_understood(string text)
    {
        _ = (ClusterText.Partitions(text), ClusterText.Nodes(text), ClusterText.Associations(text), ClusterText.Qualities(text), ClusterText.Config(text), ClusterText.User(text));
        Assert.All(ClusterText.Partitions(text), static p => Assert.Equal(("UP", null), (p.State, p.MaxTime)));
    }

    [Theory]
    [InlineData("/home/ada/x", "nfs4", true)]
    [InlineData("/home/adam/x", "ext4", false)]
    [InlineData("/a b/c", "xfs", false)]
    [InlineData("/scratch", "lustre", true)]
    public void A_folder_s_file_system_is_the_one_that_covers_it(string folder, string kind, bool shared)
    {
        string[] mounts = ["1 0 8:1 / / rw - ext4 /dev/a rw", "2 1 0:5 / /home/ada rw shared:1 - nfs4 server:/home rw", "3 1 8:2 / /a\\040b rw - xfs /dev/b rw", "4 1 0:6 / /scratch rw - ext4 /dev/c rw", "5 1 0:7 / /scratch rw - lustre mgs rw", "nonsense"];
        Assert.Equal((kind, shared), (Vigil.Cli.FileSystemKind.Of(folder, mounts), Vigil.Cli.FileSystemKind.IsShared(kind)));
    }

    /// <summary>Where nothing of Slurm's stands in the environment. A place is told by the name of its option.</summary>
    private static ImmutableArray<Diagnostic> Check(Cluster cluster, params ImmutableArray<PlannedRun> runs) =>
        new SlurmPreflight(cluster, static _ => null).Check(runs, static option => new SourceSpan(option, 1, 1));

    private static PlannedRun Run(string options) => JournalPlace.Run("a") with
    {
        Slurm = new SlurmJob { Sbatch = [.. options.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static o => new SlurmOption(o.Split('=')[0], o.Split('=')[1]))] },
    };
}
