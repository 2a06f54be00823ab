using System.Collections.Immutable;
using System.Text;
using Vigil.Logs;
using Vigil.Logs.Signatures;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>The patterns of a rule set that are worth looking for: of rules that act, or say something of the run. Made once for all logs under these rules.</summary>
public sealed class RulePatterns
{
    private readonly ImmutableArray<(Rule Rule, Signature? Signature, int First)> _owners;   // of each pattern

    private RulePatterns(IEnumerable<Rule> rules)
    {
        var (owners, patterns) = (ImmutableArray.CreateBuilder<(Rule, Signature?, int)>(), ImmutableArray.CreateBuilder<LinePattern>());
        foreach (var rule in rules)
        {
            var (signature, first) = (SignatureOf(rule), patterns.Count);
            patterns.AddRange(rule.When is Trigger.LogLine line ? [line.Pattern] : signature is null ? [] : signature.Patterns.Select(PatternOf));
            while (owners.Count < patterns.Count) owners.Add((rule, signature, first));
        }
        _owners = owners.DrainToImmutable();
        Set = PatternSet.Of(patterns.DrainToImmutable());
    }

    public static RulePatterns None { get; } = new([]);

    public PatternSet Set { get; }

    /// <summary>For a watch.</summary>
    public static RulePatterns Of(RuleSet set) => set.Rules.Where(static r => IsOfLines(r) && (!r.Do.IsEmpty || r.Says is not null)).ToList() is { Count: > 0 } rules ? new(rules) : None;

    /// <summary>For looking at all that matches, whether it matters or not.</summary>
    public static RulePatterns All(RuleSet set) => new(set.Rules.Where(IsOfLines));

    public Rule Rule(int pattern) => _owners[pattern].Rule;

    /// <summary>
    /// The event of a rule whose pattern matched this line: its groups under their own names and under those that the rule gives them.
    /// Null for a signature that the line only quotes, or that another of its patterns has shown already.
    /// </summary>
    public RuleHit? Hit(int pattern, ReadOnlySpan<byte> line)
    {
        var (rule, signature, first) = _owners[pattern];
        if (signature is not null && IsNoProof(pattern, first, line)) return null;
        var groups = Set.Groups(pattern, line);
        var fields = groups.ToBuilder();
        foreach (var key in groups.Keys)
            if (char.IsAsciiDigit(key[0])) fields.Remove(key);
        foreach (var (field, group) in rule.Extract)
            if (groups.TryGetValue(group, out var value)) fields[field] = value;
        if (signature is not null) (fields["signature"], fields["cause"], fields["advice"]) = (signature.Name, RestartSpec.Word(signature.Cause), signature.Advice);
        return new(rule.Name, fields.ToImmutable());
    }

    private static bool IsOfLines(Rule rule) => rule.When is Trigger.LogLine or Trigger.Signature;

    private bool IsNoProof(int pattern, int first, ReadOnlySpan<byte> line)
    {
        for (var other = first; other < pattern; other++)
            if (Set.IsMatch(other, line)) return true;
        return PrintedRules.Holds(Encoding.UTF8.GetString(line));
    }

    /// <summary>Null for a rule that names none, or none that is known: that was told when it was planned.</summary>
    private static Signature? SignatureOf(Rule rule) => rule.When is Trigger.Signature { Name: var name } ? SignaturePack.BuiltIn.Signatures.FirstOrDefault(s => s.Name == name) : null;

    private static LinePattern PatternOf(SignaturePattern pattern) => pattern switch
    {
        SignaturePattern.Substring text => new(PatternKind.Substring, text.Text),
        SignaturePattern.Expression regex => new(PatternKind.Regex, regex.Text),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
