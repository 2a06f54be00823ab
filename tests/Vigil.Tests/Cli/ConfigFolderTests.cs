using Vigil.Cli;
using Vigil.Configuration;

namespace Vigil.Tests.Cli;

/// <summary>Where config groups are looked for: the user's folder first, then what the program brings.</summary>
public sealed class ConfigFolderTests : IDisposable
{
    private readonly CommandLine _place = new();
    private readonly DiagnosticBag _report = new();

    public ConfigFolderTests()
    {
        Directory.CreateDirectory(_place["config/db"]);
        Directory.CreateDirectory(_place["elsewhere"]);
        _place.Write("config/exp.yaml", "a: 1");
        _place.Write("config/db/mysql.yaml", "port: 1");
        _place.Write("outside.yaml", "secret: 1");
        _place.Write("elsewhere/exp.yaml", "a: 1");
    }

    public void Dispose() => _place.Dispose();

    private ConfigLibrary Library(string experiment, string? configDir = null) =>
        ConfigFolders.Library(Some.Context(_place.Folder), _place[experiment], configDir, new SourceTexts(), _report);

    [Fact]
    public void A_group_s_options_are_the_user_s_and_the_built_in_ones()
    {
        var library = Library("config/exp.yaml");

        Assert.Equal(["mysql"], library.Options("db"));
        Assert.Equal(["local", "slurm", "slurm_pipeline"], library.Options("scheduler"));
        Assert.Equal("config/db/mysql.yaml", library.Find("db/mysql")!.Name);
        Assert.Equal("built-in scheduler/slurm.yaml", library.Find("scheduler/slurm")!.Name);
    }

    [Fact]
    public void The_user_s_file_hides_the_built_in_one()
    {
        Directory.CreateDirectory(_place["config/scheduler"]);
        _place.Write("config/scheduler/slurm.yaml", "type: slurm\nmine: 1");

        Assert.Equal("config/scheduler/slurm.yaml", Library("config/exp.yaml").Find("scheduler/slurm")!.Name);
    }

    [Theory]
    [InlineData("elsewhere/exp.yaml", null, "elsewhere,config")]
    [InlineData("config/exp.yaml", null, "config")]
    [InlineData("elsewhere/exp.yaml", "config", "config")]
    public void The_folders_are_the_named_one_or_the_experiment_s_own_and_config(string experiment, string? configDir, string folders) =>
        Assert.Equal(folders + ",built-in", string.Join(',', Library(experiment, configDir).Folders.Select(static f => f.Name)));

    [Theory]
    [InlineData("../outside")]
    [InlineData("db/../../outside")]
    public void No_name_leads_out_of_the_folder(string name) => Assert.Null(Library("config/exp.yaml").Find(name));

    [Fact]
    public void A_frozen_configuration_looks_where_the_first_one_came_from()
    {
        Directory.CreateDirectory(_place["out/a/provenance"]);
        Directory.CreateDirectory(_place["out/b/provenance"]);
        _place.Write("out/a/provenance/config_reference.json", $$"""{"config_name": "exp", "config_dir": "{{_place["config"]}}", "overrides": []}""");
        _place.Write("out/b/provenance/config_reference.json", $$"""{"config_name": "unresolved_config", "config_dir": "{{_place["out/a/provenance"]}}", "overrides": []}""");

        foreach (var run in (string[])["a", "b"]) Assert.Equal("config", Library($"out/{run}/provenance/unresolved_config.yaml").Folders[0].Name);
    }

    [Fact]
    public void A_file_that_is_not_UTF_8_is_a_diagnostic_with_its_place()
    {
        File.WriteAllBytes(_place["config/db/mysql.yaml"], [.. "port: "u8, 0xE9]);

        Assert.NotNull(Library("config/exp.yaml").Find("db/mysql"));
        Assert.Equal("config/db/mysql.yaml:1:7 RUN005", string.Join(' ', _report.All.Select(static d => $"{d.At} {d.Code}")));
    }

