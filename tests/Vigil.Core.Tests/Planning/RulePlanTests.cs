using Vigil.Configuration;

namespace Vigil.Core.Tests.Planning;

/// <summary>What a plan says of rules that are wrong: code, place and remedy, before anything starts.</summary>
public sealed class RulePlanTests
{
    private static Diagnostic Mistake(string monitoring) => Assert.Single(Some.Plan($"project: {{name: a}}\nbackend: {{command: train}}\nmonitoring: {monitoring}\n").Diagnostics);

    [Theory]
    [InlineData("{rules: {when: x, do: cancel}}", "RUL001", "list of rules", null)]
    [InlineData("{rules: [x]}", "RUL001", "must be a mapping", null)]
    [InlineData("{rules: [{name: a, when: x, do: cancel}, {name: a, when: y, do: cancel}]}", "RUL002", "two rules called 'a'", "the other one: e.yaml:3:")]
    [InlineData("{log_events: [{name: a, pattern: x, action: {class_name: RestartActoin}}]}", "RUL003", "no action 'RestartActoin'", "did you mean 'RestartAction'?")]
    [InlineData("{log_events: [{name: a, pattern: x, condition: {class_name: FileExistCondition, path: y}, action: {class_name: CancelAction}}]}", "RUL003", "no condition 'FileExistCondition'", "did you mean 'FileExistsCondition'?")]
    [InlineData("{log_events: [{name: a, pattern: x, state: {class_name: CrashedState}}]}", "RUL003", "no state 'CrashedState'", "CrashState")]
    [InlineData("{rules: [{when: x, do: cancle}]}", "RUL003", "no action 'cancle'", "cancel")]
    [InlineData("{rules: [{when: x, if: {attempts_belw: 3}, do: cancel}]}", "RUL003", "names no condition", "did you mean 'attempts_below'?")]
    [InlineData("{rules: [{when: x, do: {notfy: help, mode: ask}}]}", "RUL003", "names no action", "did you mean 'notify'?")]
    [InlineData("{rules: [{do: cancel}]}", "RUL004", "needs the key 'when'", "such as")]
    [InlineData("{rules: [{when: x}]}", "RUL004", "needs the key 'do'", "such as")]
    [InlineData("{log_events: [{name: a, pattern: x, action: {class_name: EventAction}}]}", "RUL004", "EventAction needs the key 'action'", null)]
    [InlineData("{rules: [{when: {no_progress: soon}, do: cancel}]}", "RUL005", "span of time", null)]
    [InlineData("{rules: [{when: x, do: {cancel: y, mode: maybe}}]}", "RUL005", "inline, queue, ask or dry_run", null)]
    [InlineData("{rules: [{when: x, do: {restart: {cause: oom}}}]}", "RUL005", "none of infrastructure", null)]
    [InlineData("{dry_run: perhaps}", "RUL005", "'monitoring.dry_run' must be true or false", null)]
    [InlineData("{rules: [{when: x, do: cancel, limt: 3}]}", "RUL006", "knows no key 'limt'", "limit")]
    [InlineData("{rules: [{when: x, do: {run: 'touch it'}}]}", "RUL007", "list of words", "bash, -c")]
    [InlineData("{rules: [{when: x, if: {command: 'test it'}, do: cancel}]}", "RUL007", "list of words", "[test, it]")]
    [InlineData("{state_events: [{name: crahs, action: {class_name: CancelAction}}]}", "RUL008", "is none of success, crash", "crash")]
    [InlineData("{rules: [{when: {state: runing}, do: cancel}]}", "RUL008", "no state of a job", "running")]
    [InlineData("{rules: [{when: {state: whatever}, do: cancel}]}", "RUL008", "no state of a job", "known here: success, crash, timeout, stall, pending, configuring, running, completing, suspended, completed, failed, cancelled, out_of_memory")]
    [InlineData("{rules: [{when: x, do: {run: [bash, -c, 'echo {line}']}}]}", "RUL009", "let text of a log become code", "further word")]
    [InlineData("{rules: [{when: x, do: {run: [timeout, '5', /bin/bash, -lc, 'echo {line}']}}]}", "RUL009", "executed", null)]
    [InlineData("{rules: [{when: x, if: {command: [sh, -c, 'test -e {line}']}, do: cancel}]}", "RUL009", "executed", null)]
    [InlineData("{rules: [{when: x, do: {run: [python3, -c, 'print(\"{line}\")']}}]}", "RUL009", "executed", null)]
    [InlineData("{rules: [{when: x, do: {run: [perl, -e, 'print \"{line}\"']}}]}", "RUL009", "executed", null)]
    [InlineData("{rules: [{when: x, do: {run: [ssh, login1, touch, '{line}']}}]}", "RUL009", "executed", null)]
    [InlineData("{rules: [{when: '(?P<tool>x)', do: {run: ['{tool}', x]}}]}", "RUL009", "the program that is started", "name the program")]
    [InlineData("{rules: [{when: x, do: {run: [timeout, 5m, env, A=1, '{line}']}}]}", "RUL009", "the program that is started", null)]
    [InlineData("{rules: [{when: x, do: {start_run: ['a=$(rm -rf /)']}}]}", "RUL010", "is shell", "{timestamp}")]
    [InlineData("{rules: [{when: x, do: {start_run: ['lr=1,2']}}]}", "RUL011", "is a sweep", "one action for each")]
    [InlineData("{rules: [{when: x, do: {start_run: ['{line}=1']}}]}", "RUL011", "placeholder in its key", null)]
    [InlineData("{rules: [{when: x, do: {start_run: ['lr=\\${a.{line}}']}}]}", "RUL011", "inside an interpolation", null)]
    [InlineData("{log_events: [{name: a, pattern: '(?P<step>x)', extract_groups: {n: stpe}}]}", "RUL012", "no group 'stpe'", "step")]
    [InlineData("{log_events: [{name: a, pattern: x, pattern_type: substring, extract_groups: {n: step}}]}", "RUL012", "only a pattern of the type regex has groups", null)]
    [InlineData("{rules: [{when: {}, do: cancel}]}", "RUL013", "exactly one of", null)]
    [InlineData("{rules: [{when: [x], do: cancel}]}", "RUL013", "a pattern or a mapping", null)]
    [InlineData("{log_event: []}", "RUL015", "knows no key 'log_event'", "log_events")]
    [InlineData("{rules: [{when: x, if: {file_exists: {path: y, persistent_pass: true}}, do: cancel}]}", "RUL020", "has no effect", "publishes an event")]
    [InlineData("{rules: [{when: '(?=x)y', do: cancel}]}", "RUL052", "", null)]
    [InlineData("{rules: [{when: '(x', do: cancel}]}", "RUL051", "", null)]
    [InlineData("{rules: [{when: x, do: {log: '{nobody}'}}]}", "PLN020", "nobody", null)]
    [InlineData("{rules: [{name: r, when: x, do: {log: '{nobody}'}}]}", "PLN020", "the rule 'r' holds the placeholder {nobody}", null)]
    public void A_mistake_in_a_rule_is_told_with_its_place_and_its_remedy(string monitoring, string code, string message, string? hint)
    {
        var mistake = Mistake(monitoring);
        Assert.Equal(code, mistake.Code);
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
        Assert.Equal(("e.yaml", 3), (mistake.At.File, mistake.At.Line));
        if (hint is not null) Assert.Contains(hint, mistake.Hint ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[gzip, -c, '{checkpoint_path}']")]
    [InlineData("[bash, -c, 'echo \"$1\" >>list', bash, '{line}']")]
    [InlineData("[wc, -c, '{output_dir}/x']")]
    [InlineData("['{output_dir}/tell.sh', '{line}']")]
    public void A_placeholder_as_a_word_of_its_own_is_no_code(string command) =>
        Assert.Empty(Some.Plan($"project: {{name: a}}\nbackend: {{command: train}}\nmonitoring: {{rules: [{{when: x, do: {{run: {command}}}}}]}}\n").Diagnostics);

    [Theory]
    [InlineData("project: {name: a}", "outputs/a")]
    [InlineData("project: {name: a, base_output_dir: null}", "outputs/a")]
    [InlineData("project: {name: a, base_output_dir: /out/b}", "/out/b")]
    public void The_experiments_folder_is_known_to_rules_and_commands_also_where_it_is_the_default(string project, string folder)
    {
        var plan = Some.Good($"{project}\nbackend: {{command: \"train {{project.base_output_dir}}\"}}\nmonitoring: {{rules: [{{when: x, do: {{start_run: ['project.base_output_dir={{project.base_output_dir}}_b']}}}}]}}\n");

        Assert.EndsWith(folder, plan.Runs[0].Placeholders["project.base_output_dir"], StringComparison.Ordinal);
    }
}
