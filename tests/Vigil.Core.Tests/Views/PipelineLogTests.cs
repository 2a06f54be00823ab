using System.Collections.Immutable;
using Vigil.Core.Tests.Monitoring;
using Vigil.Monitoring;
using Vigil.Views;

namespace Vigil.Core.Tests.Views;

/// <summary><c>run-torchtune.log</c> and <c>run-inspect.log</c>: what they say of a pipeline, in the form that notes are built on.</summary>
public sealed class PipelineLogTests
{
    private const string Pipeline = """
        sweep:
          type: list
          configs:
            - {project.run_name: r4, stage: finetune, job.artifacts: [{checkpoint: epoch_0}]}
            - {project.run_name: r8, stage: finetune}
            - {stage: eval, project.evaluation: {point: r4, task: t, training: r4, epoch: 0}, job.start_conditions: [{checkpoint: {path: /out/r4/epoch_0, of: r4}}]}
            - {stage: eval, project.evaluation: {point: r8, task: t, training: r8, epoch: 0}, job.start_conditions: [{checkpoint: {path: /out/r8/epoch_0, of: r8}}]}
            - {stage: eval, project.evaluation: {point: base, task: t}}
        """;

    /// <summary>What both logs would say of all entries, applied one after the other.</summary>
    private static string Told(World world, PipelineKind kind)
    {
        var (log, state) = (new PipelineLog(kind), ExperimentState.Empty);
        return string.Concat(world.Entries.SelectMany(entry => log.Apply(entry, state = state.Apply(entry))).Select(static r => r.Text()));
    }

    private static void Look(Watched watched, string run, ProbeAnswer answer)
    {
        var look = Looks.Wanted(watched.World.State).Single(l => l.Id == $"start:{run}");
        watched.World.See(new Observation.Looked(watched.World.Now, look.Id, watched.World.Now, [answer]));
    }

    private static Watched Story()
    {
        var watched = Watched.Planned(Pipeline);
        watched.Run();
        watched.World.After(TimeSpan.FromMinutes(3)).Report("base_t", JobState.Completed, code: 0);
        Look(watched, "r4_t_epoch0", new ProbeAnswer.CheckpointFound(true, ""));
        watched.Run();
        watched.World.Report("r4", JobState.Completed, code: 0);
        watched.World.Report("r8", JobState.Failed, code: 0, reason: "OUT_OF_MEMORY");
        Look(watched, "r8_t_epoch0", new ProbeAnswer.Absent());
        watched.World.After(TimeSpan.FromMinutes(2)).Report("r4_t_epoch0", JobState.Cancelled, reason: "CANCELLED by 1001");
        return watched;
    }

