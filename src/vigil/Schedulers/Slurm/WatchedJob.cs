using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Schedulers.Slurm;

/// <summary>What is remembered of one job between two polls. Changed by one poll at a time.</summary>
internal sealed class WatchedJob(JobRequest request)
{
    /// <summary>So many answers of <c>squeue</c> without a job, one after the other, are no mistake.</summary>
    private const int EnoughAbsences = 3;

    private static readonly TimeSpan LongAbsence = TimeSpan.FromMinutes(30);
    private int _absences;
    private long _absentSince;
    private bool _arrayWasShown;
    private (string Reason, long Since)? _stuck;

    public JobRequest Request { get; } = request;
    public AttemptId Attempt => Request.Attempt;
    public JobId Job { get; } = request.Job!.Value;

    /// <summary>The last that <c>squeue</c> showed of it; null: never.</summary>
    public QueueRow? Row { get; private set; }

    public QueueSays Queue { get; private set; }

    /// <summary>Its runs in accounting, the first one first; empty: not asked, or none.</summary>
    public ImmutableArray<AccountingRow> Runs { get; private set; } = [];

    public AccountingSays Accounting { get; private set; }

    /// <summary>Null: not looked at, or not to be read.</summary>
    public AttemptMarks? Marks { get; private set; }

    /// <summary>Whether this poll has seen something of a living job that may be worth telling.</summary>
    public bool HasNews { get; private set; }

    public FilesSay Files { get; set; }

    /// <summary>The job itself has claimed the attempt, so a row with its id is its own whatever comment it bears.</summary>
    public bool IsProved => Marks?.Claim is { } claim && IsMine(claim);

    /// <summary>Polls since a restart count was first seen that accounting did not yet have.</summary>
    public int WaitedForAccounting { get; set; }

    /// <summary>When it was last asked to end, by the monotonic clock; null: never by this process.</summary>
    public long? CancelledAt { get; set; }

    /// <summary>What was reported last; null: nothing yet.</summary>
    public JobReport? Told { get; private set; }

    /// <summary>Told, and not handed out yet.</summary>
    private JobReport? _news;

    /// <summary>The end, once and for all; null: it has not ended.</summary>
    public JobReport? End { get; private set; }

    /// <summary>A new answer of <c>squeue</c>. True: something changed.</summary>
    public bool Look(QueueRow? row, TimeProvider time)
    {
        (Accounting, Files) = (AccountingSays.Unasked, FilesSay.Unasked);
        if (row is null)
        {
            if (_absences++ == 0) _absentSince = time.GetTimestamp();
            Queue = QueueSays.Absent;
            return true;
        }
        _absences = 0;
        var changed = HasNews = Row is null || Row.State != row.State || Row.Reason != row.Reason || Row.Restarts != row.Restarts;
        Row = row;
        Queue = !SlurmStates.Of(row.State).IsOver ? QueueSays.Lives : row.Nodes is null ? QueueSays.OverUnstarted : QueueSays.Over;
        return changed || Queue is not QueueSays.Lives;
    }

    public void Read(AttemptMarks? marks) => (Marks, HasNews) = (marks, true);

    /// <summary>Accounting did not know it when it was asked last.</summary>
    public bool IsMissed { get; private set; }

    /// <summary>An answer of <c>squeue</c> or of accounting shows other tasks of its array, and not it.</summary>
    public void LookBesideItsArray() => _arrayWasShown = true;

    /// <summary>A waiting task that somebody cancelled alone: Slurm takes it out of its array and keeps no record of it anywhere, but for those of its siblings.</summary>
    public bool WasStruckOut => _arrayWasShown && Accounting is (AccountingSays.Nothing or AccountingSays.Off) && Marks is { HasClaim: false } && (Row is null || SlurmStates.Of(Row.State).State is JobState.Queued);

    /// <summary><c>squeue</c> did not answer.</summary>
    public void LookInVain() => (Queue, Accounting, Files) = (QueueSays.Silent, AccountingSays.Unasked, FilesSay.Unasked);

    public void Read(ImmutableArray<AccountingRow> runs)
    {
        (Runs, IsMissed) = (runs, runs.IsEmpty);
        Accounting = runs.IsEmpty ? AccountingSays.Nothing : !SlurmStates.Of(runs[^1].State).IsOver ? AccountingSays.Lives : runs[^1].Nodes is null ? AccountingSays.OverUnstarted : AccountingSays.Over;
    }

    public void ReadInVain(AccountingSays why) => Accounting = why;

    public Evidence Evidence(TimeProvider time)
    {
        var absence = _absences < EnoughAbsences ? Absence.Once : time.GetElapsedTime(_absentSince) switch
        {
            var gone when gone >= LongAbsence && gone >= Fence => Absence.Long,
            var gone when gone >= Fence => Absence.Fence,
            _ => Absence.Thrice,
        };
        return new(Queue, absence, Accounting, MarksSay, Files);
    }

    public TimeSpan Fence => TimeSpan.FromSeconds(Request.Run.Slurm?.FenceSeconds ?? 120);

    /// <summary>So often the controller has queued it again.</summary>
    public int Restarts => Math.Max(Row?.Restarts ?? 0, Queue is QueueSays.Absent ? Runs.SkipLast(1).Count(static run => run.State is not "RESIZING") : 0);

    public bool IsMine(JobMark mark) => mark.JobId == Job.Value || Row is { } row && mark.JobId == row.RawId && row.RawId != SlurmIds.Base(row.Id);

    /// <summary>The reason for which it waits in vain for at least so long; null: none.</summary>
    public string? StuckFor(string? reason, TimeSpan least, TimeProvider time)
    {
        if (!StuckReasons.Has(reason)) _stuck = null;
        else if (_stuck?.Reason != reason) _stuck = (reason!, time.GetTimestamp());
        return _stuck is { } stuck && time.GetElapsedTime(stuck.Since) >= least ? stuck.Reason : null;
    }

    public void Tell(JobReport report)
    {
        if (report.State.IsTerminal) End = report;
        else if (Told is { } told && IsSame(told, report)) return;
        Told = _news = report;
    }

    public JobReport? TakeNews()
    {
        var news = _news;
        _news = null;
        return news;
    }

    /// <summary>For what the same job was before: the attempt before a requeue.</summary>
    public void Inherit(WatchedJob before) => Row = before.Row;

    private MarksSay MarksSay => Marks switch
    {
        null => MarksSay.Unknown,
        { Claim: { } claim } when !IsMine(claim) => MarksSay.Other,
        { Exit: not null } or { Superseded: not null } or { Unmet: not null } => MarksSay.Exited,
        { HasClaim: false, RefusedCopy: { } refused } when IsMine(refused) => MarksSay.Refused,
        { HasClaim: false } => MarksSay.Unclaimed,
        _ => MarksSay.Began,
    };

    // Why a job waits, and what else the screen shows, is no news for the journal; that it waits for what comes by itself may be, after it was stuck.
    private static bool IsSame(JobReport a, JobReport b) =>
        a.State == b.State && a.Attempt == b.Attempt && a.Log == b.Log && a.Host == b.Host && a.Started == b.Started && a.Stuck == b.Stuck && a.ClaimedBy == b.ClaimedBy && (a.State is JobState.Queued ? StuckReasons.Has(a.Reason) == StuckReasons.Has(b.Reason) : a.Reason == b.Reason);
}
