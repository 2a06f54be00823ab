using System.Text;
using FakeSlurm;
using Vigil.Core.Tests.Evaluations;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Tests.House;
using JobStates = FakeSlurm.JobStates;

namespace Vigil.Tests.Cli;

/// <summary><c>vigil status --update</c> and <c>--markdown</c> beside a plan document: jobs that somebody else submits.</summary>
public sealed class StatusUpdateTests : IDisposable
{
    private const string Plan = """
        # Run Plan: cap

        ## Overview
        - **Created**: 2026-11-01

        ## All Runs
        | Run Name | Model | LoRA Rank | Type | Est. Time |
        |----------|-------|-----------|------|-----------|
        | rank4 | Llama-3.2-1B-Instruct | 4 | Fine-tuned | 5 min |
        | rank40 | Llama-3.2-1B-Instruct | 40 | Fine-tuned | 5 min |

        """;

    private readonly CommandLine _vigil = new();
    private readonly FakeCluster _cluster = new() { Site = { User = "ada", UserId = 1000, Zone = "UTC" } };
    private readonly TempFolder _slurm = new();

    public StatusUpdateTests()
    {
        Directory.CreateDirectory(_vigil["cap"]);
        _vigil.Write("cap/runs_plan.md", Plan);
        var environment = Shims.Write(_slurm.Path);
        (_vigil.Path, _vigil.Extra["FAKE_SLURM_STATE"]) = (environment["PATH"], StateFile);
    }

    public void Dispose()
    {
        _slurm.Dispose();
        _vigil.Dispose();
    }

    private string StateFile => _slurm["slurm.json"];
    private string Tracker => File.ReadAllText(_vigil["cap/runs_status.yaml"]);

    private string Submit(string name, string state, string folder = "cap", double? seconds = 60)
    {
        Directory.CreateDirectory(_vigil[folder]);
        _cluster.Ends(new(name, state) { Seconds = seconds, ExitCode = state == JobStates.Failed ? 1 : 0 });
        return _cluster.Run(["sbatch", "--parsable", "--no-requeue", $"--job-name={name}", "--wrap", "true"], folder: _vigil[folder]).Output.Trim();
    }

    private ShellOutcome Status(params string[] words)
    {
        File.WriteAllText(StateFile, FakeSlurm.StateFile.Text(_cluster.State));
        return _vigil.Run(["status", .. words]);
    }

    private Dictionary<string, int> Calls()
    {
        using var file = FakeSlurm.StateFile.Open(StateFile);
        return file.State.Calls;
    }

    private void Checkpoint(string folder, string content = "{}")
    {
        Directory.CreateDirectory(_vigil[folder]);
        _vigil.Write($"{folder}/pytorch_model.bin", content);
    }

