using System.Globalization;
using Vigil.Evaluations;
using Vigil.Monitoring;
using Vigil.Platform;
using Vigil.Tests.Cli;
using Vigil.Tests.House;

namespace Vigil.Tests.Examples;

/// <summary>A plan document becomes trainings and evaluations that really run, with stand-ins for torchtune and inspect.</summary>
public sealed class FineTuneTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public FineTuneTests()
    {
        Shell.Run(_vigil.Folder, "cp", "-r", Path.Combine(Repository.Root, "examples/finetune-eval/."), _vigil.Folder);
        _vigil.Path = $"{_vigil["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
    }

    public void Dispose() => _vigil.Dispose();

    private void Program(string name, string text)
    {
        File.Move(_vigil[$"bin/{name}"], _vigil[$"bin/{name}.whole"]);
        _vigil.Write($"bin/{name}", "#!/bin/bash\n" + text);
        File.SetUnixFileMode(_vigil[$"bin/{name}"], UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
    }

    private double Accuracy(string run)
    {
        var log = Assert.Single(EvalLogFolder.Whole.Find(_vigil[run], Zstd.Find(Zstd.Library)).Logs);
        return Assert.IsType<EvalReading.Read>(log.Reading).Log.Scores[0].Metrics[0].Value;
    }

    private string Outcome(string run) => _vigil.State(".").Runs[run].State is RunState.Finished { Outcome: var outcome, Reason: var reason } ? $"{outcome} {reason}".Trim() : "not finished";

    private static void Becomes(string path, string line) => Assert.Contains(line, File.ReadAllLines(path));

    [Fact]
    public void The_example_trains_two_runs_and_evaluates_every_epoch_and_the_base_model()
    {
        var run = _vigil.Run("run", ".", "scheduler=local");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("15 completed", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, Accuracy("1B_base/eval/capitals"));
        var epochs = Enumerable.Range(0, 3).Select(e => Accuracy(string.Create(CultureInfo.InvariantCulture, $"1B_rank8/eval/capitals_epoch{e}"))).ToList();
        Assert.Equal(epochs.Order(), epochs);
        Assert.True(epochs[2] > Accuracy("1B_rank4/eval/capitals_epoch2"));
        foreach (var line in (string[])["  lora_rank: 4", "  lora_alpha: 8", "  _component_: torchtune.models.llama3_2.lora_llama3_2_1b", "batch_size: 4", "epochs: 3", $"output_dir: {_vigil["1B_rank4"]}", "run_val_every_n_steps: 50"])
            Becomes(_vigil["1B_rank4/finetune.yaml"], line);
        Becomes(_vigil["1B_rank4/setup_finetune.yaml"], "my_wandb_run_name: 1B_rank4");
        Becomes(_vigil["1B_rank4/eval/capitals_epoch2/eval.yaml"], $"model_path: {_vigil["1B_rank4/epoch_2"]}");
        Assert.True(_vigil.Run("run", ".", "scheduler=local").ExitCode == 0);
        Assert.All(_vigil.State(".").Runs.Values, static r => Assert.Single(r.Attempts));
    }

    [Fact]
    public void A_training_that_fails_after_its_first_epoch_has_that_one_evaluated_and_the_others_skipped()
    {
        Program("tune", $"""
            [[ $4 == *rank8* ]] && exec {_vigil["bin/tune.whole"]} "$@"
            sed 's/^epochs: 3/epochs: 1/' "$4" >cut.yaml
            {_vigil["bin/tune.whole"]} run x --config cut.yaml
            echo 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB'
            exit 1
            """);

        var run = _vigil.Run("run", ".", "scheduler=local");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("Completed", Outcome("1B_rank4_capitals_epoch0"));
        Assert.StartsWith("Skipped CHECKPOINT_MISSING: ", Outcome("1B_rank4_capitals_epoch1"), StringComparison.Ordinal);
        Assert.Contains("1B_rank4 failed", Outcome("1B_rank4_letters_epoch2"), StringComparison.Ordinal);
        Assert.Equal("Completed", Outcome("1B_rank8_capitals_epoch2"));
    }

    [Fact]
    public void An_exit_code_of_0_is_not_enough_for_a_training_without_checkpoints_nor_for_an_evaluation_whose_log_says_otherwise()
    {
        Program("tune", "[[ $4 == *rank8* ]] && exit 0; exec tune.whole \"$@\"\n");
        _vigil.Write("bin/spoil.py", """
            import glob, sys, zipfile
            path = glob.glob(sys.argv[sys.argv.index("--log-dir") + 1] + "/*.eval")[0]
            text = zipfile.ZipFile(path).read("header.json").decode().replace('"status": "success"', '"status": "error", "error": {"message": "the server is gone", "traceback": ""}')
            zipfile.ZipFile(path, "w").writestr("header.json", text)
            """);
        Program("inspect", $"{_vigil["bin/inspect.whole"]} \"$@\"\n[[ $* == *capitals_epoch2* ]] || exit 0\npython3 {_vigil["bin/spoil.py"]} \"$@\"\n");

        var run = _vigil.Run("run", ".", "scheduler=local");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"Failed MISSING_OUTPUT: there is no checkpoint {_vigil["1B_rank8/epoch_0"]}", Outcome("1B_rank8"), StringComparison.Ordinal);
        Assert.Contains("says that the evaluation failed: the server is gone", Outcome("1B_rank4_capitals_epoch2"), StringComparison.Ordinal);
        Assert.Equal("Completed", Outcome("1B_rank4_capitals_epoch1"));
    }

    [Theory]
    [InlineData("| 1B_rank4 | Llama-3.2-1B-Instruct |", "| 1B_rank4 | Lama-3.2-1B-Instruct |", "Llama-3.2-1B-Instruct", 2)]
    [InlineData("Learning Rate", "Learning Rat", "nothing has or uses the key 'backend.finetune.learning_rat'", 0)]
    [InlineData("`tasks/letters.py`", "`tasks/leters.py`", "DOC032: the script of the task 'letters' is not there", 2)]
    [InlineData("`words.json`", "`word.json`", "DOC032: the data of the training is not there", 2)]
    [InlineData("all epochs (0, 1, 2)", "epochs 0, 3", "DOC014", 2)]
    [InlineData("## All Runs", "## Runs to do", "DOC002", 2)]
    public void A_mistake_in_the_document_is_told_with_its_place_and_changes_nothing(string right, string wrong, string said, int code)
    {
        _vigil.Write("runs_plan.md", File.ReadAllText(_vigil["runs_plan.md"]).Replace(right, wrong, StringComparison.Ordinal));

        var plan = _vigil.Run("plan", ".", "scheduler=local");

        Assert.Equal(code, plan.ExitCode);
        Assert.Contains(said, plan.Errors, StringComparison.Ordinal);
        Assert.Matches(@"runs_plan\.md:\d+:\d+: ", plan.Errors);
        Assert.False(Directory.Exists(_vigil["journal"]));
    }
}
