using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Core.Tests.Monitoring;

public sealed class RuleDeciderTests
{
    private const string Checkpoints = """
        monitoring:
          log_events:
            - name: checkpoint_saved_cooldown
              pattern: 'successfully saved checkpoint from iteration\s+(?P<iteration>\d+) to (?P<path>\S+)'
              extract_groups:
                checkpoint_iteration: iteration
                checkpoint_path: path
              actions:
                - class_name: EventAction
                  mode: queue
                  conditions:
                    - class_name: MetadataCondition
                      key: checkpoint_iteration
                      equals: "50000"
                    - class_name: FileExistsCondition
                      path: "{checkpoint_path}/latest_checkpointed_iteration.txt"
                      blocking: true
                  action:
                    class_name: RunAutoexpAction
                    config_path: "{output_dir}/provenance/unresolved_config.yaml"
                    overrides:
                      - backend.args.load={checkpoint_path}
                      - project.base_output_dir={project.base_output_dir}_cooldown_$(date +%Y%m%d_%H%M%S)
                      - backend.args.learning_rate=0.0001
                      - monitoring=megatron_basic
        """;

    private static readonly ProbeAnswer Found = new ProbeAnswer.Found(10, Some.Time, Some.Time);

    [Fact]
    public void A_checkpoint_of_the_wanted_step_starts_one_cooldown_when_its_file_is_there()
    {
        var watched = Watched.Running(Checkpoints);
        Assert.Empty(watched.Line("successfully saved checkpoint from iteration   25000 to /out/a/ckpt", 100));
        watched.Line("successfully saved checkpoint from iteration   50000 to /out/a/ckpt", 200);
        Assert.Empty(watched.Find("gate", new ProbeAnswer.Absent()));
        watched.Find("gate", Found);
        var start = Assert.IsType<Effect.StartRun>(Assert.Single(watched.World.State.Outbox, static e => e.Key.StartsWith("start:", StringComparison.Ordinal)).Value.Effect);
        Assert.Equal("/out/a/provenance/unresolved_config.yaml", start.Config);
        Assert.Equal(["backend.args.load='/out/a/ckpt'", "project.base_output_dir='/out_cooldown_20261122_030000'", "backend.args.learning_rate=0.0001", "monitoring=megatron_basic"], start.Overrides);
        Assert.Equal("/out/a/ckpt", start.Checkpoint);
    }

    [Fact, Trait("scenario", "28")]
    public void The_same_line_read_again_fires_nothing()
    {
        var watched = Watched.Running(Checkpoints);
        Assert.NotEmpty(watched.Line("successfully saved checkpoint from iteration 50000 to /out/a/ckpt", 200));
        Assert.Empty(watched.Line("successfully saved checkpoint from iteration 50000 to /out/a/ckpt", 200));
    }

    [Fact, Trait("scenario", "38")]
    public void A_gate_that_never_passes_is_given_up_after_its_time_and_acts_on_nothing()
    {
        var watched = Watched.Running(Checkpoints);
        watched.Line("successfully saved checkpoint from iteration 50000 to /out/a/ckpt", 200);
        watched.World.After(TimeSpan.FromSeconds(599));
        Assert.Empty(watched.Find("gate", new ProbeAnswer.Absent()));
        watched.World.After(TimeSpan.FromSeconds(1));
        watched.Find("gate", new ProbeAnswer.Absent());
        Assert.Equal([ActionOutcome.GateFailed], watched.Outcomes);
        Assert.Empty(watched.World.State.Firings);
    }

