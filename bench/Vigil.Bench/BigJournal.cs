using System.Globalization;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Bench;

internal enum SnapshotAtTheEnd { None, Written }

/// <summary>A journal as a long experiment leaves it: every line was decided by the decider and written by the journal.</summary>
internal static class BigJournal
{
    public const int Runs = 1000;

    public static readonly Writer Me = new("bench", "bench", "bench", "bench", Pid: 1, Start: 1);

    private const int DecisionsACommit = 1000;
    private static readonly DateTimeOffset Began = new(2026, 11, 22, 3, 0, 0, TimeSpan.FromHours(1));

    public static ExperimentHeader Experiment(string dir) => new() { Name = "bench", Dir = dir, File = "/bench/experiment.yaml", Scheduler = "local" };

    public static PlannedRun Run(string dir, int index)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"lr1e-3_seed{index}");
        return new PlannedRun
        {
            Id = new RunId(name), Point = name, Index = index, OutputDir = $"{dir}/{name}", LogPath = $"{dir}/{name}/slurm-%j.out", WorkDir = "/bench",
            Command = new CommandTemplate.Words(["true"]), Overrides = [new Coordinate("seed", index.ToString(CultureInfo.InvariantCulture))], ConfigHash = new string('0', 64),
        };
    }

    /// <summary>Opens the journal of a new experiment; this process is its writer.</summary>
    public static async Task<Opening.Ready> OpenAsync(string dir, CancellationToken stop)
    {
        var opening = new JournalOpening(new ExperimentFolder(dir), Me, static _ => false, TimeProvider.System);
        return await opening.OpenAsync(Console.Error.WriteLine, stop) as Opening.Ready ?? throw new InvalidOperationException($"the journal in {dir} cannot be opened");
    }

    public static async Task WriteAsync(string dir, int decisions, SnapshotAtTheEnd snapshot)
    {
        var ready = await OpenAsync(dir, CancellationToken.None);
        using var journal = ready.Journal;
        var state = ready.State;
        foreach (var seen in Life(dir, decisions))
        {
            if (state.Seq == decisions) break;
            if (Decider.Decide(state, seen) is not { IsEmpty: false } events) continue;
            state = state.Apply(journal.Stage(seen.At, Decider.By(seen), Decider.Cause(seen), events));
            if (state.Seq % DecisionsACommit == 0 && !journal.TryCommit()) throw new IOException(journal.Failure);
        }
        if (!journal.TryCommit() || state.Seq != decisions) throw new IOException(journal.Failure ?? $"only {state.Seq} decisions were made");
        if (snapshot is SnapshotAtTheEnd.Written) Snapshot.Write(new ExperimentFolder(dir), state, journal.Epoch, journal.Length, journal.LastChecksum!.Value);
        ready.Lease.Release();
    }

    /// <summary>A plan is accepted, its jobs are submitted and start, and then checkpoints come in.</summary>
    private static IEnumerable<Observation> Life(string dir, int decisions)
    {
        yield return new Observation.PlanAccepted(Began, "user:bench", Experiment(dir), [.. Enumerable.Range(0, Runs).Select(i => Run(dir, i))], []);
        yield return new Observation.Ticked(Began);
        for (var i = 0; i < Runs; i++)
        {
            var job = new SubmittedJob(Attempt(dir, i), Job(i), $"{dir}/log", new string('0', 64));
            yield return new Observation.EffectSettled(Began, $"submit:{job.Attempt}", new EffectResult.Submitted([job]));
        }
        for (var i = 0; i < Runs; i++) yield return new Observation.JobReported(Began, new JobReport(Attempt(dir, i), Job(i), JobState.Running, Started: Began));
        for (var n = 1; n <= decisions; n++)
        {
            var attempt = Attempt(dir, n % Runs);
            yield return new Observation.CheckpointRead(Began.AddSeconds(n), attempt, n / Runs * 100, $"{dir}/{attempt.Run.Value}/checkpoints/iter_{n / Runs * 100:0000000}", n * 100L);
        }
    }

    private static AttemptId Attempt(string dir, int index) => new(Run(dir, index).Id, 1);

    public static JobId Job(int index) => new((index + 1).ToString(CultureInfo.InvariantCulture));
}
