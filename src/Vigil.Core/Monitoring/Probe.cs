using System.Collections.Immutable;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>One thing that the core wants to know of the world. Texts are filled.</summary>
public abstract record Probe
{
    private Probe() { }

    public sealed record File(string Path) : Probe;

    /// <param name="NotBefore">What was last written before this is not what is meant; null: however old it is.</param>
    /// <param name="IsFinal">Whoever made it has ended.</param>
    public sealed record Checkpoint(string Path, DateTimeOffset? NotBefore, bool IsFinal) : Probe
    {
        /// <summary>The run, which has completed, whose best epoch is to be found, and linked at <see cref="Path"/>; null: what lies there is meant.</summary>
        public RunId? BestOf { get; init; }
    }

    public sealed record Glob(string Pattern) : Probe;

    public sealed record Content(string Path, LinePattern Pattern) : Probe;

    /// <summary>The last lines at the first look, everything that came since at the next.</summary>
    public sealed record Tail(string Path, LinePattern Pattern, int Lines) : Probe;

    public sealed record Command(ImmutableArray<string> Words, string Dir) : Probe;

    /// <summary>A line of the user's own shell.</summary>
    public sealed record Shell(string Line, string Dir) : Probe;

    /// <summary>Whether these ask the same, in the same order.</summary>
    public static bool AreSame(ImmutableArray<Probe> some, ImmutableArray<Probe> others) =>
        some.Length == others.Length && some.Zip(others).All(static p => p is (Command one, Command other) ? one.Dir == other.Dir && one.Words.SequenceEqual(other.Words) : p.First == p.Second);
}

/// <summary>What was found.</summary>
public abstract record ProbeAnswer
{
    private ProbeAnswer() { }

    /// <param name="UnchangedSince">Since when its size has been seen to be the same.</param>
    public sealed record Found(long Bytes, DateTimeOffset Modified, DateTimeOffset UnchangedSince) : ProbeAnswer;

    public sealed record Absent : ProbeAnswer;

    /// <param name="IsWhole">It can be loaded.</param>
    /// <param name="Why">What is wrong with it; empty where nothing is.</param>
    public sealed record CheckpointFound(bool IsWhole, string Why) : ProbeAnswer
    {
        /// <summary>Which epoch it is, where the best one was asked for.</summary>
        public JudgedEpoch? Best { get; init; }
    }

    public sealed record Count(int Matches) : ProbeAnswer;

    /// <param name="Line">The line that matched.</param>
    public sealed record Matched(string Line) : ProbeAnswer;

    public sealed record Unmatched : ProbeAnswer;

    /// <param name="Output">The beginning of what it printed.</param>
    public sealed record Exited(int Code, string Output) : ProbeAnswer;

    /// <summary>It could not be found out just now, which proves nothing.</summary>
    public sealed record Unknown(string Why) : ProbeAnswer;
}

/// <summary>Several probes that are judged together.</summary>
/// <param name="Id">What they are for: <c>gate:FIRING#0</c>, <c>start:RUN</c>, <c>cancel:RUN</c>, <c>end:RUN</c>.</param>
/// <param name="Every">Between two looks.</param>
public sealed record Look(string Id, ImmutableArray<Probe> Probes, TimeSpan Every);