    [Fact]
    public void A_path_in_a_log_leads_nowhere_outside_the_runs_folders()
    {
        var watched = Watched.Running(Checkpoints);
        watched.Line("successfully saved checkpoint from iteration 50000 to /out/a/../../etc", 200);
        var probe = Assert.IsType<Probe.File>(Assert.Single(Looks.Wanted(watched.World.State)).Probes[0]);
        Assert.StartsWith("/dev/null", probe.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("50000", true)]
    [InlineData("\"50000\"", true)]
    [InlineData("5e4", true)]
    [InlineData("\"5e4\"", false)]
    [InlineData("50001", false)]
    public void A_number_in_yaml_equals_the_same_number_in_captured_text(string equals, bool fires)
    {
        var watched = Watched.Running($$$"""
            monitoring:
              log_events:
                - name: saved
                  pattern: 'saved (?P<n>\d+)'
                  extract_groups: {n: n}
                  actions: [{class_name: EventAction, conditions: [{class_name: MetadataCondition, key: n, equals: {{{equals}}} }], action: {class_name: LogAction, message: "at {n}"}}]
            """);
        watched.Line("saved 50000", 10);
        Assert.Equal(fires ? [ActionOutcome.Done] : [], watched.Outcomes);
    }

    private const string Restarts = """
        job: {restart: {max_attempts: 3, delay_seconds: 10}}
        monitoring:
          rules:
            - {name: broken, when: 'NCCL ERROR', do: {restart: {cause: infrastructure, exclude_nodes: true}}}
        """;

    [Fact, Trait("scenario", "39")]
    public void Several_lines_that_ask_for_a_restart_restart_once()
    {
        var watched = Watched.Running(Restarts);
        watched.Line("NCCL ERROR one", 10);
        watched.Line("NCCL ERROR two", 20);
        watched.Line("NCCL ERROR three", 30);
        Assert.Equal(["submit:a.1", "cancel:a.1"], watched.Requested);
        Assert.Equal([ActionOutcome.Done, ActionOutcome.Superseded, ActionOutcome.Superseded], watched.Outcomes);
        watched.Gone();
        Assert.Equal(FailureCause.Infrastructure, watched["a"].Attempts[0].Cause);
        Assert.Equal(new RunState.Waiting(watched.World.Now.AddSeconds(10)), watched["a"].State);
    }

    [Fact]
    public void A_restart_stops_at_the_runs_budget_of_attempts()
    {
        var watched = Watched.Running(Restarts);
        for (var n = 1; n <= 3; n++)
        {
            watched.Line("NCCL ERROR", 10);
            watched.Gone(n);
            watched.World.After(TimeSpan.FromHours(2)).Tick();
            watched.World.Accept();
            if (n < 3) watched.World.Report("a", JobState.Running, n + 1);
        }
        Assert.Equal(new RunState.Finished(Outcome.Failed, "RULE: broken, MAX_ATTEMPTS"), watched["a"].State);
    }

    [Fact, Trait("scenario", "36")]
    public void A_restart_that_never_gets_further_ends_as_a_crash_loop()
    {
        var watched = Watched.Running(Restarts.Replace("max_attempts: 3", "max_attempts: 9", StringComparison.Ordinal));
        for (var n = 1; n <= 3; n++)
        {
            watched.Line("NCCL ERROR", 10);
            watched.Gone(n, step: 100);
            if (watched["a"].State is RunState.Finished) break;
            watched.World.After(TimeSpan.FromHours(2)).Tick();
            watched.World.Accept();
            watched.World.Report("a", JobState.Running, n + 1);
        }
        Assert.Equal(new RunState.Finished(Outcome.NeedsPerson, "CRASH_LOOP"), watched["a"].State);
        Assert.Equal(3, watched["a"].Attempts.Length);
    }

    [Fact, Trait("scenario", "39")]
    public void A_persons_cancel_is_never_undone_by_a_rule()
    {
        var watched = Watched.Running(Restarts);
        watched.World.Wish(new WishContent.Cancel([new("a")]));
        watched.Line("NCCL ERROR", 10);
        watched.Gone();
        Assert.Equal([ActionOutcome.Superseded], watched.Outcomes);
        Assert.Equal(new RunState.Finished(Outcome.Cancelled, "CANCELLED"), watched["a"].State);
    }

    [Fact, Trait("scenario", "39")]
    public void A_cancel_stands_above_a_restart_that_was_asked_for_before()
    {
        var watched = Watched.Running("""
            monitoring:
              rules:
                - {name: again, when: oops, do: restart}
                - {name: stop, when: poison, do: cancel}
            """);
        watched.Line("oops", 10);
        watched.Line("poison", 20);
        watched.Gone();
        Assert.Equal(new RunState.Finished(Outcome.Cancelled, "RULE: stop"), watched["a"].State);
    }

    [Fact]
    public void A_budget_for_a_cause_ends_the_restarts_before_the_attempts_do()
    {
        var watched = Watched.Running("""
            job: {restart: {max_attempts: 9, delay_seconds: 1, causes: [crash], budgets: {crash: 1}}}
            """);
        watched.World.Fail("a");
        watched.World.After(TimeSpan.FromHours(1)).Tick();
        watched.World.Accept();
        watched.World.Report("a", JobState.Running, 2);
        watched.World.Fail("a", 2);
        Assert.Equal(new RunState.Finished(Outcome.NeedsPerson, "BUDGET: 1 restarts after crash"), watched["a"].State);
    }

    [Fact, Trait("scenario", "35")]
    public void A_hang_with_a_chattering_log_is_restarted_when_the_run_says_so()
    {
        var watched = Watched.Running("""
            job: {restart: {max_attempts: 3, delay_seconds: 1, causes: [hang]}, no_progress_threshold_seconds: 600}
            """);
        Assert.Empty(watched.Quiet(TimeSpan.Zero, TimeSpan.FromSeconds(599)));
        watched.Quiet(TimeSpan.Zero, TimeSpan.FromSeconds(600));
        watched.Gone(step: 100);
        Assert.Equal(("NO_PROGRESS", FailureCause.Hang), (watched["a"].Attempts[0].Reason, watched["a"].Attempts[0].Cause));
        Assert.IsType<RunState.Waiting>(watched["a"].State);
    }

    [Fact]
    public void A_silence_fires_once_and_again_only_after_the_log_moved()
    {
        var watched = Watched.Running("""
            inactivity_threshold_seconds: 900
            monitoring:
              state_events: [{name: stall, actions: [{class_name: LogAction, message: "silent {stall_seconds}"}]}]
            """);
        watched.Quiet(TimeSpan.FromSeconds(900), TimeSpan.Zero, offset: 50);
        watched.Quiet(TimeSpan.FromSeconds(950), TimeSpan.Zero, offset: 50);
        Assert.Single(watched.Outcomes);
        watched.Quiet(TimeSpan.FromSeconds(901), TimeSpan.Zero, offset: 80);
        Assert.Equal(2, watched.Outcomes.Count());
    }

    [Fact]
    public void A_finished_run_gives_its_job_a_while_to_end_and_then_ends_it()
    {
        var watched = Watched.Running("monitoring: {rules: [{name: enough, when: 'training is done', do: finish}]}");
        watched.Line("[after training is done]", 10);
        Assert.Empty(watched.World.After(TimeSpan.FromSeconds(119)).Tick());
        watched.World.After(TimeSpan.FromSeconds(1)).Tick();
        Assert.Contains("cancel:a.1", watched.Requested);
        watched.Gone();
        Assert.Equal(new RunState.Finished(Outcome.Completed, "RULE: enough"), watched["a"].State);
    }

    [Fact]
    public void A_state_event_restarts_what_failed_by_itself()
    {
        var watched = Watched.Running("""
            job: {restart: {max_attempts: 4, delay_seconds: 1, causes: []}}
            monitoring:
              state_events:
                - name: crash
                  actions: [{class_name: EventAction, conditions: [{class_name: MaxAttemptsCondition, max_attempts: 2}], action: {class_name: RestartAction}}]
            """);
        watched.World.Fail("a");
        Assert.IsType<RunState.Waiting>(watched["a"].State);
        watched.World.After(TimeSpan.FromHours(1)).Tick();
        watched.World.Accept();
        watched.World.Report("a", JobState.Running, 2);
        watched.World.Fail("a", 2);
        Assert.Equal(new RunState.Finished(Outcome.Failed, "FAILED"), watched["a"].State);
        Assert.Equal([ActionOutcome.Done, ActionOutcome.GateFailed], watched.Outcomes);
    }

    [Fact]
    public void An_action_that_asks_waits_for_a_person_and_then_happens()
    {
        var watched = Watched.Running("monitoring: {rules: [{name: big, when: 'loss spike', do: {cancel: too high, mode: ask}}]}");
        watched.Line("loss spike", 10);
        Assert.Equal(StepState.Asked, Assert.Single(watched.World.State.Firings.Values).Steps[0].State);
        Assert.IsType<RunState.Running>(watched["a"].State);
        watched.World.Wish(new WishContent.Approve([new("a")], Approval.Yes));
        watched.Gone();
        Assert.Equal(new RunState.Finished(Outcome.Cancelled, "too high"), watched["a"].State);
    }

    [Fact]
    public void A_no_is_kept_and_nothing_happens()
    {
        var watched = Watched.Running("monitoring: {rules: [{name: big, when: 'loss spike', do: {cancel: too high, mode: ask}}]}");
        watched.Line("loss spike", 10);
        watched.World.Wish(new WishContent.Approve([new("a")], Approval.No));
        Assert.Equal([ActionOutcome.Denied], watched.Outcomes);
        Assert.IsType<RunState.Running>(watched["a"].State);
    }

    [Fact]
    public void A_command_that_keeps_failing_is_parked_and_the_watch_goes_on()
    {
        var watched = Watched.Running("monitoring: {rules: [{name: tell, when: boom, do: {run: {command: [touch, '{output_dir}/x'], tries: 2}}}]}");
        watched.Line("boom", 10);
        watched.World.See(new Observation.EffectSettled(watched.World.Now, "command:a.1/tell@10#0", new EffectResult.Refused("exit 1", Retryable: true)));
        watched.World.See(new Observation.EffectSettled(watched.World.Now, "command:a.1/tell@10#0", new EffectResult.Refused("exit 1", Retryable: true)));
        Assert.Equal([ActionOutcome.Parked], watched.Outcomes);
        Assert.True(watched.World.State.Outbox.IsEmpty);
        watched.World.Report("a", JobState.Completed, code: 0);
        Assert.True(watched.World.State.AllFinished);
    }

    [Fact]
    public void An_action_asked_for_in_the_last_line_is_done_before_the_watch_ends()
    {
        var watched = Watched.Running("monitoring: {rules: [{name: tell, when: done, do: {run: [touch, x]}}]}");
        watched.Line("done", 10);
        watched.World.Report("a", JobState.Completed, code: 0);
        Assert.False(watched.World.State.AllFinished);
        watched.World.See(new Observation.EffectSettled(watched.World.Now, "command:a.1/tell@10#0", new EffectResult.Done()));
        Assert.True(watched.World.State.AllFinished);
    }

    [Fact]
    public void A_limit_of_a_rule_is_kept()
    {
        var watched = Watched.Running("monitoring: {rules: [{name: tell, when: tick, do: {log: 'seen {line}'}, limit: 2}]}");
        for (var i = 0; i < 5; i++) watched.Line($"tick {i}", i * 10);
        Assert.Equal([ActionOutcome.Done, ActionOutcome.Done, ActionOutcome.Limited], watched.Outcomes);
    }

    [Fact]
    public void A_published_event_fires_the_rules_that_wait_for_it_and_circles_end()
    {
        var watched = Watched.Running("""
            monitoring:
              rules:
                - {name: first, when: ping, do: {publish: loop}}
                - {name: second, when: {event: loop}, do: {publish: loop}}
            """);
        watched.Line("ping", 10);
        Assert.InRange(watched.All.OfType<RunEvent.EventPublished>().Count(), 2, 20);
    }

    [Fact]
    public void A_run_starts_when_its_start_condition_holds_and_is_skipped_when_its_cancel_condition_holds_before()
    {
        var watched = Watched.Planned("""
            sweep:
              configs:
                - {stage: stable}
                - stage: cooldown
                  start_conditions: [{class_name: FileExistsCondition, path: "{sibling.stable.output_dir}/ckpt/iter_100"}]
                  cancel_conditions: [{class_name: LogPatternCondition, log_path: "{sibling.stable.log_path_current}", pattern: "FATAL ERROR|OutOfMemoryError"}]
            """);
        watched.World.Tick();
        Assert.Equal(["submit:stable.1"], watched.Requested);
        watched.Find("start", new ProbeAnswer.Absent(), new ProbeAnswer.Absent());
        watched.Find("start", new ProbeAnswer.Unmatched(), Found);
        watched.World.Tick();
        Assert.Contains("submit:cooldown.1", watched.Requested);

        var doomed = Watched.Planned("""
            sweep:
              configs:
                - {stage: stable}
                - stage: cooldown
                  start_conditions: [{class_name: FileExistsCondition, path: "{sibling.stable.output_dir}/ckpt/iter_100"}]
                  cancel_conditions: [{class_name: LogPatternCondition, log_path: "{sibling.stable.log_path_current}", pattern: "FATAL ERROR|OutOfMemoryError"}]
            """);
        doomed.World.Tick();
        Assert.Equal("/out/stable/current.log", Assert.IsType<Probe.Tail>(Looks.Wanted(doomed.World.State).First(static l => l.Id == "start:cooldown").Probes[0]).Path);
        doomed.Find("start", new ProbeAnswer.Matched("FATAL ERROR: node on fire"), Found);
        Assert.Equal(new RunState.Finished(Outcome.Skipped, "CANCEL_CONDITION: FATAL ERROR: node on fire"), doomed["cooldown"].State);
    }

    [Theory]
    [InlineData("monitoring: {dry_run: true, rules: [{name: oom, when: OOM, do: [restart, {log: seen}]}]}")]
    [InlineData("monitoring: {rules: [{name: oom, when: OOM, do: [{restart: {}, mode: dry_run}, {log: seen, mode: dry_run}]}]}")]
    public void A_dry_run_says_what_would_be_done_and_does_nothing(string yaml)
    {
        var watched = Watched.Running(yaml);
        watched.Line("OOM", 10);
        Assert.Equal([(ActionOutcome.DryRun, "restart the run"), (ActionOutcome.DryRun, "log seen")], watched.All.OfType<RunEvent.ActionSettled>().Select(static s => (s.Outcome, s.Note!)));
        Assert.Equal(["submit:a.1"], watched.Requested);
        Assert.IsType<RunState.Running>(watched["a"].State);
    }

    [Fact]
    public void A_rule_of_the_users_own_about_a_run_that_needs_a_person_takes_the_place_of_the_one_that_is_there_by_itself()
    {
        var watched = Watched.Running("job: {restart: {max_attempts: 9, delay_seconds: 0, causes: [crash]}}\nmonitoring: {rules: [{name: mine, when: {state: needs_person}, do: {notify: {to: team, message: 'help {job_name}: {reason}'}}}], notify: {team: {type: command, command: [mail]}}}");
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            watched.World.Fail("a", attempt, step: 100);
            watched.World.After(TimeSpan.FromHours(2));
            watched.Run();
        }
        var notify = Assert.IsType<Effect.Notify>(Assert.Single(watched.World.State.Outbox).Value.Effect);
        Assert.Equal(("team", "help a: CRASH_LOOP"), (notify.To, notify.Message));
    }

