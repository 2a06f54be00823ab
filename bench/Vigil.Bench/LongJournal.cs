using System.Collections.Immutable;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Bench;

/// <summary>A journal as a long experiment leaves it: a thousand runs, submitted and started, and then checkpoints, failures and further attempts without end.</summary>
internal static class LongJournal
{
    private const int Runs = 1_000, Together = 1_000;

    public static ExperimentHeader Experiment { get; } = new() { Name = "long", Dir = "/out", File = "/exp/experiment.yaml", Scheduler = "local" };

    public static ImmutableArray<PlannedRun> Plan(int runs, string dir) => [.. Enumerable.Range(0, runs).Select(i => new PlannedRun
    {
        Id = new RunId($"lr{i}e-4_seed{i % 7}"), Point = $"lr{i}e-4_seed{i % 7}", Index = i, OutputDir = $"{dir}/lr{i}e-4_seed{i % 7}", LogPath = $"{dir}/lr{i}e-4_seed{i % 7}/slurm-%j.out", WorkDir = "/tmp",
        Command = new CommandTemplate.Line("python3 train.py --lr 1e-4"), Overrides = [new Coordinate("lr", $"{i}e-4"), new Coordinate("seed", $"{i % 7}")], Restart = new RestartPolicy(1_000_000, 0, [FailureCause.Crash]),
        ConfigHash = "3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b",
    })];

    public static Opening.Ready Open(ExperimentFolder folder) =>
        new JournalOpening(folder, ThisProcess.Writer, static _ => false, TimeProvider.System).OpenAsync(static _ => { }, CancellationToken.None).GetAwaiter().GetResult() as Opening.Ready
        ?? throw new InvalidOperationException($"{folder.Root} cannot be opened");

    /// <summary>Writes so many entries in one segment; the snapshot, as the monitor writes it, follows an entry <paramref name="tail"/> before the end.</summary>
    public static void Write(ExperimentFolder folder, long entries, long tail)
    {
        using var journal = Open(folder).Journal;
        var state = ExperimentState.Empty;
        var at = new DateTimeOffset(2026, 11, 22, 3, 0, 0, TimeSpan.FromHours(1));
        var plan = Plan(Runs, folder.Root);
        var round = 0;
        Take("plan-accepted", [new RunEvent.ExperimentPlanned(Experiment), .. plan.Select(static r => new RunEvent.RunPlanned(r))]);
        while (state.Seq < entries)
        {
            round++;
            foreach (var run in plan)
            {
                if (state.Seq >= entries) break;
                var attempt = new AttemptId(run.Id, 1 + round / 100);
                switch (round % 100)
                {
                    case 1 or 0: Take("ticked", [new RunEvent.EffectRequested($"submit:{attempt}", new Effect.Submit([new AttemptStart(attempt, state.Runs[run.Id.Value].Checkpoint?.Path)]))]); break;
                    case 2: Take("effect-settled", [new RunEvent.EffectCompleted($"submit:{attempt}", new EffectResult.Submitted([new SubmittedJob(attempt, new JobId($"{state.Seq}"), $"{run.OutputDir}/slurm-{state.Seq}.out", run.ConfigHash)]))]); break;
                    case 3: Take("job-reported", [new RunEvent.AttemptStarted(attempt, at, "node17")]); break;
                    case 99: Take("job-reported", [new RunEvent.AttemptEnded(attempt, JobState.Failed, "FAILED", 1, null, FailureCause.Crash, at, round), new RunEvent.RunDelayed(run.Id, at)]); break;
                    default: Take("checkpoint-read", [new RunEvent.CheckpointSaved(attempt, 100 * round, $"{run.OutputDir}/checkpoints/iter_{100 * round:0000000}", 1_000 * round)]); break;
                }
            }
        }
        Commit();

        void Take(string cause, ImmutableArray<RunEvent> events)
        {
            at = at.AddMilliseconds(50);
            state = state.Apply(journal.Stage(at, "vigil", cause, events));
            if (state.Seq % Together == 0 || state.Seq == entries - tail) Commit();
            if (state.Seq == entries - tail) Snapshot.Write(folder, state, journal.Epoch, journal.Length, journal.LastChecksum!.Value);
        }

        void Commit()
        {
            if (!journal.TryCommit()) throw new IOException(journal.Failure);
        }
    }
}
