using System.Collections.Immutable;
using System.Text.Json;
using Vigil.Core.Tests.Monitoring;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;
using Vigil.Views;

namespace Vigil.Core.Tests.Views;

/// <summary><c>monitor.log</c> and <c>ui_state.json</c>: what the journal says, in the forms that FluxGym's users know.</summary>
public sealed class FluxGymViewTests
{
    private static string Told(IEnumerable<JournalEntry> entries, string run)
    {
        var log = new MonitorLog();
        return string.Concat(entries.SelectMany(log.Apply).Where(line => line.Run.Value == run).Select(static line => line.Line));
    }

    private static World Story()
    {
        var world = World.Planned(Some.Run("a", delay: 0, causes: [FailureCause.Crash]), Some.Run("b"));
        world.Tick();
        world.Accept();
        world.Report("a", JobState.Running);
        world.After(TimeSpan.FromSeconds(1.5)).Fail("a");
        world.After(TimeSpan.FromSeconds(1)).Tick();
        world.Accept();
        return world;
    }

    [Fact]
    public void Each_run_s_log_tells_its_own_transitions_and_decisions_with_their_time()
    {
        var world = Story();

        Assert.Equal(
        [
            "2026-11-22 03:00:00,000 - INFO - planned a",
            "2026-11-22 03:00:00,000 - INFO - submit a.1",
            "2026-11-22 03:00:00,000 - INFO - a.1 is job a-1",
            "2026-11-22 03:00:00,000 - INFO - a.1 started",
            "2026-11-22 03:00:01,500 - ERROR - a.1 ended: FAILED, exit 1, cause crash",
        ], Told(world.Entries, "a").Split('\n')[..5]);
        Assert.Contains(" - INFO - a.2 is job a-2\n", Told(world.Entries, "a"), StringComparison.Ordinal);
        Assert.DoesNotContain("b", Told(world.Entries, "a").Replace("submit", "", StringComparison.Ordinal).Replace("job", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("submit b.1\n", Told(world.Entries, "b"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_done_is_not_remembered_however_long_the_story_is()
    {
        var watched = Watched.Running("monitoring: {rules: [{name: seen, when: {log: seen}, do: [{log: 'it was seen'}, {run: ['true']}]}]}");
        for (var i = 0; i < 20; i++)
        {
            watched.Line("seen", 10 * (i + 1));
            foreach (var id in watched.World.State.Outbox.Keys) watched.World.See(new Observation.EffectSettled(watched.World.Now, id, new EffectResult.Done()));
        }
        var log = new MonitorLog();

        Assert.Equal(20, watched.World.Entries.SelectMany(log.Apply).Count(static line => line.Line.Contains("rule seen fired", StringComparison.Ordinal)));
        Assert.Equal(0, log.Remembered);
    }

    [Fact]
    public void A_task_of_an_array_is_told_to_its_own_run_with_its_own_job()
    {
        ImmutableArray<AttemptStart> starts = [new(Some.Attempt("a"), null), new(Some.Attempt("b"), null)];
        RunEvent[] events =
        [
            new RunEvent.EffectRequested("submit:array.3f", new Effect.Submit(starts) { Array = "3f" }),
            new RunEvent.EffectDeferred("submit:array.3f", "busy", Some.Time),
            new RunEvent.EffectCompleted("submit:array.3f", new EffectResult.Submitted([.. starts.Select((s, i) => new SubmittedJob(s.Attempt, new JobId($"55_{i}"), "/log", "hash"))])),
        ];

        var log = Told(events.Select((e, i) => new JournalEntry(i + 1, Some.Time, "vigil", "ticked", [e])), "b");

        Assert.Equal(["submit b.1, a task of array.3f", "submit:array.3f was refused for now: busy; tried again after 03:00:00", "b.1 is job 55_1"], log.TrimEnd('\n').Split('\n').Select(static l => l.Split(" - ", 3)[2]));
        Assert.Contains("WARNING", log.Split('\n')[1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_rule_did_is_told_to_the_run_that_it_fired_for()
    {
        RunEvent[] events =
        [
            new RunEvent.RuleFired("f1", Some.Attempt("a"), "set", "slow", "m", new Evidence("it is slow"), ImmutableSortedDictionary<string, string>.Empty, [0]),
            new RunEvent.ActionSettled("f1", 0, ActionOutcome.Done, "said so"),
            new RunEvent.ActionSettled("f2", 0, ActionOutcome.Done, "of another run"),
        ];

        var log = Told(events.Select((e, i) => new JournalEntry(i + 1, Some.Time, "vigil", "ticked", [e])), "a");

        Assert.Equal(["a.1: rule slow fired: it is slow", "done: f1#0: said so"], log.TrimEnd('\n').Split('\n').Select(static l => l.Split(" - ", 3)[2]));
    }

    [Fact]
    public void A_line_break_in_what_others_wrote_makes_no_line()
    {
        var forged = new RunEvent.RunFinished(new RunId("a"), Outcome.Failed, "x\n2026-01-01 00:00:00,000 - INFO - a completed\r\u2028");
        Assert.Single(Told([new JournalEntry(1, Some.Time, "vigil", "ticked", [forged])], "a").TrimEnd('\n').Split('\n', '\r', '\u2028'));
    }

    [Fact]
    public void The_state_says_one_of_four_words_and_what_the_run_went_on_from()
    {
        const string form = """{"lora_name":"a","resume_from_checkpoint":"typed by hand","seed":42}""";
        JsonElement State(World world, string run) => JsonDocument.Parse(UiState.Of(form, world.State.Runs[run])).RootElement;

        var world = World.Planned(Some.Run("a"));
        Assert.Equal("starting", State(world, "a").GetProperty("status").GetString());
        world.Tick();
        world.Accept();
        world.Report("a", JobState.Running);
        Assert.Equal("running", State(world, "a").GetProperty("status").GetString());
        Assert.Equal((decimal)Some.Time.ToUnixTimeSeconds(), State(world, "a").GetProperty("timestamp").GetDecimal());
        Assert.Equal("", State(world, "a").GetProperty("resume_from_checkpoint").GetString());
        Assert.False(State(world, "a").TryGetProperty("completed_at", out _));

        world.After(TimeSpan.FromSeconds(2.5)).Report("a", JobState.Completed, code: 0);
        Assert.Equal(("completed", 42), (State(world, "a").GetProperty("status").GetString(), State(world, "a").GetProperty("seed").GetInt32()));
        Assert.True(State(world, "a").TryGetProperty("completed_at", out _));

        var failed = World.Planned(Some.Run("a"));
        failed.Tick();
        failed.Accept();
        failed.Fail("a");
        Assert.Equal(("failed", "failed: FAILED"), (State(failed, "a").GetProperty("status").GetString(), State(failed, "a").GetProperty("error").GetString()));
    }
}
