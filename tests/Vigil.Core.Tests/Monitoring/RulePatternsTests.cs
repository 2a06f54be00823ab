using System.Text;
using Vigil.Logs.Signatures;
using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Core.Tests.Monitoring;

/// <summary>Rules about failures of the signature pack, looked for with all other patterns.</summary>
public sealed class RulePatternsTests
{
    public static TheoryData<string> Names => [.. SignaturePack.BuiltIn.Signatures.Select(static s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_rule_about_a_signature_hits_its_samples_once_and_no_line_that_only_resembles_them(string name)
    {
        var signature = SignaturePack.BuiltIn.Signatures.Single(s => s.Name == name);
        var patterns = RulePatterns.Of(new("s", [new Rule("r", new Trigger.Signature(name), [new(BindingMode.Inline, [], new RuleAction.Cancel(""))])]));

        Assert.All(signature.Samples, sample => Assert.Equal(name, Assert.Single(Hits(patterns, sample.Text)).Fields["signature"]));
        Assert.All(signature.Not, line => Assert.Empty(Hits(patterns, line.Text)));
        Assert.All(signature.Samples, sample => Assert.Empty(Hits(patterns, $"  - '{sample.Text}'")));
    }

    [Fact]
    public void Rules_that_do_nothing_and_say_nothing_are_not_looked_for_in_a_watch()
    {
        var set = new RuleSet("s", [new Rule("a", new Trigger.LogLine(new(PatternKind.Substring, "text")), []), new Rule("b", new Trigger.Signature("cuda_oom"), [])]);

        Assert.Empty(RulePatterns.Of(set).Set.Patterns);
        Assert.True(RulePatterns.All(set).Set.Patterns.Length > 1);
    }

    private static List<RuleHit> Hits(RulePatterns patterns, string text)
    {
        var (line, found) = (Encoding.UTF8.GetBytes(text), new List<int>());
        patterns.Set.Match(line, found);
        return [.. found.Select(p => patterns.Hit(p, line)).OfType<RuleHit>()];
    }
}
