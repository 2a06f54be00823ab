using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>Warns of keys that a sweep sets, nothing reads, and that look like others: a key of one's own may well tell runs apart by name alone.</summary>
internal static class AxisKeys
{
    /// <summary>Every word of two letters is near another one.</summary>
    private const int ShortestTypo = 3;

    /// <summary>Lifecycle keys of the documents, which may stand bare in a sweep.</summary>
    private static readonly string[] Bare =
    [
        .. Conditions.Keys, "start_condition_interval_seconds", "termination_string", "termination_command", "inactivity_threshold_seconds",
    ];

    /// <param name="compositions">One for each choice of config groups.</param>
    public static void Check(SweepNode sweep, ImmutableArray<Composition> compositions, DiagnosticBag report)
    {
        var said = new HashSet<string>();
        foreach (var setting in Sweep.Settings(sweep))
            if (!setting.IsChoice && setting.Role is not SettingRole.Default && setting.Key.Length >= ShortestTypo && said.Add(setting.Key) && !compositions.Any(c => IsRead(setting, c)))
                Report(setting, compositions, report);
    }

    private static void Report(SweepSetting setting, ImmutableArray<Composition> compositions, DiagnosticBag report)
    {
        var beside = compositions.Select(c => Beside(setting, c)).FirstOrDefault(static names => names.Count > 0) ?? [];
        var near = Suggestion.Nearest(setting.Key, beside.Concat(compositions.SelectMany(static c => c.Tree.Entries).Select(static e => e.Key)).Concat(BuiltInKeys.All).Where(k => k.Count('.') == setting.Path.Length - 1));
        if (near is not null || beside.Count > 0)
            report.Warning("PLN043", setting.KeyAt, $"nothing has or uses the key '{setting.Key}' that the sweep sets", near is not null ? $"did you mean '{near}'?" : $"there are: {string.Join(", ", beside.Take(30))}");
    }

    /// <summary>The keys of a backend's section whose settings it names one by one: what is not among them has no effect.</summary>
    private static List<string> Beside(SweepSetting setting, Composition composition)
    {
        if (setting.Path is not ["backend", _, ..] || setting.Path.Length < 3) return [];
        var section = setting.Path[..^1];
        return Merging.Find(composition.Tree, section) is ConfigNode.Mapping map && map.Entries.Any(e => composition.References.Contains($"{string.Join('.', section)}.{e.Key}")) ? [.. map.Entries.Select(e => $"{string.Join('.', section)}.{e.Key}")] : [];
    }

    private static bool IsRead(SweepSetting setting, Composition composition) =>
        Merging.Find(composition.Tree, setting.Path) is not null || composition.References.Contains(setting.Key) || BuiltInKeys.IsKnown(setting.Key) || Bare.Contains(setting.Key)
        || setting.Path is ["backend", "args" or "megatron" or "env" or "torchrun_args", ..] or ["job", "env", ..] or ["project", "evaluation", ..];
}
