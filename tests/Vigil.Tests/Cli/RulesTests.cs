using System.Text.Json;
using Vigil.Tests.House;

namespace Vigil.Tests.Cli;

/// <summary><c>vigil rules test</c>, as a user types it.</summary>
public sealed class RulesTests : IDisposable
{
    private const string Rules = """
        log_events:
          - name: saved
            pattern: 'saved (?P<n>\d+)'
            extract_groups: {step_n: n}
            actions:
              - class_name: EventAction
                conditions:
                  - {class_name: MetadataCondition, key: step_n, equals: 20}
                  - {class_name: FileExistsCondition, path: "{output_dir}/{n}.txt", blocking: true}
                action: {class_name: LogAction, message: "at {n}"}
        rules:
          - {name: oom, when: {signature: cuda_oom}, do: restart, limit: 2}
          - {name: high, when: {metric: lm loss, above: 5}, do: {mode: ask, cancel: {reason: "{value}"}}}
          - {name: failed, when: {state: failed}, do: {notify: it failed}}
        """;

    private const string Log = """
        saved 10
        saved 20
        torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB
        torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB
        torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB
         iteration        7/ 100 | consumed samples: 12 | lm loss: 9.000000E+00 |
        vigil: saved 30
        """;

    private readonly CommandLine _vigil = new();

    public RulesTests()
    {
        _vigil.Write("rules.yaml", Rules);
        _vigil.Write("log.txt", Log);
    }

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void Every_match_is_a_line_of_json_with_its_fields_gates_and_outcomes()
    {
        var matches = Matches("rules.yaml", "log.txt");

        Assert.Equal(["saved", "saved", "oom", "oom", "oom", "high", "saved"], matches.Select(static m => m.GetProperty("rule").GetString()));
        Assert.Equal(["gate_fails", "would_look", "would_act", "superseded", "superseded", "would_ask", "echo"], matches.Select(static m => m.GetProperty("actions")[0].GetProperty("outcome").GetString()));
        Assert.Equal((9, "saved 20"), (matches[1].GetProperty("offset").GetInt32(), matches[1].GetProperty("line").GetString()));
        Assert.Equal("20", matches[1].GetProperty("fields").GetProperty("step_n").GetString());
        var action = matches[1].GetProperty("actions")[0];
        Assert.Equal("log at 20", action.GetProperty("text").GetString());
        Assert.Equal(["passes", "would_look"], action.GetProperty("gates").EnumerateArray().Select(static g => g.GetProperty("verdict").GetString()));
        Assert.Contains("/20.txt exists", action.GetProperty("gates")[1].GetProperty("condition").GetString(), StringComparison.Ordinal);
        Assert.Equal("7", matches[5].GetProperty("fields").GetProperty("step").GetString());
    }

