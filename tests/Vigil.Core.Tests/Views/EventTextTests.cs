using System.Collections.Immutable;
using Vigil.Core.Tests.Monitoring;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;
using Vigil.Views;

namespace Vigil.Core.Tests.Views;

public sealed class EventTextTests
{
    private static readonly AttemptId A1 = Some.Attempt("a");

    private static readonly (RunEvent Event, string Text)[] Told =
    [
        (new RunEvent.ExperimentPlanned(Some.Experiment), "experiment tiny from /exp/experiment.yaml"),
        (new RunEvent.ExperimentPlanned(Some.Experiment with { Overrides = ["lr=1", "x=2"] }), "experiment tiny from /exp/experiment.yaml with lr=1 x=2"),
        (new RunEvent.RunPlanned(Some.Run("a")), "planned a"),
        (Submit("a"), "submit a.1"),
        (new RunEvent.EffectRequested("submit:a.2", new Effect.Submit([new AttemptStart(Some.Attempt("a", 2), "/ckpt")])), "submit a.2 from /ckpt"),
        (new RunEvent.EffectRequested("cancel:a.1", new Effect.Cancel(A1, new JobId("7"))), "cancel a.1, job 7"),
        (new RunEvent.EffectDeferred("submit:a.1", "busy", Some.Time), "submit:a.1 was refused for now: busy; tried again after 03:00:00"),
        (Completed(new EffectResult.Submitted([new SubmittedJob(A1, new JobId("7"), "/log", "hash")])), "a.1 is job 7"),
        (Completed(new EffectResult.Submitted([new SubmittedJob(A1, new JobId("7"), "/log", "hash", Adopted: true)])), "a.1 was found again as job 7"),
        (Completed(new EffectResult.Refused("no such account", Retryable: false)), "submit:a.1 was refused: no such account"),
        (new RunEvent.EffectCompleted("cancel:a.1", new EffectResult.Done()), "cancel:a.1 is done"),
        (new RunEvent.AttemptStarted(A1, Some.Time, "node1"), "a.1 started on node1"),
        (new RunEvent.AttemptStarted(A1, null, null), "a.1 started"),
        (new RunEvent.CheckpointSaved(A1, 1000, "/ckpt", 5), "a.1 saved a checkpoint at step 1000: /ckpt"),
        (Ended(JobState.Failed, "FAILED", 1, null, FailureCause.Crash), "a.1 ended: FAILED, exit 1, cause crash"),
        (Ended(JobState.OutOfMemory, null, null, 9, FailureCause.UserError), "a.1 ended: out_of_memory, signal 9, cause user_error"),
        (Ended(JobState.Completed, null, 0, null, null), "a.1 ended: completed"),
        (new RunEvent.RunDelayed(A1.Run, Some.Time), "a is tried again after 03:00:00"),
        (new RunEvent.RunFinished(A1.Run, Outcome.Completed, null), "a completed"),
        (new RunEvent.RunFinished(A1.Run, Outcome.NeedsPerson, "CRASH_LOOP"), "a needs person (CRASH_LOOP)"),
        (new RunEvent.RunFinished(A1.Run, Outcome.Skipped, "DEPENDENCY: b"), "a skipped (DEPENDENCY: b)"),
        (new RunEvent.RunReopened(A1.Run), "a starts again"),
        (new RunEvent.CancelRequested(A1.Run, "user:ada"), "user:ada cancels a"),
        (new RunEvent.WishGranted("w1", "cancel a"), "wish: cancel a"),
        (new RunEvent.EffectRequested("submit:array.3fa2c1", new Effect.Submit([.. Enumerable.Range(0, 1000).Select(static i => new AttemptStart(Some.Attempt($"r{i}"), null))]) { Array = "3fa2c1" }), "submit array.3fa2c1: 1000 runs"),
        (new RunEvent.EffectRequested("submit:a.1", new Effect.Submit([new AttemptStart(A1, null)]) { Dependency = new("afterok", [new JobId("7"), new JobId("8")]) }), "submit a.1, afterok 7, 8"),
        (new RunEvent.EffectCompleted("submit:array.3fa2c1", Array(adopted: 0)), "1000 runs are jobs 55_0 to 55_999"),
        (new RunEvent.EffectCompleted("submit:array.3fa2c1", Array(adopted: 1000)), "1000 runs are jobs 55_0 to 55_999, found again"),
        (new RunEvent.EffectCompleted("submit:array.3fa2c1", Array(adopted: 3)), "1000 runs are jobs 55_0 to 55_999, 3 of them found again"),
        (Change(new JobChange.Hold()), "hold a.1, job 7"),
        (Change(new JobChange.Release()), "release a.1, job 7"),
        (Change(new JobChange.Requeue()), "requeue a.1, job 7"),
        (Change(new JobChange.TimeLimit(TimeSpan.FromHours(2))), "set the time limit 02:00:00 of a.1, job 7"),
        (Change(new JobChange.TimeLimit(TimeSpan.FromHours(26))), "set the time limit 1-02:00:00 of a.1, job 7"),
        (Change(new JobChange.ExcludeNodes("n1,n[3-4]")), "exclude n1,n[3-4] for a.1, job 7"),
        (new RunEvent.SubmissionSplit("submit:array.3fa2c1", "Invalid job array specification", [Submit("a") with { Id = "submit:array.1" }, Submit("b") with { Id = "submit:array.2" }]),
            "submit:array.3fa2c1 was refused for its size (Invalid job array specification) and goes on in 2 parts: submit:array.1, submit:array.2"),
        (new RunEvent.AttemptRequeued(new AttemptId(A1.Run, 1, 1), new JobId("7"), null), "job 7 was queued again by the scheduler: that is a.1.r1"),
        (new RunEvent.AttemptAdopted(A1, new JobId("9")), "a.1 was started by hand, as job 9"),
        (new RunEvent.JobStuck(A1, "PartitionNodeLimit"), "a.1 is stuck-pending (PartitionNodeLimit): it will not start by itself"),
        (new RunEvent.StopRequested(A1.Run, "NO_PROGRESS"), "a is ended (NO_PROGRESS)"),
        (new RunEvent.RunHeld(A1.Run, "user:ada"), "user:ada holds a"),
        (new RunEvent.RunReleased(A1.Run), "a is released"),
        (new RunEvent.JobUnstuck(A1), "a.1 is not stuck-pending any more"),
        (new RunEvent.EffectCompleted("submit:a.1", new EffectResult.Done()), "submit:a.1 is not needed any more"),
        (new RunEvent.RulesPlanned(new("1a2b", [new("nan", new Trigger.Published("x"), [])])), "1 rule (1a2b)"),
        (new RunEvent.ChannelsPlanned(ChannelSet.None with { Channels = ChannelSet.None.Channels.Add("ops", new("ops", new ChannelTarget.Command(["page"]))) }), "notifications go to ops"),
        (new RunEvent.ChannelsPlanned(ChannelSet.None), "notifications go nowhere"),
        (Fired(new("loss is nan") { Offset = 512, File = new(0, "1:2") }), "a.1: rule nan fired at byte 512: loss is nan"),
        (Fired(new("its log has been silent for 20m")), "a.1: rule nan fired: its log has been silent for 20m"),
        (new RunEvent.ActionAsked("a.1/nan@512", 0), "a person is asked: a.1/nan@512#0"),
        (new RunEvent.ActionReopened("a.1/nan@512", 0, "user:ada"), "user:ada acts: a.1/nan@512#0"),
        (new RunEvent.ActionSettled("a.1/nan@512", 0, ActionOutcome.Done, "a is cancelled"), "done: a.1/nan@512#0: a is cancelled"),
        (new RunEvent.ActionSettled("a.1/nan@512", 1, ActionOutcome.Superseded, null), "superseded: a.1/nan@512#1"),
        (new RunEvent.RestartRequested(A1, FailureCause.Hang, "NO_PROGRESS", "job.restart"), "job.restart restarts a.1 (NO_PROGRESS, cause hang)"),
        (new RunEvent.RestartRequested(A1, FailureCause.Hang, "NO_PROGRESS", "job.restart") { Why = "its log has been silent for 20m (threshold 10m)" }, "job.restart restarts a.1 (NO_PROGRESS, cause hang): its log has been silent for 20m (threshold 10m)"),
        (new RunEvent.AttemptEnded(A1, JobState.Failed, "FAILED", 1, null, FailureCause.UserError, null, null) { Sign = new("missing_module", "No module named 'x'", "Install it.", "notify") },
            "a.1 ended: FAILED, exit 1, cause user_error, by its line 'No module named 'x'' (missing_module: Install it; suggested: notify)"),
        (Fired(new("loss is nan") { Offset = 512 }) with { LastOf = 1000 }, "a.1: rule nan fired at byte 512: loss is nan; it has fired 1000 times for this run: from here on it is neither recorded nor acted on"),
        (new RunEvent.FinishRequested(A1.Run, "RULE: enough", "rule:enough"), "rule:enough finishes a (RULE: enough): it counts as done, and its job may end by itself within 2m, then it is ended"),
        (new RunEvent.StartConditionsMet(A1.Run), "a may start: its conditions hold"),
        (new RunEvent.StartConditionsMet(A1.Run) { Best = new(2, 0.0346) }, "a may start: its conditions hold, and the best epoch is epoch_2, validation loss 0.0346"),
        (new RunEvent.NodesExcluded("n1,n2", null, "rule:bad"), "rule:bad keeps off n1,n2"),
        (new RunEvent.EventPublished(A1.Run, "bad-node", Fields), "a: event bad-node"),
        (new RunEvent.RulesChanged(A1.Run, new("1a2b", null, [], Fields, "c0ffee", null)), "from now on the rules 1a2b watch over a"),
        (Acts(new Effect.RunCommand("f", 0, A1.Run, ["echo", "x"], "/", OnCrash.Skip, 3)), "run echo x"),
        (Acts(new Effect.StartRun("f", 0, A1.Run, "/out/a/provenance/unresolved_config.yaml", ["lr=1"])), "start a run from /out/a/provenance/unresolved_config.yaml with lr=1"),
        (Acts(new Effect.StartRun("f", 0, A1.Run, "/c.yaml", ["lr=1"]) { InPlaceOf = A1.Run }), "plan a anew with lr=1"),
        (Acts(new Effect.AppendToFile("f", 0, A1.Run, "/out/list", "x", Repeats.Dropped)), "append to /out/list"),
        (Acts(new Effect.Notify("f", 0, A1.Run, "", "a: nan")), "notify everybody: a: nan"),
        (new RunEvent.EffectCompleted("start:f#0", new EffectResult.Planned([Some.Run("b")], [])), "planned from a frozen configuration: b"),
        (new RunEvent.RunPlanned(Some.Run("b") with { Lineage = new(A1.Run, "/ckpt", "a.1/nan@512") }), "planned b, from a at /ckpt"),
        (new RunEvent.CancelRequested(A1.Run, "rule:nan") { Reason = "RULE: nan" }, "rule:nan cancels a (RULE: nan)"),
        (new RunEvent.RunFinished(A1.Run, Outcome.Completed, "RULE: enough"), "a completed (RULE: enough)"),
        (new RunEvent.CheckpointsJudged(A1.Run, [new("/out/a/iter_0000010", 10, "/out/a"), new("/out/a/iter_0000005", 5, "/out/a")]), "a can go on from /out/a/iter_0000010"),
        (new RunEvent.CheckpointsJudged(A1.Run, []), "a has no whole checkpoint"),
        (new RunEvent.CheckpointDoubted(A1.Run, "/out/a/step-10"), "a died at once with /out/a/step-10, which is in doubt now"),
        (new RunEvent.EffectRequested("submit:a.2", new Effect.Submit([new AttemptStart(Some.Attempt("a", 2), "/ckpt") { From = "/ckpt/iter_0000030", LastCheckpointStep = 30 }])), "submit a.2 from /ckpt/iter_0000030"),
    ];