    [Fact]
    public void Probes_are_the_same_when_they_ask_the_same()
    {
        Probe.Command Test(string word) => new([.. new[] { "test", word }], "/out");
        Assert.True(Probe.AreSame([Test("a"), new Probe.File("/x")], [Test("a"), new Probe.File("/x")]));
        Assert.False(Probe.AreSame([Test("a")], [Test("b")]));
        Assert.False(Probe.AreSame([new Probe.File("/x")], [new Probe.File("/x"), new Probe.File("/y")]));
        Assert.False(Probe.AreSame([new Probe.File("/x")], [new Probe.File("/y")]));
    }

    private const string Smaller = "monitoring: {rules: [{name: oom, when: OOM, do: {restart: {cause: crash, overrides: ['+batch=half']}}}]}";

    [Fact]
    public void A_restart_with_overrides_plans_the_run_anew_before_its_job_is_ended()
    {
        var watched = Watched.Running($"job: {{restart: {{max_attempts: 3}}}}\n{Smaller}");
        watched.Line("OOM", 10);
        var (id, pending) = watched.World.State.Outbox.Single();
        var ask = Assert.IsType<Effect.StartRun>(pending.Effect);
        Assert.Equal(("/out/a/provenance/unresolved_config.yaml", "+batch=half", new RunId("a")), (ask.Config, Assert.Single(ask.Overrides), ask.InPlaceOf));
        watched.World.See(new Observation.EffectSettled(watched.World.Now, id, Changed(watched)));
        Assert.Equal([ActionOutcome.Done], watched.Outcomes);
        Assert.Contains("cancel:a.1", watched.Requested);
        watched.Gone();
        Assert.IsType<RunState.Waiting>(watched["a"].State);
        Assert.Equal(Half, watched["a"].Plan.Command);
    }

