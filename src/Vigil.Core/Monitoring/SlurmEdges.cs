using System.Collections.Immutable;
using System.Globalization;
using Vigil.Planning;

namespace Vigil.Monitoring;

/// <summary>Edges between stages that Slurm itself can keep: the next stage queues while the one before it still runs.</summary>
internal static class SlurmEdges
{
    /// <summary>Whether every parent that has not completed is a job of the same cluster that will not be tried again: then its end is the whole truth about the edge.</summary>
    public static bool CanBeKeptBySlurm(ExperimentState state, RunRecord run)
    {
        if (run.Plan.Slurm is not { } slurm || state.Experiment?.Slurm is not { Dependencies: DependencyKeeper.Auto }) return false;
        foreach (var before in run.Plan.DependsOn)
        {
            if (!state.Runs.TryGetValue(before.Value, out var parent)) return false;
            if (parent.State is RunState.Finished { Outcome: Outcome.Completed }) continue;
            // Of a chain that goes on, one link's end says nothing.
            if (parent.State.Held is not { } held || parent.LinkAfter(held.Attempt) is not null || parent.Attempts.Length < parent.AllowedAttempts || parent.CancelledBy is not null || parent.StopReason is not null) return false;
            if (parent.Plan.Slurm is not { } other || (other.Host, other.Cluster) != (slurm.Host, slurm.Cluster)) return false;
        }
        return true;
    }

    /// <summary>What runs must have in common to share an array: the array of the only unfinished parent, else the jobs of all unfinished parents. Null: there is none.</summary>
    public static string? ParentsKey(ExperimentState state, RunRecord run) =>
        Unfinished(state, run) is [var only] && ArrayOf(only) is { } array ? array.Id : string.Join(',', Unfinished(state, run).Select(static j => j.Value)) is { Length: > 0 } all ? all : null;

    /// <summary>What these runs, as the tasks of one submission, have Slurm wait for; null: nothing, or no one dependency says it.</summary>
    public static JobDependency? Of(ExperimentState state, IReadOnlyList<RunRecord> runs)
    {
        if (runs is [var single]) return Unfinished(state, single) is { IsEmpty: false } jobs ? new("afterok", jobs) : null;
        for (var i = 0; i < runs.Count; i++)
            if (Unfinished(state, runs[i]) is not [var parent] || ArrayOf(parent) is not { } task || task.Index != i || ArrayOf(Unfinished(state, runs[0])[0])?.Id != task.Id) return null;
        var array = ArrayOf(Unfinished(state, runs[0])[0])!.Value.Id;
        // Tasks that have no partner here would be waited for as well.
        var tasks = state.Runs.Values.Count(r => r.Attempts.Any(a => a.Job is { } job && ArrayOf(job)?.Id == array));
        return tasks == runs.Count ? new("aftercorr", [new JobId(array)]) : null;
    }

    /// <summary>What the script of a run has to look at before it begins: Slurm takes a job that it has forgotten as one that completed. Null: every run before it has completed.</summary>
    public static ImmutableArray<NeededAttempt>? Needs(ExperimentState state, RunRecord run)
    {
        ImmutableArray<NeededAttempt> needs =
        [
            .. from before in run.Plan.DependsOn
               let parent = state.Runs.GetValueOrDefault(before.Value)
               where parent?.State.Held is not null
               select NeededAttempt.Of(parent.Plan, parent.State.Held!.Value.Attempt),
        ];
        return needs.IsEmpty ? null : needs;
    }

    private static ImmutableArray<JobId> Unfinished(ExperimentState state, RunRecord run) =>
    [
        .. from before in run.Plan.DependsOn
           let parent = state.Runs.GetValueOrDefault(before.Value)
           where parent?.State.Held is not null
           select parent.State.Held!.Value.Job,
    ];

    /// <summary><c>123_4</c> is task 4 of job 123.</summary>
    private static (string Id, int Index)? ArrayOf(JobId job) =>
        job.Value.IndexOf('_') is var cut and > 0 && int.TryParse(job.Value.AsSpan(cut + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? (job.Value[..cut], index) : null;
}
