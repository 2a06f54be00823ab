using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>The start and cancel conditions of a run: they order runs and are drawn.</summary>
internal static class Conditions
{
    private static readonly string[] Sections = ["job", "monitoring"];

    public static string[] StartKeys { get; } = ["start_conditions", "start_condition", "start_condition_cmd"];

    public static string[] CancelKeys { get; } = ["cancel_conditions", "cancel_condition"];

    public static string[] Keys { get; } = [.. StartKeys, .. CancelKeys];

    /// <summary>Whether conditions stand in a section of this name, as they do at the top.</summary>
    public static bool StandIn(string section) => Sections.Contains(section);

    /// <summary>What a tree gives for these keys, bare or in a section; nothing and an empty list are no condition.</summary>
    public static IEnumerable<(string Key, ConfigNode Given)> Of(ConfigNode.Mapping tree, string[] keys)
    {
        foreach (var key in keys)
        {
            if (tree[key] is { } bare && IsCondition(bare)) yield return (key, bare);
            foreach (var section in Sections)
                if (tree[section] is ConfigNode.Mapping map && map[key] is { } given && IsCondition(given)) yield return (key, given);
        }
    }

    private static bool IsCondition(ConfigNode node) => node is not ConfigNode.Sequence { Items.IsEmpty: true } && !ScalarValue.IsNull(node);
}
