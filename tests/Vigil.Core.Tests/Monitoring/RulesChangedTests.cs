using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Views;

namespace Vigil.Core.Tests.Monitoring;

/// <summary>The same command again with other rules, while the runs go on.</summary>
public sealed class RulesChangedTests
{
    private const string Old = "monitoring: {rules: [{name: old, when: 'loss spike', do: {log: old}}]}", New = "monitoring: {rules: [{name: new, when: 'grad spike', do: {log: new}}]}";

    [Fact, Trait("scenario", "30")]
    public void A_running_run_goes_on_under_the_new_rules_from_where_its_log_was_read_to()
    {
        var watched = Watched.Running(Old);
        watched.Line("loss spike", 500);
        var before = watched["a"];

        var changed = Change(watched, New);

        var to = Assert.IsType<RunEvent.RulesChanged>(changed[^1]).To;
        Assert.IsType<RunEvent.RulesPlanned>(changed[0]);
        Assert.Equal($"from now on the rules {to.Rules} watch over a", EventText.Describe(changed[^1]));
        Assert.Equal(before.Attempts, watched["a"].Attempts);
        Assert.Equal(before.State, watched["a"].State);
        Assert.Empty(watched.Line("loss spike", 700));
        watched.Line("grad spike", 800);
        Assert.Equal([ActionOutcome.Done, ActionOutcome.Done], watched.Outcomes);
    }

    [Fact, Trait("scenario", "30")]
    public void The_same_rules_again_change_nothing()
    {
        var watched = Watched.Running(Old);
        Assert.NotEmpty(Change(watched, New));
        Assert.Empty(Change(watched, New));
    }

    [Fact, Trait("scenario", "30")]
    public void An_action_that_waits_for_a_person_is_still_that_of_the_rules_that_asked()
    {
        var watched = Watched.Running("monitoring: {rules: [{name: big, when: 'loss spike', do: {cancel: too high, mode: ask}}]}");
        watched.Line("loss spike", 500);
        Change(watched, New);

        var action = Assert.Single(ActionStatus.Of(watched.World.State));
        Assert.Equal(("a", "big", "cancel a (too high)", "asked", "loss spike", 500L), (action.Run, action.Rule, action.Action, action.State, action.Evidence, action.Offset));
        watched.World.See(new Observation.WishRead(watched.World.Now, new("w1", "user:ada", watched.World.Now, new WishContent.Approve([new("a")], Approval.Yes))));
        Assert.Equal("user:ada acts: " + action.Firing + "#0", EventText.Describe(watched.All.OfType<RunEvent.ActionReopened>().Single()));
        Assert.Empty(ActionStatus.Of(watched.World.State));
        Assert.Equal("rule:big", watched["a"].CancelledBy);
    }

    [Fact]
    public void A_run_that_was_started_from_a_checkpoint_goes_on_from_it_until_it_has_its_own()
    {
        var watched = Watched.Planned("");
        var child = watched.Plan.Runs[0] with { Id = new("b"), Index = 1, Lineage = new(new("a"), "/out/a/step_100", "user:ada") };
        watched.World.See(new Observation.WishRead(watched.World.Now, new("w1", "user:ada", watched.World.Now, new WishContent.Grow(watched.Plan.Experiment, [child], []))));
        watched.World.Tick();

        var starts = watched.All.OfType<RunEvent.EffectRequested>().Select(static e => e.Effect).OfType<Effect.Submit>().SelectMany(static s => s.Attempts);
        Assert.Equal("/out/a/step_100", Assert.Single(starts, static s => s.Attempt.Run.Value == "b").LastCheckpoint);
        Assert.Equal(["a", "b"], RunsStatus.Write(watched.World.State).Split('\n').Where(static l => l.StartsWith("  ", StringComparison.Ordinal) && l[2] != ' ').Select(static l => l.Trim(' ', ':')));
    }

    private static System.Collections.Immutable.ImmutableArray<RunEvent> Change(Watched watched, string yaml)
    {
        var plan = Watched.Planned(yaml).Plan;
        return watched.World.See(new Observation.PlanAccepted(watched.World.Now, "user:ada", plan.Experiment, [], []) { Rules = plan.RuleSets, Rewatched = plan.Runs });
    }
}