    [Fact]
    public void Every_built_in_file_is_a_mapping_without_a_mistake()
    {
        var library = Library("config/exp.yaml");
        var builtIn = library.Folders[^1];
        var files = builtIn.List("").SelectMany(group => builtIn.List(group).Select(file => group + file)).ToList();

        Assert.Equal(
            ["backend/command.yaml", "backend/hf.yaml", "backend/inspect.yaml", "backend/kohya.yaml", "backend/lm_eval.yaml", "backend/megatron.yaml", "backend/megatron_torchrun.yaml", "backend/megatron_torchrun_localaddr.yaml", "backend/null.yaml", "backend/torchtitan.yaml", "backend/torchtune.yaml", "backend/torchtune_lora.yaml", "container/apptainer.yaml", "container/conda.yaml", "container/enroot.yaml", "container/none.yaml", "container/pyxis.yaml",
                "container/singularity.yaml", "container/venv.yaml", "job/default.yaml", "local/default.yaml", "megatron/arguments.yaml", "monitoring/default.yaml", "monitoring/megatron_basic.yaml",
                "monitoring/megatron_checkpoint_eval.yaml", "monitoring/megatron_cooldown_multi.yaml", "monitoring/megatron_cooldown_single.yaml", "monitoring/megatron_stall_detection.yaml", "monitoring/oom_halves_batch.yaml", "monitoring/production.yaml",
                "progress/deepspeed.yaml", "progress/huggingface.yaml", "progress/kohya.yaml", "progress/lightning.yaml", "progress/megatron.yaml", "progress/nanogpt.yaml", "progress/pairs.yaml", "progress/torchtitan.yaml",
                "progress/torchtune.yaml", "progress/tqdm.yaml", "project/default.yaml", "scheduler/local.yaml", "scheduler/slurm.yaml", "scheduler/slurm_pipeline.yaml",
                "signatures/cluster.yaml", "signatures/communication.yaml", "signatures/gpu.yaml", "signatures/program.yaml", "signatures/storage.yaml", "slurm/default.yaml",
                "torchtune_model/Llama-3.1-8B-Instruct.yaml", "torchtune_model/Llama-3.2-1B-Instruct.yaml", "torchtune_model/Llama-3.2-1B.yaml", "torchtune_model/Llama-3.2-3B-Instruct.yaml", "torchtune_model/Llama-3.3-70B-Instruct.yaml", "torchtune_model/Mistral-7B-Instruct-v0.1.yaml", "torchtune_model/Mistral-7B-v0.1.yaml", "torchtune_model/Qwen2.5-3B-Instruct.yaml", "torchtune_model/Qwen2.5-3B.yaml"], files);
        Assert.All(files, file => Assert.IsType<ConfigNode.Mapping>(YamlReader.Read(builtIn.Read(file)!, _report)));
        Assert.Empty(_report.All);
    }

    [Theory]
    [InlineData("scheduler/local")]
    [InlineData("backend/command")]
    [InlineData("job/default")]
    [InlineData("local/default")]
    [InlineData("project/default")]
    [InlineData("slurm/default")]
    [InlineData("container/none")]
    [InlineData("monitoring/default")]
    [InlineData("monitoring/megatron_basic")]
    public void A_built_in_file_says_nothing_that_an_experiment_may_not_say(string file)
    {
        var section = Library("config/exp.yaml").Find(file)!.Text;
        var name = file.Split('/')[0];
        var indented = string.Join('\n', section.TrimEnd().Split('\n').Select(static l => "  " + l));
        _place.Write("exp.yaml", $"{name}:\n{indented}\n" + (name == "backend" ? "  command: echo\n" : "backend: {command: echo}\n"));

        var outcome = _place.Run("plan", "exp.yaml");

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.DoesNotContain("warning", outcome.Errors, StringComparison.Ordinal);
    }
}
