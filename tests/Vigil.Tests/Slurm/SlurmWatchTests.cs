using Vigil.Cli;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Tests.Cli;
using Vigil.Tests.House;

namespace Vigil.Tests.Slurm;

/// <summary>Wishes and watches on a real cluster.</summary>
[Collection(Testbed.Tests)]
public sealed class SlurmWatchTests(Testbed testbed) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);
    private readonly CommandLine _vigil = new();

    public async ValueTask InitializeAsync()
    {
        await testbed.StartAsync();
        _vigil.Extra["SLURM_CONF"] = testbed.ConfigurationFile;
        _vigil.Write("e.yaml", """
            scheduler: slurm
            backend: {command: "echo begun ${x}; until [[ -e go ]]; do sleep 0.2; done; echo done ${x}"}
            slurm: {sbatch: {time: "10:00"}, array: false}
            x: 1
            sweep: {type: product, groups: [{params: {x: [1, 2]}}]}
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await testbed.AskAsync("scancel", "--me");
        // A job that is being ended still writes into its folder.
        await UntilAsync(async () => await QueueAsync("%i") == "", "an empty queue");
        _vigil.Dispose();
    }

    /// <summary>One line a job, in the order of the alphabet.</summary>
    private async Task<string> QueueAsync(string format) => string.Join('\n', (await testbed.AskAsync("squeue", "--me", "-h", "-o", format)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

    private async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"{what} is not so: {await QueueAsync("%i %j %T %r %l")}\n{_vigil.Run("status", "outputs/e")}");
    }

    [Fact]
    public async Task Queued_jobs_are_held_changed_and_released()
    {
        Assert.Equal(0, _vigil.Run("run", "e.yaml", "slurm.sbatch.begin=now+1hour", "--no-monitor").ExitCode);

        Assert.Equal(0, _vigil.Run("hold", "outputs/e", "x=1").ExitCode);
        Assert.Matches("^PENDING BeginTime 10:00\nPENDING JobHeld(User|Admin) 10:00$", await QueueAsync("%T %r %l"));
        Assert.Contains("1 held · 1 queued", _vigil.Run("status", "outputs/e").Output, StringComparison.Ordinal);
        Assert.Equal(0, _vigil.Run("update", "outputs/e", "x=2", "--time", "5:00", "--exclude", "n3").ExitCode);
        Assert.Equal("10:00\n5:00", await QueueAsync("%l"));
        Assert.Contains("ExcNodeList=n3", (await testbed.AskAsync("scontrol", "-o", "show", "job")).Output, StringComparison.Ordinal);
        Assert.Equal(0, _vigil.Run("release", "outputs/e", "state=held").ExitCode);
        Assert.DoesNotContain("JobHeld", await QueueAsync("%r"), StringComparison.Ordinal);
        Assert.Equal(0, _vigil.Run("cancel", "outputs/e", "name~").ExitCode);

        Assert.Equal("", await QueueAsync("%i"));
        Assert.Equal(["cancelled", "cancelled"], _vigil.State("outputs/e").InPlanOrder.Select(Views.RunWords.State));
    }

    [Fact]
    public async Task A_change_that_the_cluster_refuses_ends_with_its_words()
    {
        Assert.Equal(0, _vigil.Run("run", "e.yaml", "slurm.sbatch.begin=now+1hour", "--no-monitor").ExitCode);

        var update = _vigil.Run("update", "outputs/e", "x=1", "--exclude", "nosuch");

        Assert.Equal(1, update.ExitCode);
        Assert.Contains("exclude-nodes:x1.1 was refused: ", update.Errors, StringComparison.Ordinal);
        await testbed.AskAsync("scancel", "--me");
    }

    [Fact]
    public async Task A_run_that_is_queued_again_by_its_user_goes_on_as_the_next_try_with_its_own_part_of_the_log()
    {
        var monitor = _vigil.Start("run", "e.yaml", "--only", "x1", "slurm.sbatch.requeue=true").UntilItSays("x1.1 started");
        await UntilAsync(() => Task.FromResult(_vigil.Run("logs", "outputs/e", "x1").Output == "begun 1\n"), "the first try has begun");

        Assert.Equal(0, _vigil.Run("requeue", "outputs/e", "x1").ExitCode);
        monitor.UntilItSays("that is x1.1.r1").UntilItSays("x1.1.r1 started");
        _vigil.Write("go", "");

        Assert.Equal(0, monitor.End().ExitCode);
        Assert.Equal("begun 1\ndone 1\n", _vigil.Run("logs", "outputs/e", "x1", "--attempt", "1.r1").Output);
        Assert.StartsWith("begun 1\n", _vigil.Run("logs", "outputs/e", "x1", "--attempt", "1").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SLM058", "for unlimited time, more than the partition main allows (7-00:00:00): Slurm accepts that and never starts it (PartitionTimeLimit)", "--time", "0")]
    [InlineData("SLM058", "lower --time, or choose a partition that allows it: ", "--time=8-00:00:00")]
    [InlineData("SLM058", "for unlimited time", "--partition=short", "--time=UNLIMITED")]
    [InlineData("SLM053", "for the partition closed, which is DOWN: Slurm accepts that and starts nothing there (PartitionDown)", "--partition", "closed")]
    [InlineData("SLM053", "which is DOWN", "--partition=main", "--sbatch=--partition=closed")]
    [InlineData("SLM052", "the watch's own job asks for the partition 'shrot', which this cluster does not have\n    did you mean 'short'? ", "--partition=shrot")]
    [InlineData("SLM055", "for the account 'nosuch', which is none of yours", "--account=nosuch")]
    [InlineData("SLM056", "for the QOS 'nosuch', which this cluster does not have", "--qos=nosuch")]
    [InlineData("SLM061", "for 999999 MB on one node", "--sbatch=--mem=999999")]
    [InlineData("SLM060", "lower --sbatch=--cpus-per-task or ntasks-per-node", "--sbatch=--cpus-per-task=99")]
    public async Task A_watch_that_its_cluster_would_refuse_or_never_start_is_not_submitted(string code, string said, params string[] options)
    {
        Assert.Equal(0, _vigil.Run("run", "e.yaml", "slurm.sbatch.begin=now+1hour", "--no-monitor").ExitCode);

        var watch = _vigil.Run(["watch", "outputs/e", "--as-job", .. options]);

        Assert.Equal((ExitCode.UserMistake, ""), (watch.ExitCode, watch.Output));
        Assert.Contains($"error {code}: the watch's own job asks for ", watch.Errors, StringComparison.Ordinal);
        Assert.Contains(said, watch.Errors, StringComparison.Ordinal);
        Assert.EndsWith("1 error; nothing was changed.\n", watch.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("vigil-watch", await QueueAsync("%j"), StringComparison.Ordinal);
        Assert.DoesNotContain("Slurm job", _vigil.Run("status", "outputs/e").Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_that_waits_is_named_by_status_and_one_that_never_starts_by_the_next_request()
    {
        Assert.Equal(0, _vigil.Run("run", "e.yaml", "slurm.sbatch.begin=now+1hour", "--no-monitor").ExitCode);
        Assert.Equal(0, _vigil.Run("watch", "outputs/e", "--as-job", "--partition=low", "--time=0", "--sbatch=--begin=now+1hour").ExitCode);
        var name = WatchAsJob.JobName("e", new ExperimentFolder(_vigil["outputs/e"]));
        var job = (await testbed.AskAsync("squeue", "--me", "-h", "-n", name, "-o", "%i")).Output.Trim();

        Assert.Contains($"\nSlurm job {job} is to watch it; squeue -j {job} tells whether it has started\n", _vigil.Run("status", "outputs/e").Output, StringComparison.Ordinal);
        var again = _vigil.Run("watch", "outputs/e", "--as-job");
        Assert.Equal(ExitCode.HeldElsewhere, again.ExitCode);
        Assert.Matches($@"Slurm job {job} \({name}\) is the watch over .* already, but does not run: it is PENDING \(", again.Errors);
        await testbed.AskAsync("scontrol", "update", $"jobid={job}", "partition=closed", "StartTime=now");
        await UntilAsync(async () => (await testbed.AskAsync("squeue", "-h", "-j", job, "-o", "%r")).Output.Trim() == "PartitionDown", "the partition's state is the reason");
        Assert.Contains($"it is PENDING (PartitionDown)\n    As it stands it never starts", _vigil.Run("watch", "outputs/e", "--as-job").Errors, StringComparison.Ordinal);

        await testbed.AskAsync("scancel", job);
        Assert.Equal(ExitCode.UserMistake, _vigil.Run("watch", "outputs/e", "--as-job", "--partition=closed").ExitCode);
        Assert.DoesNotContain("Slurm job", _vigil.Run("status", "outputs/e").Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_that_is_a_job_hands_over_to_its_successor_and_there_are_never_two()
    {
        Assert.Equal(0, _vigil.Run("run", "e.yaml", "--no-monitor").ExitCode);
        var name = WatchAsJob.JobName("e", new ExperimentFolder(_vigil["outputs/e"]));

        var submitted = _vigil.Run("watch", "outputs/e", "--as-job", "--time=1", "--partition=low");
        Assert.True(submitted.ExitCode == 0, submitted.ToString());
        var again = _vigil.Run("watch", "outputs/e", "--as-job");
        Assert.Equal(4, again.ExitCode);
        Assert.Contains($"({name}) is the watch over", again.Errors, StringComparison.Ordinal);

        async Task<string[]> Watches(string state) => (await testbed.AskAsync("squeue", "--me", "-h", "-n", name, "-t", state, "-o", "%i")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await UntilAsync(async () => (await Watches("RUNNING")).Length == 1, "the watch runs");
        var first = (await Watches("RUNNING"))[0];
        await UntilAsync(async () =>
        {
            var running = await Watches("RUNNING");
            Assert.InRange(running.Length, 0, 1);
            return running is [var one] && one != first;
        }, "the successor watches");
        await UntilAsync(() => Task.FromResult(_vigil.State("outputs/e") is var state && new JournalFollower(new ExperimentFolder(_vigil["outputs/e"])) is var follower && Epoch(follower) >= 3 && state.Runs.Count == 2), "the successor writes the journal");
        _vigil.Write("go", "");
        await UntilAsync(() => Task.FromResult(_vigil.State("outputs/e").AllFinished), "the runs are done");
        Assert.Equal([Outcome.Completed, Outcome.Completed], _vigil.State("outputs/e").InPlanOrder.Select(static r => ((RunState.Finished)r.State).Outcome));
        Assert.Contains("takes over the watch", File.ReadAllText(_vigil[$"outputs/e/views/watch-{first}.out"]), StringComparison.Ordinal);
    }

    private static int Epoch(JournalFollower follower)
    {
        follower.Read();
        return follower.Epoch;
    }

    [Fact]
    public void The_script_of_a_watch_is_clean_whatever_its_names_hold()
    {
        var script = WatchScript.Render("/opt/my $(touch x)/vigil", "/out/it's `here`", "a\nb; rm -rf /", ["--sbatch=--comment=a b;c"]);
        _vigil.Write("watch.sbatch", script);
        foreach (var words in (string[][])[["bash", "-n", _vigil["watch.sbatch"]], ["shellcheck", "-e", "SC2317", "-S", "warning", _vigil["watch.sbatch"]]])
            Assert.True(Shell.Run(_vigil.Folder, words) is { ExitCode: 0 }, Shell.Run(_vigil.Folder, words).ToString());
    }
}