    [Fact]
    public void A_run_that_fails_while_its_change_is_planned_is_tried_again_with_it_and_not_before()
    {
        var watched = Watched.Running($"job: {{restart: {{max_attempts: 3, delay_seconds: 0, causes: [crash]}}}}\n{Smaller}");
        watched.Line("OOM", 10);
        watched.World.Fail("a");
        watched.World.After(TimeSpan.FromHours(2));
        watched.World.Tick();
        Assert.DoesNotContain("submit:a.2", watched.Requested);
        watched.World.See(new Observation.EffectSettled(watched.World.Now, watched.World.State.Outbox.Keys.Single(), Changed(watched)));
        watched.World.Tick();
        Assert.Contains("submit:a.2", watched.Requested);
        Assert.Equal([ActionOutcome.Done], watched.Outcomes);
        Assert.Equal(Half, watched["a"].Plan.Command);
    }

    [Fact]
    public void A_change_that_cannot_be_planned_is_put_before_a_person_and_the_job_goes_on()
    {
        var watched = Watched.Running(Smaller);
        watched.Line("OOM", 10);
        watched.World.See(new Observation.EffectSettled(watched.World.Now, watched.World.State.Outbox.Keys.Single(), new EffectResult.Refused("CFG041: there is no key 'batch'", Retryable: false)));
        Assert.Equal([ActionOutcome.Parked], watched.Outcomes);
        Assert.IsType<RunState.Running>(watched["a"].State);
    }

