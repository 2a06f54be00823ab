using System.Collections.Immutable;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>What a rule that is only tried would have made of one line of a log.</summary>
/// <param name="Offset">Where the line begins.</param>
/// <param name="Line">The line, or what was seen in words; shortened.</param>
/// <param name="Fields">What was captured, and the rule's own metadata.</param>
/// <param name="Actions">One for each action of the rule.</param>
public sealed record TriedMatch(Rule Rule, long Offset, string Line, ImmutableSortedDictionary<string, string> Fields, ImmutableArray<TriedAction> Actions)
{
    /// <summary>The actions that would be done, asked for, or done once their files and commands were looked at.</summary>
    public IEnumerable<TriedAction> Fires => Actions.Where(static a => a.Outcome is TriedOutcome.WouldAct or TriedOutcome.WouldAsk or TriedOutcome.WouldLook);
}

/// <summary>What would become of one action.</summary>
/// <param name="Word">The action in the short spelling, such as <c>restart</c>.</param>
/// <param name="Text">The action in words, its placeholders filled.</param>
/// <param name="Why">Null: there is nothing to say.</param>
public sealed record TriedAction(string Word, BindingMode Mode, string Text, ImmutableArray<TriedGate> Gates, TriedOutcome Outcome, string? Why);

/// <summary>One condition before an action.</summary>
/// <param name="Condition">In words, its placeholders filled.</param>
public sealed record TriedGate(string Condition, GateVerdict Verdict, string? Why);

/// <summary>What the log alone says of a condition.</summary>
public enum GateVerdict
{
    Passes,
    Fails,
    Waits,
    /// <summary>The world decides: it would be looked at.</summary>
    Look,
}

/// <summary>What would become of an action.</summary>
public enum TriedOutcome
{
    WouldAct,
    WouldAsk,
    /// <summary>When what it depends on is found.</summary>
    WouldLook,
    WouldWait,
    GateFails,
    Superseded,
    Limited,
    /// <summary>The line repeats the run's own configuration or script.</summary>
    Echo,
}