    [Fact]
    public void The_log_of_the_trainings_tells_every_transition_once_and_how_it_ended()
    {
        var text = Told(Story().World, PipelineKind.Torchtune);

        Assert.Equal(
        [
            "DISCOVER_EXPERIMENT", "IDENTIFY_RUNS", "SUBMIT_JOB: r4", "SUBMIT_JOB: r8", "STATE_CHANGE: r4", "STATE_CHANGE: r8", "STATE_CHANGE: r4", "VERIFY_COMPLETION: r4", "STATE_CHANGE: r8", "ALL_COMPLETE",
        ], Headers(text));
        Assert.Contains("IDENTIFY_RUNS\nDetails: r4, r8\n", text, StringComparison.Ordinal);
        Assert.Matches(@"SUBMIT_JOB: r4\nDetails: .+\nResult: Job ID (\S+)\nJob ID: \1\n\n", text);
        Assert.Contains("STATE_CHANGE: r8\nDetails: RUNNING → OUT_OF_MEMORY\nResult: Training failed: OUT_OF_MEMORY", text, StringComparison.Ordinal);
        Assert.Contains("Result: The checkpoint exists\n", text, StringComparison.Ordinal);
        Assert.Contains("ALL_COMPLETE\nDetails: All 2 jobs reached terminal states\nResult: 1 COMPLETED, 0 FAILED, 1 OUT_OF_MEMORY\nDuration: 3 minutes\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_log_of_the_evaluations_tells_what_was_verified_before_each_and_what_was_skipped()
    {
        var text = Told(Story().World, PipelineKind.Inspect);

        Assert.Equal(
        [
            "DISCOVER_EXPERIMENT", "IDENTIFY_EVALS", "SUBMIT_EVAL: base/t", "STATE_CHANGE: base/t", "STATE_CHANGE: base/t", "VERIFY_FINETUNING: r4", "VERIFY_CHECKPOINTS: r4/t/epoch0", "SUBMIT_EVAL: r4/t/epoch0",
            "STATE_CHANGE: r4/t/epoch0", "SKIP_EVAL: r8/t/epoch0", "STATE_CHANGE: r4/t/epoch0", "ALL_COMPLETE",
        ], Headers(text));
        Assert.Contains("IDENTIFY_EVALS\nDetails: 2 runs × 1 tasks × 1 epochs + 1 without training\nResult: 3 evaluations to submit\n", text, StringComparison.Ordinal);
        Assert.Contains("SKIP_EVAL: r8/t/epoch0\nDetails: CHECKPOINT_MISSING: epoch_0: there is none; r8 failed: OUT_OF_MEMORY\nResult: Skipped\n", text, StringComparison.Ordinal);
        Assert.Contains("Result: 1 COMPLETED, 0 FAILED, 1 CANCELLED, 1 SKIPPED\nDuration: 5 minutes\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void How_things_stand_is_told_once_a_minute_and_not_when_nothing_is_to_be_done()
    {
        var watched = Watched.Planned(Pipeline);
        watched.Run();
        var (log, state) = (new PipelineLog(PipelineKind.Torchtune), ExperimentState.Empty);
        foreach (var entry in watched.World.Entries) log.Apply(entry, state = state.Apply(entry));

        Assert.Null(log.Check(watched.World.Now.AddSeconds(59), state, "squeue"));
        var first = log.Check(watched.World.Now.AddSeconds(60), state, "squeue")!;
        Assert.Equal(("STATUS_CHECK", "squeue", "All 2 jobs RUNNING"), (first.Action, first.Details, first.Result));
        Assert.Null(log.Check(watched.World.Now.AddSeconds(119), state, "squeue"));
        Assert.Equal("Polling interval (60 seconds)", log.Check(watched.World.Now.AddSeconds(120), state, "squeue")!.Details);

        var done = Story();
        state = ExperimentState.Empty;
        log = new PipelineLog(PipelineKind.Torchtune);
        foreach (var entry in done.World.Entries) log.Apply(entry, state = state.Apply(entry));
        Assert.Null(log.Check(done.World.Now.AddHours(1), state, "squeue"));
    }

    [Fact]
    public void How_often_it_is_told_can_be_said()
    {
        var watched = Watched.Planned(Pipeline);
        watched.Run();
        var (log, state) = (new PipelineLog(PipelineKind.Torchtune), ExperimentState.Empty);
        foreach (var entry in watched.World.Entries) log.Apply(entry, state = state.Apply(entry));
        state = state with { Experiment = Vigil.Core.Tests.Planning.Some.Good("project: {status_check_seconds: 5}\nbackend: {command: train}").Experiment };

        Assert.NotNull(log.Check(watched.World.Now.AddSeconds(5), state, "squeue"));
        Assert.Null(log.Check(watched.World.Now.AddSeconds(9), state, "squeue"));
        Assert.Equal("Polling interval (5 seconds)", log.Check(watched.World.Now.AddSeconds(10), state, "squeue")!.Details);
    }

    [Fact]
    public void A_run_that_is_tried_again_by_a_person_opens_another_session()
    {
        var story = Story();
        story.World.Wish(new WishContent.Retry([new("r8")]));
        story.Run();
        story.World.Report("r8", JobState.Completed, number: 2, code: 0);

        var text = Told(story.World, PipelineKind.Torchtune);

        Assert.Equal(2, Headers(text).Count(static h => h == "ALL_COMPLETE"));
        Assert.Equal(2, Headers(text).Count(static h => h == "DISCOVER_EXPERIMENT"));
        Assert.Contains("Result: 2 COMPLETED, 0 FAILED\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_break_in_what_others_wrote_makes_no_entry() =>
        Assert.Equal("[2026-11-22 01:02:03] SUBMIT_ERROR: r\nDetails: a b\nResult: sbatch: error  [x] ALL_COMPLETE\n\n",
            new PipelineRecord(1, new(2026, 11, 22, 1, 2, 3, TimeSpan.Zero), "SUBMIT_ERROR", "r", "a\nb", "sbatch: error\r\n[x] ALL_COMPLETE").Text());

    [Fact]
    public void An_experiment_that_evaluates_nothing_has_no_such_logs()
    {
        var watched = Watched.Running("lr: 1");
        Assert.Empty(Told(watched.World, PipelineKind.Torchtune));
    }

    private static ImmutableArray<string> Headers(string text) => [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(static block => block.Split('\n')[0][22..])];
}
