using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

/// <summary><c>backend.files</c>: what a run's program reads.</summary>
public sealed class RunFilesTests
{
    private static Dictionary<string, string> Files(string files, string more = "")
    {
        var plan = Some.Good($"backend:\n  command: x\n  files:\n{files}\n{more}");
        return (plan.Configs.Find(Assert.Single(plan.Runs).Id)!.Files ?? []).ToDictionary(static f => f.Path, static f => f.Text);
    }

    [Fact]
    public void A_path_s_ending_says_how_a_mapping_is_written()
    {
        var files = Files("""
                finetune.yaml: {lr: 1e-4, epochs: 2, model: {rank: "${rank}"}, models_dir: /m, dir: "\\${models_dir}/x"}
                deep/options.json: {lr: 1e-4, flip: true}
                data.toml: {lr: 1e-4, general: {flip: true, "a b": [1, 2]}, sets: [{dir: x}, {dir: "y\"z"}]}
                prompts.txt: "a cat"
            """, "rank: 8");

        Assert.Equal("lr: 0.0001\nepochs: 2\nmodel:\n  rank: 8\nmodels_dir: /m\ndir: ${models_dir}/x\n", files["finetune.yaml"]);
        Assert.Equal("{\n  \"lr\": 0.0001,\n  \"flip\": true\n}\n", files["deep/options.json"]);
        Assert.Equal("lr = 0.0001\n\n[general]\nflip = true\n\"a b\" = [1, 2]\n\n[[sets]]\ndir = \"x\"\n\n[[sets]]\ndir = \"y\\\"z\"\n", files["data.toml"]);
        Assert.Equal("a cat\n", files["prompts.txt"]);
    }

    [Fact]
    public void Placeholders_of_the_plan_are_filled_and_other_braces_stay()
    {
        var files = Files("""
                a.yaml: {out: "{output_dir}/x", who: "{name}", lr: "{lr}", prompt: "say \\{input} now", list: ["{stage}"]}
                b.txt: "{output_dir} {1..3}"
            """, "lr: 3");

        Assert.Equal("out: /home/u/outputs/e/e/x\nwho: e\nlr: '3'\nprompt: say {input} now\nlist:\n- ''\n", files["a.yaml"]);
        Assert.Equal("/home/u/outputs/e/e {1..3}\n", files["b.txt"]);
    }

    [Fact]
    public void Null_leaves_a_file_out() => Assert.Empty(Files("    a.yaml: null"));

    [Fact]
    public void A_plan_without_files_has_none()
    {
        var plan = Some.Good("backend: {command: x}");
        Assert.Null(plan.Configs.Find(plan.Runs[0].Id)!.Files);
    }

    [Fact]
    public void What_the_files_hold_is_part_of_the_plan()
    {
        PlannedRun With(int lr) => Some.Good($"backend: {{command: x, files: {{a.yaml: {{lr: {lr}}}}}}}").Runs[0];

        Assert.Equal("configuration", Assert.Single(RunChange.Between(With(1), With(2)).Differences).Field);
        Assert.Empty(RunChange.Between(With(1), With(1)).Differences);
    }

    [Fact]
    public void A_script_may_be_started() =>
        Assert.Equal([true, true, false], new[] { new RunFile("train.sh", "x"), new RunFile("go", "#!/bin/sh\n"), new RunFile("a.yaml", "x: 1") }.Select(static f => f.IsScript));

    [Theory]
    [InlineData("/etc/x: a", "PLN061")]
    [InlineData("../x: a", "PLN061")]
    [InlineData("a/../../x: a", "PLN061")]
    [InlineData("a//x: a", "PLN061")]
    [InlineData("attempts/1/claim: a", "PLN061")]
    [InlineData("provenance/x.yaml: {a: 1}", "PLN061")]
    [InlineData("x.ini: {a: 1}", "PLN062")]
    [InlineData("x.toml: [1]", "PLN062")]
    [InlineData("x.txt: '{last_checkpoint}'", "PLN021")]
    [InlineData("x.yaml: {a: ['{nobody}']}", "PLN020")]
    [InlineData("x.toml: {a: [1, null]}", "CFG044")]
    public void What_cannot_be_written_is_told_with_its_place(string file, string code)
    {
        var mistake = Some.Mistake($"backend:\n  command: x\n  files:\n    {file}");
        Assert.Equal((code, 4), (mistake.Code, mistake.At.Line));
    }

    [Fact]
    public void A_list_of_files_is_no_mapping_of_them() => Assert.Equal("PLN060", Some.Mistake("backend: {command: x, files: [a]}").Code);

    [Fact]
    public void A_list_for_a_script_becomes_a_command_that_is_read_line_by_line()
    {
        var script = Files("""
                train.sh: [accelerate, launch, --threads, 1, train.py, {underscores: {lr: 1e-4, flip: true, tags: [a, "it's"], none: null}}, --out, "{output_dir}", plain, -x]
            """)["train.sh"];

        Assert.Equal("""
            #!/usr/bin/env bash
            # Written by Vigil, which starts it. Words that it is given come last: --resume STATE
            cd -- /home/u/exp || exit
            exec accelerate launch \
              --threads 1 \
              train.py \
              --lr 1e-4 \
              --flip \
              --tags a 'it'\''s' \
              --out /home/u/outputs/e/e \
              plain -x \
              "$@"

            """, script);
    }

    private static Plan WithSecret(string word) => Planner.Plan(Some.Request($"backend:\n  command: x\n  files:\n    a.sh: [push, {word}]\n") with
    {
        World = Some.World with { Environment = static name => name == "HF_TOKEN" ? "hf_abcdefghijklmnopqrstuvwxyz" : Some.World.Environment(name) },
    });

    [Fact]
    public void A_secret_is_not_written_into_a_script_which_reads_it_when_it_starts()
    {
        var plan = WithSecret("""
            "--token=${oc.env:HF_TOKEN}!", "\\${oc.env:HF_TOKEN}"
            """);

        Assert.Empty(plan.Diagnostics);
        Assert.Contains("""
            exec push \
              '--token='"${HF_TOKEN:?}"'!' '${oc.env:HF_TOKEN}' \
            """, Assert.Single(plan.Configs.Find(plan.Runs[0].Id)!.Files ?? []).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_looks_into_a_secret_cannot_stand_in_a_script()
    {
        var plan = WithSecret("""
            "${oc.eval:\"'${oc.env:HF_TOKEN}' if len('${oc.env:HF_TOKEN}') > 15 else 'short'\"}"
            """);

        Assert.Equal(("PLN065", 4), (Assert.Single(plan.Diagnostics) is var mistake ? mistake.Code : "", mistake.At.Line));
    }

    [Theory]
    [InlineData("a.sh: []", "PLN062")]
    [InlineData("a.sh: [x, {lr: 1}]", "CFG059")]
    [InlineData("a.sh: [x, --resume, '{last_checkpoint}']", "PLN021")]
    [InlineData("a.sh: [x, [--resume, '{last_checkpoint}']]", "PLN021")]
    public void A_script_that_cannot_be_made_is_told(string file, string code) =>
        Assert.Contains(Some.Plan($"backend:\n  command: x\n  files:\n    {file}").Diagnostics, d => d.Code == code && d.At.Line == 4);
}
