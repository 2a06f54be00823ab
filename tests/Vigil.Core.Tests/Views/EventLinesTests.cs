using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Views;

namespace Vigil.Core.Tests.Views;

public sealed class EventLinesTests
{
    private static readonly AttemptId A1 = new(new("a"), 1);

    private long _seq;

    private JournalEntry Entry(params ImmutableArray<RunEvent> events) => new(++_seq, new(2026, 11, 22, 3, 0, 0, TimeSpan.Zero), "vigil", "line-seen", events);

    private JournalEntry Fired(long offset, ActionOutcome outcome, string rule = "nan") => Entry(
        new RunEvent.RuleFired($"a.1/{rule}@{offset}", A1, "set", rule, $"1:{offset}", new("loss: nan") { Offset = offset }, ImmutableSortedDictionary<string, string>.Empty, [0]),
        new RunEvent.ActionSettled($"a.1/{rule}@{offset}", 0, outcome, null));

    private static string[] Told(params JournalEntry[] entries)
    {
        var lines = new EventLines();
        return [.. entries.SelectMany(lines.Add).Concat(lines.Flush()).Select(static l => l[41..])];
    }

    [Fact]
    public void What_a_rule_sees_again_while_what_it_asked_for_is_under_way_is_one_line()
    {
        var told = Told(Fired(1, ActionOutcome.Done), Fired(2, ActionOutcome.Superseded), Fired(3, ActionOutcome.Superseded), Entry(new RunEvent.RunReopened(new("a"))));
        Assert.Equal(["a.1: rule nan fired at byte 1: loss: nan; done: a.1/nan@1#0", "a.1: rule nan fired 2 times more, the last at byte 3: superseded", "a starts again"], told);
    }

    [Fact]
    public void Another_rule_another_outcome_and_a_single_repetition_are_told_as_they_are() => Assert.Equal(4, Told(
        Fired(1, ActionOutcome.Done), Fired(2, ActionOutcome.Superseded), Fired(3, ActionOutcome.Superseded, "other"), Fired(4, ActionOutcome.Done, "other")).Length);
}
