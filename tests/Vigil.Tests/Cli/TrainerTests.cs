namespace Vigil.Tests.Cli;

/// <summary>A trainer is a YAML file: those that Vigil brings, and one of the user's own.</summary>
public sealed class TrainerTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public void Dispose() => _vigil.Dispose();

    /// <summary>The words that the trainer's program gets, of a run that really was started.</summary>
    private string Command(string backend, params string[] words)
    {
        Directory.CreateDirectory(_vigil["bin"]);
        foreach (var program in new[] { "tune", "inspect", "accelerate", "torchrun", "lm_eval" })
        {
            _vigil.Write($"bin/{program}", "#!/bin/sh\necho \"${0##*/} $*\"\n");
            File.SetUnixFileMode(_vigil[$"bin/{program}"], UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        }
        _vigil.Path = $"{_vigil["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
        _vigil.Write("e.yaml", $"project: {{name: e, base_output_dir: out}}\nbackend: {backend}\n");
        var run = _vigil.Run(["run", "e.yaml", "--new", .. words]);
        Assert.True(run.ExitCode == 0, run.ToString());
        return File.ReadAllLines(Directory.GetFiles(_vigil["out"], "current.log", SearchOption.AllDirectories).MaxBy(File.GetLastWriteTimeUtc)!)[^1].Replace(_vigil.Folder, "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("torchtune", "tune run lora_finetune_single_device --config llama3_2/1B_lora_single_device output_dir=/out/e epochs=2 optimizer.lr=1e-4",
        "backend.config=llama3_2/1B_lora_single_device", "+backend.overrides.epochs=2", "+backend.overrides.optimizer.lr=1e-4")]
    [InlineData("inspect", "inspect eval t.py@cap --model hf/r4 -M model_path=/m -T vis_label=r4 --metadata epoch=0 --log-dir /out/e/logs --log-level info --display plain",
        "backend.task=t.py@cap", "backend.model=hf/r4", "+backend.model_args.model_path=/m", "+backend.task_args.vis_label=r4", "+backend.metadata.epoch=0")]
    [InlineData("hf", "accelerate launch --num_processes 4 sft.py --output_dir /out/e --bf16 True --packing False --learning_rate 1e-5",
        "backend.script=sft.py", "+backend.launch.num_processes=4", "+backend.args.bf16=true", "+backend.args.packing=false", "+backend.args.learning_rate=1e-5")]
    [InlineData("torchtitan", "torchrun --nproc_per_node 8 --rdzv_backend c10d --rdzv_endpoint localhost:0 -m torchtitan.train --job.config_file llama.toml --job.dump_folder /out/e --training.steps 10",
        "backend.config_file=llama.toml", "backend.launch.nproc_per_node=8", "+backend.args.training.steps=10")]
    [InlineData("lm_eval", "lm_eval --model hf --model_args pretrained=/m,dtype=bfloat16 --tasks arc_easy,hellaswag --output_path /out/e --batch_size auto",
        "backend.model_args={pretrained: /m, dtype: bfloat16}", "backend.tasks=[arc_easy,hellaswag]")]
    public void A_shipped_trainer_makes_its_command_of_settings(string backend, string command, params string[] settings) =>
        Assert.Equal(command, Command(backend, settings));

    [Fact]
    public void Kohya_s_options_are_those_of_its_preset()
    {
        string Of(string vram) => Command("kohya", "backend.class_tokens=a cat", "backend.image_dir=/img", $"backend.vram={vram}", $"project.base_output_dir=out/{vram}");

        Assert.Contains(" --output_dir /out/20G/e --output_name e --optimizer_type adamw8bit --mixed_precision bf16 ", Of("20G"), StringComparison.Ordinal);
        Assert.Contains(" --optimizer_type adafactor --optimizer_args relative_step=False scale_parameter=False warmup_init=False --split_mode --network_args train_blocks=single --lr_scheduler constant_with_warmup --max_grad_norm 0.0 ", Of("12G"), StringComparison.Ordinal);
        Assert.DoesNotContain("--resume", Of("16G"), StringComparison.Ordinal);
        Assert.Contains("\n[[datasets.subsets]]\nimage_dir = \"/img\"\nclass_tokens = \"a cat\"\nnum_repeats = 10\n", File.ReadAllText(_vigil["out/16G/e/dataset.toml"]), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_trainer_needs_and_nobody_set_is_told()
    {
        _vigil.Write("e.yaml", "backend: torchtune\n");
        var planned = _vigil.Run("plan", "e.yaml");
        Assert.Equal(2, planned.ExitCode);
        Assert.Contains("backend.config", planned.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trainer_of_one_s_own_is_one_file()
    {
        Directory.CreateDirectory(_vigil["config/backend"]);
        _vigil.Write("config/backend/mine.yaml", """
            type: mine
            settings: {lr: 1e-3, tags: [a, b]}
            files:
              settings.json: ${backend.settings}
              data.toml: {sets: [{dir: "{output_dir}/data"}]}
              train.sh: |
                cat "$1" "$2"; shift 2; echo "with: $*"
            command:
              - sh
              - "{output_dir}/train.sh"
              - "{output_dir}/settings.json"
              - "{output_dir}/data.toml"
              - underscores: ${backend.settings}
            """);
        _vigil.Write("e.yaml", "project: {base_output_dir: out}\nbackend: mine\n");

        var run = _vigil.Run("run", "e.yaml");
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal("{\n  \"lr\": 0.001,\n  \"tags\": [\"a\", \"b\"]\n}\n", File.ReadAllText(_vigil["out/e/settings.json"]).Replace("[\n    \"a\",\n    \"b\"\n  ]", "[\"a\", \"b\"]", StringComparison.Ordinal));
        var log = File.ReadAllText(_vigil["out/e/current.log"]);
        Assert.Contains("[[sets]]", log, StringComparison.Ordinal);
        Assert.Contains("with: --lr 1e-3 --tags a b", log, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_vigil["out/e/train.sh"]));
    }

    /// <summary>Against the reader in Python's own library.</summary>
    [Fact]
    public void The_toml_that_is_written_reads_back_as_what_was_meant()
    {
        _vigil.Write("e.yaml", """
            project: {base_output_dir: out}
            backend:
              command: python3 -c "import tomllib, json; print(json.dumps(tomllib.load(open('{output_dir}/x.toml', 'rb'))))"
              files:
                x.toml:
                  text: "quote \" slash \\ tab \t line\nend ü \u0001"
                  numbers: [1, -2, 1.5]
                  real: 1e-7
                  large: 1e+20
                  whole: 3.0
                  "odd key": {"": x, a.b: true}
                  mixed: [[1], {a: 1}]
                  nothing: null
                  sets: [{n: 1, deep: {k: [{z: 1}, {z: 2}]}}, {n: 2}]
            """);
        Assert.Equal(0, _vigil.Run("run", "e.yaml").ExitCode);
        Assert.Equal(
            """{"text": "quote \" slash \\ tab \t line\nend \u00fc \u0001", "numbers": [1, -2, 1.5], "real": 1e-07, "large": 1e+20, "whole": 3.0, "mixed": [[1], {"a": 1}], "odd key": {"": "x", "a.b": true}, "sets": [{"n": 1, "deep": {"k": [{"z": 1}, {"z": 2}]}}, {"n": 2}]}""",
            File.ReadAllLines(_vigil["out/e/current.log"])[^1]);
    }
}
