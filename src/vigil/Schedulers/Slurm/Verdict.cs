using System.Collections.Immutable;

namespace Vigil.Schedulers.Slurm;

/// <summary>What <c>squeue</c> says of a job.</summary>
internal enum QueueSays
{
    /// <summary>It did not answer.</summary>
    Silent,
    /// <summary>It answered, and does not show the job.</summary>
    Absent,
    /// <summary>Waiting, running, ending, or in a state that nobody knows.</summary>
    Lives,
    /// <summary>In a final state, without ever having had a node.</summary>
    OverUnstarted,
    Over,
}

/// <summary>What <c>sacct</c> says of the job's last run.</summary>
internal enum AccountingSays
{
    Unasked,
    /// <summary>It did not answer.</summary>
    Silent,
    /// <summary>The cluster keeps no accounts.</summary>
    Off,
    /// <summary>It answered, and knows no such job.</summary>
    Nothing,
    Lives,
    OverUnstarted,
    Over,
}

/// <summary>What the job itself has left in its attempt's folder.</summary>
internal enum MarksSay
{
    /// <summary>The folder could not be read.</summary>
    Unknown,
    /// <summary>It never claimed its attempt: the command was not run.</summary>
    Unclaimed,
    /// <summary>Claimed by another job.</summary>
    Other,
    /// <summary>It began, and did not say how it ended.</summary>
    Began,
    /// <summary>It noted that it would not begin (<c>refused.json</c>): a later attempt of the run was claimed.</summary>
    Refused,
    /// <summary>There is an <c>exit.json</c>, a <c>superseded.json</c> or an <c>unmet.json</c>.</summary>
    Exited,
}

/// <summary>Whether the log and the checkpoint folder are still written.</summary>
internal enum FilesSay
{
    Unasked,
    Moving,
    /// <summary>No write for <c>job.fence_seconds</c>, on the clock of the files.</summary>
    Quiet,
}

/// <summary>How long <c>squeue</c> must have been without the job; polls that it did not answer do not count.</summary>
internal enum Absence
{
    /// <summary>One answer can be wrong.</summary>
    Once,
    /// <summary>Three answers in a row.</summary>
    Thrice,
    /// <summary>Three, over at least <c>job.fence_seconds</c>.</summary>
    Fence,
    /// <summary>Three, over at least half an hour: accounting that still calls it alive has lost its end.</summary>
    Long,
}

/// <summary>What follows.</summary>
internal enum Verdict
{
    /// <summary>It waits or runs, as <c>squeue</c> says.</summary>
    Lives,
    /// <summary>Nobody can tell yet: it stays as it was told last.</summary>
    Wait,
    AskAccounting,
    AskFiles,
    /// <summary>It has ended, and how is known.</summary>
    Over,
    /// <summary>It is gone, and nobody knows how it ended.</summary>
    Lost,
    /// <summary>Another job has claimed the attempt: that one is watched from now on.</summary>
    Adopted,
}

/// <summary>What four witnesses say of one job at one moment.</summary>
internal readonly record struct Evidence(QueueSays Queue, Absence Absence, AccountingSays Accounting, MarksSay Marks, FilesSay Files);

/// <summary>One line of the table; null: whatever that witness says.</summary>
/// <param name="Absence">At least so long.</param>
internal sealed record VerdictRow(
    Verdict Verdict, string Why, QueueSays[]? Queue = null, Absence Absence = Absence.Once, AccountingSays[]? Accounting = null, MarksSay[]? Marks = null, FilesSay[]? Files = null)
{
    public bool Fits(Evidence seen) =>
        (Queue is null || Queue.Contains(seen.Queue)) && seen.Absence >= Absence && (Accounting is null || Accounting.Contains(seen.Accounting))
        && (Marks is null || Marks.Contains(seen.Marks)) && (Files is null || Files.Contains(seen.Files));
}

/// <summary>How four witnesses are joined. The first line that fits counts; <c>docs/slurm-witnesses.md</c> shows the same table.</summary>
internal static class Verdicts
{
    private static readonly MarksSay[] Told = [MarksSay.Exited, MarksSay.Refused];
    private static readonly QueueSays[] Ended = [QueueSays.Over, QueueSays.OverUnstarted];
    private static readonly AccountingSays[] InAccounting = [AccountingSays.Over, AccountingSays.OverUnstarted];

