using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Core.Tests.Monitoring;

public sealed class DeciderTests
{
    [Fact]
    public void Runs_that_are_ready_are_submitted_in_plan_order_and_larger_priority_first()
    {
        var world = World.Planned(Some.Run("b"), Some.Run("a"), Some.Run("urgent", priority: 5));
        Assert.Equal(["submit:urgent.1", "submit:b.1", "submit:a.1"], world.Tick().Cast<RunEvent.EffectRequested>().Select(e => e.Id));
    }

    [Fact]
    public void A_run_that_was_submitted_is_not_submitted_again()
    {
        var world = World.Planned(Some.Run("a"));
        world.Tick();
        Assert.Empty(world.Tick());
        world.Accept();
        Assert.Empty(world.Tick());
    }

    [Fact]
    public void A_run_waits_for_the_run_before_it()
    {
        var world = World.Planned(Some.Run("stable"), Some.Run("cooldown", after: ["stable"]));
        Assert.Single(world.Tick());
        world.Accept().Report("stable", JobState.Running);
        Assert.Empty(world.Tick());
        world.Report("stable", JobState.Completed, code: 0);
        Assert.Equal(["submit:cooldown.1"], world.Tick().Cast<RunEvent.EffectRequested>().Select(e => e.Id));
    }

    [Fact]
    public void A_run_whose_predecessor_failed_is_skipped_with_the_reason()
    {
        var world = World.Planned(Some.Run("stable"), Some.Run("cooldown", after: ["stable"]));
        world.Tick();
        world.Accept().Fail("stable");
        Assert.Equal<RunEvent>([new RunEvent.RunFinished(new("cooldown"), Outcome.Skipped, "DEPENDENCY: stable")], world.Tick());
    }

    [Fact]
    public void A_crash_is_tried_again_after_the_delay_and_no_earlier()
    {
        var world = Submitted(Some.Run("a", delay: 10, causes: [FailureCause.Crash]));
        Assert.Equal<RunEvent>(
            [new RunEvent.AttemptStarted(Some.Attempt("a"), Some.Time, null), new RunEvent.AttemptEnded(Some.Attempt("a"), JobState.Failed, "FAILED", 1, null, FailureCause.Crash, null, null), new RunEvent.RunDelayed(new("a"), world.Now.AddSeconds(10))],
            world.Fail("a"));
        Assert.Empty(world.After(TimeSpan.FromSeconds(9)).Tick());
        Assert.Equal("submit:a.2", Assert.IsType<RunEvent.EffectRequested>(Assert.Single(world.After(TimeSpan.FromSeconds(1)).Tick())).Id);
    }

    [Fact]
    public void The_delay_doubles_with_each_attempt()
    {
        var world = Submitted(Some.Run("a", attempts: 4, delay: 10, causes: [FailureCause.Crash]));
        List<double> delays = [];
        for (var n = 1; n <= 3; n++)
        {
            delays.Add((world.Fail("a", n).OfType<RunEvent.RunDelayed>().Single().Until - world.Now).TotalSeconds);
            world.After(TimeSpan.FromHours(1)).Tick();
            world.Accept();
        }
        Assert.Equal([10, 20, 40], delays);
    }

    [Fact]
    public void A_run_that_fails_for_ever_ends_failed_when_its_attempts_are_used_up()
    {
        var world = Submitted(Some.Run("a", attempts: 2, causes: [FailureCause.Crash]));
        world.Fail("a");
        world.After(TimeSpan.FromHours(1)).Tick();
        world.Accept();
        Assert.Contains(new RunEvent.RunFinished(new("a"), Outcome.Failed, "FAILED"), world.Fail("a", 2));
        Assert.Empty(world.After(TimeSpan.FromHours(1)).Tick());
    }