    private static ImmutableSortedDictionary<string, string> Fields => ImmutableSortedDictionary<string, string>.Empty;
    private static RunEvent.RuleFired Fired(Evidence evidence) => new("a.1/nan@512", A1, "1a2b", "nan", "1:512", evidence, Fields, [0]);
    private static RunEvent.EffectRequested Acts(Effect effect) => new("x:f#0", effect);

    [Fact]
    public void Every_event_has_its_sentence() => Assert.Equal(Told.Select(static t => t.Text), Told.Select(static t => EventText.Describe(t.Event)));

    [Fact]
    public void No_kind_of_event_effect_or_result_is_forgotten_here()
    {
        var told = Told.Select(static t => t.Event).ToList();
        Assert.Equal(Cases<RunEvent>(), told.Select(static e => e.GetType().Name).ToHashSet());
        Assert.Equal(Cases<Effect>(), told.OfType<RunEvent.EffectRequested>().Select(static e => e.Effect.GetType().Name).ToHashSet());
        Assert.Equal(Cases<EffectResult>(), told.OfType<RunEvent.EffectCompleted>().Select(static e => e.Result.GetType().Name).ToHashSet());
        Assert.Equal(Cases<JobChange>(), told.OfType<RunEvent.EffectRequested>().Select(static e => e.Effect).OfType<Effect.Change>().Select(static c => c.To.GetType().Name).ToHashSet());
        foreach (var e in told) Assert.DoesNotContain("\n", RunLog.Block(Entry(e)).TrimEnd('\n').Split('\n')[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Few_events_of_a_kind_are_named_and_many_are_counted()
    {
        string[] names = ["a", "b", "c", "d"];
        Assert.Equal("submit a.1; submit b.1; submit c.1", EventText.Describe(Entry([.. names[..3].Select(Submit)])));
        Assert.Equal("wish: all; submit 4 runs; 4 runs start again", EventText.Describe(Entry([new RunEvent.WishGranted("w", "all"), .. names.Select(Submit), .. names.Select(static n => new RunEvent.RunReopened(new RunId(n)))])));
        Assert.Equal("hold 4 jobs; 4 runs are held", EventText.Describe(Entry([.. names.Select(static n => Change(new JobChange.Hold())), .. names.Select(static n => new RunEvent.RunHeld(new RunId(n), "user:ada"))])));
        Assert.Equal("4 jobs are stuck-pending (a {brace})", EventText.Describe(Entry([.. names.Select(static n => new RunEvent.JobStuck(Some.Attempt(n), "a {brace}"))])));
        Assert.Equal("planned 4 runs", EventText.Describe(Entry([.. names.Select(static n => new RunEvent.RunPlanned(Some.Run(n)))])));
    }

    [Fact]
    public void Of_every_kind_of_event_it_is_decided_which_run_it_is_about()
    {
        var none = Told.Select(static t => t.Event).Where(static e => EventRun.Of(e) is null).Select(static e => e.GetType().Name).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(["ActionAsked", "ActionReopened", "ActionSettled", "ChannelsPlanned", "EffectCompleted", "EffectDeferred", "EffectRequested", "ExperimentPlanned", "NodesExcluded", "RulesPlanned", "SubmissionSplit", "WishGranted"], none);
    }

    [Theory]
    [InlineData("IDENTIFY_RUNS", 0)]
    [InlineData("DECIDE_SUBMIT: a", 3)]
    [InlineData("DECIDE_CANCEL: a", 5)]
    [InlineData("SUBMIT_DEFERRED", 6)]
    [InlineData("SUBMIT_JOB: a", 7)]
    [InlineData("SUBMIT_ERROR", 9)]
    [InlineData("STATE_CHANGE: a", 11)]
    [InlineData("CHECKPOINT: a", 13)]
    [InlineData("SKIP_RUN: a", 20)]
    [InlineData("CANCEL", 23)]
    [InlineData("DECIDE_SUBMIT: array.3fa2c1, 1000 runs", 24)]
    [InlineData("SUBMIT_JOB: array.3fa2c1, 1000 runs", 26)]
    [InlineData("DECIDE_CHANGE: a", 29)]
    [InlineData("SUBMIT_SPLIT", 35)]
    [InlineData("REQUEUED: a", 36)]
    [InlineData("ADOPT_JOB: a", 37)]
    [InlineData("STUCK_PENDING: a", 38)]
    [InlineData("STOP: a", 39)]
    [InlineData("HOLD: a", 40)]
    [InlineData("RELEASE: a", 41)]
    [InlineData("PENDING: a", 42)]
    [InlineData("SUBMIT_DROPPED", 43)]
    public void A_block_of_run_log_is_named_after_its_weightiest_fact(string head, int told) =>
        Assert.StartsWith($"[2026-11-22 03:00:00] {head}\nDetails: {Told[told].Text}\nBy: vigil, ticked, journal entry 7\n\n", RunLog.Block(Entry(Told[told].Event)), StringComparison.Ordinal);

    [Fact]
    public void The_last_whole_block_is_found_at_any_cut()
    {
        var first = RunLog.Block(Entry(Told[0].Event) with { Seq = 1 });
        var second = RunLog.Block(Entry(Told[3].Event) with { Seq = 2 });
        var text = first + second;
        for (var length = 0; length <= text.Length; length++)
        {
            var expected = length < first.Length ? (0L, 0) : length < text.Length ? (1L, first.Length) : (2L, text.Length);
            Assert.Equal(expected, RunLog.LastBlock(text[..length]));
        }
    }

    private static HashSet<string> Cases<T>() => [.. typeof(T).GetNestedTypes().Where(static t => t.IsSubclassOf(typeof(T)) && !t.IsAbstract).Select(static t => t.Name)];
    private static JournalEntry Entry(params ImmutableArray<RunEvent> events) => new(7, Some.Time, "vigil", "ticked", events);
    private static RunEvent.EffectRequested Change(JobChange to) => new("change:a.1", new Effect.Change(A1, new JobId("7"), to));
    private static EffectResult.Submitted Array(int adopted) => new([.. Enumerable.Range(0, 1000).Select(i => new SubmittedJob(Some.Attempt($"r{i}"), new JobId($"55_{i}"), null, "hash", Adopted: i < adopted))]);
    private static RunEvent.EffectRequested Submit(string run) => new($"submit:{run}.1", new Effect.Submit([new AttemptStart(Some.Attempt(run), null)]));
    private static RunEvent.EffectCompleted Completed(EffectResult result) => new("submit:a.1", result);
    private static RunEvent.AttemptEnded Ended(JobState state, string? reason, int? code, int? signal, FailureCause? cause) => new(A1, state, reason, code, signal, cause, Some.Time, null);
}