    [Fact]
    public void People_get_blocks_with_line_numbers_and_a_table_and_are_told_what_a_log_cannot_say()
    {
        var outcome = _vigil.Run("rules", "test", "rules.yaml", "--log", "log.txt");

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Contains("saved  line 2, byte 9\n    saved 20\n    n=20  step_n=20\n    → log at 20\n      would look, and act when it is so\n", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("high  line 6", outcome.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^oom +3 +1$", outcome.Output);
        Assert.Contains("Not judged from a log: failed", outcome.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_vigil.Folder));
    }

    [Fact]
    public void What_the_log_holds_does_not_drive_the_terminal()
    {
        _vigil.Write("log.txt", "saved 20 \u001b[2J\u0007 gone");

        Assert.DoesNotContain(_vigil.Run("rules", "test", "rules.yaml", "--log", "log.txt").Output, static c => char.IsControl(c) && c != '\n');
    }

    [Theory]
    [InlineData("megatron_basic")]
    [InlineData("monitoring/megatron_basic")]
    public void A_built_in_group_is_tried_by_its_name(string name)
    {
        _vigil.Write("log.txt", "  successfully saved checkpoint from iteration      10 to /out/ckpt\n");

        Assert.Equal("10", Assert.Single(Matches(name, "log.txt")).GetProperty("fields").GetProperty("checkpoint_iteration").GetString());
    }

    [Fact]
    public void An_experiment_s_rules_are_tried_with_its_own_values_and_overrides()
    {
        _vigil.Write("e.yaml", "backend: {command: true}\nword: boom\nmonitoring: {rules: [{name: r, when: '^${word} \\d', do: {append: {path: \"{output_dir}/x\", content: \"{word}\"}}}]}\n");
        _vigil.Write("log.txt", "boom 1\nbang 1\n");

        Assert.Contains("append 'boom' to", Assert.Single(Matches("e.yaml", "log.txt")).GetProperty("actions")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(7, Assert.Single(Matches("e.yaml", "log.txt", "word=bang")).GetProperty("offset").GetInt32());
    }

    [Fact]
    public void A_log_without_a_match_is_no_mistake() => Assert.Empty(Matches("megatron_basic", "rules.yaml"));

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        _vigil.Write("rules.yaml", "log_events:\n  - {name: a, pattern: '(unclosed'}\nrules:\n  - {name: b, when: {signature: cuda_om}, do: explode}\n");

        var outcome = _vigil.Run("rules", "test", "rules.yaml");

        Assert.Equal(2, outcome.ExitCode);
        foreach (var code in (string[])["rules.yaml:2", "RUL051", "rules.yaml:4", "RUL003", "RUN066"]) Assert.Contains(code, outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no file, experiment or group of rules 'megatron_basik'", "test", "megatron_basik", "--log", "log.txt")]
    [InlineData("did you mean 'megatron_basic'?", "test", "megatron_basik", "--log", "log.txt")]
    [InlineData("the log cannot be read", "test", "rules.yaml", "--log", "nowhere.txt")]
    [InlineData("no rules were named", "test", "--log", "log.txt")]
    [InlineData("did you mean 'test'?", "tset")]
    public void What_is_not_there_is_a_mistake_with_a_remedy(string says, params string[] words)
    {
        var outcome = _vigil.Run(["rules", .. words]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(says, outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_names_the_whole_command()
    {
        Assert.Contains("Usage: vigil rules test RULES [KEY=VALUE …] [options]", _vigil.Run("rules", "test", "--help").Output, StringComparison.Ordinal);
        Assert.Contains("  test", _vigil.Run("rules", "--help").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_fixture_holds()
    {
        var outcome = Shell.Run(Repository.Root, _vigil.Environment(), [CommandLine.Program, "rules", "test", "examples/rules"]);

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Contains("4 cases, 0 failed.", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("expect: [{rule: saved, fields: {n: 10}, fires: []}, {rule: saved, fires: [log]}]", 0, "1 case, 0 failed.")]
    [InlineData("expect: [{rule: saved, line: saved 20, fires: [log]}], not: [failed]", 0, "ok")]
    [InlineData("expect: [{rule: saved, fields: {n: 11}}]", 1, "n is '10' and not '11'")]
    [InlineData("expect: [{rule: saved, line: saved 20, fires: []}]", 1, "it would fire log and not nothing")]
    [InlineData("expect: [{rule: high}, {rule: high}]", 1, "high does not match again")]
    [InlineData("not: [oom]", 1, "oom must not match")]
    public void A_fixture_says_what_does_not_come_as_expected(string expectation, int code, string says)
    {
        _vigil.Write("a.rules-test.yaml", $"rules: rules.yaml\ncases:\n  - {{log_file: log.txt, {expectation}}}\n");

        var outcome = _vigil.Run("rules", "test", "a.rules-test.yaml");

        Assert.True(outcome.ExitCode == code, outcome.ToString());
        Assert.Contains(says, outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_malformed_fixture_is_told_with_all_its_mistakes()
    {
        _vigil.Write("a.rules-test.yaml", "rules: rules.yaml\ncases:\n  - {log: x, expect: [{rule: saves}], nott: []}\n  - {expect: [{rule: oom, fires: [explode]}]}\n");

        var outcome = _vigil.Run("rules", "test", ".");

        Assert.Equal(2, outcome.ExitCode);
        foreach (var says in (string[])["no rule 'saves'", "did you mean 'saved'?", "no key 'nott'", "either 'log'", "a.rules-test.yaml:4"]) Assert.Contains(says, outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RUL016", "{run: [no-such-program, a]}")]
    [InlineData("RUL016", "{run: [./no-such-script, a]}")]
    [InlineData("RUL016", "{run: [python3, scripts/none.py, '{line}']}")]
    [InlineData("RUL016", "{run: [bash, -eu, none.sh]}")]
    [InlineData("RUL017", "{start_run: {config_path: nowhere.yaml}}")]
    [InlineData("RUL018", "{start_run: [monitoring=no_such_group]}")]
    [InlineData("RUL018", "{start_run: ['backend.comand={line}']}")]
    [InlineData("RUL018", "{restart: {overrides: ['job.restart.max_attempts=many']}}")]
    public void An_action_that_cannot_succeed_is_told_when_it_is_planned(string code, string action)
    {
        _vigil.Write("e.yaml", $"backend: {{command: true}}\nmonitoring:\n  rules:\n    - {{name: r, when: boom, do: {action}}}\n");

        var outcome = _vigil.Run("plan", "e.yaml");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains($"e.yaml:4:7: error {code}", outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{run: [bash, -c, 'echo hi']}")]
    [InlineData("{run: ['{name}', a]}")]
    [InlineData("{run: [python3, '{output_dir}/x.py']}")]
    [InlineData("{run: [python3, -m, json.tool, none.json]}")]
    [InlineData("{run: [python3, -W, ignore, none.py]}")]
    [InlineData("{run: [bash, log.txt]}")]
    [InlineData("{start_run: ['+load={checkpoint_path}', 'project.name=b_{timestamp}', monitoring=megatron_basic]}")]
    public void An_action_that_may_succeed_plans(string action)
    {
        _vigil.Write("e.yaml", $"backend: {{command: true}}\nmonitoring:\n  rules:\n    - {{name: r, when: boom, do: {action}}}\n");

        Assert.Equal((0, ""), _vigil.Run("plan", "e.yaml") is var outcome ? (outcome.ExitCode, outcome.Errors) : default);
    }

    [Theory]
    [InlineData("{command: \"bash x.sh {output_dir}\"}", "{start_run: [++backend.args.lr=1e-5, project.name=b]}", "reads backend.args.lr: it would do the same without")]
    [InlineData("{command: \"bash x.sh\", args: {lr: 1}}", "{restart: {overrides: ['backend.args.lr=2', ++backend.megatron.lr=3]}}", "reads backend.args.lr, backend.megatron.lr: it would")]
    [InlineData("{command: \"bash x.sh ${oc.select:backend.args.lr,1}\"}", "{start_run: [++backend.args.lr=1e-5, project.name=b]}", null)]
    [InlineData("{command: \"bash x.sh {backend.args.lr}\", args: {lr: 1}}", "{start_run: [backend.args.lr=2]}", null)]
    [InlineData("{command: \"bash x.sh {output_dir}/provenance/resolved_config.yaml\"}", "{start_run: [++backend.args.lr=2]}", null)]
    [InlineData("{command: \"bash x.sh\"}", "{start_run: [project.name=b, job.restart.max_attempts=1]}", null)]
    public void Overrides_that_the_new_run_reads_nowhere_are_a_warning(string backend, string action, string? says)
    {
        _vigil.Write("e.yaml", $"backend: {backend}\nmonitoring:\n  rules:\n    - {{name: r, when: boom, do: {action}}}\n");

        var outcome = _vigil.Run("plan", "e.yaml");

        Assert.Equal(0, outcome.ExitCode);
        if (says is null) Assert.DoesNotContain("RUL022", outcome.Errors, StringComparison.Ordinal);
        else Assert.Contains($"e.yaml:4:7: warning RUL022: nothing in the command, the files or the environment of the run that the rule 'r' starts {says}", outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("megatron_cooldown_single", "{command: \"bash tr.sh {output_dir}\"}", "RUL022")]
    [InlineData("megatron_cooldown_multi", "{command: \"bash tr.sh {output_dir}\"}", "RUL022")]
    [InlineData("megatron_cooldown_single", "{type: megatron, launcher_script: \"bash x.sh\", megatron: {lr: 1e-3, train_iters: 100}}", null)]
    [InlineData("megatron_checkpoint_eval", "{command: \"bash tr.sh\"}", "scripts/run_checkpoint_evaluation.py', and there is no such script")]
    public void A_group_for_another_kind_of_experiment_says_what_it_cannot_do(string group, string backend, string? says)
    {
        _vigil.Write("e.yaml", $"project: {{name: min}}\nscheduler: local\nbackend: {backend}\n");

        var outcome = _vigil.Run("plan", "e.yaml", $"monitoring={group}");

        if (says is null) Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        else Assert.Contains(says, outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("PLN020", outcome.Errors, StringComparison.Ordinal);
    }

    private List<JsonElement> Matches(string rules, string log, params string[] overrides)
    {
        var outcome = _vigil.Run(["rules", "test", rules, .. overrides, "--log", log, "--json"]);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        return [.. outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => JsonDocument.Parse(l).RootElement)];
    }
}
