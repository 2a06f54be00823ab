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

    public static void Check(SweepNode sweep, Composition composition, DiagnosticBag report)
    {
        var said = new HashSet<string>();
        foreach (var setting in Sweep.Settings(sweep))
            if (!setting.IsChoice && setting.Role is not SettingRole.Default && setting.Key.Length >= ShortestTypo && said.Add(setting.Key) && !IsRead(setting, composition)
                && Suggestion.Nearest(setting.Key, composition.Tree.Entries.Select(static e => e.Key).Concat(BuiltInKeys.All).Where(k => k.Count('.') == setting.Path.Length - 1)) is { } near)
                report.Warning("PLN043", setting.KeyAt, $"nothing has or uses the key '{setting.Key}' that the sweep sets", $"did you mean '{near}'?");
    }

    private static bool IsRead(SweepSetting setting, Composition composition) =>
        Merging.Find(composition.Tree, setting.Path) is not null || composition.References.Contains(setting.Key) || BuiltInKeys.IsKnown(setting.Key) || Bare.Contains(setting.Key)
        || setting.Path is ["backend", "args" or "megatron" or "env" or "torchrun_args", ..] or ["job", "env", ..];
}