    [Theory]
    [InlineData(127, null)]
    [InlineData(126, null)]
    [InlineData(1, "ModuleNotFoundError: No module named 'torch'")]
    [InlineData(2, "train.py: error: unrecognized arguments: --lrr 1")]
    public void A_users_mistake_is_never_tried_again(int code, string? line)
    {
        var world = Submitted(Some.Run("a", causes: [FailureCause.Crash, FailureCause.Infrastructure]));
        var events = world.Report("a", JobState.Failed, code: code, reason: "FAILED", lines: line is null ? null : ["Traceback", line]);
        Assert.Contains(new RunEvent.RunFinished(new("a"), Outcome.Failed, "FAILED"), events);
        Assert.Equal(FailureCause.UserError, events.OfType<RunEvent.AttemptEnded>().Single().Cause);
    }

    [Theory]
    [InlineData(JobState.Timeout, FailureCause.Timeout)]
    [InlineData(JobState.NodeFail, FailureCause.Infrastructure)]
    [InlineData(JobState.Preempted, FailureCause.Infrastructure)]
    [InlineData(JobState.OutOfMemory, FailureCause.Crash)]
    [InlineData(JobState.Lost, FailureCause.Crash)]
    public void The_schedulers_word_gives_the_cause(JobState state, FailureCause cause) =>
        Assert.Equal(cause, Submitted(Some.Run("a")).Report("a", state).OfType<RunEvent.AttemptEnded>().Single().Cause);

    [Fact]
    public void A_job_without_a_known_end_leaves_the_run_lost() =>
        Assert.Contains(new RunEvent.RunFinished(new("a"), Outcome.Lost, "LOST"), Submitted(Some.Run("a")).Report("a", JobState.Lost, reason: "LOST"));

    [Fact, Trait("scenario", "36")]
    public void Two_attempts_without_a_further_step_stop_a_run_that_can_show_steps()
    {
        var world = Submitted(Some.Run("a", attempts: 9, causes: [FailureCause.Crash]));
        Next(world, 1, step: 50);
        Next(world, 2, step: 50);
        Assert.Contains(new RunEvent.RunFinished(new("a"), Outcome.NeedsPerson, "CRASH_LOOP"), world.Fail("a", 3, step: 50));
    }

    [Fact]
    public void A_run_that_advances_is_restarted_until_its_attempts_are_used_up()
    {
        var world = Submitted(Some.Run("a", attempts: 5, causes: [FailureCause.Crash]));
        for (var n = 1; n <= 4; n++) Next(world, n, step: n * 10);
        Assert.Contains(new RunEvent.RunFinished(new("a"), Outcome.Failed, "FAILED"), world.Fail("a", 5, step: 50));
    }

    [Fact]
    public void A_restart_gets_the_newest_checkpoint()
    {
        var world = Submitted(Some.Run("a", causes: [FailureCause.Crash]));
        world.See(new Observation.LineSeen(world.Now, Some.Attempt("a"), null, 512, "", []) { Checkpoint = new(100, "/out/a/ckpt") });
        world.Fail("a", step: 120);
        var request = Assert.IsType<RunEvent.EffectRequested>(Assert.Single(world.After(TimeSpan.FromHours(1)).Tick()));
        Assert.Equal([new AttemptStart(Some.Attempt("a", 2), "/out/a/ckpt") { LastCheckpointStep = 100 }], Assert.IsType<Effect.Submit>(request.Effect).Attempts);
    }

    [Fact]
    public void A_checkpoint_line_that_is_read_again_is_no_news()
    {
        var world = Submitted(Some.Run("a"));
        var seen = new Observation.LineSeen(world.Now, Some.Attempt("a"), null, 512, "", []) { Checkpoint = new(100, "/out/a/ckpt") };
        Assert.Single(world.See(seen));
        Assert.Empty(world.See(seen));
        Assert.Single(world.See(seen with { Offset = 900, Checkpoint = new(200, "/out/a/ckpt") }));
    }

    [Fact]
    public void A_waiting_run_is_cancelled_at_once_and_never_starts()
    {
        var world = World.Planned(Some.Run("a"));
        Assert.Contains(new RunEvent.RunFinished(new("a"), Outcome.Cancelled, "CANCELLED"), world.Wish(new WishContent.Cancel([new("a")])));
        Assert.Empty(world.Tick());
    }

