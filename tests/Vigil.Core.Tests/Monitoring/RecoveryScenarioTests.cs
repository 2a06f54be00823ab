using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Core.Tests.Monitoring;

/// <summary>Scenarios 36 to 39 as decisions: crash loops, jobs that will not go, checkpoints that are half there, and rules that want different things.</summary>
public sealed class RecoveryScenarioTests
{
    private const string Told = "notify: {pager: {type: command, command: [page]}}";

    private static Watched CrashLoop(string monitoring)
    {
        var watched = Watched.Running($"job: {{restart: {{max_attempts: 9, delay_seconds: 1, causes: [crash]}}}}\nmonitoring: {{{monitoring}}}");
        watched.World.See(new Observation.PlanAccepted(watched.World.Now, "user:ada", watched.Plan.Experiment, [], []) { Channels = watched.Plan.Channels });
        for (var n = 1; n <= 9 && watched["a"].State is RunState.Running; n++)
        {
            watched.World.Fail("a", n, step: 100);
            watched.World.After(TimeSpan.FromHours(2)).Tick();
            watched.World.Accept();
            watched.World.Report("a", JobState.Running, n + 1);
        }
        Assert.Equal(new RunState.Finished(Outcome.NeedsPerson, "CRASH_LOOP"), watched["a"].State);
        return watched;
    }

    [Fact, Trait("scenario", "36")]
    public void A_crash_loop_is_told_once_with_how_the_last_attempts_ended_and_the_watch_waits_until_it_is_told()
    {
        var watched = CrashLoop(Told);

        var (id, pending) = Assert.Single(watched.World.State.Outbox);
        var notify = Assert.IsType<Effect.Notify>(pending.Effect);
        Assert.Equal(("notify:a.3/needs_person@needs_person#0", "", "a needs a person (CRASH_LOOP): a.1 FAILED, a.2 FAILED, a.3 FAILED"), (id, notify.To, notify.Message));
        watched.World.Report("a", JobState.Failed, 3, 1, "FAILED", 100);
        watched.World.After(TimeSpan.FromDays(1)).Tick();
        Assert.Single(watched.Requested, static r => r.StartsWith("notify:", StringComparison.Ordinal));
        watched.World.See(new Observation.EffectSettled(watched.World.Now, id, new EffectResult.Done()));
        Assert.Empty(watched.World.State.Outbox);
        Assert.True(watched.World.State.AllFinished);
    }

    [Fact, Trait("scenario", "36")]
    public void Where_nobody_is_named_nobody_is_told_of_a_crash_loop() =>
        Assert.DoesNotContain(CrashLoop("").Requested, static r => r.StartsWith("notify:", StringComparison.Ordinal));

    [Fact, Trait("scenario", "36")]
    public void A_newer_checkpoint_is_progress_and_no_crash_loop()
    {
        var watched = Watched.Running("job: {restart: {max_attempts: 5, delay_seconds: 1, causes: [crash]}}");
        for (var n = 1; n <= 5; n++)
        {
            watched.Line($"saved {n}", 10, checkpoint: $"/out/a/ckpt_{n}", step: n);
            watched.World.Fail("a", n, step: 100);
            if (n == 5) break;
            watched.World.After(TimeSpan.FromHours(2)).Tick();
            watched.World.Accept();
            watched.World.Report("a", JobState.Running, n + 1);
        }
        Assert.Equal(new RunState.Finished(Outcome.Failed, "FAILED"), watched["a"].State);
    }

    private const string Broken = """
        job: {restart: {max_attempts: 3, delay_seconds: 1}}
        monitoring:
          rules:
            - {name: broken, when: 'NCCL ERROR', do: {restart: {cause: infrastructure}}}
            - {name: enough, when: 'training is done', do: finish}
        """;

    [Fact, Trait("scenario", "37")]
    public void A_restart_waits_for_as_long_as_its_job_is_there_whatever_the_cancel_said()
    {
        var watched = Watched.Running(Broken);
        watched.Line("NCCL ERROR", 10);
        watched.World.See(new Observation.EffectSettled(watched.World.Now, "cancel:a.1", new EffectResult.Done()));
        for (var minute = 0; minute < 600; minute++)
        {
            watched.World.Report("a", JobState.Running);
            watched.World.After(TimeSpan.FromMinutes(1)).Tick();
        }
        Assert.DoesNotContain("submit:a.2", watched.Requested);
        watched.Gone();
        watched.World.After(TimeSpan.FromMinutes(1)).Tick();
        Assert.Contains("submit:a.2", watched.Requested);
    }

    [Theory, Trait("scenario", "37")]
    [InlineData("NCCL ERROR", 0)]
    [InlineData("training is done", 120)]
    public void A_cancel_that_the_scheduler_took_and_forgot_is_asked_for_again(string line, int grace)
    {
        var watched = Watched.Running(Broken);
        watched.Line(line, 10);
        watched.World.After(TimeSpan.FromSeconds(grace)).Tick();
        for (var times = 1; times <= 3; times++)
        {
            Assert.Equal(times, watched.Requested.Count(static r => r == "cancel:a.1"));
            watched.World.See(new Observation.EffectSettled(watched.World.Now, "cancel:a.1", new EffectResult.Done()));
            watched.World.After(TimeSpan.FromSeconds(59)).Tick();
            Assert.Empty(watched.World.State.Outbox);
            watched.World.After(TimeSpan.FromSeconds(1)).Tick();
        }
    }

