using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Core.Tests.Monitoring;

public sealed class ActionTurnsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_actions_of_a_run_come_in_the_order_of_its_log_and_not_of_the_digits_of_its_offsets()
    {
        var state = State(("a", 5130, 1), ("a", 551, 1), ("a", 60, 2), ("a", 1007, 1));
        Assert.Equal(["a@551", "a@1007", "a@5130", "a@60"], ActionTurns.Of(state).Select(static t => t.Action.Firing));
    }

    [Fact]
    public void Many_actions_of_one_run_do_not_hold_up_the_one_of_another()
    {
        var state = State([.. Enumerable.Range(0, 500).Select(static i => ("a", (long)i, 1)), ("b", 9_000, 2), ("c", 8_000, 3)]);
        Assert.Equal(["a@0", "b@9000", "c@8000", "a@1"], ActionTurns.Of(state).Take(4).Select(static t => t.Action.Firing));
    }

    private static ExperimentState State(params (string Run, long Offset, int Second)[] firings)
    {
        var state = ExperimentState.Empty;
        foreach (var (run, offset, second) in firings)
        {
            var id = $"{run}@{offset}";
            var firing = new Firing(id, new(new(run), 1), "rules", "r", Noon.AddSeconds(second), new("line") { Offset = offset }, ImmutableSortedDictionary<string, string>.Empty, [new(StepState.Acting, Noon)]);
            var effect = new Effect.AppendToFile(id, 0, new(run), "/x", "line", Repeats.Kept);
            state = state with { Firings = state.Firings.SetItem(id, firing), Outbox = state.Outbox.SetItem($"act:{id}#0", new PendingEffect(effect, null, 0)) };
        }
        return state;
    }
}
