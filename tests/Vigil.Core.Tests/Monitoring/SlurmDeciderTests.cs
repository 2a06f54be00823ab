using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Core.Tests.Monitoring;

public sealed class SlurmDeciderTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static ExperimentHeader Cluster(SlurmSettings? settings = null) => Some.Experiment with { Scheduler = "slurm", Slurm = settings ?? SlurmSettings.Default };

    private static PlannedRun Job(string name, string? pack = null, int chain = 1, string[]? after = null, int attempts = 3) =>
        Some.Run(name, attempts: attempts, after: after) with { Slurm = new SlurmJob { PackKey = pack, Chain = chain } };

    private static World Submitted(PlannedRun run)
    {
        var world = World.Planned(Cluster(), run);
        world.Tick();
        return world.Accept();
    }

    private static IEnumerable<Effect.Submit> Submits(IEnumerable<RunEvent> events) => events.OfType<RunEvent.EffectRequested>().Select(static e => e.Effect).OfType<Effect.Submit>();
    private static string Names(Effect.Submit submit) => string.Join(' ', submit.Attempts.Select(static a => a.Attempt.ToString()));

    private static JobReport Report(JobState state, string run = "a", string job = "a-1", int number = 1, int requeue = 0, string? reason = null) =>
        new(new AttemptId(new(run), number, requeue), new JobId(job), state, reason, Started: state is JobState.Queued ? null : Some.Time);

    [Fact]
    public void Runs_that_ask_for_the_same_become_tasks_of_arrays_no_larger_than_allowed()
    {
        var world = World.Planned(Cluster(new() { ArraySize = 2 }), Job("a", "x"), Job("b", "x"), Job("c", "y"), Job("d", "x"), Job("e"));
        Assert.Equal(["a.1 b.1", "d.1", "c.1", "e.1"], Submits(world.Tick()).Select(Names));
    }

    [Fact]
    public void An_array_is_called_after_its_members_so_deciding_twice_gives_the_same_name()
    {
        var one = Assert.Single(World.Planned(Cluster(), Job("a", "x"), Job("b", "x")).Tick().OfType<RunEvent.EffectRequested>());
        var two = Assert.Single(World.Planned(Cluster(), Job("a", "x"), Job("b", "x")).Tick().OfType<RunEvent.EffectRequested>());
        Assert.Matches("^submit:array\\.[0-9a-f]{6}$", one.Id);
        Assert.Equal(one.Id, two.Id);
    }

    [Fact]
    public void Max_jobs_feeds_the_queue_and_drops_nothing()
    {
        var world = World.Planned(Cluster(new() { MaxJobs = 2 }), Job("a", "x"), Job("b", "x"), Job("c", "x"));
        Assert.Equal(["a.1 b.1"], Submits(world.Tick()).Select(Names));
        world.Accept();
        Assert.Empty(world.Tick());
        var job = world["a"].Held!.Value.Job;
        world.See(new Observation.JobReported(world.Now, Report(JobState.Completed, job: job.Value)));
        Assert.Equal(["c.1"], Submits(world.Tick()).Select(Names));
    }

    [Fact]
    public void With_a_stagger_one_run_is_submitted_at_a_time()
    {
        var world = World.Planned(Cluster(new() { StaggerSeconds = 30 }), Job("a"), Job("b"));
        Assert.Single(Submits(world.Tick()));
        world.Accept();
        Assert.Empty(Submits(world.After(TimeSpan.FromSeconds(29)).Tick()));
        Assert.Equal(["b.1"], Submits(world.After(TimeSpan.FromSeconds(1)).Tick()).Select(Names));
    }

    [Fact]
    public void An_array_that_is_too_large_goes_on_in_halves_with_the_same_attempts()
    {
        var world = World.Planned(Cluster(), Job("a", "x"), Job("b", "x"), Job("c", "x"));
        world.Tick();
        var id = world.State.Outbox.Single().Key;
        world.See(new Observation.EffectSettled(world.Now, id, new EffectResult.Refused("Invalid job array specification", Retryable: true) { For = RefusedFor.ArraySize }));
        Assert.Equal(["a.1", "b.1 c.1"], world.State.Outbox.Values.Select(static e => Names((Effect.Submit)e.Effect)).Order(StringComparer.Ordinal));
        Assert.Empty(world.Tick());
        world.Accept();
        Assert.All(world.State.Runs.Values, static run => Assert.IsType<RunState.Queued>(run.State));
    }

    [Fact]
    public void A_single_job_for_which_the_queue_is_full_waits()
    {
        var world = World.Planned(Cluster(), Job("a"));
        world.Tick();
        var events = world.See(new Observation.EffectSettled(world.Now, "submit:a.1", new EffectResult.Refused("QOSMaxSubmitJobPerUserLimit", Retryable: true) { For = RefusedFor.QueueLimit }));
        Assert.IsType<RunEvent.EffectDeferred>(Assert.Single(events));
    }

    [Fact]
    public void A_permanent_refusal_fails_the_members_of_that_array_and_no_other_run()
    {
        var world = World.Planned(Cluster(), Job("a", "x"), Job("b", "x"), Job("c", "y"));
        world.Tick();
        var array = world.State.Outbox.Single(static e => ((Effect.Submit)e.Value.Effect).Attempts.Length == 2).Key;
        world.See(new Observation.EffectSettled(world.Now, array, new EffectResult.Refused("Invalid partition name specified", Retryable: false)));
        Assert.Equal(new RunState.Finished(Outcome.Failed, "SUBMIT: Invalid partition name specified"), world["a"]);
        Assert.Equal(world["a"], world["b"]);
        Assert.IsType<RunState.Submitting>(world["c"]);
    }

    [Fact]
    public void A_requeue_by_the_scheduler_is_the_next_attempt_of_the_same_job()
    {
        var world = Submitted(Job("a"));
        world.See(new Observation.JobReported(world.Now, Report(JobState.Running)));
        var events = world.See(new Observation.JobReported(world.Now, Report(JobState.Queued, requeue: 1) with { Before = new(JobState.Preempted, "PREEMPTED") }));
        Assert.Equal<RunEvent>(
        [
            new RunEvent.AttemptEnded(Some.Attempt("a"), JobState.Preempted, "PREEMPTED", null, null, FailureCause.Infrastructure, null, null),
            new RunEvent.AttemptRequeued(new AttemptId(new("a"), 1, 1), new("a-1"), "/out/a.1.log"),
        ], events);
        Assert.Equal(new RunState.Queued(new AttemptId(new("a"), 1, 1), new("a-1")), world["a"]);
        Assert.Empty(Submits(world.Tick()));
        world.See(new Observation.JobReported(world.Now, Report(JobState.Completed, requeue: 1)));
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), world["a"]);
        Assert.Equal(2, world.State.Runs["a"].NextNumber);
    }

    [Fact]
    public void A_requeue_that_was_seen_only_when_it_ran_again_is_told_whole()
    {
        var world = Submitted(Job("a"));
        var events = world.See(new Observation.JobReported(world.Now, Report(JobState.Running, requeue: 2) with { LogStart = 77 }));
        Assert.Equal([typeof(RunEvent.AttemptEnded), typeof(RunEvent.AttemptRequeued), typeof(RunEvent.AttemptStarted)], events.Select(static e => e.GetType()));
        Assert.Equal(77, world.State.Runs["a"].LastAttempt!.LogStart);
    }

    [Fact]
    public void Requeues_count_against_the_attempts_and_the_job_is_stopped_when_they_are_used_up()
    {
        var world = Submitted(Job("a", attempts: 1));
        world.See(new Observation.JobReported(world.Now, Report(JobState.Running)));
        var events = world.See(new Observation.JobReported(world.Now, Report(JobState.Queued, requeue: 1)));
        Assert.Contains(events, static e => e is RunEvent.StopRequested { Reason: "MAX_ATTEMPTS" });
        Assert.Contains(events, static e => e is RunEvent.EffectRequested { Effect: Effect.Cancel });
        world.See(new Observation.JobReported(world.Now, Report(JobState.Cancelled, requeue: 1)));
        Assert.Equal(new RunState.Finished(Outcome.Failed, "MAX_ATTEMPTS"), world["a"]);
    }

    [Fact]
    public void A_stage_whose_parent_is_not_tried_again_is_queued_behind_it()
    {
        var world = World.Planned(Cluster(), Job("stable", attempts: 1), Job("cooldown", after: ["stable"]));
        Assert.Equal(["stable.1"], Submits(world.Tick()).Select(Names));
        world.Accept();
        var submit = Assert.Single(Submits(world.Tick()));
        Assert.Equal(("cooldown.1", "afterok", "stable-1"), (Names(submit), submit.Dependency!.Kind, submit.Dependency.Jobs.Single().Value));
    }

    [Fact]
    public void A_stage_whose_parent_may_be_tried_again_waits_for_the_monitor()
    {
        var world = World.Planned(Cluster(), Job("stable", attempts: 2), Job("cooldown", after: ["stable"]));
        world.Tick();
        world.Accept();
        Assert.Empty(world.Tick());
    }

    [Fact]
    public void A_stage_waits_for_the_monitor_where_the_user_says_so()
    {
        var world = World.Planned(Cluster(new() { Dependencies = DependencyKeeper.Monitor }), Job("stable", attempts: 1), Job("cooldown", after: ["stable"]));
        world.Tick();
        world.Accept();
        Assert.Empty(world.Tick());
    }

    [Fact]
    public void Stage_pairs_in_equal_order_become_two_arrays_task_by_task()
    {
        var world = World.Planned(Cluster(), Job("a", "x", attempts: 1), Job("b", "x", attempts: 1), Job("a2", "y", after: ["a"]), Job("b2", "y", after: ["b"]));
        world.Tick();
        world.Accept();
        var submit = Assert.Single(Submits(world.Tick()));
        var first = world["a"].Held!.Value.Job.Value;
        Assert.Equal(("a2.1 b2.1", "aftercorr", first[..first.IndexOf('_')]), (Names(submit), submit.Dependency!.Kind, submit.Dependency.Jobs.Single().Value));
    }

    [Fact]
    public void Stage_pairs_in_another_order_are_single_jobs_each_behind_its_own_parent()
    {
        var world = World.Planned(Cluster(), Job("a", "x", attempts: 1), Job("b", "x", attempts: 1), Job("b2", "y", after: ["b"]), Job("a2", "y", after: ["a"]));
        world.Tick();
        world.Accept();
        Assert.Equal(["b2.1 afterok _1", "a2.1 afterok _0"], Submits(world.Tick()).Select(static s => $"{Names(s)} {s.Dependency!.Kind} {s.Dependency.Jobs.Single().Value[^2..]}"));
    }

    [Fact]
    public void A_stage_that_Slurm_ended_because_its_parent_failed_is_skipped_whichever_end_is_seen_first()
    {
        foreach (var parentFirst in new[] { true, false })
        {
            var world = World.Planned(Cluster(), Job("stable", attempts: 1), Job("cooldown", after: ["stable"]));
            world.Tick();
            world.Accept().Tick();
            world.Accept();
            var parent = new Observation.JobReported(world.Now, Report(JobState.Failed, "stable", "stable-1"));
            var child = new Observation.JobReported(world.Now, Report(JobState.Cancelled, "cooldown", "cooldown-1") with { Started = null });
            if (parentFirst) world.See(parent);
            else Assert.Empty(world.See(child));
            world.See(parent);
            world.See(child);
            Assert.Equal(new RunState.Finished(Outcome.Skipped, "DEPENDENCY: stable"), world["cooldown"]);
        }
    }

    private static IEnumerable<string> Needs(AttemptStart start) => (start.Needs ?? []).Select(static n => $"{n.Attempt} {n.Folder}");

    /// <summary>A parent that is not tried again runs, and its child is queued behind it.</summary>
    private static World QueuedBehind(int childAttempts = 3, int chain = 1)
    {
        var world = World.Planned(Cluster(), Job("stable", attempts: 1), Job("cooldown", after: ["stable"], attempts: childAttempts, chain: chain));
        world.Tick();
        world.Accept().Tick();
        return world.Accept();
    }

    [Fact]
    public void What_is_queued_behind_another_run_is_told_which_attempt_it_has_to_look_at()
    {
        var world = World.Planned(Cluster(), Job("done"), Job("stable", attempts: 2), Job("cooldown", after: ["done", "stable"]));
        Assert.All(Submits(world.Tick()), static s => Assert.Null(s.Attempts[0].Needs));
        world.Accept();
        world.See(new Observation.JobReported(world.Now, Report(JobState.Completed, "done", "done-1")));
        // Queued again by Slurm: the same job, with nothing left for a further one.
        world.See(new Observation.JobReported(world.Now, Report(JobState.Queued, "stable", "stable-1", requeue: 1)));
        var submit = Assert.Single(Submits(world.Tick()));
        Assert.Equal(["stable.1.r1 /out/stable/attempts/1"], Needs(submit.Attempts[0]));
    }

    [Fact]
    public void Each_task_of_an_array_is_told_of_its_own_parent()
    {
        var world = World.Planned(Cluster(), Job("a", "x", attempts: 1), Job("b", "x", attempts: 1), Job("a2", "y", after: ["a"]), Job("b2", "y", after: ["b"]));
        world.Tick();
        world.Accept();
        Assert.Equal(["a.1 /out/a/attempts/1", "b.1 /out/b/attempts/1"], Assert.Single(Submits(world.Tick())).Attempts.SelectMany(Needs));
    }

    [Fact]
    public void Every_link_of_a_chain_looks_at_the_runs_before_it()
    {
        var world = QueuedBehind(chain: 3);
        Assert.Equal(["stable.1 /out/stable/attempts/1"], Needs(Assert.Single(Submits(world.Tick())).Attempts[0]));
        world.Accept();
        world.See(new Observation.JobReported(world.Now, Report(JobState.Failed, "stable", "stable-1")));
        Assert.Empty(Submits(world.Tick()));
    }

    [Fact]
    public void Behind_a_chain_that_goes_on_nothing_is_queued_since_no_one_links_end_is_the_runs()
    {
        var world = World.Planned(Cluster(), Job("stable", attempts: 2, chain: 2), Job("cooldown", after: ["stable"]));
        for (var i = 0; i < 2; i++)
        {
            Assert.All(Submits(world.Tick()), static s => Assert.Equal("stable", s.Attempts[0].Attempt.Run.Value));
            world.Accept();
        }
        Assert.Empty(world.Tick());
        world.See(new Observation.JobReported(world.Now, Report(JobState.Timeout, "stable", "stable-1", reason: "TIMEOUT")));
        Assert.Equal(["stable.2 /out/stable/attempts/2"], Needs(Assert.Single(Submits(world.Tick())).Attempts[0]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_run_whose_script_saw_that_its_parent_failed_is_skipped_whichever_end_is_seen_first(bool parentFirst)
    {
        var world = QueuedBehind();
        var child = new Observation.JobReported(world.Now, Report(JobState.Cancelled, "cooldown", "cooldown-1", reason: JobReport.Unmet));
        if (!parentFirst) Assert.Empty(world.See(child));
        world.See(new Observation.JobReported(world.Now, Report(JobState.Failed, "stable", "stable-1")));
        world.See(child);
        Assert.Equal(new RunState.Finished(Outcome.Skipped, "DEPENDENCY: stable"), world["cooldown"]);
    }

    [Fact]
    public void A_run_whose_script_did_not_see_in_time_that_its_parent_completed_is_started_again_and_looks_no_more()
    {
        var world = QueuedBehind();
        world.See(new Observation.JobReported(world.Now, Report(JobState.Completed, "stable", "stable-1")));
        world.See(new Observation.JobReported(world.Now, Report(JobState.Cancelled, "cooldown", "cooldown-1", reason: JobReport.Unmet)));
        var again = Assert.Single(Submits(world.After(Minute * 5).Tick()));
        Assert.Equal(("cooldown.2", null, null), (Names(again), again.Dependency, again.Attempts[0].Needs));
    }

    [Fact]
    public void With_no_attempt_left_such_a_run_waits_for_a_person_instead_of_having_failed()
    {
        var world = QueuedBehind(childAttempts: 1);
        world.See(new Observation.JobReported(world.Now, Report(JobState.Completed, "stable", "stable-1")));
        world.See(new Observation.JobReported(world.Now, Report(JobState.Cancelled, "cooldown", "cooldown-1", reason: JobReport.Unmet)));
        Assert.Equal(new RunState.Finished(Outcome.NeedsPerson, "DEPENDENCY"), world["cooldown"]);
    }

    [Fact]
    public void A_job_that_somebody_cancelled_outside_is_cancelled_and_not_tried_again()
    {
        var world = Submitted(Job("a"));
        world.See(new Observation.JobReported(world.Now, Report(JobState.Cancelled, reason: "CANCELLED by 1000")));
        Assert.Equal(new RunState.Finished(Outcome.Cancelled, "CANCELLED"), world["a"]);
        Assert.Empty(world.After(Minute).Tick());
    }

    [Fact]
    public void A_chain_is_queued_link_by_link_and_goes_on_where_a_link_ended()
    {
        var world = Submitted(Job("a", chain: 3));
        Assert.Equal(["a.2 afterany a-1"], Submits(world.Tick()).Select(static s => $"{Names(s)} {s.Dependency!.Kind} {s.Dependency.Jobs.Single()}"));
        world.Accept();
        Assert.Equal(["a.3 afterany a-2"], Submits(world.Tick()).Select(static s => $"{Names(s)} {s.Dependency!.Kind} {s.Dependency.Jobs.Single()}"));
        world.Accept();
        Assert.Empty(world.Tick());
        Assert.Equal(new RunState.Queued(Some.Attempt("a"), new("a-1")), world["a"]);
        world.See(new Observation.JobReported(world.Now, Report(JobState.Timeout, reason: "TIMEOUT")));
        Assert.Equal(new RunState.Queued(Some.Attempt("a", 2), new("a-2")), world["a"]);
        Assert.Empty(Submits(world.Tick()));
    }

    [Fact]
    public void What_is_left_of_a_chain_is_cancelled_when_the_run_completes()
    {
        var world = Submitted(Job("a", chain: 2));
        world.Tick();
        world.Accept();
        var events = world.See(new Observation.JobReported(world.Now, Report(JobState.Completed)));
        Assert.Contains(events, static e => e is RunEvent.EffectRequested { Effect: Effect.Cancel { Job.Value: "a-2" } });
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), world["a"]);
        Assert.Equal(1, world.State.Runs["a"].LastAttempt!.Id.Number);
        Assert.Empty(Submits(world.Tick()));
    }

    [Fact]
    public void A_link_whose_chain_ended_while_it_was_submitted_is_cancelled_at_once()
    {
        var world = Submitted(Job("a", chain: 2));
        world.Tick();
        world.See(new Observation.JobReported(world.Now, Report(JobState.Completed)));
        world.Accept();
        Assert.Contains(world.State.Outbox.Values, static e => e.Effect is Effect.Cancel { Job.Value: "a-2" });
    }

    private static World Chained(string causes, string? signal)
    {
        var run = Job("a", chain: 3) with { Restart = new(3, 1, [.. causes.Split(' ').Select(static c => Enum.Parse<FailureCause>(c, ignoreCase: true))]) };
        var world = Submitted(signal is null ? run : run with { Slurm = run.Slurm! with { Sbatch = [new("signal", signal)] } });
        foreach (var _ in new[] { 2, 3 })
        {
            world.Tick();
            world.Accept();
        }
        return world;
    }

    [Theory]
    [InlineData(127, "infrastructure", null, FailureCause.UserError)]
    [InlineData(126, "infrastructure crash", "B:USR1@60", FailureCause.UserError)]
    [InlineData(3, "infrastructure timeout", null, FailureCause.Crash)]
    public void A_chain_ends_where_the_command_failed_by_itself_and_would_only_fail_again(int code, string causes, string? signal, FailureCause cause)
    {
        var world = Chained(causes, signal);
        var events = world.See(new Observation.JobReported(world.Now, Report(JobState.Failed, reason: "FAILED") with { ExitCode = code }));
        Assert.Equal(new RunState.Finished(Outcome.Failed, "FAILED"), world["a"]);
        Assert.Equal(["a-2", "a-3"], events.OfType<RunEvent.EffectRequested>().Select(static e => Assert.IsType<Effect.Cancel>(e.Effect).Job.Value));
        var run = world.State.Runs["a"];
        Assert.Equal((1, cause, code), (run.LastAttempt!.Id.Number, run.LastAttempt.Cause, run.LastAttempt.ExitCode));
        Assert.All(run.Attempts.Skip(1), static a => Assert.Equal((JobState.Cancelled, "CHAIN", null), (a.State, a.Reason, a.Started)));
    }

    [Theory]
    [InlineData(3, null, "infrastructure crash", null)]
    [InlineData(137, 9, "infrastructure", null)]
    [InlineData(143, 15, "infrastructure", null)]
    [InlineData(null, null, "infrastructure", null)]
    [InlineData(3, null, "infrastructure", "B:USR1@60")]
    public void A_chain_goes_on_where_the_command_did_not_fail_by_itself_or_is_to_be_tried_again(int? code, int? signal, string causes, string? warning)
    {
        var world = Chained(causes, warning);
        var events = world.See(new Observation.JobReported(world.Now, Report(JobState.Failed, reason: "FAILED") with { ExitCode = code, Signal = signal }));
        Assert.Equal(new RunState.Queued(Some.Attempt("a", 2), new("a-2")), world["a"]);
        Assert.Empty(events.OfType<RunEvent.EffectRequested>());
    }

    [Fact]
    public void A_refused_link_leaves_the_run_alone()
    {
        var world = Submitted(Job("a", chain: 2));
        world.Tick();
        world.See(new Observation.EffectSettled(world.Now, "submit:a.2", new EffectResult.Refused("no", Retryable: false)));
        Assert.Equal(new RunState.Queued(Some.Attempt("a"), new("a-1")), world["a"]);
        Assert.Empty(world.Tick());
    }

    [Fact]
    public void A_held_run_waits_until_it_is_released()
    {
        var world = World.Planned(Cluster(), Job("a"));
        world.Wish(new WishContent.Change([new("a")], new JobChange.Hold()));
        Assert.Empty(world.Tick());
        world.Wish(new WishContent.Change([new("a")], new JobChange.Release()), "w2");
        Assert.Single(Submits(world.Tick()));
    }

    [Fact]
    public void A_queued_job_is_held_by_the_scheduler()
    {
        var world = Submitted(Job("a"));
        var events = world.Wish(new WishContent.Change([new("a")], new JobChange.Hold()));
        Assert.Contains(events, static e => e is RunEvent.EffectRequested { Id: "hold:a.1", Effect: Effect.Change { To: JobChange.Hold } });
        Assert.NotNull(world.State.Runs["a"].HeldBy);
    }

    [Fact]
    public void A_change_is_granted_in_the_words_in_which_it_is_told()
    {
        var events = Submitted(Job("a")).Wish(new WishContent.Change([new("a")], new JobChange.TimeLimit(TimeSpan.FromHours(26))));
        Assert.Equal(new RunEvent.WishGranted("w1", "set the time limit 1-02:00:00 of a"), events[0]);
    }

    [Fact]
    public void A_job_that_waits_for_what_does_not_come_is_called_stuck_once_for_each_reason()
    {
        var world = Submitted(Job("a"));
        var stuck = Report(JobState.Queued) with { Stuck = "PartitionNodeLimit" };
        Assert.Equal<RunEvent>([new RunEvent.JobStuck(Some.Attempt("a"), "PartitionNodeLimit")], world.See(new Observation.JobReported(world.Now, stuck)));
        Assert.Empty(world.See(new Observation.JobReported(world.Now, stuck)));
        Assert.Single(world.See(new Observation.JobReported(world.Now, stuck with { Stuck = "PartitionDown" })));
    }

    [Fact]
    public void A_script_that_a_person_submitted_is_adopted_with_its_own_job()
    {
        var world = Submitted(Job("a"));
        Assert.Equal<RunEvent>([new RunEvent.AttemptAdopted(Some.Attempt("a"), new("777"))], world.See(new Observation.JobReported(world.Now, Report(JobState.Failed) with { ClaimedBy = new("777") })));
        world.See(new Observation.JobReported(world.Now, Report(JobState.Completed, job: "777")));
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), world["a"]);
    }

    [Fact]
    public void The_attempt_after_a_node_failure_keeps_away_from_that_node_and_out_of_arrays()
    {
        var world = World.Planned(Cluster(), Job("a", "x"), Job("b", "x"));
        world.Tick();
        world.Accept();
        foreach (var run in new[] { "a", "b" })
            world.See(new Observation.JobReported(world.Now, Report(JobState.NodeFail, run, world[run].Held!.Value.Job.Value, reason: "NODE_FAIL") with { FailedNodes = "n3" }));
        var again = Submits(world.After(Minute).Tick()).ToList();
        Assert.Equal(["a.2 n3", "b.2 n3"], again.Select(static s => $"{Names(s)} {s.Attempts.Single().ExcludedNodes}"));
    }

    [Fact]
    public void A_further_attempt_asks_for_the_time_that_is_left_when_it_has_a_checkpoint_to_go_on_from()
    {
        var plan = Job("a");
        var world = Submitted(plan with { TimeLimit = TimeSpan.FromHours(4), Slurm = plan.Slurm! with { AsksForTimeLeft = true } });
        world.See(new Observation.JobReported(world.Now, Report(JobState.Running)));
        world.See(new Observation.LineSeen(world.Now, Some.Attempt("a"), null, 5, "", []) { Checkpoint = new(10, "/ckpt") });
        world.See(new Observation.JobReported(world.Now, Report(JobState.Preempted, reason: "PREEMPTED") with { Ended = Some.Time.AddHours(1) }));
        Assert.Equal(TimeSpan.FromHours(3), Assert.Single(Submits(world.After(Minute).Tick())).Attempts.Single().TimeLimit);
    }

    [Fact]
    public void A_cancel_that_did_not_end_the_job_is_sent_again()
    {
        var world = Submitted(Job("a"));
        world.See(new Observation.JobReported(world.Now, Report(JobState.Running)));
        world.Wish(new WishContent.Cancel([new("a")]));
        world.See(new Observation.EffectSettled(world.Now, "cancel:a.1", new EffectResult.Done()));
        Assert.Empty(world.After(TimeSpan.FromSeconds(59)).Tick());
        Assert.Equal("cancel:a.1", Assert.IsType<RunEvent.EffectRequested>(Assert.Single(world.After(TimeSpan.FromSeconds(1)).Tick())).Id);
        Assert.Empty(world.Tick());
    }

    [Fact]
    public void A_queued_job_that_was_held_past_us_is_released_as_well()
    {
        var world = Submitted(Job("a"));
        world.Wish(new WishContent.Change([new("a")], new JobChange.Release()));
        Assert.Equal(new JobChange.Release(), Assert.IsType<Effect.Change>(Assert.Single(world.State.Outbox.Values).Effect).To);
    }

    [Fact]
    public void A_release_takes_the_place_of_a_hold_that_was_not_yet_carried_out()
    {
        var world = Submitted(Job("a"));
        world.Wish(new WishContent.Change([new("a")], new JobChange.Hold()));
        world.Wish(new WishContent.Change([new("a")], new JobChange.Release()), "w2");
        Assert.Equal(new JobChange.Release(), Assert.IsType<Effect.Change>(Assert.Single(world.State.Outbox.Values).Effect).To);
    }

    private static Effect.Submit Pending(World world) => world.State.Outbox.Values.Select(static e => e.Effect).OfType<Effect.Submit>().Single();

    [Fact]
    public void A_submission_is_not_wanted_any_more_when_all_its_runs_are_cancelled()
    {
        var world = World.Planned(Cluster(), Job("a", "x"), Job("b", "x"));
        world.Tick();
        world.Wish(new WishContent.Cancel([new("a")]));
        Assert.True(world.State.Wants(Pending(world).Attempts));
        world.Wish(new WishContent.Cancel([new("b")]), "w2");
        Assert.False(world.State.Wants(Pending(world).Attempts));
        world.See(new Observation.EffectSettled(world.Now, world.State.Outbox.Single().Key, new EffectResult.Done()));
        Assert.All(world.State.Runs.Values, static run => Assert.Equal(new RunState.Finished(Outcome.Cancelled, "CANCELLED"), run.State));
    }

    [Fact]
    public void A_cancelled_run_whose_submission_is_refused_for_good_was_cancelled_and_has_not_failed()
    {
        var world = World.Planned(Cluster(), Job("a", "x"), Job("b", "x"));
        world.Tick();
        world.Wish(new WishContent.Cancel([new("a")]));
        world.See(new Observation.EffectSettled(world.Now, world.State.Outbox.Single().Key, new EffectResult.Refused("no such partition", Retryable: false)));
        Assert.Equal(new RunState.Finished(Outcome.Cancelled, "CANCELLED"), world["a"]);
        Assert.Equal(new RunState.Finished(Outcome.Failed, "SUBMIT: no such partition"), world["b"]);
    }

    [Fact]
    public void A_link_that_was_still_to_be_submitted_when_its_run_ended_does_not_run_beside_the_retried_attempt()
    {
        var world = Submitted(Job("a", chain: 2));
        world.Tick();
        var link = Pending(world);
        world.See(new Observation.JobReported(world.Now, Report(JobState.Cancelled)));
        world.Wish(new WishContent.Retry([new("a")]));
        Assert.False(world.State.Wants(link.Attempts));
        world.See(new Observation.EffectSettled(world.Now, "submit:a.2", World.Accepted(link)));
        Assert.Contains(world.State.Outbox.Values, static e => e.Effect is Effect.Cancel { Job.Value: "a-2" });
    }

    [Fact]
    public void A_link_that_the_scheduler_requeued_keeps_its_place_in_the_chain()
    {
        var world = Submitted(Job("a", chain: 3, attempts: 9));
        foreach (var _ in new[] { 2, 3 })
        {
            world.Tick();
            world.Accept();
        }
        world.See(new Observation.JobReported(world.Now, Report(JobState.Timeout, reason: "TIMEOUT")));
        world.See(new Observation.JobReported(world.Now, Report(JobState.Queued, job: "a-2", number: 2, requeue: 1)));
        Assert.Equal(new RunState.Queued(new AttemptId(new("a"), 2, 1), new("a-2")), world["a"]);
        Assert.Empty(Submits(world.Tick()));
    }

    [Fact]
    public void Links_of_chains_count_against_max_jobs_and_come_after_the_runs_that_wait()
    {
        var world = World.Planned(Cluster(new() { MaxJobs = 3 }), Job("a", chain: 3), Job("b"));
        Assert.Equal(["a.1", "b.1"], Submits(world.Tick()).Select(Names));
        world.Accept();
        Assert.Equal(["a.2"], Submits(world.Tick()).Select(Names));
        world.Accept();
        Assert.Empty(world.Tick());
        world.See(new Observation.JobReported(world.Now, Report(JobState.Completed, "b", "b-1")));
        Assert.Equal(["a.3"], Submits(world.Tick()).Select(Names));
    }

    [Theory]
    [InlineData("PartitionDown", false)]    // a monitor that began anew measures the time anew
    [InlineData(null, true)]
    [InlineData("Resources", true)]
    public void A_job_is_stuck_no_more_when_it_waits_for_something_else(string? reason, bool moves)
    {
        var world = Submitted(Job("a"));
        world.See(new Observation.JobReported(world.Now, Report(JobState.Queued, reason: "PartitionDown") with { Stuck = "PartitionDown" }));
        var events = world.See(new Observation.JobReported(world.Now, Report(JobState.Queued, reason: reason)));
        Assert.Equal(moves ? [new RunEvent.JobUnstuck(Some.Attempt("a"))] : [], events);
        Assert.Equal(moves ? null : "PartitionDown", world.State.Runs["a"].LastAttempt!.Stuck);
        Assert.Empty(world.See(new Observation.JobReported(world.Now, Report(JobState.Queued, reason: reason))));
    }
}