    [Fact]
    public void A_run_that_completes_before_its_restart_is_what_it_was_planned_as()
    {
        var watched = Watched.Running($"job: {{restart: {{max_attempts: 3}}}}\n{Smaller}");
        var planned = watched["a"].Plan;
        watched.Line("OOM", 10);
        watched.World.Report("a", JobState.Completed);
        watched.World.See(new Observation.EffectSettled(watched.World.Now, watched.World.State.Outbox.Keys.Single(), new EffectResult.Planned([planned with { ConfigHash = "8", Deviations = [new("batch", "16", "8")] }], [])));

        Assert.NotEqual([ActionOutcome.Done], watched.Outcomes);
        Assert.Equal((planned.ConfigHash, null, null), (watched["a"].Plan.ConfigHash, watched["a"].Plan.Deviations, watched["a"].Undeviated));
    }

    [Fact]
    public void A_run_that_goes_on_with_other_settings_is_marked_and_keeps_what_was_planned()
    {
        var watched = Watched.Running($"job: {{restart: {{max_attempts: 3}}}}\n{Smaller}");
        var planned = watched["a"].Plan;
        foreach (var (batch, offset) in (ReadOnlySpan<(string, long)>)[("8", 10), ("4", 20)])
        {
            watched.Line("OOM", offset);
            var changed = planned with { ConfigHash = batch, Deviations = [new("batch", "16", batch)] };
            watched.World.See(new Observation.EffectSettled(watched.World.Now, watched.World.State.Outbox.Keys.Single(static k => k.StartsWith("start:", StringComparison.Ordinal)), new EffectResult.Planned([changed], [])));
            watched.Gone(watched["a"].Attempts.Length);
            watched.World.After(TimeSpan.FromHours(1));
            watched.Run();
        }

        Assert.Equal("batch 16 → 4", Deviations.Text(watched["a"].Plan.Deviations!.Value));
        Assert.Same(planned, watched["a"].AsPlanned);
    }

