using Vigil.Monitoring;

namespace Vigil.Core.Tests.Monitoring;

/// <summary>Evaluations that wait for the checkpoint they look at, and jobs that completed without leaving what they were to leave.</summary>
public sealed class EvaluationDeciderTests
{
    private const string Pipeline = """
        sweep:
          type: list
          configs:
            - {project.run_name: r, stage: finetune}
            - {stage: eval, project.evaluation: {point: r, task: t, training: r, epoch: 0}, job.start_conditions: [{checkpoint: {path: /out/r/epoch_0, of: r}}]}
            - {stage: eval, project.evaluation: {point: r, task: t, training: r, epoch: 1}, job.start_conditions: [{checkpoint: {path: /out/r/epoch_1, of: r}}]}
            - {stage: eval, project.evaluation: {point: base, task: t}}
        """;

    private static readonly ProbeAnswer Whole = new ProbeAnswer.CheckpointFound(IsWhole: true, ""), Torn = new ProbeAnswer.CheckpointFound(IsWhole: false, "model.safetensors ends too early");

    private static void Look(Watched watched, string run, ProbeAnswer answer)
    {
        var look = Looks.Wanted(watched.World.State).Single(l => l.Id == $"start:{run}");
        watched.World.See(new Observation.Looked(watched.World.Now, look.Id, watched.World.Now, [answer]));
    }

    private static Probe.Checkpoint Asked(Watched watched, string run) => (Probe.Checkpoint)Assert.Single(Looks.Wanted(watched.World.State).Single(l => l.Id == $"start:{run}").Probes);

    private static string State(Watched watched, string run) => watched[run].State is RunState.Finished { Outcome: var outcome, Reason: var reason } ? $"{outcome} {reason}".Trim() : watched[run].State.GetType().Name;

    [Fact]
    public void An_evaluation_lies_in_its_point_s_folder_and_is_called_after_it()
    {
        var watched = Watched.Planned(Pipeline);

        Assert.Equal(["r", "r_t_epoch0", "r_t_epoch1", "base_t"], watched.Plan.Runs.Select(static r => r.Id.Value));
        Assert.Equal(["/out/r", "/out/r/eval/t_epoch0", "/out/r/eval/t_epoch1", "/out/base/eval/t"], watched.Plan.Runs.Select(static r => r.OutputDir));
        Assert.Equal(["r", "r", "r", "base"], watched.Plan.Runs.Select(static r => r.Point));
        Assert.Equal([null, "t/epoch0", "t/epoch1", "t"], watched.Plan.Runs.Select(static r => r.Evaluation?.Subject()));
        Assert.Equal(["", "r", "r", ""], watched.Plan.Runs.Select(static r => string.Join(',', r.Watches)));
    }

    [Fact]
    public void What_needs_no_training_starts_at_once_and_each_evaluation_with_its_own_checkpoint()
    {
        var watched = Watched.Planned(Pipeline);
        watched.World.Tick();
        Assert.Equal(["submit:r.1", "submit:base_t.1"], watched.Requested);

        watched.Run();
        Look(watched, "r_t_epoch1", new ProbeAnswer.Absent());
        Look(watched, "r_t_epoch0", Whole);
        watched.World.Tick();

        Assert.Equal(["submit:r.1", "submit:base_t.1", "submit:r_t_epoch0.1"], watched.Requested);
        Assert.Equal("Running", State(watched, "r"));
    }

    [Fact]
    public void A_checkpoint_that_lay_there_before_the_training_began_is_not_meant()
    {
        var watched = Watched.Planned(Pipeline);
        Assert.Null(Asked(watched, "r_t_epoch0").NotBefore);
        Look(watched, "r_t_epoch0", Whole);
        Assert.Equal("Waiting", State(watched, "r_t_epoch0"));
        Assert.False(watched["r_t_epoch0"].MayStart);

        watched.Run();

        Assert.Equal(watched["r"].Attempts[0].Submitted!.Value.AddMinutes(-2), Asked(watched, "r_t_epoch0").NotBefore);
        Assert.False(Asked(watched, "r_t_epoch0").IsFinal);
    }

    [Fact]
    public void When_the_training_failed_what_it_left_is_evaluated_and_the_rest_is_skipped_with_the_reason()
    {
        var watched = Watched.Planned(Pipeline);
        watched.Run();
        Look(watched, "r_t_epoch1", Torn);
        Assert.Equal("Waiting", State(watched, "r_t_epoch1"));

        watched.World.Report("r", JobState.Failed, code: 1, reason: "OUT_OF_MEMORY");
        Assert.True(Asked(watched, "r_t_epoch1").IsFinal);
        Look(watched, "r_t_epoch0", Whole);
        Look(watched, "r_t_epoch1", Torn);

        Assert.Equal("Skipped CHECKPOINT_MISSING: epoch_1: model.safetensors ends too early; r failed: OUT_OF_MEMORY", State(watched, "r_t_epoch1"));
        Assert.True(watched["r_t_epoch0"].MayStart);
    }

