using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Notifying;

/// <summary>One effect on its way to its channels.</summary>
/// <param name="To">A channel; empty: all of them.</param>
/// <param name="Since">When it was first asked for.</param>
internal sealed class Telling(string to, NotifyItem item, DateTimeOffset since)
{
    private readonly SortedDictionary<string, string> _had = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SendOutcome.Refused> _refused = new(StringComparer.Ordinal);

    public NotifyItem Item { get; } = item;
    public DateTimeOffset Since { get; } = since;

    /// <summary>The channels that have neither had it nor refused it in this try.</summary>
    public HashSet<string> Waits { get; } = new(StringComparer.Ordinal);

    /// <summary>Finds the channels it is for, as they are now: a plan may have changed them.</summary>
    public void Address(ChannelSet channels)
    {
        Waits.RemoveWhere(name => !channels.Channels.ContainsKey(name));
        if (to.Length > 0 && !channels.Channels.ContainsKey(to)) _refused[to] = new("there is no such channel in monitoring.notify", Retry.Never);
        foreach (var name in channels.Channels.Keys)
            if ((to.Length == 0 || to == name) && !_had.ContainsKey(name) && !_refused.ContainsKey(name)) Waits.Add(name);
    }

    /// <param name="note">What came of it.</param>
    public void Had(string channel, string note)
    {
        Waits.Remove(channel);
        _had[channel] = note;
    }

    public void Refused(string channel, SendOutcome.Refused refused)
    {
        Waits.Remove(channel);
        _refused[channel] = refused;
    }

    /// <summary>How it ended for all of them. Those that refused are asked again when it is taken again.</summary>
    /// <param name="nobody">What is said when there is no channel at all.</param>
    public EffectResult Result(string? nobody)
    {
        if (_refused.Count == 0) return new EffectResult.Done { Note = _had.Count == 0 ? nobody : string.Join("; ", _had.Select(static h => $"{h.Key}: {h.Value}")) };
        var reason = string.Join("; ", _refused.Select(static r => $"{r.Key}: {r.Value.Reason}").Concat(_had.Select(static h => $"{h.Key}: {h.Value}")));
        // While one of them may take it later it is tried again; a refusal for good is kept, so that it is not asked for nothing.
        var retryable = _refused.Values.Any(static r => r.Retryable is Retry.Later);
        foreach (var name in _refused.Where(r => !retryable || r.Value.Retryable is Retry.Later).Select(static r => r.Key).ToArray()) _refused.Remove(name);
        return new EffectResult.Refused(reason, retryable);
    }
}