    private static readonly CommandTemplate Half = new CommandTemplate.Line("half");

    private static EffectResult.Planned Changed(Watched watched) => new([watched["a"].Plan with { Command = Half }], []);

    private const string Doomed = "cancel_conditions: [{class_name: LogPatternCondition, log_path: /logs/other.log, pattern: FATAL}]";

    [Fact]
    public void A_run_is_not_submitted_before_its_cancel_condition_was_looked_at()
    {
        var watched = Watched.Planned(Doomed);
        watched.World.Tick();
        Assert.Empty(watched.Requested);
        watched.Find("start", new ProbeAnswer.Unknown("stale file handle"));
        watched.World.Tick();
        Assert.Empty(watched.Requested);
        watched.Find("start", new ProbeAnswer.Absent());
        watched.World.Tick();
        Assert.Equal(["submit:a.1"], watched.Requested);
    }

    [Fact]
    public void A_cancel_condition_is_looked_at_again_when_the_run_before_is_done()
    {
        var watched = Watched.Planned("""
            sweep:
              configs:
                - {stage: stable}
                - stage: cooldown
                  load: "{sibling.stable.output_dir}"
                  cancel_conditions: [{class_name: LogPatternCondition, log_path: "{sibling.stable.log_path_current}", pattern: FATAL}]
            """);
        watched.Run();
        watched.Find("cancel", new ProbeAnswer.Absent());
        watched.World.Report("stable", JobState.Completed);
        watched.World.Tick();
        Assert.Equal(["submit:stable.1"], watched.Requested);
        watched.Find("start", new ProbeAnswer.Matched("FATAL"));
        Assert.Equal(new RunState.Finished(Outcome.Skipped, "CANCEL_CONDITION: FATAL"), watched["cooldown"].State);
    }

