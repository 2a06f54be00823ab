using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Joins the lists that several parts of a product set for one key, instead of letting the last win.</summary>
internal sealed class GrowingLists(ImmutableArray<string> keys)
{
    private readonly Dictionary<(SweepSetting, SweepSetting), SweepSetting> _joined = [];

    public SweepPoint Join(SweepPoint point)
    {
        List<SweepSetting>? settings = null;
        for (var i = 0; i < point.Settings.Length; i++)
        {
            var setting = point.Settings[i];
            var before = keys.Contains(setting.Key) ? Before(settings, point.Settings, i) : -1;
            if (before < 0 || setting.Value is not ConfigNode.Sequence) { settings?.Add(setting); continue; }
            settings ??= [.. point.Settings.AsSpan()[..i]];
            settings[before] = Join(settings[before], setting);
        }
        return settings is null ? point : point with { Settings = [.. settings] };
    }

    private static int Before(List<SweepSetting>? settings, ImmutableArray<SweepSetting> all, int at)
    {
        for (var i = settings?.Count - 1 ?? at - 1; i >= 0; i--)
            if ((settings?[i] ?? all[i]) is { Value: ConfigNode.Sequence } earlier && earlier.Key == all[at].Key) return i;
        return -1;
    }

    /// <summary>Points with the same two lists share the joined one.</summary>
    private SweepSetting Join(SweepSetting first, SweepSetting second)
    {
        if (_joined.TryGetValue((first, second), out var known)) return known;
        var (a, b) = ((ConfigNode.Sequence)first.Value, (ConfigNode.Sequence)second.Value);
        var role = first.Role is SettingRole.Axis || second.Role is SettingRole.Axis ? SettingRole.Axis : second.Role;
        return _joined[(first, second)] = new(first.Key, second.KeyAt, new ConfigNode.Sequence(a.At, a.Items.AddRange(b.Items)), role);
    }
}
