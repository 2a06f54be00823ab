using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vigil.Core.Tests.Monitoring;
using Vigil.Logs;
using Vigil.Logs.Checkpoints;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Views;

namespace Vigil.Core.Tests.Views;

public sealed class StatusTests
{
    private static readonly JsonSerializerOptions Contract = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The states of <c>runs_status.yaml</c>: CONTRACT, section 5.</summary>
    public static TheoryData<string, string, string> States => new()
    {
        { "waiting", "waiting", "pending" }, { "submitting", "submitted", "submitted" }, { "queued", "queued", "submitted" }, { "running", "running", "running" },
        { "Completed", "completed", "completed" }, { "Failed", "failed", "failed" }, { "Cancelled", "cancelled", "failed" }, { "Lost", "lost", "failed" },
        { "NeedsPerson", "needs_person", "failed" }, { "Skipped", "skipped", "skipped" },
    };

    [Theory]
    [MemberData(nameof(States))]
    public void A_state_has_one_word_in_tables_and_one_in_the_tracker(string state, string word, string tracker)
    {
        var run = Record(In(state));
        Assert.Equal((word, tracker), (RunWords.State(run), RunWords.Tracker(run)));
        Assert.Contains(word, RunWords.All);
        Assert.Contains($"    train_status: {tracker}\n", RunsStatus.Write(With(Some.Run("a"), run.State)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("waiting", "held", "pending")]
    [InlineData("queued", "held", "pending")]
    [InlineData("submitting", "submitted", "submitted")]
    [InlineData("running", "running", "running")]
    [InlineData("Completed", "completed", "completed")]
    public void A_run_that_a_person_holds_is_called_held_while_it_waits(string state, string word, string tracker)
    {
        var run = Record(In(state)) with { HeldBy = "user:ada" };
        Assert.Equal((word, tracker), (RunWords.State(run), RunWords.Tracker(run)));
        Assert.True(Selector.TryParse([$"state={word}"], out _)!.Matches(run));
    }

    [Fact]
    public void A_job_that_will_not_start_by_itself_says_so_wherever_reasons_are_shown()
    {
        var attempt = new AttemptRecord(Some.Attempt("a"), Some.Time) { Job = new JobId("7"), Stuck = "PartitionNodeLimit" };
        var run = Record(new RunState.Queued(attempt.Id, new JobId("7"))) with { Attempts = [attempt] };
        Assert.Equal("stuck-pending (PartitionNodeLimit)", RunWords.Reason(run));
        Assert.True(Selector.TryParse(["reason~stuck"], out _)!.Matches(run));
        Assert.Null(RunWords.Reason(run with { State = new RunState.Running(attempt.Id, new JobId("7")) }));
    }

    [Theory]
    [InlineData("PENDING", "Resources", "Resources")]
    [InlineData("RUNNING", "None", null)]
    [InlineData("RUNNING", null, null)]
    public void A_job_that_the_scheduler_shows_stands_with_its_source_its_age_and_the_exact_reason(string state, string? told, string? reason)
    {
        var sight = new SchedulerSight([new Witness("squeue", Some.Time.AddSeconds(-12), null), new Witness("sacct", null, "Connection refused")],
            ImmutableDictionary<string, JobSight>.Empty.Add("7", new JobSight(state, told, "squeue", Some.Time.AddSeconds(-12), Some.Time.AddHours(2))));
        var json = Report(With(Slurm, new RunState.Queued(Some.Attempt("a"), new JobId("7"))), null, sight);
        var run = json["runs"]![0]!;
        Assert.Equal(("squeue", 12.0, reason), ((string?)run["source"], (double)run["age_seconds"]!, (string?)run["reason"]));
        Assert.Equal(Some.Time.AddHours(2), (DateTimeOffset)run["expected_start"]!);
        Assert.Equal("""[{"name":"squeue","age_seconds":12,"trouble":null},{"name":"sacct","age_seconds":null,"trouble":"Connection refused"}]""", json["witnesses"]!.ToJsonString());
    }

    [Theory]
    [InlineData("queued", "8")]
    [InlineData("Completed", "7")]
    [InlineData("waiting", "7")]
    public void What_the_scheduler_does_not_show_is_told_by_the_journal(string state, string shown)
    {
        var sight = new SchedulerSight([], ImmutableDictionary<string, JobSight>.Empty.Add(shown, new JobSight("RUNNING", null, "squeue", Some.Time, null)));
        var run = state == "queued" ? new RunState.Queued(Some.Attempt("a"), new JobId("7")) : In(state);
        Assert.Equal("journal", (string?)Report(With(Slurm, run), null, sight)["runs"]![0]!["source"]);
    }

    private static PlannedRun Slurm { get; } = Some.Run("a") with { Slurm = new SlurmJob() };

    [Fact]
    public void No_state_and_no_outcome_is_forgotten_here()
    {
        var words = States.Select(static row => row.Data.Item1).ToList();
        Assert.All(Enum.GetNames<Outcome>(), name => Assert.Contains(name, words));
        Assert.Equal(typeof(RunState).GetNestedTypes().Length + Enum.GetValues<Outcome>().Length - 1, words.Count);
    }

    [Fact]
    public void The_tracker_has_an_entry_a_point_and_a_group_of_keys_a_stage()
    {
        var world = World.Planned(Some.Run("p_stable", stage: "stable"), Some.Run("p_cooldown", stage: "cooldown", after: ["p_stable"]), Some.Run("q"));
        world.Tick();
        world.Accept();
        world.After(TimeSpan.FromMinutes(1)).Report("p_stable", JobState.Completed, code: 0);
        Assert.Equal("""
            # Run Status Tracker
            # Written by vigil from the journal; changes made here are overwritten
            # Last updated: 2026-11-22 03:01:00

            run_group: tiny
            runs:
              p:
                stable_status: completed
                stable_job_id: "p_stable-1"
                stable_output: /out/p_stable
                cooldown_status: pending
                cooldown_job_id: null
                cooldown_output: null
                last_updated: "2026-11-22 03:01:00"
              q:
                train_status: submitted
                train_job_id: "q-1"
                train_output: null
                last_updated: "2026-11-22 03:00:00"

            """, RunsStatus.Write(world.State));
    }

    [Fact]
    public void A_job_id_is_text_with_its_leading_zeros()
    {
        var state = With(Some.Run("a"), new RunState.Queued(Some.Attempt("a"), new JobId("0012")), new AttemptRecord(Some.Attempt("a"), Some.Time) { Job = new JobId("0012") });
        Assert.Contains("    train_job_id: \"0012\"\n", RunsStatus.Write(state), StringComparison.Ordinal);
    }

    [Fact]
    public void Last_updated_changes_only_when_something_of_that_run_changed()
    {
        var world = World.Planned(Some.Run("a"), Some.Run("b"));
        world.Tick();
        world.After(TimeSpan.FromHours(1)).Accept();
        world.After(TimeSpan.FromHours(1)).Report("a", JobState.Running);
        var lines = RunsStatus.Write(world.State).Split('\n').Where(static l => l.Contains("last_updated", StringComparison.Ordinal)).Select(static l => l.Trim());
        Assert.Equal(["last_updated: \"2026-11-22 05:00:00\"", "last_updated: \"2026-11-22 04:00:00\""], lines);
    }

    [Fact]
    public void The_evaluations_of_a_point_stand_in_a_map_and_each_run_has_its_own_time()
    {
        PlannedRun Evaluation(string point, RunId? training, int? epoch) => Some.Run($"{point}_cap{epoch}") with { Point = point, Stage = "eval", Evaluation = new("cap", training, epoch) };
        var world = World.Planned(Some.Run("r4") with { Stage = "finetune" }, Evaluation("r4", new RunId("r4"), 0), Evaluation("r4", new RunId("r4"), 1), Evaluation("base", null, null));
        world.Tick();
        world.Accept();
        world.After(TimeSpan.FromMinutes(1)).Report("r4", JobState.Running);

        Assert.EndsWith("""
            run_group: tiny
            runs:
              r4:
                finetune:
                  status: running
                  job_id: "r4-1"
                  output: null
                  last_updated: "2026-11-22 03:01:00"
                evaluations:
                  cap_epoch_0: {status: submitted, job_id: "r4_cap0-1", output: null, last_updated: "2026-11-22 03:00:00"}
                  cap_epoch_1: {status: submitted, job_id: "r4_cap1-1", output: null, last_updated: "2026-11-22 03:00:00"}
              base:
                finetune: {status: skipped, job_id: null, output: null, last_updated: null, note: Base model - no fine-tuning required}
                evaluations:
                  cap: {status: submitted, job_id: "base_cap-1", output: null, last_updated: "2026-11-22 03:00:00"}

            """, RunsStatus.Write(world.State), StringComparison.Ordinal);
    }

    [Fact]
    public void A_point_with_one_evaluation_is_flat()
    {
        var world = World.Planned(Some.Run("r4") with { Stage = "finetune" }, Some.Run("r4_cap0") with { Point = "r4", Evaluation = new("cap", new RunId("r4"), 0) });
        Assert.Contains("  r4:\n    finetune_status: pending\n    finetune_job_id: null\n    finetune_output: null\n    eval_status: pending\n", RunsStatus.Write(world.State), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tracker_without_runs_is_yaml_all_the_same() => Assert.EndsWith("run_group: null\nruns: {}\n", RunsStatus.Write(ExperimentState.Empty), StringComparison.Ordinal);

    [Fact]
    public void The_report_has_the_contract_s_names_in_its_order()
    {
        var json = Report(Rich(), new ProgressReportOf([new("loss", 2.5, 1)]));
        Assert.Equal("schema experiment dir monitor witnesses counts runs actions", Keys(json));
        Assert.Equal("alive host pid beat", Keys(json["monitor"]!));
        Assert.Equal("waiting held submitted queued running completed failed cancelled skipped lost needs_person", Keys(json["counts"]!));
        var run = json["runs"]![0]!;
        Assert.Equal("name stage state reason source age_seconds attempt job_id log output_dir attempts progress metrics checkpoint expected_start checkpoints parent from_checkpoint deviates_from_plan", Keys(run));
        // reason and cause are ours beyond the contract
        Assert.Equal("number requeue job_id state reason exit_code signal cause log log_start submitted started ended why", Keys(run["attempts"]![0]!));
        Assert.Equal("step total epoch epochs eta_seconds", Keys(run["progress"]!));
        Assert.Equal("path step valid", Keys(run["checkpoint"]!));
        Assert.Equal(1, (int)json["schema"]!);
        Assert.Equal(JsonValueKind.String, run["job_id"]!.GetValueKind());
    }

    [Fact]
    public void What_is_unknown_is_null_and_never_empty_text()
    {
        var empty = Report(ExperimentState.Empty, null);
        Assert.Null(empty["experiment"]);
        var run = Report(World.Planned(Some.Run("a")).State, null)["runs"]![0]!;
        foreach (var key in (string[])["stage", "reason", "attempt", "job_id", "log", "checkpoint", "expected_start"]) Assert.Null(run[key]);
        foreach (var (_, value) in run["progress"]!.AsObject()) Assert.Null(value);
        Assert.DoesNotContain("\"\"", run.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_that_are_no_numbers_are_left_out()
    {
        var run = Report(Rich(), new ProgressReportOf([new("lm loss", 2.5, 1), new("grad", double.NaN, 1), new("scale", double.PositiveInfinity, 1), new("low", double.NegativeInfinity, 1)]))["runs"]![0]!;
        Assert.Equal("{\"lm loss\":2.5}", run["metrics"]!.ToJsonString());
    }

    [Fact]
    public void An_attempt_whose_submission_was_refused_for_good_is_not_still_submitted()
    {
        var world = World.Planned(Some.Run("a"));
        world.Tick();
        Assert.Equal("submitted", (string?)Report(world.State, null)["runs"]![0]!["attempts"]![0]!["state"]);
        world.See(new Observation.EffectSettled(world.Now, "submit:a.1", new EffectResult.Refused("no such account", Retryable: false)));
        Assert.Equal("failed", (string?)Report(world.State, null)["runs"]![0]!["attempts"]![0]!["state"]);
    }

    [Fact]
    public void Counts_follow_from_the_runs()
    {
        var report = Report(Rich(), null);
        foreach (var (word, count) in report["counts"]!.AsObject()) Assert.Equal((int)count!, report["runs"]!.AsArray().Count(r => (string?)r!["state"] == word));
    }

    [Fact]
    public void A_checkpoint_on_disk_is_told_with_what_speaks_against_it()
    {
        CheckpointSeen[] seen =
        [
            new("/out/a/iter_0000020", CheckpointKind.Megatron, 20, null, 10, Some.Time, CheckpointValidity.Invalid, "m.pt is empty"),
            new("/out/a/iter_0000010", CheckpointKind.Megatron, 10, null, 10, Some.Time, CheckpointValidity.Valid, null),
            new("/out/a/iter_0000005", CheckpointKind.Megatron, 5, null, 0, default, CheckpointValidity.Unsettled, "the folder is empty"),
        ];
        var report = StatusReport.Of(Rich(), "/out", new MonitorStatus(true, "here", 1, 2), static _ => null, null, Some.Time.AddSeconds(60), run => run.Id.Value == "a" ? [.. seen] : []);
        var runs = JsonSerializer.SerializeToNode(report, Contract)!["runs"]!;

        Assert.Equal("""{"path":"/out/a/iter_0000020","step":20,"valid":false}""", runs[0]!["checkpoint"]!.ToJsonString());
        Assert.Equal("""{"path":"/out/a/iter_0000010","step":10,"epoch":null,"bytes":10,"age_seconds":60,"valid":true,"reason":null}""", runs[0]!["checkpoints"]![1]!.ToJsonString());
        Assert.Null(runs[0]!["checkpoints"]![2]!["valid"]);
        Assert.Null(runs[0]!["checkpoints"]![2]!["age_seconds"]);
        Assert.Empty(runs[1]!["checkpoints"]!.AsArray());
        Assert.Equal("""{"path":"/ckpt","step":10,"valid":null}""", Report(Rich(), null)["runs"]![0]!["checkpoint"]!.ToJsonString());
    }

    private static ExperimentState Rich()
    {
        var world = World.Planned(Some.Run("a", stage: "train"), Some.Run("b"));
        world.Tick();
        world.Accept();
        world.Report("a", JobState.Running);
        world.See(new Observation.LineSeen(world.Now, Some.Attempt("a"), null, 100, "", []) { Checkpoint = new(10, "/ckpt") });
        return world.State;
    }

    private sealed record ProgressReportOf(ImmutableArray<Metric> Metrics);

    private static JsonNode Report(ExperimentState state, ProgressReportOf? progress, SchedulerSight? sight = null)
    {
        var report = progress is null ? null : new RunProgress().Report() with { Metrics = progress.Metrics };
        return JsonSerializer.SerializeToNode(StatusReport.Of(state, "/out", new MonitorStatus(true, "here", 1, 2), _ => report, sight, Some.Time), Contract)!;
    }

    private static string Keys(JsonNode node) => string.Join(' ', node.AsObject().Select(static p => p.Key));

    private static ExperimentState With(PlannedRun plan, RunState state, params ImmutableArray<AttemptRecord> attempts) =>
        ExperimentState.Empty with { Runs = ExperimentState.Empty.Runs.Add(plan.Id.Value, new RunRecord { Plan = plan, State = state, AllowedAttempts = 3, Attempts = attempts, Changed = Some.Time }) };

    private static RunRecord Record(RunState state) => new() { Plan = Some.Run("a"), State = state, AllowedAttempts = 3 };

    private static RunState In(string state) => state switch
    {
        "waiting" => new RunState.Waiting(null),
        "submitting" => new RunState.Submitting(Some.Attempt("a")),
        "queued" => new RunState.Queued(Some.Attempt("a"), new JobId("1")),
        "running" => new RunState.Running(Some.Attempt("a"), new JobId("1")),
        _ => new RunState.Finished(Enum.Parse<Outcome>(state), "WHY"),
    };
}
