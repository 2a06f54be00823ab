using System.Collections.Frozen;

namespace Vigil.Tracking;

/// <summary>
/// What a state of Slurm's means for a tracker. Other people's jobs are judged by the last word alone, so that one that another cluster
/// took over counts as failed here, while a watch of Vigil's own waits for it.
/// </summary>
public static class SlurmWords
{
    private static readonly FrozenDictionary<string, TrackedStatus> Table = new Dictionary<string, TrackedStatus>(StringComparer.Ordinal)
    {
        ["PENDING"] = TrackedStatus.Submitted,
        ["CONFIGURING"] = TrackedStatus.Submitted,
        ["REQUEUED"] = TrackedStatus.Submitted,
        ["REQUEUE_FED"] = TrackedStatus.Submitted,
        ["REQUEUE_HOLD"] = TrackedStatus.Submitted,
        ["RESV_DEL_HOLD"] = TrackedStatus.Submitted,
        ["SPECIAL_EXIT"] = TrackedStatus.Submitted,
        ["POWER_UP_NODE"] = TrackedStatus.Submitted,
        ["EXPEDITING"] = TrackedStatus.Submitted,
        ["RUNNING"] = TrackedStatus.Running,
        ["COMPLETING"] = TrackedStatus.Running,
        ["STAGE_OUT"] = TrackedStatus.Running,
        ["SIGNALING"] = TrackedStatus.Running,
        ["SUSPENDED"] = TrackedStatus.Running,
        ["STOPPED"] = TrackedStatus.Running,
        ["RESIZING"] = TrackedStatus.Running,
        ["UPDATE_DB"] = TrackedStatus.Running,
        ["COMPLETED"] = TrackedStatus.Completed,
        ["FAILED"] = TrackedStatus.Failed,
        ["CANCELLED"] = TrackedStatus.Failed,
        ["TIMEOUT"] = TrackedStatus.Failed,
        ["OUT_OF_MEMORY"] = TrackedStatus.Failed,
        ["NODE_FAIL"] = TrackedStatus.Failed,
        ["BOOT_FAIL"] = TrackedStatus.Failed,
        ["DEADLINE"] = TrackedStatus.Failed,
        ["PREEMPTED"] = TrackedStatus.Failed,
        ["REVOKED"] = TrackedStatus.Failed,
        ["LAUNCH_FAILED"] = TrackedStatus.Failed,
        ["RECONFIG_FAIL"] = TrackedStatus.Failed,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Null: nobody here knows the word, so nothing follows from it.</summary>
    /// <param name="words">As Slurm prints them: <c>CANCELLED by 1001</c>, <c>OUT_OF_ME+</c> where a column was too narrow, <c>COMPLETED,COMPLETING</c> of newer versions.</param>
    public static TrackedStatus? Status(string words)
    {
        var states = words.Split(',', StringSplitOptions.TrimEntries).Select(One).ToList();
        // It has ended only when it is not on its way out any more.
        return states.Find(static s => s?.IsLive() is true) ?? states[0];
    }

    private static TrackedStatus? One(string words)
    {
        var word = words.Split(' ')[0];
        if (Table.TryGetValue(word.TrimEnd('+'), out var status)) return status;
        if (!word.EndsWith('+')) return null;
        var possible = Table.Where(pair => pair.Key.StartsWith(word[..^1], StringComparison.Ordinal)).Select(static pair => pair.Value).Distinct().ToList();
        return possible is [var only] ? only : null;
    }
}
