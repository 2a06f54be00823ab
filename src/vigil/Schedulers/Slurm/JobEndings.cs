using System.Collections.Immutable;
using Vigil.Monitoring;

namespace Vigil.Schedulers.Slurm;

/// <summary>How a job ended, from the scheduler's word and the job's own.</summary>
internal static class JobEndings
{
    public const string LostWord = "LOST", SupersededWord = "SUPERSEDED", ForgottenWord = "FORGOTTEN";

    /// <summary>Soon enough for an end that followed from the start.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5), Skew = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A controller that died before it had saved that a job runs starts it again when it is back. The node refuses a second copy, and for want of a requeue Slurm cancels the job, the running one too:
    /// nobody wanted that. It shows as a start, and an end at once, after the job itself had said that it began.
    /// </summary>
    public static bool IsForgotten(AccountingRow? run, AttemptMarks? marks) =>
        run is { State: "CANCELLED by 0", Start: { } start, End: { } end } && end - start <= AtOnce && marks is { Exit: null, Started: { } mark } && mark.Time + Skew < start;

    /// <param name="word">Slurm's words; null: nobody has any.</param>
    /// <param name="status">Slurm's <c>code:signal</c>; null: <c>0:0</c>, or not known.</param>
    public static (JobState State, string? Reason, string? Note) Of(string? word, string? status, AttemptMarks marks)
    {
        if (marks.FailedBefore is not null) return (JobState.Failed, "FAILED", "the run failed in the job before this one: nothing was run here");
        if (marks is { Exit: null, Superseded: not null }) return (JobState.Completed, SupersededWord, null);
        if (marks is { Exit: null, Unmet: not null }) return (JobState.Cancelled, JobReport.Unmet, null);
        var exit = marks.Exit;
        var state = word is null ? (JobState?)null : SlurmStates.Of(word).State;
        return (exit, state) switch
        {
            // It was told to end, and then left in good order: trainers do so when they have saved.
            ({ Code: 0, Signal: not null }, { } told and not (JobState.Completed or JobState.Failed)) => (told, word, null),
            ({ Code: 0, Signal: not null }, null) => (JobState.Failed, "FAILED", "the job was told to end, and neither squeue nor sacct can say why"),
            // The command ended well and was waited for: a limit or a node that failed a moment later takes nothing back.
            ({ Code: 0 }, _) => (JobState.Completed, word is null or "COMPLETED" ? null : word, null),
            ({ Code: not null }, null or JobState.Completed or JobState.Failed) => (JobState.Failed, "FAILED", null),
            (not null, null) => (JobState.Failed, "FAILED", "the job was ended by a signal, and neither squeue nor sacct can say why"),
            (not null, JobState.Completed) => (JobState.Failed, "FAILED", null),
            (_, JobState.Completed) => (JobState.Lost, LostWord, "Slurm says COMPLETED, but the job left no exit.json: its script was replaced, or its folder removed"),
            (null, JobState.Failed) when status is not null => (JobState.Failed, $"{word} {status}", Explain(status)),
            (_, { } known) => (known, word, null),
            (null, null) => (JobState.Lost, LostWord, "neither squeue nor sacct knows the job any more, and it left no exit.json"),
        };
    }

    /// <summary>The signal in Slurm's status, where the job could not tell it.</summary>
    public static int? Signal(string? status) =>
        status is not null && status.IndexOf(':', StringComparison.Ordinal) is >= 0 and var cut && int.TryParse(status.AsSpan(cut + 1), out var signal) && signal is > 0 and <= 64 && signal != LaunchFailure ? signal : null;

    // No signal of that number is meant: Slurm puts it where a job could not be launched.
    private const int LaunchFailure = 53;

    private static string? Explain(string status) => status switch
    {
        "0:53" => "Slurm could not launch the job: its working folder or the folder of its log was not there",
        "75:0" => "the job did not start: a later attempt of the run was already claimed (refused.json says by whom)",
        "74:0" => "the job could not enter its attempt's folder, or write its claim there",
        _ => null,
    };

    /// <summary>How the part of a job before its last requeue ended; null: accounting does not say.</summary>
    /// <param name="restarts">So often it was queued again.</param>
    public static JobEnd? Before(ImmutableArray<AccountingRow> runs, int restarts)
    {
        for (var i = Math.Min(runs.Length, restarts) - 1; i >= 0; i--)
        {
            var word = runs[i].State;
            if (word == "REQUEUED") return new(JobState.Preempted, word);
            if (SlurmStates.Of(word) is { IsOver: true, State: var state }) return new(state, word);
        }
        return null;
    }
}