    [Fact]
    public void The_best_epoch_is_looked_for_when_the_training_has_completed_and_not_when_it_failed()
    {
        var watched = Watched.Planned(Pipeline.Replace("epoch: 1}", "}", StringComparison.Ordinal).Replace("path: /out/r/epoch_1, of: r", "path: /out/r/epoch_best, of: r, best: true", StringComparison.Ordinal));
        watched.Run();
        Look(watched, "r_t_epochbest", Whole);
        Assert.False(watched["r_t_epochbest"].MayStart);
        Assert.False(Asked(watched, "r_t_epochbest").IsFinal);

        watched.World.Report("r", JobState.Failed, code: 1, reason: "TIMEOUT");
        Look(watched, "r_t_epochbest", Whole);
        Assert.Equal("Skipped CHECKPOINT_MISSING: which epoch is the best is known of a training that completed; r failed: TIMEOUT", State(watched, "r_t_epochbest"));

        watched.World.Wish(new WishContent.Retry([new("r")]));
        Assert.Equal("Waiting", State(watched, "r_t_epochbest"));
        watched.World.Tick();
        watched.World.Accept();
        watched.World.Report("r", JobState.Completed, number: 2);
        Assert.Equal((true, "r"), (Asked(watched, "r_t_epochbest").IsFinal, Asked(watched, "r_t_epochbest").BestOf!.Value.Value));
        Look(watched, "r_t_epochbest", new ProbeAnswer.CheckpointFound(IsWhole: true, "") { Best = new(2, 0.0346) });

        Assert.True(watched["r_t_epochbest"].MayStart);
        Assert.Equal("epoch_2, validation loss 0.0346", watched["r_t_epochbest"].BestEpoch?.ToString());
    }

    [Fact]
    public void A_training_that_was_cancelled_before_it_began_leaves_nothing_to_evaluate()
    {
        var watched = Watched.Planned(Pipeline);
        watched.World.See(new Observation.WishRead(watched.World.Now, new Wish("w", "ada", watched.World.Now, new WishContent.Cancel([new("r")]))));

        Look(watched, "r_t_epoch0", new ProbeAnswer.Absent());

        Assert.StartsWith("Skipped CHECKPOINT_MISSING: it never began; r cancelled", State(watched, "r_t_epoch0"), StringComparison.Ordinal);
    }

    [Fact]
    public void When_the_training_is_tried_again_so_are_the_evaluations_that_it_left_without_a_checkpoint()
    {
        var watched = Watched.Planned(Pipeline);
        watched.Run();
        watched.World.Report("r", JobState.Failed, code: 1, reason: "TIMEOUT");
        Look(watched, "r_t_epoch1", new ProbeAnswer.Absent());
        Assert.StartsWith("Skipped", State(watched, "r_t_epoch1"), StringComparison.Ordinal);

        watched.World.Wish(new WishContent.Retry([new("r")]));

        Assert.Equal("Waiting", State(watched, "r_t_epoch1"));
        Assert.Equal("Waiting", State(watched, "r"));
    }

    [Fact]
    public void While_a_failed_training_is_planned_anew_its_evaluations_wait()
    {
        var watched = Watched.Planned($"{Pipeline}\njob: {{restart: {{delay_seconds: 0}}}}\nmonitoring: {{rules: [{{name: oom, when: OOM, do: {{restart: {{overrides: ['+batch=half']}}}}}}]}}");
        watched.Run();
        watched.Line("OOM", 10, "r");
        watched.World.Report("r", JobState.Failed, code: 1, reason: "FAILED");
        Look(watched, "r_t_epoch1", new ProbeAnswer.Absent());
        Assert.Equal("Waiting", State(watched, "r_t_epoch1"));

        watched.World.See(new Observation.EffectSettled(watched.World.Now, watched.World.State.Outbox.Keys.Single(), new EffectResult.Planned([watched["r"].Plan with { ConfigHash = "other" }], [])));
        Look(watched, "r_t_epoch1", new ProbeAnswer.Absent());

        Assert.Equal(("Waiting", "Waiting"), (State(watched, "r"), State(watched, "r_t_epoch1")));
    }