    [Fact]
    public void A_running_job_is_cancelled_and_not_tried_again()
    {
        var world = Submitted(Some.Run("a", causes: [FailureCause.Crash]));
        var request = world.Wish(new WishContent.Cancel([new("a")])).OfType<RunEvent.EffectRequested>().Single();
        Assert.Equal(("cancel:a.1", new Effect.Cancel(Some.Attempt("a"), new JobId("a-1"))), (request.Id, (Effect.Cancel)request.Effect));
        Assert.Contains(new RunEvent.RunFinished(new("a"), Outcome.Cancelled, "CANCELLED"), world.Report("a", JobState.Failed, code: 143, reason: "FAILED"));
    }

    [Fact]
    public void A_cancel_wished_while_the_submission_is_on_its_way_follows_it()
    {
        var world = World.Planned(Some.Run("a"));
        world.Tick();
        Assert.DoesNotContain(world.Wish(new WishContent.Cancel([new("a")])), e => e is RunEvent.EffectRequested);
        world.Accept();
        Assert.Contains("cancel:a.1", world.State.Outbox.Keys);
    }

    [Fact]
    public void A_wish_is_granted_once()
    {
        var world = World.Planned(Some.Run("a"));
        world.Wish(new WishContent.Cancel([new("a")]));
        world.Wish(new WishContent.Retry([new("a")]), "w2");
        Assert.Empty(world.Wish(new WishContent.Cancel([new("a")])));
        Assert.IsType<RunState.Waiting>(world["a"]);
    }

    [Fact]
    public void A_retry_starts_a_failed_run_with_a_fresh_budget_and_the_runs_that_were_skipped_for_it()
    {
        var world = World.Planned(Some.Run("stable", attempts: 1), Some.Run("cooldown", after: ["stable"]));
        world.Tick();
        world.Accept().Fail("stable");
        world.Tick();
        world.Wish(new WishContent.Retry([new("stable")]));
        Assert.IsType<RunState.Waiting>(world["cooldown"]);
        Assert.Equal("submit:stable.2", Assert.IsType<RunEvent.EffectRequested>(Assert.Single(world.Tick())).Id);
        Assert.Equal(2, world.State.Runs["stable"].AllowedAttempts);
    }

    [Fact]
    public void A_refusal_for_now_keeps_the_effect_and_a_refusal_for_good_fails_the_run()
    {
        var world = World.Planned(Some.Run("a"));
        world.Tick();
        world.See(new Observation.EffectSettled(world.Now, "submit:a.1", new EffectResult.Refused("disk full", Retryable: true)));
        Assert.Equal(world.Now.AddSeconds(1), world.State.Outbox["submit:a.1"].NotBefore);
        world.See(new Observation.EffectSettled(world.Now, "submit:a.1", new EffectResult.Refused("no such partition", Retryable: false)));
        Assert.Empty(world.State.Outbox);
        Assert.Equal(new RunState.Finished(Outcome.Failed, "SUBMIT: no such partition"), world["a"]);
    }

    [Fact]
    public void News_of_an_unknown_run_an_older_attempt_or_another_job_changes_nothing()
    {
        var world = Submitted(Some.Run("a"));
        Assert.Empty(world.Report("stranger", JobState.Failed));
        Assert.Empty(world.Report("a", JobState.Failed, number: 7));
        Assert.Empty(world.See(new Observation.JobReported(world.Now, Some.Report("a", JobState.Failed, job: "another"))));
        Assert.Empty(world.See(new Observation.EffectSettled(world.Now, "submit:a.1", new EffectResult.Done())));
    }

    private static World Submitted(PlannedRun run)
    {
        var world = World.Planned(run);
        world.Tick();
        return world.Accept();
    }

    private static void Next(World world, int number, long step)
    {
        world.Fail("a", number, step: step);
        world.After(TimeSpan.FromHours(2)).Tick();
        world.Accept();
    }
}
