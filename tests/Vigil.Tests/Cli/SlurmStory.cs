using System.Collections.Immutable;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Tests.Cli;

/// <summary>An experiment on Slurm as its monitor left it on disk: what commands that only look need of it.</summary>
internal sealed class SlurmStory(string dir, DateTimeOffset now)
{
    private readonly List<RunEvent> _events = [];

    public ExperimentFolder Folder { get; } = new(dir);

    public SlurmStory Plan(params string[] runs)
    {
        _events.Add(new RunEvent.ExperimentPlanned(new ExperimentHeader { Name = "story", Dir = dir, File = Path.Combine(dir, "story.yaml"), Scheduler = "slurm", Slurm = SlurmSettings.Default }));
        foreach (var (index, name) in runs.Index())
            _events.Add(new RunEvent.RunPlanned(new PlannedRun
            {
                Id = new RunId(name),
                Point = name,
                Index = index,
                OutputDir = Path.Combine(dir, name),
                LogPath = Path.Combine(dir, name, "slurm-%j.out"),
                WorkDir = dir,
                Command = new CommandTemplate.Line("true"),
                Slurm = new SlurmJob(),
            }));
        return this;
    }

    public SlurmStory Queued(string run, string job)
    {
        var attempt = new AttemptId(new RunId(run), 1);
        return Tell(
            new RunEvent.EffectRequested($"submit:{attempt}", new Effect.Submit([new AttemptStart(attempt, null)])),
            new RunEvent.EffectCompleted($"submit:{attempt}", new EffectResult.Submitted([new SubmittedJob(attempt, new JobId(job), Log(run, job), "hash")])));
    }

    public SlurmStory Running(string run, string job) => Queued(run, job).Tell(new RunEvent.AttemptStarted(new AttemptId(new RunId(run), 1), now, "n1"));

    public SlurmStory Tell(params RunEvent[] events)
    {
        _events.AddRange(events);
        return this;
    }

    public string Log(string run, string job) => Path.Combine(dir, run, $"slurm-{job}.out");

    /// <summary>Writes the journal, by a writer that is gone.</summary>
    public void Write()
    {
        var gone = new Writer("elsewhere", "machine", "boot", "ns", 1, 1);
        var opening = new JournalOpening(Folder, gone, static _ => false, TimeProvider.System).OpenAsync(static _ => { }, CancellationToken.None).GetAwaiter().GetResult();
        var ready = Assert.IsType<Opening.Ready>(opening);
        ready.Journal.Stage(now, "vigil", "ticked", [.. _events]);
        Assert.True(ready.Journal.TryCommit(), ready.Journal.Failure);
        ready.Journal.Dispose();
        ready.Lease.Release();
    }

    public void Show(ImmutableArray<Witness> witnesses, params (string Id, JobSight Job)[] jobs) =>
        new SightView(Folder).Write(new(witnesses, jobs.ToImmutableDictionary(static j => j.Id, static j => j.Job)));
}
