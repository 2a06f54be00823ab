using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>The channels of a plan's runs. They belong to the experiment: its messages go out together, so all runs mean the same by a name.</summary>
internal sealed class Channels(FrozenTrees frozen, ConfigWorld world, DiagnosticBag report)
{
    private readonly Dictionary<string, (NotifyChannel Channel, string Text, string Run)> _channels = new(StringComparer.Ordinal);
    private ConfigNode? _last;

    public ChannelSet Set
    {
        get
        {
            if (_channels.Count == 0) return ChannelSet.None;
            var channels = _channels.ToImmutableSortedDictionary(static c => c.Key, static c => c.Value.Channel, StringComparer.Ordinal);
            return new(Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(channels, SpecJson.Default.ImmutableSortedDictionaryStringNotifyChannel)))[..12], channels);
        }
    }

    /// <summary>Reads the channels of one run; a section that the run before had as well is not read again.</summary>
    /// <param name="kept">The run's tree as it is frozen.</param>
    /// <param name="written">The same with its interpolations; made only when it is read.</param>
    public void Take(ConfigNode.Mapping tree, ConfigNode.Mapping kept, Func<ConfigNode.Mapping> written, string run)
    {
        if ((tree["monitoring"] as ConfigNode.Mapping)?["notify"] is not { } node || ReferenceEquals(node, _last) || ScalarValue.IsNull(node)) return;
        _last = node;
        var texts = new ChannelTexts((kept["monitoring"] as ConfigNode.Mapping)?["notify"], (written()["monitoring"] as ConfigNode.Mapping)?["notify"], frozen.Template, world.Environment, report);
        foreach (var (channel, at) in new ChannelReader(texts, world.Environment, report).ReadAll(node))
        {
            var text = JsonSerializer.Serialize(channel, SpecJson.Default.NotifyChannel);
            if (!_channels.TryGetValue(channel.Name, out var known)) _channels[channel.Name] = (channel, text, run);
            else if (known.Text != text)
                report.Error("RUL098", at, $"the channel '{channel.Name}' is not the same for the runs '{known.Run}' and '{run}', and the messages of an experiment go out together", "give the channels names of their own, or take out what differs");
        }
    }
}
