using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Core.Tests.Monitoring.Notifying;

/// <summary>When messages go out, and what goes together. The clock is a number here.</summary>
public sealed class NotifyPolicyTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.FromHours(1));
    private static readonly NotifyChannel Plain = new("ops", new ChannelTarget.Command(["page"]));

    private static DateTimeOffset At(double seconds) => Noon.AddSeconds(seconds);

    private static PendingItem Pending(string run, double since, string rule = "nan") =>
        new(new($"{run}/{rule}@{since}#0", run, rule, $"{run}: {rule}", "loss is nan", [], At(since)), At(since));

    private static string[] Runs(NotifyTurn turn) => [.. turn.Send.Select(static i => i.Run)];

    [Fact]
    public void What_comes_within_the_group_s_time_goes_out_as_one_message()
    {
        ImmutableArray<PendingItem> pending = [Pending("b", 10), Pending("a", 0), Pending("c", 29)];

        Assert.Equal(At(30), NotifyPolicy.Decide(Plain, pending, ChannelMemory.Empty, At(29)).Next);
        Assert.Equal(["a", "b", "c"], Runs(NotifyPolicy.Decide(Plain, pending, ChannelMemory.Empty, At(30))));
    }

    [Fact]
    public void Nothing_waits_when_nothing_is_there() => Assert.Equivalent(new NotifyTurn([], [], null), NotifyPolicy.Decide(Plain, [], ChannelMemory.Empty, Noon));

    [Fact]
    public void The_same_rule_of_the_same_run_is_told_once_within_every()
    {
        var channel = Plain with { Every = TimeSpan.FromMinutes(10), Group = TimeSpan.Zero };
        var memory = ChannelMemory.Empty.Trying(At(0)).Sent([Pending("a", 0).Item], channel.Every, At(0));

        var turn = NotifyPolicy.Decide(channel, [Pending("a", 240), Pending("b", 240), Pending("a", 240, "oom")], memory, At(240));

        Assert.Equal(2, turn.Send.Length);
        var (item, why) = Assert.Single(turn.LeftOut);
        Assert.Equal(("a", "nan"), (item.Run, item.Rule));
        Assert.Contains("4m", why, StringComparison.Ordinal);
        Assert.Single(NotifyPolicy.Decide(channel, [Pending("a", 600)], memory, At(600)).Send);
    }

    [Fact]
    public void Of_two_within_one_group_the_first_is_told()
    {
        var turn = NotifyPolicy.Decide(Plain with { Every = TimeSpan.FromMinutes(1) }, [Pending("a", 5), Pending("a", 0)], ChannelMemory.Empty, At(30));

        Assert.Equal("a/nan@0#0", Assert.Single(turn.Send).EventId);
        Assert.Equal("a/nan@5#0", Assert.Single(turn.LeftOut).Item.EventId);
    }

    [Fact]
    public void Above_the_hour_s_messages_everything_waits_and_goes_out_together_and_nothing_is_lost()
    {
        var channel = Plain with { PerHour = 2, Group = TimeSpan.Zero };
        var memory = ChannelMemory.Empty.Trying(At(0)).Trying(At(60));
        ImmutableArray<PendingItem> pending = [Pending("a", 120), Pending("b", 180)];

        Assert.Equal(At(3600), NotifyPolicy.Decide(channel, pending, memory, At(200)).Next);
        Assert.Equal(["a", "b"], Runs(NotifyPolicy.Decide(channel, pending, memory, At(3600))));
    }

    [Theory]
    [InlineData("22:00-07:00", 21, 59, 0)]
    [InlineData("22:00-07:00", 22, 0, 540)]
    [InlineData("22:00-07:00", 0, 0, 420)]
    [InlineData("22:00-07:00", 6, 59, 1)]
    [InlineData("22:00-07:00", 7, 0, 0)]
    [InlineData("9:00-17:30", 12, 0, 330)]
    [InlineData("9:00-17:30", 18, 0, 0)]
    public void Quiet_hours_may_pass_midnight(string hours, int hour, int minute, int left) =>
        Assert.Equal(TimeSpan.FromMinutes(left), QuietHours.Parse(hours)!.Left(new(hour, minute)));

    [Fact]
    public void What_happens_at_night_is_told_in_the_morning_by_the_clock_on_the_monitor_s_wall()
    {
        var channel = Plain with { Quiet = QuietHours.Parse("22:00-07:00") };
        var three = new DateTimeOffset(2026, 11, 22, 3, 0, 0, TimeSpan.FromHours(1));
        PendingItem item = new(Pending("a", 0).Item, three);

        // The same moment in UTC is 02:00: the offset of 'now' decides.
        Assert.Equal(three.AddHours(4), NotifyPolicy.Decide(channel, [item], ChannelMemory.Empty, three.AddMinutes(1)).Next);
        Assert.Single(NotifyPolicy.Decide(channel, [item], ChannelMemory.Empty, three.AddHours(4)).Send);
    }

    [Fact]
    public void A_group_that_comes_due_after_bedtime_waits_too()
    {
        var channel = Plain with { Quiet = QuietHours.Parse("22:00-07:00") };
        var late = new DateTimeOffset(2026, 11, 22, 21, 59, 50, TimeSpan.Zero);

        Assert.Equal(new(2026, 11, 23, 7, 0, 20, TimeSpan.Zero), NotifyPolicy.Decide(channel, [new(Pending("a", 0).Item, late)], ChannelMemory.Empty, late.AddSeconds(5)).Next!.Value.AddSeconds(20));
    }

    [Fact]
    public void A_receiver_that_asked_for_silence_has_it() =>
        Assert.Equal(At(300), NotifyPolicy.Decide(Plain, [Pending("a", 0)], ChannelMemory.Empty.SilentUntil(At(300)), At(40)).Next);

    [Fact]
    public void Whatever_comes_and_whenever_one_asks_everything_is_told_once_or_left_out_with_a_reason()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var channel = Plain with { Every = TimeSpan.FromSeconds(random.Next(3) * 60), PerHour = random.Next(1, 5), Group = TimeSpan.FromSeconds(random.Next(60)), Quiet = random.Next(2) == 0 ? QuietHours.Parse("12:10-13:00") : null };
            var todo = Enumerable.Range(0, 60).Select(i => Pending($"r{random.Next(5)}", i * 30 + random.NextDouble(), $"rule{random.Next(3)}")).ToList();
            var (pending, memory, ended, sends) = (new List<PendingItem>(), ChannelMemory.Empty, new List<string>(), new List<DateTimeOffset>());
            var now = At(0);
            for (var guard = 0; todo.Count + pending.Count > 0; guard++)
            {
                Assert.True(guard < 10_000, $"seed {seed} does not end");
                now = now.AddSeconds(random.Next(1, 90));
                pending.AddRange(todo.Where(t => t.Since <= now));
                todo.RemoveAll(t => t.Since <= now);
                var turn = NotifyPolicy.Decide(channel, pending, memory, now);
                Assert.False(turn.Next <= now, $"seed {seed}: asked to come back in the past");
                if (!turn.Send.IsEmpty)
                {
                    Assert.False(channel.Quiet?.Holds(TimeOnly.FromTimeSpan(now.TimeOfDay)) ?? false);
                    sends.Add(now);
                    memory = memory.Trying(now).Sent(turn.Send, channel.Every, now);
                }
                var done = turn.Send.Concat(turn.LeftOut.Select(static l => l.Item)).Select(static i => i.EventId).ToHashSet();
                ended.AddRange(done);
                pending.RemoveAll(p => done.Contains(p.Item.EventId));
            }
            Assert.Equal(60, ended.Distinct().Count());
            Assert.Equal(60, ended.Count);
            Assert.All(sends, s => Assert.True(sends.Count(o => o > s - TimeSpan.FromHours(1) && o <= s) <= channel.PerHour, $"seed {seed}: too many an hour"));
        }
    }
}
