using Vigil.Schedulers;
using Vigil.Schedulers.Local;

namespace Vigil.Tests.Schedulers.Conformance;

/// <summary>This machine.</summary>
public sealed class LocalConformanceTests : SchedulerConformance, IDisposable
{
    private readonly LocalPlace _place = new();

    public void Dispose() => _place.Dispose();

    private protected override string Dir => _place.Dir;

    private protected override IScheduler Monitor() => _place.Monitor(cpus: 4);

    private protected override Submission Job(string name, string line) => _place.Request(name, line).Alone();

    private protected override Submission Limited(string name, string line) => _place.Request(name, line, limit: TimeSpan.FromSeconds(1)).Alone();

    private protected override async Task<JobRequest> WaitingAsync(IScheduler monitor, Submission submission)
    {
        await SubmitAsync(monitor, _place.Request("blocker", "until [[ -e unblocked ]]; do sleep 0.05; done", cpus: 4).Alone());
        return await SubmitAsync(monitor, submission);
    }

    private protected override Task LetGoAsync(IScheduler monitor, JobRequest waiting)
    {
        File.WriteAllText(Path.Combine(Dir, "unblocked"), "");
        return Task.CompletedTask;
    }
}
