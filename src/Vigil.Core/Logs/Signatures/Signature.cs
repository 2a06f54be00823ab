using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Logs.Signatures;

/// <summary>How one kind of failure shows itself in a log, what it means, and what to do about it.</summary>
/// <param name="Severity">1 to 100: of several failures in one log the highest is taken for the cause, since a general one (a traceback) comes with every specific one.</param>
/// <param name="Says">One sentence.</param>
/// <param name="Advice">What a person does now.</param>
/// <param name="Samples">Lines that it must match.</param>
/// <param name="Not">Lines that resemble it and that it must not match.</param>
/// <param name="At">Where its file names it.</param>
public sealed record Signature(
    string Name, FailureCause Cause, int Severity, string Says, string Advice, SuggestedAction Action,
    ImmutableArray<SignaturePattern> Patterns, ImmutableArray<SampleLine> Samples, ImmutableArray<SampleLine> Not, SourceSpan At)
{
    /// <summary>Whether the line shows this failure. A line of a rule file or of a pack that was printed shows none.</summary>
    public bool Matches(string line) => !PrintedRules.Holds(line) && MatchesText(line);

    internal bool MatchesText(string line)
    {
        foreach (var pattern in Patterns)
            if (pattern.Matches(line)) return true;
        return false;
    }
}

/// <summary>A line written into a pack, with its place.</summary>
public sealed record SampleLine(string Text, SourceSpan At);

/// <summary>The line of a log that proves a failure.</summary>
/// <param name="Index">Which of the lines that were looked at, from 0.</param>
public sealed record SignatureMatch(Signature Signature, string Line, int Index);

/// <summary>What a rule would best do about a failure.</summary>
public enum SuggestedAction
{
    Restart,

    /// <summary>On other nodes than those that failed.</summary>
    RestartWithExclude,

    Cancel,
    Notify,
}

/// <summary>The words of suggested actions, as packs write them.</summary>
public static class SuggestedActions
{
    public static ImmutableArray<string> All { get; } = ["restart", "restart with exclude", "cancel", "notify"];

    extension(SuggestedAction action)
    {
        public string Word => All[(int)action];
    }

    internal static SuggestedAction? Of(string word) => All.IndexOf(word) is >= 0 and var i ? (SuggestedAction)i : null;
}
