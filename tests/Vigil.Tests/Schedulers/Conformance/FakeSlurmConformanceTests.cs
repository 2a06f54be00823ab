using FakeSlurm;
using Vigil.Planning;
using Vigil.Schedulers;
using Vigil.Schedulers.Slurm;
using Vigil.Tests.Slurm;

namespace Vigil.Tests.Schedulers.Conformance;

/// <summary>The Slurm of the tests, running the scripts with bash on the machine's clock.</summary>
public sealed class FakeSlurmConformanceTests : SlurmConformance
{
    private readonly FakeCluster _cluster;

    public FakeSlurmConformanceTests()
    {
        _cluster = new(new ClusterState { Now = TimeProvider.System.GetUtcNow(), ExecutionFolder = Path.Combine(Place.Dir, "executions") }) { Clock = TimeProvider.System };
        (_cluster.Site.Executes, _cluster.Site.FollowsMachineClock, _cluster.Site.Zone, _cluster.Site.StartDelay) = (true, true, "UTC", 0);
    }

    public override void Dispose()
    {
        // What a failed test left running must not outlive it.
        _cluster.EndNow(static _ => true, "CANCELLED");
        base.Dispose();
    }

    private protected override IScheduler Monitor() => new SlurmScheduler(
        new FakeSite(_cluster), new(null, RequestBudget.Unlimited, TimeProvider.System, "boot"),
        SlurmSettings.Default with { ShortestPoll = 0.05, LongestPoll = 0.2, DoubtSeconds = 1, RequestsPerSecond = RequestBudget.Unlimited },
        new(null, Place.Dir, TimeProvider.System.GetUtcNow()), SubmissionWords.Of, TimeProvider.System);

    private protected override void PassLimit() => _cluster.Skew += TimeSpan.FromSeconds(61);
}
