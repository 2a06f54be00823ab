using System.Collections.Immutable;

namespace Vigil.Monitoring;

/// <summary>What a channel was given, as far as it decides on what comes next. A monitor that starts anew has forgotten it.</summary>
public sealed record ChannelMemory
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static ChannelMemory Empty { get; } = new();

    /// <summary>When the rule last told of the run, by rule and run.</summary>
    public ImmutableDictionary<(string Rule, string Run), DateTimeOffset> Told { get; private init; } = ImmutableDictionary<(string, string), DateTimeOffset>.Empty;

    /// <summary>The tries of the last hour, oldest first.</summary>
    public ImmutableArray<DateTimeOffset> Tries { get; private init; } = [];

    /// <summary>The receiver asked for silence until then; null: it did not.</summary>
    public DateTimeOffset? Silent { get; private init; }

    /// <summary>A message is on its way.</summary>
    public ChannelMemory Trying(DateTimeOffset now) => this with { Tries = [.. Tries.Where(t => t > now - Hour), now] };

    /// <summary>It arrived.</summary>
    /// <param name="every">What is older decides nothing.</param>
    public ChannelMemory Sent(IEnumerable<NotifyItem> items, TimeSpan every, DateTimeOffset now)
    {
        var told = Told.RemoveRange(Told.Where(t => t.Value <= now - every).Select(static t => t.Key));
        return this with { Told = every > TimeSpan.Zero ? told.SetItems(items.Select(i => KeyValuePair.Create((i.Rule, i.Run), now))) : told };
    }

    public ChannelMemory SilentUntil(DateTimeOffset until) => this with { Silent = until };

    /// <summary>When the next message may go, as far as the number of messages goes.</summary>
    public DateTimeOffset Room(int perHour, DateTimeOffset now)
    {
        var recent = Tries.Where(t => t > now - Hour).ToArray();
        return recent.Length < perHour ? now : recent[^perHour] + Hour;
    }
}