    [Fact]
    public void A_rule_that_lets_a_failed_training_be_tried_again_does_the_same_for_the_evaluations_that_were_skipped()
    {
        var watched = Watched.Planned($"{Pipeline}\nmonitoring: {{rules: [{{name: fixed, when: {{state: failed}}, if: {{file_exists: /fixed}}, do: restart}}]}}");
        watched.Run();
        watched.World.Report("r", JobState.Failed, code: 1, reason: "FAILED");
        Look(watched, "r_t_epoch1", new ProbeAnswer.Absent());
        Assert.StartsWith("Skipped", State(watched, "r_t_epoch1"), StringComparison.Ordinal);

        watched.Find("gate", new ProbeAnswer.Found(10, Some.Time, Some.Time));

        Assert.Equal(("Waiting", "Waiting"), (State(watched, "r"), State(watched, "r_t_epoch1")));
    }

    [Fact]
    public void A_checkpoint_among_others_that_may_still_come_skips_nothing()
    {
        var watched = Watched.Planned(Pipeline.Replace("[{checkpoint: {path: /out/r/epoch_1, of: r}}]", "[{any: [{checkpoint: {path: /out/r/epoch_1, of: r}}, {log: {pattern: x}}]}]", StringComparison.Ordinal));
        watched.Run();
        watched.World.Report("r", JobState.Failed, code: 1, reason: "TIMEOUT");
        var look = Looks.Wanted(watched.World.State).Single(static l => l.Id == "start:r_t_epoch1");

        watched.World.See(new Observation.Looked(watched.World.Now, look.Id, watched.World.Now, [new ProbeAnswer.Absent(), new ProbeAnswer.Unmatched()]));

        Assert.Equal("Waiting", State(watched, "r_t_epoch1"));
    }

    [Fact]
    public void Who_would_wait_for_a_run_that_nobody_plans_is_told_so() =>
        Assert.Equal("PLN023", Vigil.Core.Tests.Planning.Some.Mistake("backend: {command: x}\nsweep: {type: list, configs: [{lr: 1, project.evaluation: {point: a, task: t, training: b, epoch: 0}}]}").Code);

    [Fact]
    public void What_cannot_be_looked_at_just_now_is_looked_at_again()
    {
        var watched = Watched.Planned(Pipeline);
        watched.Run();
        watched.World.Report("r", JobState.Completed, code: 0);

        Look(watched, "r_t_epoch0", new ProbeAnswer.Unknown("Stale file handle"));

        Assert.Equal("Waiting", State(watched, "r_t_epoch0"));
    }

    [Fact]
    public void A_job_that_completed_and_left_nothing_has_failed()
    {
        var watched = Watched.Planned("job: {artifacts: [{checkpoint: epoch_0}, {evaluation: '{output_dir}/logs', task: math}, {file: /out/x.json}]}");
        Assert.Equal<Vigil.Planning.Artifact>([new Vigil.Planning.Artifact.Weights("/out/a/epoch_0"), new Vigil.Planning.Artifact.Evaluation("/out/a/logs", "math"), new Vigil.Planning.Artifact.Document("/out/x.json")], watched.Plan.Runs[0].Artifacts!.Value);
        watched.Run();
        var job = watched["a"].LastAttempt!.Job!;

        watched.World.See(new Observation.JobReported(watched.World.Now, new(watched["a"].LastAttempt!.Id, job.Value, JobState.Completed, "COMPLETED", 0) { Missing = "there is no checkpoint /out/a/epoch_0" }, null));

        Assert.Equal("Failed MISSING_OUTPUT: there is no checkpoint /out/a/epoch_0", State(watched, "a"));
    }

    [Theory]
    [InlineData("{file: x, checkpoint: y}")]
    [InlineData("{model: x}")]
    [InlineData("{file: x, task: y}")]
    [InlineData("x")]
    public void An_artifact_of_no_known_kind_is_a_mistake(string artifact)
    {
        var mistake = Vigil.Core.Tests.Planning.Some.Mistake($"backend: {{command: x}}\njob:\n  artifacts:\n    - {artifact}");
        Assert.Equal(("PLN063", 4), (mistake.Code, mistake.At.Line));
    }

    [Fact]
    public void Two_evaluations_of_the_same_are_a_mistake() =>
        Assert.Contains("PLN015", Vigil.Core.Tests.Planning.Some.Plan("backend: {command: x}\nsweep: {type: list, configs: [{lr: 1, project.evaluation: {point: a, task: t}}, {lr: 2, project.evaluation: {point: a, task: t}}]}").Diagnostics.Select(static d => d.Code));
}
