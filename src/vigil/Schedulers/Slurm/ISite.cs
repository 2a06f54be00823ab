using System.Collections.Immutable;
using Vigil.Platform;

namespace Vigil.Schedulers.Slurm;

/// <summary>Where a cluster's commands run and its jobs' files lie: this machine, or a login node over OpenSSH. Each question is one round trip, however many things it asks about.</summary>
internal interface ISite
{
    /// <summary>For people: <c>user@login</c>; empty for this machine.</summary>
    string Name { get; }

    /// <summary>Runs a program with these words, without a shell, in an environment that is no job's. Not started, or no answer in time: no exit code, and why.</summary>
    ValueTask<ProcessOutcome> RunAsync(ImmutableArray<string> words, TimeSpan limit, CancellationToken stop);

    /// <summary>The markers of attempts, by their folders. Null: the place itself did not answer.</summary>
    ValueTask<ImmutableArray<AttemptMarks>?> MarksAsync(ImmutableArray<string> folders, CancellationToken stop);

    /// <summary>The newest write below each path (a file, or a folder and what lies directly in it), on the clock of the files' own machine, and that clock's time now. Null: the place itself did not answer.</summary>
    ValueTask<SiteWrites?> LastWritesAsync(ImmutableArray<string> paths, CancellationToken stop);

    /// <summary>The last lines of each file, without those cut off in the middle; none where there is no file.</summary>
    ValueTask<ImmutableArray<IReadOnlyList<string>>> LastLinesAsync(ImmutableArray<string> files, CancellationToken stop);
}

/// <summary>What a job has left in its attempt's folder; null: not there, or not whole yet.</summary>
/// <param name="HasClaim">There is a claim, perhaps an empty one: a disk was full.</param>
/// <param name="Superseded">Left by a link of a chain that had nothing to do, since the run had completed before it.</param>
/// <param name="Unmet">Left by a job that did not begin, since a run before it had not completed.</param>
internal sealed record AttemptMarks(bool HasClaim, JobMark? Claim, JobMark? Started, JobExit? Exit, JobMark? RefusedCopy, JobMark? Superseded = null, JobMark? Unmet = null)
{
    public static AttemptMarks None { get; } = new(false, null, null, null, null);
}

/// <param name="Newest">In the order asked; null: nothing is there.</param>
internal sealed record SiteWrites(DateTimeOffset Now, ImmutableArray<DateTimeOffset?> Newest);
