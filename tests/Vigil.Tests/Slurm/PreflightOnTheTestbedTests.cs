using System.Text.Json.Nodes;
using Vigil.Configuration;
using Vigil.Planning;
using Vigil.Schedulers.Slurm;
using Vigil.Schedulers.Slurm.Preflight;
using Vigil.Tests.Cli;
using Vigil.Tests.Journaling;

namespace Vigil.Tests.Slurm;

/// <summary>What the preflight says is what a real cluster does.</summary>
[Collection(Testbed.Tests)]
public sealed class PreflightOnTheTestbedTests(Testbed testbed) : IAsyncLifetime
{
    private readonly CommandLine _vigil = new();

    public async ValueTask InitializeAsync() => await testbed.StartAsync();

    public ValueTask DisposeAsync()
    {
        _vigil.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Cluster> SurveyAsync()
    {
        var site = new HereSite("/tmp/never-written", testbed.Environment, TimeProvider.System);
        return Assert.IsType<Survey.Answered>(await new ClusterSurvey(site, null).AskAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)).Cluster;
    }

    [Fact]
    public async Task The_cluster_is_seen_as_it_is()
    {
        var cluster = await SurveyAsync();

        Assert.Equal(("testbed", "root", OverLimit.Waits), (cluster.Name, cluster.User, cluster.PartitionLimits));
        Assert.StartsWith("22.05", cluster.Version, StringComparison.Ordinal);
        Assert.Equal("main", cluster.DefaultPartition!.Name);
        Assert.Equal((16, 64000, 4), cluster.NodesOf(cluster.DefaultPartition)[0] is var node ? (node.Cpus, (int)node.MemoryMegabytes, node.Gres["gpu"]) : default);
        Assert.Equal(("DOWN", TimeSpan.FromMinutes(5)), (cluster.Find("closed")!.State, cluster.Find("short")!.MaxTime));
        Assert.Equal(["brief", "limited", "normal"], cluster.Accounting.Associations!.Value.Single(static a => a.Account == "test").Qos.Order());
        Assert.Equal((3, OverLimit.Refused), (cluster.Accounting.Qos!.Value.Single(static q => q.Name == "limited").MaxSubmit, cluster.Accounting.Qos!.Value.Single(static q => q.Name == "brief").AboveLimits));
    }

    [Theory]
    [InlineData("--partition=main --time=10 --nodes=4 --gres=gpu:4 --mem=64000 --cpus-per-task=16")]
    [InlineData("--partition=main,short --time=10")]
    [InlineData("--qos=limited --account=other --time=1")]
    [InlineData("--gpus=16")]
    [InlineData("--partition=nosuch")]
    [InlineData("--partition=main,nosuch")]
    [InlineData("--partition=closed")]
    [InlineData("--account=nosuch")]
    [InlineData("--account=root --qos=limited")]
    [InlineData("--qos=nosuch")]
    [InlineData("--qos=brief --time=10")]
    [InlineData("--partition=short --time=10")]
    [InlineData("--partition=short --time=0")]
    [InlineData("--partition=low --time=0")]
    [InlineData("--nodes=9")]
    [InlineData("--cpus-per-task=99")]
    [InlineData("--ntasks=999")]
    [InlineData("--mem=999999")]
    [InlineData("--mem-per-cpu=63G --cpus-per-task=2")]
    [InlineData("--gres=gpu:9")]
    [InlineData("--gres=fpga:1")]
    [InlineData("--gres=gpu:a100:1")]
    [InlineData("--gpus=99")]
    [InlineData("--gpus-per-task=5 --ntasks=1")]
    public async Task What_it_calls_refused_is_refused_and_what_it_says_waits_for_ever_waits(string options)
    {
        var run = JournalPlace.Run("a") with { Slurm = new SlurmJob { Sbatch = [.. options.Split(' ').Select(static o => o[2..].Split('=')).Select(static o => new SlurmOption(o[0], o[1]))] } };
        var found = new SlurmPreflight(await SurveyAsync(), static _ => null).Check([run], static _ => SourceSpan.None);

        var submitted = await testbed.AskAsync(["sbatch", "--parsable", "-o", "/dev/null", .. options.Split(' '), "--wrap", "true"]);
        var reason = submitted.ExitCode == 0 && found.Length > 0 ? await ReasonAsync(submitted.Output.Trim(), found[0].Message) : null;
        if (submitted.ExitCode == 0) await testbed.AskAsync("scancel", submitted.Output.Trim());

        Assert.True(found.Any(static d => d.Severity is Severity.Error) == (submitted.ExitCode != 0), $"{string.Join('\n', found)}\n{submitted}");
        if (reason is not null) Assert.Contains($"({reason})", found[0].Message, StringComparison.Ordinal);
    }

