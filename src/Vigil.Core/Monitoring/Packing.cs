using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Vigil.Planning;

namespace Vigil.Monitoring;

/// <summary>Runs that are ready → submissions: arrays where runs ask for the same, single jobs otherwise, no more than the caps allow.</summary>
internal static class Packing
{
    /// <param name="ready">Everything before them has completed.</param>
    /// <param name="early">What they wait for is known to Slurm, which keeps them back by itself.</param>
    /// <param name="room">So many jobs may be submitted now.</param>
    public static IEnumerable<RunEvent> Submissions(ExperimentState state, ImmutableArray<RunRecord> ready, ImmutableArray<RunRecord> early, int room, DateTimeOffset now)
    {
        var settings = state.Experiment?.Slurm;
        var all = ready.Concat(early).Take(room);
        if (settings is { StaggerSeconds: > 0 }) all = MayStartNow(state, settings, now) ? all.Take(1) : [];
        var size = Math.Max(1, settings?.ArraySize ?? 1);
        foreach (var group in all.GroupBy(run => Key(state, run, now)))
            foreach (var chunk in group.Key.Pack is null ? group.Select(static r => (RunRecord[])[r]) : group.Chunk(size))
                foreach (var submission in Submit(state, chunk, now)) yield return submission;
    }

    /// <summary>Runs with equal keys go into one array. A run with demands of its own, or with a parent that only Slurm waits for, shares its key with its like alone.</summary>
    private static (string? Pack, string? Parents) Key(ExperimentState state, RunRecord run, DateTimeOffset now)
    {
        var start = Start(state, run, now);
        if (run.Plan.Slurm?.PackKey is not { } pack || start.ExcludedNodes is not null || start.TimeLimit is not null) return (null, run.Id.Value);
        return (pack, SlurmEdges.ParentsKey(state, run));
    }

    private static IEnumerable<RunEvent.EffectRequested> Submit(ExperimentState state, RunRecord[] runs, DateTimeOffset now)
    {
        var dependency = SlurmEdges.Of(state, runs);
        // Tasks of one array share one dependency; where each needs its own, each is a job.
        if (runs.Length > 1 && dependency is null && SlurmEdges.Of(state, [runs[0]]) is not null) return runs.SelectMany(run => Submit(state, [run], now));
        ImmutableArray<AttemptStart> starts = [.. runs.Select(run => Start(state, run, now) with { Needs = SlurmEdges.Needs(state, run) })];
        return [runs.Length == 1 ? Single(starts[0], dependency) : Array(starts, dependency)];
    }

    private static RunEvent.EffectRequested Single(AttemptStart start, JobDependency? dependency) =>
        new($"submit:{start.Attempt}", new Effect.Submit([start]) { Dependency = dependency });

    private static RunEvent.EffectRequested Array(ImmutableArray<AttemptStart> starts, JobDependency? dependency)
    {
        var name = ArrayName(starts);
        return new($"submit:array.{name}", new Effect.Submit(starts) { Array = name, Dependency = dependency });
    }

    /// <summary>From the members alone: deciding twice gives the same name.</summary>
    private static string ArrayName(ImmutableArray<AttemptStart> starts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', starts.Select(static s => s.Attempt)))).AsSpan(0, 3));

    /// <summary>An array that was too large, as two.</summary>
    public static ImmutableArray<RunEvent.EffectRequested> Halves(Effect.Submit submit)
    {
        var half = submit.Attempts.Length / 2;
        return [Part(submit, submit.Attempts[..half]), Part(submit, submit.Attempts[half..])];
    }

    // A dependency of tasks on tasks holds only for the array as a whole; without it the parts wait for the whole array.
    private static RunEvent.EffectRequested Part(Effect.Submit submit, ImmutableArray<AttemptStart> starts)
    {
        var dependency = submit.Dependency is { Kind: "aftercorr" } all ? all with { Kind = "afterok" } : submit.Dependency;
        return starts.Length == 1 ? Single(starts[0], dependency) : Array(starts, dependency);
    }

    /// <summary>How many more jobs the user lets be with the scheduler.</summary>
    public static int Room(ExperimentState state) =>
        state.Experiment?.Slurm?.MaxJobs is { } cap ? Math.Max(0, cap - state.Runs.Values.Sum(WithScheduler)) : int.MaxValue;

    /// <summary>The run's own job, and the links of its chain that wait behind it.</summary>
    private static int WithScheduler(RunRecord run) =>
        run.State.Attempt is { } current ? 1 + run.Attempts.Count(a => a is { After: not null, State.IsTerminal: false } && a.Id.Number > current.Number) : 0;

    private static bool MayStartNow(ExperimentState state, SlurmSettings settings, DateTimeOffset now)
    {
        if (state.Outbox.Values.Any(static e => e.Effect is Effect.Submit)) return false;
        var last = state.Runs.Values.Max(static r => r.Attempts.IsEmpty ? null : r.Attempts.Max(static a => a.Submitted));
        return last is not { } at || now - at >= TimeSpan.FromSeconds(settings.StaggerSeconds);
    }

    private static AttemptStart Start(ExperimentState state, RunRecord run, DateTimeOffset now) => new(new AttemptId(run.Id, run.NextNumber), Resuming.Load(run))
    {
        LastCheckpointStep = Resuming.Step(run),
        BestCheckpoint = Resuming.LoadBest(run),
        From = Resuming.From(run)?.Path,
        ExcludedNodes = run.Plan.Slurm is null ? null : ExcludedNodes(state, run, now),
        TimeLimit = TimeLeft(run),
    };

    /// <summary>Nodes that went down under the run, that its rules blamed, and that the experiment keeps off.</summary>
    private static string? ExcludedNodes(ExperimentState state, RunRecord run, DateTimeOffset now)
    {
        var excluded = state.Exclusions is { } all ? all.Where(e => e.Until is not { } until || until > now).Select(static e => e.Nodes) : [];
        var nodes = run.Attempts.Select(static a => a.FailedNodes).Append(run.BlamedNodes).OfType<string>().Concat(excluded).Distinct().ToList();
        return nodes.Count == 0 ? null : string.Join(',', nodes);
    }

    /// <summary>What earlier attempts have left of the run's time limit. Null: the run's own limit, also where a minute or less is left: a job that ends as it begins gets nowhere.</summary>
    private static TimeSpan? TimeLeft(RunRecord run)
    {
        if (run.Plan is not { Slurm.AsksForTimeLeft: true, TimeLimit: { } limit } || run.Checkpoint is null) return null;
        var used = run.Attempts.Aggregate(TimeSpan.Zero, static (sum, a) => a is { Started: { } from, Ended: { } to } && to > from ? sum + (to - from) : sum);
        if (used < TimeSpan.FromMinutes(1)) return null;
        var left = limit - used;
        return left > TimeSpan.FromMinutes(1) ? TimeSpan.FromMinutes(Math.Ceiling(left.TotalMinutes)) : null;
    }
}
