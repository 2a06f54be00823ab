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

    private int Attempts(string run) => _vigil.State(".").Runs[run].Attempts.Length;

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

    [Fact]
    public void A_training_goes_on_from_the_epoch_that_its_state_belongs_to()
    {
        // rank4 dies while its second epoch is written; rank8 when all of its epochs are there, of which the last one has no state of its own.
        Program("tune", $$"""
            [[ $* == *resume_from_checkpoint* ]] && exec {{_vigil["bin/tune.whole"]}} "$@"
            if [[ $4 == *rank4* ]]; then
              sed 's/^epochs: 3/epochs: 2/' "$4" >cut.yaml
              {{_vigil["bin/tune.whole"]}} run x --config cut.yaml
              truncate -s 100 {{_vigil["1B_rank4/epoch_1/adapter_model.safetensors"]}}
            else
              {{_vigil["bin/tune.whole"]}} "$@"
            fi
            exit 1
            """);

        var run = _vigil.Run("run", ".", "scheduler=local", "job.restart.causes=[crash]", "job.restart.delay_seconds=0");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("15 completed", run.Output, StringComparison.Ordinal);
        Assert.Equal((2, 2), (Attempts("1B_rank4"), Attempts("1B_rank8")));
        Assert.Equal(("2|25|", "3|49|"), (FirstStep("1B_rank4"), FirstStep("1B_rank8")));
    }

    /// <summary>Epoch and step that the last attempt began with.</summary>
    private string FirstStep(string run)
    {
        var line = File.ReadLines(_vigil.State(".").Runs[run].LastAttempt!.Log!).First(static l => l.Contains("|Loss", StringComparison.Ordinal));
        return line[..(line.IndexOf("Loss", StringComparison.Ordinal))];
    }

    [Fact]
    public void A_training_branches_from_the_epoch_that_has_its_state_into_a_folder_of_its_own()
    {
        Assert.Equal(0, _vigil.Run("run", ".", "scheduler=local").ExitCode);
        var before = Directory.GetFileSystemEntries(_vigil["1B_rank8"]).Order(StringComparer.Ordinal).ToList();

        var gone = _vigil.Run("branch", ".", "1B_rank8", "--from", "2", "backend.finetune.epochs=4");
        var branch = _vigil.Run("branch", ".", "1B_rank8", "--from", "last", "backend.finetune.epochs=4");

        Assert.Equal(2, gone.ExitCode);
        Assert.Contains("1B_rank8/epoch_2 has weights alone: the state of the trainer that belongs to them is gone", gone.Errors, StringComparison.Ordinal);
        Assert.True(branch.ExitCode == 0, branch.ToString());
        Assert.Equal(0, _vigil.Run("watch", ".").ExitCode);
        var name = Assert.Single(_vigil.State(".").Runs.Keys, static r => r.StartsWith("1B_rank8_cooldown_1_", StringComparison.Ordinal));
        Assert.Equal("3|49|", FirstStep(name));
        Assert.Equal(["epoch_2", "epoch_3"], Directory.GetDirectories(_vigil.State(".").Runs[name].Plan.OutputDir, "epoch_*").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(before, Directory.GetFileSystemEntries(_vigil["1B_rank8"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_best_epoch_is_the_one_with_the_lowest_loss_on_validation_data()
    {
        _vigil.Write("runs_plan.md", File.ReadAllText(_vigil["runs_plan.md"]).Replace("| 1B_rank8 | ✓ | ✓ |", "| 1B_rank8 | ✓ best | ✓ 1 |", StringComparison.Ordinal).Replace("jobs**: 13", "jobs**: 9", StringComparison.Ordinal));
        // The last epoch is made to look overfitted.
        Program("tune", $$"""
            {{_vigil["bin/tune.whole"]}} "$@" | awk '/^Validation loss/ && ++n == 3 {print "Validation loss: 7.5"; next} {print}'
            """);

        var run = _vigil.Run("run", ".", "scheduler=local");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal("epoch_1", new DirectoryInfo(_vigil["1B_rank8/epoch_best"]).LinkTarget);
        Becomes(_vigil["1B_rank8/eval/capitals_epochbest/eval.yaml"], $"model_path: {_vigil["1B_rank8/epoch_best"]}");
        Assert.Contains("capitals_epoch_best: {status: completed", File.ReadAllText(_vigil["runs_status.yaml"]), StringComparison.Ordinal);
        Assert.Matches(@"VERIFY_CHECKPOINTS: 1B_rank8/capitals/epochbest\nDetails: Checking the best epoch of 1B_rank8\nResult: The checkpoint exists and is whole: epoch_1, validation loss [0-9.]+\n", File.ReadAllText(_vigil["run-inspect.log"]));
        Assert.Matches(@"\| `1B_rank8` \| best \(epoch_1, validation loss [0-9.]+\) \|", _vigil.Run("report", ".").Output);
    }

    [Fact]
    public void Without_a_loss_on_validation_data_no_epoch_is_the_best_and_a_folder_of_that_name_is_left_alone()
    {
        _vigil.Write("runs_plan.md", File.ReadAllText(_vigil["runs_plan.md"]).Replace("all epochs (0, 1, 2)", "best", StringComparison.Ordinal).Replace("jobs**: 13", "jobs**: 5", StringComparison.Ordinal).Replace("training**: yes", "training**: no", StringComparison.Ordinal));
        Program("tune", $$"""
            [[ $4 == *rank8* ]] && mkdir -p {{_vigil["1B_rank8/epoch_best"]}} && exec {{_vigil["bin/tune.whole"]}} "$@"
            {{_vigil["bin/tune.whole"]}} "$@" | grep -v Validation
            """);

        var run = _vigil.Run("run", ".", "scheduler=local");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("warning DOC033: '1B_rank4' is to be evaluated at its best epoch", run.Errors, StringComparison.Ordinal);
        Assert.Equal("Skipped CHECKPOINT_MISSING: epoch_best: no loss on validation data was logged; 1B_rank4 completed", Outcome("1B_rank4_capitals_epochbest"));
        Assert.Equal("Skipped CHECKPOINT_MISSING: epoch_best: something that is no link has its name; 1B_rank8 completed", Outcome("1B_rank8_letters_epochbest"));
        Assert.Null(new DirectoryInfo(_vigil["1B_rank8/epoch_best"]).LinkTarget);
    }

    private void BatchSizes(int first, int second) => _vigil.Write("runs_plan.md", File.ReadAllText(_vigil["runs_plan.md"])
        .Replace("| 4 | 0.05 | 4 |", $"| 4 | 0.05 | {first} |", StringComparison.Ordinal).Replace("| 8 | 0.05 | 4 |", $"| 8 | 0.05 | {second} |", StringComparison.Ordinal));

    /// <summary>The stand-in says what torchtune says when a batch is larger than this.</summary>
    private void Memory(int batch) => Program("tune", $"MOST_BATCH_SIZE={batch} exec {_vigil["bin/tune.whole"]} \"$@\"\n");

    [Fact]
    public void A_training_that_runs_out_of_memory_goes_on_with_half_the_batch_accumulated_twice_and_is_marked_as_deviating()
    {
        BatchSizes(16, 4);
        Memory(4);
        string[] words = ["scheduler=local", "monitoring=oom_halves_batch", "job.restart.delay_seconds=0"];

        var run = _vigil.Run(["run", ".", .. words]);

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("15 completed", run.Output, StringComparison.Ordinal);
        Assert.Contains("1B_rank4 deviates from plan: batch_size 16 → 4, gradient_accumulation_steps 1 → 4", run.Output, StringComparison.Ordinal);
        Becomes(_vigil["1B_rank4/finetune.yaml"], "batch_size: 4");
        Becomes(_vigil["1B_rank4/finetune.yaml"], "gradient_accumulation_steps: 4");
        Becomes(_vigil["1B_rank4/provenance/resolved_config.yaml"], "    batch_size: 4");
        Assert.Equal((3, 1), (Attempts("1B_rank4"), Attempts("1B_rank8")));
        Assert.Null(_vigil.State(".").Runs["1B_rank8"].Plan.Deviations);
        Assert.Contains("completed, deviates", _vigil.Run("status", ".").Output, StringComparison.Ordinal);
        Assert.Matches("\"key\": \"backend.finetune.batch_size\",\\s+\"planned\": \"16\",\\s+\"now\": \"4\"", _vigil.Run("status", ".", "--json").Output);
        Becomes(_vigil["runs_status.yaml"], "      note: 'deviates from plan: batch_size 16 → 4, gradient_accumulation_steps 1 → 4'");
        Becomes(_vigil["run-torchtune.log"], "Result: It is tried again, deviating from plan: batch_size 16 → 8, gradient_accumulation_steps 1 → 2");
        Assert.Contains("| batch_size 16 → 4, gradient_accumulation_steps 1 → 4 |", _vigil.Run("report", ".").Output, StringComparison.Ordinal);
        Assert.True(_vigil.Run(["run", ".", .. words]).ExitCode == 0);   // the plan is the same, although the run deviates from it
        Assert.Equal(3, Attempts("1B_rank4"));
    }

    [Fact]
    public void A_batch_that_cannot_be_halved_evenly_is_not_and_the_event_says_why()
    {
        BatchSizes(6, 1);
        Memory(0);

        var run = _vigil.Run("run", ".", "scheduler=local", "monitoring=oom_halves_batch", "job.restart.delay_seconds=0");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(("Failed FAILED", "Failed FAILED"), (Outcome("1B_rank4"), Outcome("1B_rank8")));
        Assert.Equal((2, 1), (Attempts("1B_rank4"), Attempts("1B_rank8")));
        var events = _vigil.Run("events", ".").Output;
        Assert.Contains("its condition does not hold: 1B_rank8.1/oom_halves_batch@478#0: half_of_batch_size is 0.5", events, StringComparison.Ordinal);
        Assert.Contains("half_of_batch_size is 1.5", events, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_is_halved_as_often_as_asked_and_then_the_training_has_failed()
    {
        BatchSizes(16, 4);
        Memory(0);

        var run = _vigil.Run("run", ".", "scheduler=local", "monitoring=oom_halves_batch", "monitoring.restarts_after_oom=1", "job.restart.delay_seconds=0");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal((2, 2), (Attempts("1B_rank4"), Attempts("1B_rank8")));
        Assert.Contains("the rule acts 1 times a run", _vigil.Run("events", ".").Output, StringComparison.Ordinal);
        Assert.StartsWith("Skipped CHECKPOINT_MISSING: ", Outcome("1B_rank4_capitals_epoch0"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_says_how_many_steps_its_trainings_take()
    {
        BatchSizes(16, 4);
        var text = _vigil.Run("plan", ".", "scheduler=local", "backend.finetune.run_val_every_n_steps=10", "backend.finetune.gradient_accumulation_steps=4");
        Assert.Contains("96 samples, 1 step an epoch, 3 in all: 1B_rank4\n96 samples, 6 steps an epoch, 18 in all: 1B_rank8\n", text.Output, StringComparison.Ordinal);
        Assert.Contains("runs_plan.md:45:25: warning DOC037: the warm-up of '1B_rank4' takes 10 steps, and the whole training has 3: the learning rate never reaches its full value", text.Errors, StringComparison.Ordinal);
        Assert.Contains("warning DOC039: '1B_rank4' would never be validated: that is done every 10 steps, and the whole training has 3", text.Errors, StringComparison.Ordinal);

        var runs = System.Text.Json.Nodes.JsonNode.Parse(_vigil.Run("plan", ".", "scheduler=local", "--json").Output)!["runs"]!.AsArray();
        Assert.Equal("""{"samples":96,"steps_per_epoch":24,"steps":72,"unknown":null}""", runs.Single(r => (string?)r!["name"] == "1B_rank8")!["training"]!.ToJsonString());
        Assert.Null(runs.Single(r => (string?)r!["name"] == "1B_base_capitals")!["training"]);
    }

    [Fact]
    public void A_second_plan_is_estimated_from_what_the_first_one_took_and_a_time_limit_below_that_is_a_warning()
    {
        var first = _vigil.Run("plan", ".", "scheduler=local");
        Assert.Contains("about 1m00s each (as the document says): 1B_rank4, 1B_rank8\ntime unknown (nothing like it was measured): 1B_rank4_capitals_epoch0, 1B_rank4_capitals_epoch1, 1B_rank4_capitals_epoch2 and 10 more\n", first.Output, StringComparison.Ordinal);
        Assert.Contains("estimated in all: 0 GPU-hours in 2m00s of jobs (without 13 runs of which it is unknown); disk unknown\n", first.Output, StringComparison.Ordinal);
        Program("tune", $"sleep 1.5; exec {_vigil["bin/tune.whole"]} \"$@\"\n");
        Assert.Equal(0, _vigil.Run("run", ".", "scheduler=local").ExitCode);
        Shell.Run(_vigil.Folder, "mkdir", "next");
        Shell.Run(_vigil.Folder, "cp", "-r", "runs_plan.md", "words.json", "tasks", "models", "next");
        _vigil.Write("next/runs_plan.md", File.ReadAllText(_vigil["next/runs_plan.md"]).Replace("capitals_rank_2026-11-22", "again", StringComparison.Ordinal).Replace("1B_rank", "other_rank", StringComparison.Ordinal));

        var next = _vigil.Run("plan", "next", "scheduler=local", "backend.finetune.epochs=9000", "local.time=30");

        Assert.Matches(@"about \d+h\d\dm each \(from 2 runs of capitals_rank_2026-11-22, the slowest\): other_rank4, other_rank8\n", next.Output);
        Assert.Matches(@"about \d+s each \(from \d runs of capitals_rank_2026-11-22, the slowest\): other_rank4_capitals_epoch0, ", next.Output);
        Assert.Matches(@"estimated in all: 0 GPU-hours in \d+h\d\dm of jobs; \d+ [kM]B on disk\n", next.Output);
        Assert.Matches(@"next/runs_plan.md:12:\d+: warning DOC040: 'other_rank4' and 'other_rank8' would take \d+h\d\dm, from 2 runs of capitals_rank_2026-11-22, the slowest, and the time limit is 30m00s", next.Errors);
        var other = _vigil.Run("plan", "next", "scheduler=local", "backend.finetune.batch_size=8", "backend.finetune.max_seq_len=128");
        Assert.Contains("about 1m00s each (as the document says): other_rank4, other_rank8", other.Output, StringComparison.Ordinal);
        Assert.Contains("the slowest, with another batch size): other_rank4, other_rank8", _vigil.Run("plan", "next", "scheduler=local", "backend.finetune.batch_size=8").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_earlier_experiments_the_newest_are_looked_at_and_the_rest_is_told()
    {
        Assert.Equal(0, _vigil.Run("run", ".", "scheduler=local", "--only", "1B_base", "project.base_output_dir=all/first").ExitCode);
        for (var i = 0; i < 19; i++) Shell.Run(_vigil.Folder, "cp", "-r", "all/first", string.Create(CultureInfo.InvariantCulture, $"all/copy{i}"));
        string Plan() => _vigil.Run("plan", ".", "scheduler=local", "project.base_output_dir=all/next").Output;

        Assert.DoesNotContain("were looked at", Plan(), StringComparison.Ordinal);
        Shell.Run(_vigil.Folder, "cp", "-r", "all/first", "all/one-more");

        Assert.Contains("\nestimates are from the newest runs; not all of 21 earlier experiments were looked at\n", Plan(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("epochs=0", "a whole number from 1, not '0'")]
    [InlineData("batch_size=abc", "a whole number from 1, not 'abc'")]
    [InlineData("batch_size=0", "a whole number from 1, not '0'")]
    [InlineData("num_warmup_steps=-5", "a whole number from 0, not '-5'")]
    [InlineData("lr=-1e-4", "a number from 0, not '-1e-4'")]
    [InlineData("lora_dropout=2", "a number from 0 to 1, not '2'")]
    [InlineData("gradient_accumulation_steps=1.5", "a whole number from 1, not '1.5'")]
    [InlineData("epochs=null", "a whole number from 1, not null")]
    public void A_setting_that_no_training_can_have_is_told_at_its_override(string word, string said)
    {
        var plan = _vigil.Run("plan", ".", "scheduler=local", $"backend.finetune.{word}");

        Assert.Equal(2, plan.ExitCode);
        Assert.Contains($"command line:2:{19 + word.IndexOf('=', StringComparison.Ordinal)}: error DOC008: 'backend.finetune.{word.Split('=')[0]}' must be {said}\n    | backend.finetune.{word}\n", plan.Errors, StringComparison.Ordinal);
        Assert.EndsWith("1 error; nothing was changed.\n", plan.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_may_be_left_to_the_trainer_may_be_null() =>
        Assert.Equal(0, _vigil.Run("plan", ".", "scheduler=local", "backend.finetune.max_steps_per_epoch=null", "backend.finetune.seed=null", "backend.finetune.max_seq_len=4_096").ExitCode);

    [Fact]
    public void A_list_that_the_data_does_not_have_is_told_where_it_was_named()
    {
        Assert.Contains("command line:2:30: warning DOC041", _vigil.Run("plan", ".", "scheduler=local", "backend.finetune.train_field=nope").Errors, StringComparison.Ordinal);
        _vigil.Write("words.json", """{"validation": []}""");
        Assert.Matches(@"(?m)^runs_plan\.md:22:13: warning DOC041", _vigil.Run("plan", ".", "scheduler=local").Errors);
    }

    [Fact]
    public void A_plan_whose_folder_s_name_holds_braces_runs_there()
    {
        Directory.CreateDirectory(_vigil["a{b}/${c}"]);
        Shell.Run(_vigil.Folder, "cp", "-r", "runs_plan.md", "words.json", "tasks", "models", _vigil["a{b}/${c}"]);

        var run = _vigil.Run("run", "a{b}/${c}", "scheduler=local", "--only", "1B_rank4*");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("7 completed", run.Output, StringComparison.Ordinal);
        Becomes(_vigil["a{b}/${c}/1B_rank4/setup_finetune.yaml"], $"output_dir: {_vigil["a{b}/${c}/1B_rank4"]}");
    }

    [Theory]
    [InlineData("backend.finetune.packed=true", "steps unknown (packed data: how many samples make one is known when it is packed): 1B_rank4, 1B_rank8")]
    [InlineData("backend.finetune.dataset_component=my.dataset", "steps unknown (the dataset 'my.dataset' loads what it wants): 1B_rank4, 1B_rank8")]
    [InlineData("backend.finetune.recipe=my_recipe.py", "steps unknown (the recipe 'my_recipe.py' is none of torchtune's, and may count otherwise): 1B_rank4, 1B_rank8")]
    [InlineData("backend.finetune.train_field=training", "steps unknown (words.json has no list 'training'): 1B_rank4, 1B_rank8")]
    public void What_nobody_can_count_is_unknown(string word, string said)
    {
        var plan = _vigil.Run("plan", ".", "scheduler=local", word);
        Assert.Contains(said, plan.Output, StringComparison.Ordinal);
        Assert.Equal(word.Contains("train_field", StringComparison.Ordinal), plan.Errors.Contains("DOC041", StringComparison.Ordinal));
    }

    [Fact]
    public void A_batch_that_is_more_than_the_data_is_an_error_before_anything_runs()
    {
        BatchSizes(100, 4);
        var run = _vigil.Run("run", ".", "scheduler=local");
        Assert.Equal(2, run.ExitCode);
        Assert.Matches(@"runs_plan\.md:12:\d+: error DOC038: '1B_rank4' would train no step: a batch of 100 is more than the 96 samples of words\.json", run.Errors);
    }

    [Theory]
    [InlineData("| 1B_rank4 | Llama-3.2-1B-Instruct |", "| 1B_rank4 | Lama-3.2-1B-Instruct |", "DOC034: nobody knows how torchtune trains the model 'Lama-3.2-1B-Instruct' of '1B_rank4'", 2)]
    [InlineData("| 8 | 0.05 |", "| four | 0.05 |", "DOC008: 'LoRA Rank' must be a whole number from 1, not 'four'", 2)]
    [InlineData("| 8 | 0.05 |", "| 8 | 0,05 |", "DOC008: 'Learning Rate' must be a number from 0, not '0,05'", 2)]
    [InlineData("| 8 | 0.05 |", "| 8 | -0.05 |", "DOC008: 'Learning Rate' must be a number from 0, not '-0.05'", 2)]
    [InlineData("- **num_warmup_steps**: 10", "- **num_warmup_steps**: -10", "DOC008: 'num_warmup_steps' must be a whole number from 0, not '-10'", 2)]
    [InlineData("- **num_warmup_steps**: 10", "- **max_steps_per_epoch**: 0", "DOC008: 'max_steps_per_epoch' must be a whole number from 1, not '0'", 2)]
    [InlineData("- **Epochs**: 3", "- **Epochs**: 0", "DOC008: 'Epochs' must be a whole number from 1, not '0'", 2)]
    [InlineData("| 8 | 0.05 | 4 |", "| 8 | 0.05 | abc |", "DOC008: 'Batch Size' must be a whole number from 1, not 'abc'", 2)]
    [InlineData("**System prompt**: \"\"", "**System prompt**: \"hi ${oc.env:HOME}\"", "DOC035", 2)]
    [InlineData("**System prompt**", "**System promtp**", "DOC020: 'System promtp' is kept as a note and changes nothing", 0)]
    [InlineData("- **Epochs**: 3", "- **Epochs**: 30000", "are more than 1000", 2)]
    [InlineData("1B_rank8", "{run}", "DOC036", 2)]
    [InlineData("Learning Rate", "Learning Rat", "nothing has or uses the key 'backend.finetune.learning_rat'", 0)]
    [InlineData("`tasks/letters.py`", "`tasks/leters.py`", "DOC032: the script of the task 'letters' is not there", 2)]
    [InlineData("`words.json`", "`word.json`", "DOC032: the data of the training is not there", 2)]
    [InlineData("all epochs (0, 1, 2)", "epochs 0, 3", "DOC014", 2)]
    [InlineData("## All Runs", "## Runs to do", "DOC002", 2)]
    public void A_mistake_in_the_document_is_told_with_its_place_and_changes_nothing(string right, string wrong, string said, int code)
    {
        _vigil.Write("runs_plan.md", File.ReadAllText(_vigil["runs_plan.md"]).Replace(right, wrong, StringComparison.Ordinal));

        var before = Directory.GetFileSystemEntries(_vigil.Folder).Order(StringComparer.Ordinal).ToList();

        var plan = code == 0 ? _vigil.Run("plan", ".", "scheduler=local") : _vigil.Run("run", ".", "scheduler=local");

        Assert.Equal(code, plan.ExitCode);
        Assert.Contains(said, plan.Errors, StringComparison.Ordinal);
        Assert.Matches(@"runs_plan\.md:\d+:\d+: ", plan.Errors);
        Assert.Equal(before, Directory.GetFileSystemEntries(_vigil.Folder).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_typed_wins_over_what_the_document_says()
    {
        var config = _vigil.Run("plan", ".", "scheduler=local", "backend.finetune.lr=0.5", "backend.finetune.num_warmup_steps=3", "backend.options.seed=7", "slurm.sbatch.time=null", "--render", "out");

        Assert.True(config.ExitCode == 0, config.ToString());
        foreach (var run in (string[])["1B_rank4", "1B_rank8"])
        {
            Becomes(_vigil[$"out/{run}/finetune.yaml"], "  lr: 0.5");
            Becomes(_vigil[$"out/{run}/finetune.yaml"], "  num_warmup_steps: 3");
        }
        Assert.Contains("--seed 7", File.ReadAllText(_vigil["out/1B_base/eval/capitals/attempts/1/script.sh"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rendered_document_is_the_experiment_itself()
    {
        Directory.CreateDirectory(_vigil["site"]);
        _vigil.Write("site/default.yaml", "# @package _global_\nslurm: {sbatch: {account: my-group}}\n");

        var rendered = _vigil.Run("plan", ".", "slurm.sbatch.mem=1G", "--render", "out");

        Assert.True(rendered.ExitCode == 0, rendered.ToString());
        Assert.Equal(["1B_base", "1B_rank4", "1B_rank8", "README.md", "provenance", "runs_plan.md", "runs_status.yaml", "site", "submit_all.sh"], Directory.GetFileSystemEntries(_vigil["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(File.ReadAllText(_vigil["out/1B_rank4/attempts/1/script.sbatch"]), File.ReadAllText(_vigil["out/1B_rank4/finetune.slurm"]));
        Assert.Contains("#SBATCH --account=my-group\n", File.ReadAllText(_vigil["out/1B_rank4/eval/letters_epoch2.slurm"]), StringComparison.Ordinal);
        Assert.Contains("submit 1B_rank4/eval/letters_epoch2.slurm --dependency=\"afterok:$training\"", File.ReadAllText(_vigil["out/submit_all.sh"]), StringComparison.Ordinal);
        Assert.Contains("    finetune: {status: skipped,", File.ReadAllText(_vigil["out/runs_status.yaml"]), StringComparison.Ordinal);
        Assert.Contains($"`{_vigil["words.json"]}`", File.ReadAllText(_vigil["out/runs_plan.md"]), StringComparison.Ordinal);
        // Read again it is the same plan: rendered once more, nothing but the folder's name differs.
        var again = _vigil.Run("plan", "out", "slurm.sbatch.mem=1G", "--render", "two");
        Assert.True(again.ExitCode == 0, again.ToString());
        foreach (var file in (string[])["1B_rank8/finetune.yaml", "1B_rank8/eval/capitals_epoch1/eval.yaml", "submit_all.sh", "runs_plan.md"])
            Assert.Equal(File.ReadAllText(_vigil[$"out/{file}"]).Replace(_vigil["out"], "", StringComparison.Ordinal), File.ReadAllText(_vigil[$"two/{file}"]).Replace(_vigil["two"], "", StringComparison.Ordinal));
    }
}
