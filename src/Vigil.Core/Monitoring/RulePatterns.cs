using System.Collections.Immutable;
using Vigil.Logs;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>The patterns of a rule set that are worth looking for: of rules that act, or say something of the run. Made once for all logs under these rules.</summary>
public sealed class RulePatterns
{
    private readonly ImmutableArray<Rule> _rules;

    private RulePatterns(ImmutableArray<Rule> rules)
    {
        _rules = rules;
        Set = PatternSet.Of([.. rules.Select(static r => ((Trigger.LogLine)r.When).Pattern)]);
    }

    public static RulePatterns None { get; } = new([]);

    public PatternSet Set { get; }

    /// <summary>For a watch.</summary>
    public static RulePatterns Of(RuleSet set) => set.Rules.Where(static r => r.When is Trigger.LogLine && (!r.Do.IsEmpty || r.Says is not null)).ToImmutableArray() is { IsEmpty: false } rules ? new(rules) : None;

    /// <summary>For looking at all that matches, whether it matters or not.</summary>
    public static RulePatterns All(RuleSet set) => new([.. set.Rules.Where(static r => r.When is Trigger.LogLine)]);

    public Rule Rule(int pattern) => _rules[pattern];

    /// <summary>The event of a rule whose pattern matched this line: its groups under their own names and under those that the rule gives them.</summary>
    public RuleHit Hit(int pattern, ReadOnlySpan<byte> line)
    {
        var rule = _rules[pattern];
        var groups = Set.Groups(pattern, line);
        var fields = groups.ToBuilder();
        foreach (var key in groups.Keys)
            if (char.IsAsciiDigit(key[0])) fields.Remove(key);
        foreach (var (field, group) in rule.Extract)
            if (groups.TryGetValue(group, out var value)) fields[field] = value;
        return new(rule.Name, fields.ToImmutable());
    }
}