    [Fact]
    public void A_cancel_condition_that_holds_later_cancels_the_job()
    {
        var watched = Watched.Planned(Doomed);
        watched.Find("start", new ProbeAnswer.Unmatched());
        watched.Run();
        watched.Find("cancel", new ProbeAnswer.Matched("FATAL"));
        watched.Gone();
        Assert.Equal(new RunState.Finished(Outcome.Cancelled, "CANCEL_CONDITION: FATAL"), watched["a"].State);
    }

    [Theory]
    [InlineData(0, "1", true)]
    [InlineData(1, "1\n", true)]
    [InlineData(0, "0", false)]
    [InlineData(0, "", true)]
    [InlineData(1, "", false)]
    [InlineData(0, "yes", false)]
    public void A_start_condition_command_speaks_by_what_it_prints_and_else_by_its_exit(int code, string output, bool starts)
    {
        var watched = Watched.Planned("start_condition_cmd: 'check it'");
        watched.Find("start", new ProbeAnswer.Exited(code, output));
        watched.World.Tick();
        Assert.Equal(starts, watched.Requested.Any());
    }

    [Fact, Trait("scenario", "26")]
    public void A_new_log_under_the_same_name_counts_from_its_beginning()
    {
        var watched = Watched.Running(Restarts.Replace("do: {restart: {cause: infrastructure, exclude_nodes: true}}", "do: {log: seen}", StringComparison.Ordinal));
        watched.Line("NCCL ERROR", 500);
        var again = watched.World.See(new Observation.LineSeen(watched.World.Now, watched["a"].LastAttempt!.Id, new LogFile(1, "1:3"), 20, "NCCL ERROR", [new("broken", ImmutableSortedDictionary<string, string>.Empty)]));
        Assert.Equal([ActionOutcome.Done, ActionOutcome.Done], watched.Outcomes);
        Assert.Empty(watched.World.See(new Observation.LineSeen(watched.World.Now, watched["a"].LastAttempt!.Id, new LogFile(0, "1:2"), 900, "NCCL ERROR", [new("broken", ImmutableSortedDictionary<string, string>.Empty)])));
        Assert.NotEmpty(again);
    }
}
