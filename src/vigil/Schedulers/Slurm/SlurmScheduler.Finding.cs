using System.Collections.Immutable;
using Vigil.Planning;

namespace Vigil.Schedulers.Slurm;

/// <content>Looking for what an earlier try may have submitted.</content>
internal sealed partial class SlurmScheduler
{
    private static readonly TimeSpan Slack = TimeSpan.FromHours(1);

    /// <summary>When each doubtful submission was last tried or first looked for, by its token.</summary>
    private readonly Dictionary<string, long> _doubts = new(StringComparer.Ordinal);

    /// <summary>Before 21.08 the line that was typed is not in accounting.</summary>
    private string _accountingFormat = AccountingText.FormatWithLine;

    public async ValueTask<ImmutableArray<Found>> FindAsync(ImmutableArray<Submission> submissions, CancellationToken stop)
    {
        // What has just been shown as unreachable is not waited for again.
        if (WhyDown is { } down) return [.. submissions.Select(_ => new Found.Unknown(down))];
        foreach (var submission in submissions) _doubts.TryAdd(submission.Token, time.GetTimestamp());
        var marks = await site.MarksAsync([.. submissions.SelectMany(static s => s.Members).Select(static m => m.Folder)], stop);
        if (marks is not { } folders) return [.. submissions.Select(static _ => new Found.Unknown("the experiment's files cannot be read just now"))];
        var found = new Found?[submissions.Length];
        for (int i = 0, first = 0; i < submissions.Length; first += submissions[i++].Members.Length) found[i] = Claimed(submissions[i], folders.AsSpan(first, submissions[i].Members.Length));
        if (Array.Exists(found, static f => f is null)) await AskAsync(submissions, found, stop);
        foreach (var (submission, answer) in submissions.Zip(found)) Note(submission, answer!);
        return [.. found!];
    }

    /// <summary>What the job itself wrote comes before everything that the scheduler says.</summary>
    private static Found.Jobs? Claimed(Submission submission, ReadOnlySpan<AttemptMarks> marks)
    {
        foreach (var mark in marks)
        {
            if (mark.Claim is not { } claim || !SlurmIds.IsOne(claim.JobId)) continue;
            // A task of the array is one of its tasks; a job that a person started from a member's script is not.
            if (submission.Array is null) return new([new(claim.JobId)]);
            if (claim.JobId.Contains('_', StringComparison.Ordinal)) return new(JobsOf(submission, SlurmIds.Base(claim.JobId)));
        }
        return null;
    }

    private async ValueTask AskAsync(ImmutableArray<Submission> submissions, Found?[] found, CancellationToken stop)
    {
        var queue = await _commands.QueueAsync(QueueText.FormatWithCommand, wanted: null, stop);
        Heard("squeue", queue.At, queue.Trouble);
        for (var i = 0; i < found.Length; i++)
            if (found[i] is null && queue.Value is { } rows) found[i] = Queued(submissions[i], rows.Rows);
        if (Array.TrueForAll(found, static f => f is not null)) return;

        var writes = await site.LastWritesAsync([.. submissions.Select(static s => s.ScriptPath)], stop);
        var since = writes?.Newest.Min() is { } written && written > place.Since ? written : place.Since;
        var accounting = await _commands.AccountingAsync(_accountingFormat, [], since - Slack, SlurmCommands.AccountingAtOnce, stop);
        if (accounting.Trouble?.Contains("Invalid field requested", StringComparison.Ordinal) == true)
            accounting = await _commands.AccountingAsync(_accountingFormat = AccountingText.Format, [], since - Slack, SlurmCommands.AccountingAtOnce, stop);
        Heard("sacct", accounting.At, accounting.Trouble);
        for (var i = 0; i < found.Length; i++) found[i] ??= InAccounting(submissions[i], queue, accounting, writes?.Newest[i]);
    }

    private Found.Jobs? Queued(Submission submission, ImmutableArray<QueueRow> rows)
    {
        foreach (var row in rows)
            if (HasForm(submission, row.Id) && (row.Comment?.Contains(submission.Token, StringComparison.Ordinal) == true || IsCommentless(row.Comment) && row.Last == submission.ScriptPath && !IsAnothers(submission, row.Id)))
                return new(JobsOf(submission, SlurmIds.Base(row.Id)));
        return null;
    }

    /// <summary>Only when both were asked in vain, long enough after the try, it is proved that there is no such job.</summary>
    private Found InAccounting(Submission submission, Answer<QueueRows> queue, Answer<AccountingRows> accounting, DateTimeOffset? written)
    {
        foreach (var row in accounting.Value?.Rows ?? [])
            if (HasForm(submission, row.Id) && IsOf(submission, row, written)) return new Found.Jobs(JobsOf(submission, SlurmIds.Base(row.Id)));
        if (queue.Trouble is { } silent) return new Found.Unknown($"squeue does not answer, so it is not known whether the job was submitted: {silent}");
        if (accounting.Trouble is { } closed) return new Found.Unknown($"sacct does not answer, so it is not known whether the job was submitted: {closed}");
        var waited = time.GetElapsedTime(_doubts[submission.Token]);
        return waited.TotalSeconds >= settings.DoubtSeconds ? new Found.Nothing() : new Found.Unknown($"neither squeue nor sacct knows the job yet; it may still appear for {settings.DoubtSeconds - waited.TotalSeconds:0} s");
    }

    private bool IsOf(Submission submission, AccountingRow row, DateTimeOffset? written)
    {
        if (row.Comment?.Contains(submission.Token, StringComparison.Ordinal) == true || row.Last?.Contains(submission.Token, StringComparison.Ordinal) == true) return true;
        // Accounts without comments: the name and the time, unless the job is known to be another attempt's. A minute for clocks that differ.
        return row.Last is null && IsCommentless(row.Comment) && row.Name == submission.JobName && row.Submit >= (written ?? place.Since) - TimeSpan.FromMinutes(1) && !IsAnothers(submission, row.Id);
    }

    private static bool HasForm(Submission submission, string id) => submission.Array is null == !id.Contains('_', StringComparison.Ordinal);

    private static bool IsCommentless(string? comment) => comment is null || !comment.Contains(SubmissionToken.Prefix, StringComparison.Ordinal);

    private bool IsAnothers(Submission submission, string id) =>
        _tokens.TryGetValue(SlurmIds.Base(id), out var token) ? token != submission.Token
        : _jobs.Values.Any(job => SlurmIds.Base(job.Job.Value) == SlurmIds.Base(id) && !submission.Members.Any(m => m.Attempt == job.Attempt));

    private void Note(Submission submission, Found found)
    {
        if (found is Found.Jobs { Ids: [var first, ..] }) _tokens[SlurmIds.Base(first.Value)] = submission.Token;
        if (found is not Found.Unknown) _doubts.Remove(submission.Token);
    }
}
