using System.Text.Json.Nodes;

namespace Vigil.Tests.Cli;

/// <summary>A second run from a frozen configuration: it loads what the first one wrote and writes elsewhere.</summary>
public sealed class CooldownTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void Load_is_pinned_by_an_absolute_path_and_save_follows_the_new_output_folder()
    {
        var first = First("load: \"${project.base_output_dir}/checkpoints\"", "");
        var checkpoint = $"{_vigil["out/exp_1"]}/checkpoints/iter_50000";

        var cooldown = Run($"{first}/provenance/unresolved_config.yaml",
            $"backend.args.load={checkpoint}", $"project.base_output_dir={_vigil["out/exp_2_cooldown"]}", "project.name=exp_cooldown", "backend.args.learning_rate=0.0001", "monitoring=megatron_basic");

        Assert.Equal(("exp_cooldown", checkpoint, $"{_vigil["out/exp_2_cooldown"]}/checkpoints", 0.0001), Paths(cooldown));
        Assert.Contains($"--load {checkpoint} --learning-rate 0.0001", Log("out/exp_2_cooldown"), StringComparison.Ordinal);
        Assert.Contains("save: ${project.base_output_dir}/checkpoints", File.ReadAllText($"{cooldown}/provenance/unresolved_config.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public void With_two_variables_each_folder_is_said_by_itself()
    {
        var first = First("load: \"${project.load_base_dir}/checkpoints\"", ", load_base_dir: \"${.base_output_dir}\"");
        Assert.Equal(("exp", $"{_vigil["out/exp_1"]}/checkpoints", $"{_vigil["out/exp_1"]}/checkpoints", 0.001), Paths(first));

        var cooldown = Run($"{first}/provenance/unresolved_config.yaml", $"project.load_base_dir={_vigil["out/exp_1"]}", $"project.base_output_dir={_vigil["out/exp_2_cooldown"]}");

        Assert.Equal(("exp", $"{_vigil["out/exp_1"]}/checkpoints", $"{_vigil["out/exp_2_cooldown"]}/checkpoints", 0.001), Paths(cooldown));
    }

    [Fact]
    public void A_group_chosen_on_a_frozen_file_takes_the_place_of_what_was_there()
    {
        Directory.CreateDirectory(_vigil["model"]);
        _vigil.Write("model/small.yaml", "width: 1\nonly_small: 1\n");
        _vigil.Write("model/large.yaml", "width: 2\n");
        var first = First("width: \"${model.width}\"", "", "model: small");

        var second = Run($"{first}/provenance/unresolved_config.yaml", "model=large", $"project.base_output_dir={_vigil["out/exp_2"]}");

        var model = Resolved(second)["model"]!.AsObject();
        Assert.Equal(["width"], model.Select(static m => m.Key));
        Assert.Contains("--width 2", Log("out/exp_2"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_resolved_file_runs_as_it_is_and_resolves_to_itself()
    {
        var first = First("load: \"${project.base_output_dir}/checkpoints\"", "");
        File.Copy($"{first}/provenance/resolved_config.yaml", _vigil["again.yaml"]);
        var before = File.ReadAllText($"{first}/provenance/resolved_config.json");
        Directory.Move(_vigil["out/exp_1"], _vigil["kept"]);

        var again = Run(_vigil["again.yaml"]);

        Assert.Equal(first, again);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(before), Resolved(again)), $"{before}\n{Resolved(again)}");
    }

    /// <summary>The first run's folder.</summary>
    private string First(string argument, string project, string more = "")
    {
        _vigil.Write("exp.yaml", $$"""
            project: {name: exp, base_output_dir: {{_vigil["out/exp_1"]}}{{project}}}
            {{more}}
            backend:
              class_name: MegatronBackend
              launcher_script: echo
              args:
                train_iters: 100000
                save: ${project.base_output_dir}/checkpoints
                {{argument}}
                learning_rate: 0.001
            """);
        return Run("exp.yaml");
    }

    /// <summary>The folder of the one run.</summary>
    private string Run(params string[] words)
    {
        var planned = _vigil.Run(["plan", .. words, "--json"]);
        Assert.True(planned.ExitCode == 0, planned.ToString());
        var outcome = _vigil.Run(["run", .. words]);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        return Assert.Single(JsonNode.Parse(planned.Output)!["runs"]!.AsArray())!["output_dir"]!.GetValue<string>();
    }

    private static JsonNode Resolved(string run) => JsonNode.Parse(File.ReadAllText($"{run}/provenance/resolved_config.json"))!;

    private static (string? Name, string? Load, string? Save, double Rate) Paths(string run)
    {
        var (project, args) = (Resolved(run)["project"]!, Resolved(run)["backend"]!["args"]!);
        return (project["name"]?.GetValue<string>(), args["load"]?.GetValue<string>(), args["save"]?.GetValue<string>(), args["learning_rate"]!.GetValue<double>());
    }

    private string Log(string dir) => File.ReadAllText(Assert.Single(Directory.GetFiles(_vigil[dir], "slurm-*.out", SearchOption.AllDirectories)));
}
