using Vigil.Configuration;
using Vigil.Monitoring;

namespace Vigil.Core.Tests.Monitoring;

public sealed class RuleChecksTests
{
    [Theory]
    [InlineData("loss: (nan|0.1)", "options: {loss: 0.1}", "'loss: 0.1'")]
    [InlineData("train --max-steps 10$", "options: {}", "train --max-steps 10'")]
    public void A_pattern_that_the_experiments_own_configuration_matches_is_a_warning_with_the_line(string pattern, string config, string line)
    {
        var said = Assert.Single(Check($"{config}\nmonitoring: {{rules: [{{name: r, when: '{pattern}', do: cancel}}]}}"));

        Assert.Equal(("RUL014", Severity.Warning), (said.Code, said.Severity));
        Assert.Contains(line, said.Message, StringComparison.Ordinal);
        Assert.Equal(("e.yaml", 4), (said.At.File, said.At.Line));
        Assert.True(said.At.Column > 1);
    }

    [Theory]
    [InlineData("monitoring: {rules: [{name: r, when: 'when: something', do: cancel}]}")]                        // only its own text
    [InlineData("monitoring: {termination_string: all done}")]
    [InlineData("termination_string: all done")]
    [InlineData("monitoring: {log_events: [{name: r, pattern: 'project', state: {class_name: CrashState}}]}")]   // does nothing
    [InlineData("monitoring: {rules: [{name: r, when: {signature: cuda_oom}, do: cancel}]}")]
    public void What_cannot_harm_is_no_warning(string config) => Assert.Empty(Check(config));

    [Theory]
    [InlineData("{metadata: {key: batch, equals: 2}}", true)]
    [InlineData("{metadata: {key: batch, within: [1, 2]}}", false)]
    [InlineData("{metadata: {key: trains, equals: true}}", false)]
    [InlineData("{all: [{metadata: {key: batch, equals: 1}}, {metadata: {key: trains, equals: false}}]}", true)]
    [InlineData("{any: [{metadata: {key: batch, equals: 2}}, {metadata: {key: trains, equals: true}}]}", false)]
    [InlineData("{metadata: {key: size, equals: 2}}", false)]   // the line says it
    public void An_action_is_ruled_out_by_what_its_own_rule_says(string condition, bool isRuledOut)
    {
        var plan = Vigil.Core.Tests.Planning.Some.Good($"backend: {{command: train}}\nmonitoring: {{rules: [{{name: r, when: 'OOM (?P<size>.)', metadata: {{batch: 1, trains: true, size: 1}}, if: {condition}, do: cancel}}]}}");
        var rule = Assert.Single(Assert.Single(plan.RuleSets).Rules);
        Assert.Equal(isRuledOut, RuleChecks.IsRuledOut(rule, Assert.Single(rule.Do)));
    }

    [Fact]
    public void An_unknown_signature_is_an_error_that_names_the_nearest()
    {
        var said = Assert.Single(Check("monitoring: {rules: [{name: r, when: {signature: cuda_om}, do: cancel}]}"));

        Assert.Equal(("RUL019", Severity.Error), (said.Code, said.Severity));
        Assert.Contains("cuda_oom", said.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_that_no_rule_publishes_is_a_warning()
    {
        var said = Assert.Single(Check("monitoring: {rules: [{name: r, when: {event: sved}, do: cancel}, {name: s, when: boom, do: {publish: saved}}, {name: t, when: {event: saved}, do: cancel}]}"));

        Assert.Equal(("RUL021", Severity.Warning), (said.Code, said.Severity));
        Assert.Contains("'r' waits for the event 'sved'", said.Message, StringComparison.Ordinal);
        Assert.Equal("did you mean 'saved'?", said.Hint);
    }

    [Fact]
    public void A_set_of_rules_that_many_runs_share_is_told_of_once() => Assert.Single(Check("""
        lr: 1
        sweep: {type: product, groups: [{params: {lr: [1, 2, 3]}}]}
        monitoring: {rules: [{name: r, when: '^lr: \d', do: cancel}]}
        """));

    private static IReadOnlyList<Diagnostic> Check(string yaml)
    {
        var report = new DiagnosticBag();
        RuleChecks.Check(Planning.Some.Good($"project: {{name: a, base_output_dir: /out}}\nbackend: {{command: \"train --max-steps 10\"}}\n{yaml}"), report);
        return report.All;
    }
}
