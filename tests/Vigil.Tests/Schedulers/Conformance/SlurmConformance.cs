using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Rendering;
using Vigil.Schedulers;
using Vigil.Tests.Slurm;

namespace Vigil.Tests.Schedulers.Conformance;

/// <summary>The true scripts, on whatever answers as Slurm.</summary>
public abstract class SlurmConformance : SchedulerConformance, IDisposable
{
    private protected SlurmSchedulerPlace Place { get; } = new() { FenceSeconds = 1 };

    public virtual void Dispose()
    {
        Place.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected override string Dir => Place.Dir;

    private protected override Submission Job(string name, string line) => Render(name, line);

    private protected override Submission Limited(string name, string line) => Render(name, line, new SlurmOption("time", "1"));

    private Submission Render(string name, string line, params SlurmOption[] sbatch)
    {
        var run = Place.Run(name, 0, sbatch) with { Command = new CommandTemplate.Line(line) };
        var request = SlurmSchedulerPlace.Request(run);
        return Place.Single(run, script: ScriptRenderer.Render(run, new(request.Attempt, null), request.Folder));
    }

    /// <summary>Slurm keeps it back from the first moment on.</summary>
    private protected override async Task<JobRequest> WaitingAsync(IScheduler monitor, Submission submission)
    {
        var held = submission.Members[0] with { Run = submission.Members[0].Run with { Slurm = submission.Members[0].Run.Slurm! with { Sbatch = [new("hold", null)] } } };
        return await SubmitAsync(monitor, submission with { Members = [held] });
    }

    private protected override async Task LetGoAsync(IScheduler monitor, JobRequest waiting) =>
        Assert.IsType<EffectResult.Done>(await monitor.ChangeAsync(waiting, new JobChange.Release(), Stop));
}