    /// <summary>The controller's first word for a job is not always its last: the announced one is waited for.</summary>
    private async Task<string> ReasonAsync(string job, string announced)
    {
        var began = TimeProvider.System.GetTimestamp();
        string reason;
        do reason = (await testbed.AskAsync("squeue", "-h", "-j", job, "-o", "%r")).Output.Trim();
        while (!announced.Contains($"({reason})", StringComparison.Ordinal) && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60));
        return reason;
    }

    [Fact]
    public void Plan_points_at_the_option_that_the_cluster_would_refuse()
    {
        UseTestbed();
        Write("partition: maim, account: tset");

        var plan = _vigil.Run("plan", "e.yaml");

        Assert.Equal(2, plan.ExitCode);
        Assert.Contains("e.yaml:3:29: error SLM052: x1 and 1 more ask for the partition 'maim', which this cluster does not have", plan.Errors, StringComparison.Ordinal);
        Assert.Contains("did you mean 'main'?", plan.Errors, StringComparison.Ordinal);
        Assert.Contains("e.yaml:3:44: error SLM055: x1 and 1 more ask for the account 'tset'", plan.Errors, StringComparison.Ordinal);
        Assert.Equal(["SLM052", "SLM055"], JsonNode.Parse(_vigil.Run("plan", "e.yaml", "--json").Output)!["diagnostics"]!.AsArray().Select(static d => (string?)d!["code"]));
    }

    [Fact]
    public void Plan_tells_how_the_runs_will_be_handed_over()
    {
        UseTestbed();
        Write("qos: limited");
        Assert.Contains("testbed (Slurm 22.05.8): 2 runs in 1 array", _vigil.Run("plan", "e.yaml").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_Slurm_s_commands_plan_says_so_and_plans()
    {
        Write("partition: maim");
        UseNoSlurm();

        var plan = _vigil.Run("plan", "e.yaml");

        Assert.True(plan.ExitCode == 0, plan.ToString());
        Assert.Contains("what the cluster itself would say was not asked: there is no 'sbatch' on PATH", plan.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_begins_nothing_that_the_cluster_would_refuse()
    {
        UseTestbed();
        Write("partition: maim");
        var before = _vigil.Fingerprint();

        var run = _vigil.Run("run", "e.yaml");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("e.yaml:3:29: error SLM052: ", run.Errors, StringComparison.Ordinal);
        Assert.Equal(before, _vigil.Fingerprint());
    }

    [Fact]
    public void Run_without_Slurm_s_commands_or_without_a_cluster_says_which_and_what_to_do()
    {
        Write("partition: main");
        var unconfigured = _vigil.Run("run", "e.yaml");
        UseNoSlurm();
        var missing = _vigil.Run("run", "e.yaml");

        Assert.Equal((3, 3), (unconfigured.ExitCode, missing.ExitCode));
        Assert.Contains("error RUN050: Slurm's commands are here, and no cluster is configured for them: ", unconfigured.Errors, StringComparison.Ordinal);
        Assert.Contains($"error RUN050: there is no 'sbatch' on PATH\n    PATH is {_vigil.Path}\n", missing.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_vigil["outputs/e/arrays"]));
    }

    [Fact]
    public async Task Run_waits_for_a_silent_controller_as_long_as_it_is_told()
    {
        UseTestbed();
        Write("partition: main");
        await using (await testbed.BreakAsync("stop", "slurmctld"))
        {
            var run = _vigil.Run("run", "e.yaml", "slurm.wait_seconds=1");
            Assert.Equal(3, run.ExitCode);
            Assert.Contains("error RUN051: the cluster has not answered for 1 s: ", run.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task While_the_controller_hangs_plan_does_not()
    {
        UseTestbed();
        Write("partition: main");
        await using (await testbed.BreakAsync("pause", "slurmctld"))
        {
            var plan = _vigil.Run("plan", "e.yaml");
            Assert.True(plan.ExitCode == 0, plan.ToString());
            Assert.Contains("what the cluster itself would say was not asked: it does not answer: ", plan.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Doctor_tells_what_the_cluster_is_and_what_this_user_may()
    {
        UseTestbed();

        var doctor = _vigil.Run("doctor");

        Assert.True(doctor.ExitCode == 0, doctor.ToString());
        foreach (var line in (string[])["ok    controller   testbed (Slurm 22.05.8) answers", "ok    accounting   answers; it enforces associations, limits, qos",
            "ok    partition    main (default): UP, up to 7-00:00:00, 4 nodes of 16 CPUs, 62 GB, gpu × 4", "note  partition    closed: DOWN", "root may use test, other, root, with the QOS brief (up to 00:02:00), limited (3 jobs at a time, 1 running), normal"])
            Assert.Contains(line, doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_tells_that_the_controller_or_accounting_does_not_answer()
    {
        UseTestbed();
        await using (await testbed.BreakAsync("stop", "slurmctld"))
        {
            var doctor = _vigil.Run("doctor");
            Assert.Equal(1, doctor.ExitCode);
            Assert.Contains("bad   controller   no answer: ", doctor.Output, StringComparison.Ordinal);
        }
        await using (await testbed.BreakAsync("stop", "slurmdbd"))
            Assert.Contains("bad   accounting   does not answer: ", _vigil.Run("doctor").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_without_Slurm_is_content_with_this_machine()
    {
        UseNoSlurm();
        var doctor = _vigil.Run("doctor");
        Assert.True(doctor.ExitCode == 0, doctor.ToString());
        Assert.Contains("note  Slurm        there is no sbatch on PATH: runs go to this machine only", doctor.Output, StringComparison.Ordinal);
    }

    private void UseTestbed() => _vigil.Extra["SLURM_CONF"] = testbed.ConfigurationFile;

    /// <summary>A PATH with everything but Slurm.</summary>
    private void UseNoSlurm()
    {
        Directory.CreateDirectory(_vigil["bin"]);
        foreach (var name in (string[])["bash", "env", "id", "git", "python3"])
            if (Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is { } program) File.CreateSymbolicLink(_vigil[$"bin/{name}"], program);
        _vigil.Path = _vigil["bin"];
    }

    private void Write(string sbatch) => _vigil.Write("e.yaml", """
        scheduler: slurm
        backend: {command: "echo hello ${x}"}
        slurm: {sbatch: {OPTIONS}}
        x: 1
        sweep: {type: product, groups: [{params: {x: [1, 2]}}]}
        """.Replace("OPTIONS", sbatch, StringComparison.Ordinal));
}
