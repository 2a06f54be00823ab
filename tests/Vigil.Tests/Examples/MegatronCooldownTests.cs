using System.Globalization;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Tests.Cli;
using Vigil.Tests.House;

namespace Vigil.Tests.Examples;

/// <summary>The cooldown of the documents, as they print it: their command line, their two blocks of rules, and their sweep with cancel conditions.</summary>
public sealed class MegatronCooldownTests : IDisposable
{
    private const string Dir = "outputs/my_training";

    private readonly CommandLine _vigil = new();

    public MegatronCooldownTests()
    {
        var example = Path.Combine(Repository.Root, "examples", "megatron-cooldown");
        foreach (var file in Directory.EnumerateFiles(example, "*", SearchOption.AllDirectories))
        {
            var copy = _vigil[Path.GetRelativePath(example, file)];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        Directory.CreateDirectory(_vigil["bin"]);
        File.CreateSymbolicLink(_vigil["bin/vigil"], CommandLine.Program);
    }

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void The_documents_command_line_trains_and_cools_down_from_iteration_50000()
    {
        var outcome = Bash("""
            # Start original training run
            python scripts/run_autoexp.py \
              project=my_training \
              monitoring=megatron_cooldown_single \
              backend.args.train_iters=100000
            """);

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        var cooldown = Cooldown();
        Assert.Matches(@"^my_training_cooldown_50000_\d{8}_\d{6}$", cooldown.Id.Value);
        Assert.Matches(@"/outputs/my_training_cooldown_50000_\d{8}_\d{6}/", cooldown.Plan.OutputDir);
        Assert.StartsWith($"  successfully loaded checkpoint from {_vigil[Dir]}/checkpoints at iteration 50000\n", Log(cooldown), StringComparison.Ordinal);
        Assert.Contains("learning rate: 0.0001 |", Log(cooldown), StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_as_long_as_its_tokens_cools_down_as_well()
    {
        var outcome = Bash("vigil run project=my_training +experiments=tokens monitoring=megatron_cooldown_single monitoring.cooldown_train_iters=60000");

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.EndsWith("/iter_0060000", Directory.GetDirectories(Path.Combine(Path.GetDirectoryName(Cooldown().Plan.OutputDir)!, "checkpoints")).Order(StringComparer.Ordinal).Last(), StringComparison.Ordinal);
        Assert.True(Directory.Exists(_vigil[$"{Dir}/checkpoints/iter_0100000"]));
    }

    [Theory]
    [InlineData("cooldown_at_50000", "my_training_cooldown", @"/outputs/my_training_cooldown_\d{8}_\d{6}/")]
    [InlineData("cooldown_queued", "my_training_my_training", @"/outputs/my_training_cooldown_\d{8}_\d{6}/")]
    public void The_documents_rules_run_as_they_are_printed(string group, string name, string folder)
    {
        // As printed they pin no iteration: Megatron loads the newest there is. So the original waits a little before its end.
        var script = File.ReadAllText(_vigil["scripts/run_megatron.sh"]);
        _vigil.Write("scripts/run_megatron.sh", script.Replace("    sleep 0.02\n", "    [[ $at != 52000 ]] || until grep -rqs 'successfully loaded' outputs/my_training_cooldown_*; do sleep 0.1; done\n", StringComparison.Ordinal));
        var outcome = Bash($"vigil run project=my_training monitoring={group} backend.args.train_iters=60000 +backend.args.learning_rate=0.001");

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        var cooldown = Cooldown();
        Assert.Equal(name, cooldown.Id.Value);
        Assert.Matches(folder, cooldown.Plan.OutputDir);
        Assert.Contains($"successfully loaded checkpoint from {_vigil[Dir]}/checkpoints at iteration", Log(cooldown), StringComparison.Ordinal);
    }

    [Fact]
    public void The_documents_sweep_gives_a_cooldown_up_when_the_stable_runs_log_says_so()
    {
        _vigil.Write("train.sh", "mkdir -p \"${@: -1}\"; [[ $* == *--load* ]] || echo 'FATAL ERROR: the loss has left the building'; sleep 2");
        _vigil.Write("sweep.yaml", """
            project: {name: sweep, base_output_dir: outputs/sweep}
            scheduler: local
            local: {cpus_per_run: 0}
            backend:
              type: megatron
              launcher_script: bash train.sh
              megatron: {lr: 1, load: null, save: "{output_dir}/checkpoint"}
            sweep:
              type: product
              groups:
                - type: product
                  params:
                    backend.megatron.lr: [1e-4, 5e-4]

                - type: list
                  configs:
                    - stage: stable

                    - stage: cooldown
                      backend.megatron.load: "{sibling.stable.output_dir}/checkpoint"
                      cancel_conditions:
                        - class_name: LogPatternCondition
                          log_path: "{sibling.stable.log_path_current}"  # Uses symlink!
                          pattern: "FATAL ERROR|OutOfMemoryError"
            """);

        var outcome = _vigil.Run("run", "sweep.yaml");

        Assert.Equal(0, outcome.ExitCode);
        var runs = _vigil.State("outputs/sweep").Runs;
        foreach (var lr in (string[])["lr1e-4", "lr5e-4"])
        {
            Assert.Equal(new RunState.Finished(Outcome.Completed, null), runs[$"{lr}_stable"].State);
            Assert.Equal(new RunState.Finished(Outcome.Skipped, "CANCEL_CONDITION: FATAL ERROR: the loss has left the building"), runs[$"{lr}_cooldown"].State);
        }
    }

    /// <summary>The run that the original's checkpoint started, after all that holds of every cooldown: complete, in a folder of its own that leads back, and the last.</summary>
    private RunRecord Cooldown()
    {
        var runs = _vigil.State(Dir).Runs;
        Assert.All(runs.Values, static run => Assert.Equal(new RunState.Finished(Outcome.Completed, null), run.State));
        var cooldown = Assert.Single(runs.Values, static run => run.Plan.Lineage is not null);
        Assert.Equal(["my_training", cooldown.Id.Value], runs.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((new RunId("my_training"), $"{_vigil[Dir]}/checkpoints"), (cooldown.Plan.Lineage!.Parent, cooldown.Plan.Lineage.Checkpoint));
        var folder = Path.GetDirectoryName(cooldown.Plan.OutputDir)!;
        Assert.Equal(_vigil[Dir], File.ReadAllText(Path.Combine(folder, "experiment.link")).Trim());
        Assert.Contains(cooldown.Id.Value, _vigil.Run("status", folder).Output, StringComparison.Ordinal);
        // What it saved lies beside, and the original's checkpoints are the original's still.
        Assert.Equal("0.0001", File.ReadAllText(Directory.GetDirectories(Path.Combine(folder, "checkpoints")).Order(StringComparer.Ordinal).Last() + "/learning_rate").Trim());
        Assert.All(Directory.GetDirectories(_vigil[$"{Dir}/checkpoints"]), static saved => Assert.Equal(0.001, double.Parse(File.ReadAllText($"{saved}/learning_rate"), CultureInfo.InvariantCulture)));
        return cooldown;
    }

    private string Log(RunRecord run) => _vigil.Run("logs", Dir, run.Id.Value, "-n", "0").Output;

    private ShellOutcome Bash(string script)
    {
        var environment = _vigil.Environment();
        environment["PATH"] = $"{_vigil["bin"]}:{environment["PATH"]}";
        return Shell.Run(_vigil.Folder, environment, ["bash", "-euo", "pipefail", "-c", script]);
    }
}