    [Fact]
    public void A_plan_becomes_a_tracker_that_follows_the_jobs_and_finds_what_they_left()
    {
        Directory.CreateDirectory(_vigil["cap/rank4"]);
        _vigil.Write("cap/rank4/setup_finetune.yaml", $"output_dir_base: {_vigil["scratch"]}/\nmy_wandb_run_name: bright-horizon\n");
        foreach (var epoch in (int[])[0, 1, 9, 10]) Checkpoint($"scratch/ck-out-bright-horizon/epoch_{epoch}");
        Directory.CreateDirectory(_vigil["scratch/ck-out-bright-horizon/epoch_11"]);
        var (trained, queued) = (Submit("bright-horizon", JobStates.Completed), Submit("finetune_rank40", JobStates.Failed));
        _cluster.Advance(TimeSpan.FromHours(1));
        File.WriteAllBytes(_vigil["cap/rank4/a.eval"], SomeEval.Finished().Bytes);
        var evaluated = Submit("eval_rank4", JobStates.Completed);
        _cluster.Advance(TimeSpan.FromHours(1));

        var status = Status("cap", "--update");

        Assert.True(status.ExitCode == 0, status.ToString());
        Assert.Contains("cap   1 completed · 1 failed   ", status.Output, StringComparison.Ordinal);
        Assert.Contains($"rank4 finetune: pending → completed, job {trained}\n", status.Output, StringComparison.Ordinal);
        Assert.Contains($"! rank4: finetune: {_vigil["scratch/ck-out-bright-horizon/epoch_11"]} is no whole checkpoint: the folder is empty; {_vigil["scratch/ck-out-bright-horizon/epoch_10"]} is taken\n", status.Output, StringComparison.Ordinal);
        Assert.Contains($"""
            run_group: cap
            runs:
              rank4:
                finetune_status: completed
                finetune_job_id: "{trained}"
                finetune_output: {_vigil["scratch/ck-out-bright-horizon/epoch_10"]}
                eval_status: completed
                eval_job_id: "{evaluated}"
                eval_output: {_vigil["cap/rank4/a.eval"]}
                last_updated: "
            """, Tracker, StringComparison.Ordinal);
        Assert.Contains($"    finetune_status: failed\n    finetune_job_id: \"{queued}\"\n    finetune_output: null\n    finetune_reason: FAILED\n", Tracker, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_vigil["cap/runs_status.yaml"]));
    }

    [Fact]
    public void A1_without_a_plan_nothing_is_written()
    {
        Directory.CreateDirectory(_vigil["empty"]);
        var before = _vigil.Fingerprint();
        foreach (var words in (string[][])[["empty", "--update"], ["empty", "--markdown"], ["nowhere", "--update"], ["cap", "empty", "--update"]])
        {
            var status = Status(words);
            Assert.Equal(2, status.ExitCode);
            Assert.Contains("error STA001: ", status.Errors, StringComparison.Ordinal);
            Assert.Contains("name the folder of the plan", status.Errors, StringComparison.Ordinal);
        }
        Assert.Equal(before, _vigil.Fingerprint());
        Assert.Empty(Calls());
    }

    [Fact]
    public void A9_a_second_update_leaves_the_file_as_it_is_to_the_byte()
    {
        Submit("rank4", JobStates.Completed);
        Submit("rank40", JobStates.Completed, seconds: null);
        _cluster.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(0, Status("cap", "--update").ExitCode);
        var (before, written) = (_vigil.Fingerprint(), File.GetLastWriteTimeUtc(_vigil["cap/runs_status.yaml"]));
        _cluster.Advance(TimeSpan.FromMinutes(10));

        var again = Status("cap", "--update");

        Assert.Contains("runs_status.yaml says all of this already.", again.Output, StringComparison.Ordinal);
        Assert.Equal(before, _vigil.Fingerprint());
        Assert.Equal(written, File.GetLastWriteTimeUtc(_vigil["cap/runs_status.yaml"]));
    }

    [Theory]
    [InlineData("squeue", "STA005")]
    [InlineData("sacct", "STA006")]
    public void A12_a_scheduler_that_is_not_there_is_told_and_the_files_stay_as_they_are(string missing, string code)
    {
        Submit("rank4", JobStates.Completed);
        Assert.Equal(0, Status("cap", "--update").ExitCode);
        _cluster.Advance(TimeSpan.FromHours(1));
        File.Delete(Path.Combine(_slurm.Path, "bin", missing));
        // Nothing of a Slurm that this machine may have.
        File.CreateSymbolicLink(Path.Combine(_slurm.Path, "bin", "env"), "/usr/bin/env");
        File.CreateSymbolicLink(Path.Combine(_slurm.Path, "bin", "bash"), "/bin/bash");
        _vigil.Path = Path.Combine(_slurm.Path, "bin");
        var before = _vigil.Fingerprint();

        var status = Status("cap", "--update", "--markdown");

        Assert.Equal(3, status.ExitCode);
        Assert.Contains($"error {code}: {missing} does not answer", status.Errors, StringComparison.Ordinal);
        Assert.Contains($"{missing} is not to be found", status.Errors, StringComparison.Ordinal);
        Assert.Empty(status.Output);
        Assert.Equal(before, _vigil.Fingerprint());
    }

    [Theory]
    [InlineData("run_group: cap\nruns: [\n", "STA002", "cap/runs_status.yaml:")]
    [InlineData("run_group: other\nruns: {}\n", "STA004", "cap/runs_status.yaml:1:12")]
    [InlineData("run_group: cap\nruns:\n  rank4: {finetune_status: done}\n", "STA003", "cap/runs_status.yaml:3:")]
    public void A_file_that_is_no_tracker_of_this_plan_is_told_with_its_place_and_kept(string text, string code, string place)
    {
        _vigil.Write("cap/runs_status.yaml", text);
        foreach (var option in (string[])["--update", "--markdown"])
        {
            var status = Status("cap", option);
            Assert.Equal(2, status.ExitCode);
            Assert.Contains($"error {code}: ", status.Errors, StringComparison.Ordinal);
            Assert.StartsWith(place, status.Errors, StringComparison.Ordinal);
        }
        Assert.Equal(text, Tracker);
    }

    [Fact]
    public void A_plan_with_mistakes_that_matter_is_told_and_nothing_is_written()
    {
        _vigil.Write("cap/runs_plan.md", Plan.TrimEnd() + "\n| rank4 | Llama-3.2-1B-Instruct | 4 | Fine-tuned | 5 min |\n");

        var status = Status("cap", "--update");

        Assert.Equal((2, false), (status.ExitCode, File.Exists(_vigil["cap/runs_status.yaml"])));
        Assert.Contains("error DOC005: a second run is called 'rank4'", status.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A13_a_job_that_completed_and_left_nothing_is_completed_with_null_and_an_issue()
    {
        Submit("rank4", JobStates.Completed);
        _cluster.Advance(TimeSpan.FromHours(1));

        var status = Status("cap", "--update", "--markdown");

        Assert.Contains("    finetune_status: completed\n    finetune_job_id: \"1\"\n    finetune_output: null\n", Tracker, StringComparison.Ordinal);
        Assert.Contains("\n### Issues\n- **rank4**: finetune: completed, and there is no epoch_N in ", status.Output, StringComparison.Ordinal);
        Assert.Contains("| rank4 | ✓ completed | pending | Finetune: no output found |\n", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_alone_asks_nobody_and_writes_nothing()
    {
        Submit("rank4", JobStates.Completed);
        var before = _vigil.Fingerprint();

        var status = Status("cap", "--markdown");

        Assert.Equal(0, status.ExitCode);
        Assert.Matches(@"^## Run Status Update - \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n\n### Overall Progress\n- \*\*Pending\*\*: 2 runs\n", status.Output);
        Assert.Equal(before, _vigil.Fingerprint());
        Assert.Equal("sbatch", Assert.Single(Calls()).Key);
    }

    [Fact]
    public void A_thousand_jobs_are_followed_with_one_squeue_and_one_sacct()
    {
        var names = Enumerable.Range(0, 1000).Select(static i => $"run_{i}").ToList();
        _vigil.Write("cap/runs_plan.md", Plan[..Plan.IndexOf("| rank4", StringComparison.Ordinal)] + string.Concat(names.Select(static n => $"| {n} | Llama-3.2-1B-Instruct | 4 | Fine-tuned | 5 min |\n")));
        _cluster.Site.MaxSubmit = 5000;
        foreach (var name in names) Submit(name, name.EndsWith('7') ? JobStates.Failed : JobStates.Completed, "cap/logs", seconds: 30);
        _cluster.Advance(TimeSpan.FromDays(1));
        _cluster.ForgetCalls();

        var status = Status("cap", "--update");

        Assert.True(status.ExitCode == 0, status.ToString());
        Assert.Equal(["sacct 1", "squeue 1"], Calls().Select(static c => $"{c.Key} {c.Value}").Order(StringComparer.Ordinal));
        Assert.Equal((900, 100), (Count("finetune_status: completed"), Count("finetune_status: failed")));
    }

    private int Count(string text) => Tracker.Split(text).Length - 1;

    [Fact]
    public void The_tracker_of_an_experiment_of_Vigil_s_follows_from_its_journal()
    {
        var story = new SlurmStory(_vigil["out"], new(2026, 11, 22, 3, 0, 0, TimeSpan.Zero));
        story.Plan("a", "b").Running("a", "7").Tell(
            new RunEvent.AttemptEnded(new AttemptId(new RunId("a"), 1), JobState.Failed, "MISSING_OUTPUT", 0, null, null, new(2026, 11, 22, 3, 0, 0, TimeSpan.Zero), null),
            new RunEvent.RunFinished(new RunId("a"), Outcome.Failed, "missing-output")).Write();

        var status = Status("out", "--update", "--markdown");

        Assert.True(status.ExitCode == 0, status.ToString());
        Assert.Contains("| Run Name | Train | Notes |\n|----------|----------|-------|\n| a | ✗ failed | Train job 7: missing-output |\n| b | pending | Not started |\n", status.Output, StringComparison.Ordinal);
        var text = File.ReadAllText(_vigil["out/runs_status.yaml"]);
        Assert.Contains("  a:\n    train_status: failed\n    train_job_id: \"7\"\n    train_output: null\n    train_reason: missing-output\n    last_updated: \"2026-11-22 03:00:00\"\n", text, StringComparison.Ordinal);
        Assert.Empty(Calls());
        Assert.Contains("says all of this already", Status("out", "--update").Output, StringComparison.Ordinal);
        _vigil.Write("out/runs_status.yaml", "what somebody made of it");
        Assert.Contains("was written", Status("out", "--update").Output, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(_vigil["out/runs_status.yaml"]));
    }

    [Fact]
    public void Each_evaluation_of_a_plan_with_a_matrix_has_its_own_entry()
    {
        _vigil.Write("cap/runs_plan.md", Plan + """

            ## Evaluations
            ### Evaluation Tasks
            | Task Name | Script | Dataset | Description |
            |-----------|--------|---------|-------------|
            | capitalization | `eval.py` | Same as training | exact match |
            ### Evaluation Matrix
            | Run Name | capitalization |
            |----------|----------------|
            | rank4 | ✓ epoch 0,1 |
            | rank40 | ✓ last |

            ## Configuration
            - **Epochs**: 2

            """);
        Directory.CreateDirectory(_vigil["cap/rank4/eval/capitalization_epoch0/logs"]);
        File.WriteAllBytes(_vigil["cap/rank4/eval/capitalization_epoch0/logs/a.eval"], SomeEval.Finished().Bytes);
        File.WriteAllBytes(_vigil["cap/rank4/eval/b.eval"], Encoding.UTF8.GetBytes(SomeEval.Header("error").Replace("\"epoch\":0", "\"epoch\":1", StringComparison.Ordinal)));
        Submit("eval-capitalization-ep0", JobStates.Completed, "cap/rank4/eval");
        Submit("rank4_capitalization_epoch1", JobStates.Completed);
        Submit("eval-capitalization-rank4", JobStates.Completed);
        _cluster.Advance(TimeSpan.FromHours(1));

        var status = Status("cap", "--update");

        Assert.Contains($"""
              rank4:
                finetune:
                  status: pending
                  job_id: null
                  output: null
                  last_updated: null
                evaluations:
            """, Tracker, StringComparison.Ordinal);
        Assert.Contains($"      capitalization_epoch_0: {{status: completed, job_id: \"1\", output: {_vigil["cap/rank4/eval/capitalization_epoch0/logs/a.eval"]}, last_updated: ", Tracker, StringComparison.Ordinal);
        Assert.Contains("      capitalization_epoch_1: {status: completed, job_id: \"2\", output: null, last_updated: ", Tracker, StringComparison.Ordinal);
        Assert.Contains("! rank4: eval capitalization_epoch_1: completed by Slurm's word, and its log says otherwise: error", status.Output, StringComparison.Ordinal);
        Assert.Contains("! ambiguous: job 3 is called 'eval-capitalization-rank4'", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_without_accounts_is_followed_by_its_queue_and_told()
    {
        _cluster.Site.HasNoAccounting = true;
        Submit("rank4", JobStates.Completed, seconds: null);
        _cluster.Advance(TimeSpan.FromMinutes(1));

        var status = Status("cap", "--update");

        Assert.Contains("warning STA006: this cluster keeps no accounts", status.Errors, StringComparison.Ordinal);
        Assert.Contains("    finetune_status: running\n", Tracker, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_a_plan_says_how_it_is_followed() =>
        Assert.Contains("cap holds a plan (runs_plan.md) and no experiment of Vigil's. How its jobs stand: vigil status cap --update --markdown", Status("cap").Errors, StringComparison.Ordinal);

    [Fact]
    public void A_run_that_the_plan_gains_is_added_and_one_that_it_loses_is_kept()
    {
        Assert.Equal(0, Status("cap", "--update").ExitCode);
        _vigil.Write("cap/runs_status.yaml", Tracker.Replace("# Last updated", "# ask ada first\n# Last updated", StringComparison.Ordinal));
        _vigil.Write("cap/runs_plan.md", Plan.Replace("| rank40 |", "| rank8 |", StringComparison.Ordinal));

        var status = Status("cap", "--update");

        Assert.Equal(["  rank4:", "  rank40:", "  rank8:"], Tracker.Split('\n').Where(static l => l.StartsWith("  r", StringComparison.Ordinal)));
        Assert.Contains("# ask ada first\n", Tracker, StringComparison.Ordinal);
        Assert.Contains("! rank40: this run is in runs_status.yaml and not in the plan: it is kept", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_document_beside_it_is_not_asked_for_as_JSON() =>
        Assert.Contains("--json goes with neither --update nor --markdown", Status("cap", "--update", "--json").Errors, StringComparison.Ordinal);
}
