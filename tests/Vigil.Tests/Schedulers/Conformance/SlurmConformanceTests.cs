using Vigil.Planning;
using Vigil.Schedulers;
using Vigil.Schedulers.Slurm;
using Vigil.Tests.Slurm;

namespace Vigil.Tests.Schedulers.Conformance;

/// <summary>A real Slurm.</summary>
[Collection(Testbed.Tests)]
public sealed class SlurmConformanceTests(Testbed testbed) : SlurmConformance
{
    private protected override Task ReadyAsync() => testbed.StartAsync();

    private protected override IScheduler Monitor() => new SlurmScheduler(
        new HereSite(Path.Combine(Place.Dir, "views", "clock"), CommandEnvironment.Of(testbed.Environment), TimeProvider.System),
        new(null, RequestBudget.Unlimited, TimeProvider.System, "boot"),
        SlurmSettings.Default with { ShortestPoll = 0.2, LongestPoll = 1, DoubtSeconds = 1, RequestsPerSecond = RequestBudget.Unlimited },
        new(null, Place.Dir, TimeProvider.System.GetUtcNow()), SubmissionWords.Of, TimeProvider.System);
}