    [Theory, Trait("scenario", "37")]
    [InlineData(true)]
    [InlineData(false)]
    public void The_cancel_of_an_attempt_says_nothing_of_the_next(bool late)
    {
        var watched = Watched.Running(Broken);
        watched.Line("NCCL ERROR", 10);
        if (late)
        {
            watched.World.Report("a", JobState.NodeFail, 1, null, "NODE_FAIL", 100);
            watched.World.See(new Observation.EffectSettled(watched.World.Now, "cancel:a.1", new EffectResult.Done()));
        }
        else watched.Gone(step: 100);
        watched.World.After(TimeSpan.FromMinutes(5)).Tick();
        watched.World.Accept();
        watched.World.Report("a", JobState.Running, 2);

        watched.Line("training is done", 10);
        watched.World.After(TimeSpan.FromSeconds(120)).Tick();
        Assert.Contains("cancel:a.2", watched.Requested);
    }

    [Fact, Trait("scenario", "38")]
    public void A_cooldown_waits_until_its_checkpoint_has_stood_still_for_long_enough_and_pins_its_path()
    {
        var watched = Watched.Running("""
            monitoring:
              rules:
                - name: cool
                  when: {checkpoint: any}
                  if: {file_exists: {path: '{checkpoint_path}/latest_checkpointed_iteration.txt', stable_for: 30, min_age: 60}}
                  do: {start_run: ['lr={checkpoint_path}']}
            lr: 0
            """);
        watched.Line("saved", 10, checkpoint: "/out/a/checkpoints", step: 100);
        var written = watched.World.Now;
        var probe = Assert.IsType<Probe.File>(Assert.Single(Looks.Wanted(watched.World.State)).Probes[0]);
        Assert.Equal("/out/a/checkpoints/latest_checkpointed_iteration.txt", probe.Path);
        // It is there and grows, it stands still for too short a time, it is too young: none of these is a checkpoint.
        Assert.Empty(watched.Find("gate", new ProbeAnswer.Found(3, written, written)));
        watched.World.After(TimeSpan.FromSeconds(29));
        Assert.Empty(watched.Find("gate", new ProbeAnswer.Found(9, written, written)));
        watched.World.After(TimeSpan.FromSeconds(30));
        Assert.Empty(watched.Find("gate", new ProbeAnswer.Found(9, written, written)));
        watched.World.After(TimeSpan.FromSeconds(1));
        watched.Find("gate", new ProbeAnswer.Found(9, written, written));
        var start = Assert.IsType<Effect.StartRun>(Assert.Single(watched.World.State.Outbox).Value.Effect);
        Assert.Equal(("lr='/out/a/checkpoints'", "/out/a/checkpoints"), (Assert.Single(start.Overrides), start.Checkpoint));
    }

    [Theory, Trait("scenario", "39")]
    [InlineData("again stop", "RULE: stop", Outcome.Cancelled)]
    [InlineData("stop again", "RULE: stop", Outcome.Cancelled)]
    [InlineData("again enough stop", "RULE: stop", Outcome.Cancelled)]
    [InlineData("again enough", "RULE: enough", Outcome.Completed)]
    [InlineData("enough again", "RULE: enough", Outcome.Completed)]
    public void Of_rules_that_want_different_things_of_a_run_at_once_one_wins_and_the_others_are_told_so(string rules, string reason, Outcome outcome)
    {
        var names = rules.Split(' ');
        var word = new Dictionary<string, string> { ["again"] = "restart", ["stop"] = "cancel", ["enough"] = "finish" };
        var watched = Watched.Running($"monitoring:\n  rules:\n{string.Concat(names.Select(name => $"    - {{name: {name}, when: oops, do: {word[name]}}}\n"))}");

        watched.Line("oops", 10);

        var settled = watched.All.OfType<RunEvent.ActionSettled>().ToDictionary(static s => s.Firing.Split('/')[1].Split('@')[0], static s => s.Outcome);
        Assert.Equal(names.ToDictionary(static n => n, n => reason.EndsWith(n, StringComparison.Ordinal) ? ActionOutcome.Done : ActionOutcome.Superseded), settled);
        Assert.Empty(watched.All.OfType<RunEvent.RestartRequested>());
        watched.World.After(TimeSpan.FromMinutes(5)).Tick();
        Assert.Equal(1, watched.Requested.Count(static r => r == "cancel:a.1"));
        watched.Gone();
        watched.World.After(TimeSpan.FromHours(1)).Tick();
        Assert.Equal(new RunState.Finished(outcome, reason), watched["a"].State);
        Assert.DoesNotContain("submit:a.2", watched.Requested);
    }

    [Fact, Trait("scenario", "39")]
    public void A_run_that_ends_by_itself_in_the_moment_of_a_restart_is_over()
    {
        var watched = Watched.Running(Broken);
        watched.Line("NCCL ERROR", 10);
        watched.World.Report("a", JobState.Completed, code: 0);
        watched.World.After(TimeSpan.FromHours(1)).Tick();
        Assert.Equal(new RunState.Finished(Outcome.Completed, null), watched["a"].State);
        Assert.DoesNotContain("submit:a.2", watched.Requested);
    }
}
