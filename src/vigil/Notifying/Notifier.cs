using System.Collections.Immutable;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Notifying;

/// <summary>
/// Tells people what rules saw. The journal's outbox is what survives: an effect is taken from it, and settled only when every channel it is for
/// has had it or refused it. A crash in between tells again, with the same event id. Nothing here waits for a receiver: the monitor asks what is done.
/// </summary>
internal sealed class Notifier(ChannelSender sender, TimeProvider time) : IDisposable
{
    private const string Recorded = "no channel is named in monitoring.notify: it is only recorded";

    /// <summary>For what is on its way to notice that it is given up: a program that was started must be ended.</summary>
    private static readonly TimeSpan Leaving = TimeSpan.FromSeconds(2);

    private readonly SteadyClock _clock = new(time);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Effects that are being told, by id.</summary>
    private readonly Dictionary<string, Telling> _open = new(StringComparer.Ordinal);

    /// <summary>Effects that are to be tried again: what some of their channels had already, they do not get twice.</summary>
    private readonly Dictionary<string, Telling> _again = new(StringComparer.Ordinal);

    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);

    /// <summary>Whether a message is being delivered.</summary>
    public bool IsSending => _lanes.Values.Any(static l => l.Sending is not null);

    /// <summary>Takes an effect whose time has come; one that is taken already is left as it is.</summary>
    /// <param name="item">What is told; asked for only when it is needed, since a log is read for it.</param>
    public void Take(string effectId, Effect.Notify effect, Func<NotifyItem> item)
    {
        if (_open.ContainsKey(effectId)) return;
        _open[effectId] = _again.Remove(effectId, out var before) ? before : new Telling(effect.To, item(), _clock.Now());
    }

    /// <summary>Sends what is due, and gives the effects that are settled. It does not wait for a delivery.</summary>
    public async ValueTask<ImmutableArray<EffectEnd>> CompletedAsync(ExperimentState state)
    {
        // What is in the outbox no more is settled: nobody tries it again.
        foreach (var id in _again.Keys.Where(id => !state.Outbox.ContainsKey(id)).ToArray()) _again.Remove(id);
        if (_open.Count == 0) return [];
        var now = _clock.Now();
        var channels = state.Channels ?? ChannelSet.None;
        foreach (var lane in _lanes.Values)
            if (lane.Sending is { Delivery.IsCompleted: true } sent) Landed(lane, sent, await sent.Delivery, now);
        foreach (var telling in _open.Values) telling.Address(channels);
        foreach (var channel in channels.Channels.Values) Turn(channel, state, now);
        return Settled(channels);
    }

    /// <summary>Stops what is on its way: it is told again by the next monitor.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        Task.WhenAny(Task.WhenAll(_lanes.Values.Select(static l => l.Sending?.Delivery).OfType<Task>())).Wait(Leaving);
        _stop.Dispose();
        sender.Dispose();
    }

    private void Turn(NotifyChannel channel, ExperimentState state, DateTimeOffset now)
    {
        if (!_lanes.TryGetValue(channel.Name, out var lane)) _lanes[channel.Name] = lane = new();
        if (lane.Sending is not null) return;
        var waiting = _open.Values.Where(t => t.Waits.Contains(channel.Name)).ToArray();
        if (waiting.Length == 0) return;
        var turn = NotifyPolicy.Decide(channel, waiting.Select(static t => new PendingItem(t.Item, t.Since)), lane.Memory, now);
        foreach (var (item, why) in turn.LeftOut)
            foreach (var telling in waiting.Where(t => t.Item.EventId == item.EventId)) telling.Had(channel.Name, $"left out, {why}");
        if (turn.Send.IsEmpty) return;
        lane.Memory = lane.Memory.Trying(now);
        var message = new NotifyMessage(state.Experiment?.Name ?? "", state.Experiment?.Dir ?? "", turn.Send);
        lane.Sending = new(channel, turn.Send, Task.Run(() => sender.SendAsync(channel, message, _stop.Token), CancellationToken.None));
    }

    private void Landed(Lane lane, OnItsWay sent, SendOutcome outcome, DateTimeOffset now)
    {
        lane.Sending = null;
        var ids = sent.Items.Select(static i => i.EventId).ToHashSet(StringComparer.Ordinal);
        var told = _open.Values.Where(t => t.Waits.Contains(sent.Channel.Name) && ids.Contains(t.Item.EventId)).ToArray();
        switch (outcome)
        {
            case SendOutcome.Sent { Note: var note }:
                lane.Memory = lane.Memory.Sent(sent.Items, sent.Channel.Every, now);
                foreach (var telling in told) telling.Had(sent.Channel.Name, sent.Items.Length > 1 ? $"{note}, with {sent.Items.Length - 1} others" : note);
                break;
            case SendOutcome.Refused refused:
                if (refused.Wait is { } wait) lane.Memory = lane.Memory.SilentUntil(now + wait);
                foreach (var telling in told) telling.Refused(sent.Channel.Name, refused);
                break;
        }
    }

    private ImmutableArray<EffectEnd> Settled(ChannelSet channels)
    {
        ImmutableArray<EffectEnd>.Builder? ends = null;
        foreach (var (id, telling) in _open)
            if (telling.Waits.Count == 0) (ends ??= ImmutableArray.CreateBuilder<EffectEnd>()).Add(new(id, telling.Result(channels.Channels.IsEmpty ? Recorded : null)));
        foreach (var (id, result, _) in ends?.ToImmutable() ?? [])
            // Who had it already is remembered, for as long as it may be tried again.
            if (_open.Remove(id, out var telling) && result is EffectResult.Refused) _again[id] = telling;
        return ends?.DrainToImmutable() ?? [];
    }

    private sealed class Lane
    {
        public ChannelMemory Memory { get; set; } = ChannelMemory.Empty;

        /// <summary>One message at a time: what comes meanwhile goes together with the next.</summary>
        public OnItsWay? Sending { get; set; }
    }

    private sealed record OnItsWay(NotifyChannel Channel, ImmutableArray<NotifyItem> Items, Task<SendOutcome> Delivery);
}
