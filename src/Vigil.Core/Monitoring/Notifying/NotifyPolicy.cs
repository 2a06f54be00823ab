using System.Collections.Immutable;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>Something to tell on one channel.</summary>
/// <param name="Since">When it was first asked for: a group is as old as its first.</param>
public readonly record struct PendingItem(NotifyItem Item, DateTimeOffset Since);

/// <summary>What a channel does now.</summary>
/// <param name="Send">As one message; empty: nothing yet.</param>
/// <param name="LeftOut">Not told at all, with the reason.</param>
/// <param name="Next">When to ask again, at the latest; null: something is to be sent now, or nothing waits.</param>
public sealed record NotifyTurn(ImmutableArray<NotifyItem> Send, ImmutableArray<(NotifyItem Item, string Why)> LeftOut, DateTimeOffset? Next);

/// <summary>Decides when a channel's messages go out and what goes together: pure, so that a night is tested in no time.</summary>
public static class NotifyPolicy
{
    /// <summary>What does not fit goes with the next message.</summary>
    public const int MostItems = 200;

    /// <param name="now">With the offset of the monitor's place: quiet hours go by it.</param>
    public static NotifyTurn Decide(NotifyChannel channel, IEnumerable<PendingItem> pending, ChannelMemory memory, DateTimeOffset now)
    {
        var waiting = ImmutableArray.CreateBuilder<PendingItem>();
        var leftOut = ImmutableArray.CreateBuilder<(NotifyItem, string)>();
        var here = new HashSet<(string, string)>();
        foreach (var one in pending.OrderBy(static p => p.Since).ThenBy(static p => p.Item.At).ThenBy(static p => p.Item.EventId, StringComparer.Ordinal))
        {
            var key = (one.Item.Rule, one.Item.Run);
            if (channel.Every <= TimeSpan.Zero) waiting.Add(one);
            else if (memory.Told.TryGetValue(key, out var told) && now - told < channel.Every) leftOut.Add((one.Item, $"the rule told of the run {Duration.Text(Whole(now - told))} before, and 'every' is {Duration.Text(channel.Every)}"));
            else if (!here.Add(key)) leftOut.Add((one.Item, $"the same message tells of the rule and the run already, and 'every' is {Duration.Text(channel.Every)}"));
            else waiting.Add(one);
        }
        if (waiting.Count == 0) return new([], leftOut.ToImmutable(), null);
        var due = Due(channel, waiting[0].Since, memory, now);
        return due > now
            ? new([], leftOut.ToImmutable(), due)
            : new([.. waiting.Take(MostItems).Select(static w => w.Item)], leftOut.ToImmutable(), null);
    }

    private static DateTimeOffset Due(NotifyChannel channel, DateTimeOffset oldest, ChannelMemory memory, DateTimeOffset now)
    {
        var due = oldest + channel.Group;
        if (memory.Silent is { } silent && silent > due) due = silent;
        if (memory.Room(channel.PerHour, now) is var room && room > due) due = room;
        if (due < now) due = now;
        // What comes due within quiet hours waits for their end; what waits now through them is looked at again then.
        return channel.Quiet is { } quiet ? due + quiet.Left(TimeOnly.FromTimeSpan(due.ToOffset(now.Offset).TimeOfDay)) : due;
    }

    private static TimeSpan Whole(TimeSpan span) => TimeSpan.FromSeconds(Math.Floor(span.TotalSeconds));
}
