using FakeSlurm;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Tests.Slurm;

/// <summary>Edges that Slurm keeps, where Slurm has forgotten how the run before ended: it takes a dependency on a job that it does not know as met. The scripts here really run.</summary>
public sealed class KeptEdgeTests : IDisposable
{
    private readonly ClusterLife _life = new();
    private readonly TempFolder _temp = new();

    public KeptEdgeTests()
    {
        _life.Jobs.AreReal = true;
        Cluster.State.ExecutionFolder = _temp["jobs"];
        (Cluster.Site.Executes, Cluster.Site.MinJobAge) = (true, 2);
    }

    public void Dispose()
    {
        _life.Dispose();
        _temp.Dispose();
    }

    private FakeCluster Cluster => _life.Cluster;

    private PlannedRun Run(string name, string line, string? after = null, string? pack = null) => _life.Run(name) with
    {
        // Those before end when they are told to, at the cluster's time.
        Command = new CommandTemplate.Line(after is null ? $"until [[ -e go ]]; do sleep 0.05; done; {line}" : line),
        DependsOn = after is null ? [] : [new(after)],
        Restart = new(after is null ? 1 : 3, 1, [FailureCause.Infrastructure, FailureCause.Crash]),
        Slurm = new() { PackKey = pack },
    };

    private bool Ran(string run) => File.Exists(Path.Combine(_life.Of(run).Plan.OutputDir, "ran"));

    /// <summary>The runs before have ended and are forgotten, and no look has been taken since; only then the runs after them are handed over.</summary>
    private async Task<LifeMonitor> ForgottenAsync(string[] children, params PlannedRun[] runs)
    {
        Cluster.Ends(new("*") { Seconds = 400 });
        _life.Plan(runs);
        var monitor = await _life.MonitorAsync();
        _life.Drop(new WishContent.Change([.. children.Select(static c => new RunId(c))], new JobChange.Hold()));
        await monitor.UntilAsync(s => s.Runs.Values.All(static r => r.State is RunState.Running || r.HeldBy is not null));
        await monitor.UntilAsync(_ => Cluster.Jobs.All(j => Cluster.Now - j.Started > TimeSpan.FromSeconds(390)));
        File.WriteAllText(Path.Combine(runs[0].WorkDir, "go"), "");
        _life.Pass(TimeSpan.FromSeconds(20));
        Assert.All(Cluster.Jobs, static j => Assert.True(j.Purged));
        Assert.All(runs, r => Assert.False(_life.Of(r.Id.Value).State is RunState.Finished));
        Cluster.State.Endings.Clear();
        _life.Drop(new WishContent.Change([.. children.Select(static c => new RunId(c))], new JobChange.Release()));
        return monitor;
    }

    [Fact]
    public async Task A_run_whose_forgotten_parent_failed_does_nothing_and_is_skipped()
    {
        var monitor = await ForgottenAsync(["after"], Run("stable", "exit 3"), Run("after", "touch {output_dir}/ran", "stable"));

        await monitor.UntilAsync(static s => s.AllFinished);

        Assert.Contains(_life.Calls("sbatch"), static c => c.Line.Contains("--dependency=afterok:", StringComparison.Ordinal));
        Assert.Equal("FAILED", _life.Job("after").State);
        Assert.False(Ran("after"));
        Assert.Equal(new RunState.Finished(Outcome.Failed, "FAILED"), _life.Of("stable").State);
        Assert.Equal(new RunState.Finished(Outcome.Skipped, "DEPENDENCY: stable"), _life.Of("after").State);
        Assert.Equal((JobState.Cancelled, "DEPENDENCY", null), _life.Of("after").Attempts.Single() is var a ? (a.State, a.Reason, a.Cause) : default);
    }

    [Fact]
    public async Task A_run_whose_forgotten_parent_completed_runs()
    {
        var monitor = await ForgottenAsync(["after"], Run("stable", "true"), Run("after", "touch {output_dir}/ran", "stable"));
        await monitor.UntilAsync(static s => s.AllFinished);
        Assert.All(_life.State.Runs.Values, static r => Assert.Equal(new RunState.Finished(Outcome.Completed, null), r.State));
        Assert.True(Ran("after"));
    }

    [Fact]
    public async Task Each_task_of_an_array_looks_at_its_own_parent()
    {
        var monitor = await ForgottenAsync(["a2", "b2"],
            Run("a", "exit 3", pack: "x"), Run("b", "true", pack: "x"), Run("a2", "touch {output_dir}/ran", "a", "y"), Run("b2", "touch {output_dir}/ran", "b", "y"));

        await monitor.UntilAsync(static s => s.AllFinished);

        Assert.Contains(_life.Calls("sbatch"), static c => c.Line.Contains("--dependency=aftercorr:", StringComparison.Ordinal));
        Assert.Equal((false, true), (Ran("a2"), Ran("b2")));
        Assert.Equal(new RunState.Finished(Outcome.Skipped, "DEPENDENCY: a"), _life.Of("a2").State);
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), _life.Of("b2").State);
    }

    [Fact]
    public async Task A_run_behind_one_that_was_skipped_is_skipped_as_well()
    {
        var monitor = await ForgottenAsync(["after", "last"], Run("stable", "exit 3"), Run("after", "touch {output_dir}/ran", "stable"), Run("last", "touch {output_dir}/ran", "after"));
        await monitor.UntilAsync(static s => s.AllFinished);
        Assert.Equal((false, false), (Ran("after"), Ran("last")));
        Assert.Equal(new RunState.Finished(Outcome.Skipped, "DEPENDENCY: after"), _life.Of("last").State);
    }
}