    public static ImmutableArray<VerdictRow> Table { get; } =
    [
        new(Verdict.Lives, "the controller has it, whatever an older witness says", Queue: [QueueSays.Lives]),
        new(Verdict.Wait, "silence is no news; accounting keeps saying RUNNING while the controller is down", Queue: [QueueSays.Silent]),
        new(Verdict.Wait, "the folder does not answer, and what the job wrote decides", Marks: [MarksSay.Unknown]),
        new(Verdict.Adopted, "a copy of the script that a person started holds the claim", Marks: [MarksSay.Other]),

        new(Verdict.Over, "the controller and the job itself agree", Queue: Ended, Marks: Told),
        new(Verdict.Over, "it ended before it had a node, so nothing of it can write", Queue: [QueueSays.OverUnstarted], Marks: [MarksSay.Unclaimed]),
        new(Verdict.Over, "it left no exit.json, and its files have been quiet for the fence", Queue: Ended, Files: [FilesSay.Quiet]),
        new(Verdict.AskFiles, "an end that the job did not note may leave processes that still write", Queue: Ended, Files: [FilesSay.Unasked]),
        new(Verdict.Wait, "something still writes its files", Queue: Ended),

        new(Verdict.AskAccounting, "the controller does not show it: accounting may know more", Accounting: [AccountingSays.Unasked]),
        new(Verdict.Over, "accounting and the job itself agree", Accounting: InAccounting, Marks: Told),
        new(Verdict.Over, "the controller forgot it, and the job itself says how it ended", Absence: Absence.Thrice, Marks: Told),
        new(Verdict.Over, "it ended before it had a node, so nothing of it can write", Absence: Absence.Thrice, Accounting: [AccountingSays.OverUnstarted], Marks: [MarksSay.Unclaimed]),
        new(Verdict.Over, "accounting has its end, and its files have been quiet for the fence", Absence: Absence.Thrice, Accounting: InAccounting, Files: [FilesSay.Quiet]),
        new(Verdict.AskFiles, "an end that the job did not note may leave processes that still write", Absence: Absence.Thrice, Accounting: InAccounting, Files: [FilesSay.Unasked]),
        new(Verdict.Wait, "something still writes its files", Absence: Absence.Thrice, Accounting: InAccounting),
        new(Verdict.Wait, "accounting does not answer, and will know the end", Accounting: [AccountingSays.Silent]),

        new(Verdict.Lost, "no witness knows it, and its files have been quiet for the fence", Absence: Absence.Fence, Accounting: [AccountingSays.Off, AccountingSays.Nothing], Files: [FilesSay.Quiet]),
        new(Verdict.AskFiles, "no witness knows it: only its files can tell whether it still runs", Absence: Absence.Fence, Accounting: [AccountingSays.Off, AccountingSays.Nothing], Files: [FilesSay.Unasked]),
        new(Verdict.Lost, "accounting lost its end half an hour ago, and its files have been quiet for the fence", Absence: Absence.Long, Accounting: [AccountingSays.Lives], Files: [FilesSay.Quiet]),
        new(Verdict.AskFiles, "accounting lost its end half an hour ago: only its files can tell whether it still runs", Absence: Absence.Long, Accounting: [AccountingSays.Lives], Files: [FilesSay.Unasked]),
        new(Verdict.Wait, "no witness knows it: it must stay so for the fence, and its files be quiet", Absence: Absence.Thrice, Accounting: [AccountingSays.Off, AccountingSays.Nothing]),
        new(Verdict.Wait, "accounting is behind the controller", Absence: Absence.Thrice, Accounting: [AccountingSays.Lives]),
        new(Verdict.Wait, "one answer without the job can be a mistake: three are wanted"),
    ];

    public static VerdictRow Of(Evidence seen)
    {
        foreach (var row in Table)
            if (row.Fits(seen)) return row;
        throw new System.Diagnostics.UnreachableException();
    }
}
