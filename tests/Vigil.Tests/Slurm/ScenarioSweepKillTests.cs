using FakeSlurm;
using Vigil.Monitoring;
using Vigil.Tests.CrashMatrix;

namespace Vigil.Tests.Slurm;

/// <summary>Scenario 12: a large sweep whose submission is killed again and again.</summary>
public sealed class ScenarioSweepKillTests(ITestOutputHelper output) : IDisposable
{
    private const int Points = 2000, Kills = 12;

    private readonly ClusterLife _life = new();

    public void Dispose() => _life.Dispose();

    [Theory, Trait("scenario", "12")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_large_sweep_killed_in_the_middle_of_its_submission_is_submitted_whole_and_once(int seed)
    {
        var random = new Random(seed);
        _life.Cluster.Ends(new("*") { Seconds = null });
        _life.Settings = _life.Settings with { ArraySize = 100 };
        _life.Runs = _life.Sweep(Points);

        var kills = 0;
        while (kills < Kills && await DiesAsync(random)) kills++;
        var monitor = await _life.MonitorAsync();
        await monitor.UntilAsync(static s => s.Runs.Values.All(static r => r.State.Held is not null), TimeSpan.FromHours(1));

        Assert.True(kills >= 5, $"only {kills} kills");
        var jobs = _life.State.Runs.Values.Select(static r => r.Attempts.Single().Job!.Value.Value).ToHashSet();
        Assert.Equal(Points, jobs.Count);
        Assert.Equal(Points, _life.OurJobs.Count());
        Assert.True(jobs.SetEquals(_life.OurJobs.Select(static j => j.ShownId)));
        Assert.Equal(20, _life.Sbatches);
        _life.AssertBudget();
        output.WriteLine($"{kills} kills, {_life.Sbatches} sbatch, {_life.Asked.Count} commands");
    }

    /// <summary>One life that ends at a random dangerous moment while it submits. False: it got through.</summary>
    private async Task<bool> DiesAsync(Random random)
    {
        var left = random.Next(1, 14);
        void Danger()
        {
            if (--left == 0) throw new SimulatedCrash();
        }
        var monitor = await _life.MonitorAsync(prepare: journal => (journal.BeforeWrite, journal.BeforeFlush) = ((_, _, _) => Danger(), Danger));
        _life.Cluster.Called = _life.Cluster.Done = _ => Danger();
        var lived = await monitor.UntilAsync(static s => s.Runs.Values.All(static r => r.State.Held is not null), TimeSpan.FromHours(1));
        _life.Cluster.Called = _life.Cluster.Done = null;
        return !lived;
    }
}
