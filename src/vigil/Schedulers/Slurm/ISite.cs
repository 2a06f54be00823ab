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

/// <param name="Newest">In the order asked; null: nothing is there.</param>
internal sealed record SiteWrites(DateTimeOffset Now, ImmutableArray<DateTimeOffset?> Newest);
