using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Says of a run's start and cancel conditions that they order runs and are drawn, and that nobody judges them yet.</summary>
internal static class Conditions
{
    private static readonly string[] Keys = ["start_conditions", "start_condition", "start_condition_cmd", "cancel_conditions", "cancel_condition"];
    private static readonly string[] Sections = ["job", "monitoring"];

    public static void Warn(ConfigNode.Mapping tree, DiagnosticBag report)
    {
        foreach (var key in Keys)
        {
            Warn(tree[key], key, report);
            foreach (var section in Sections)
                if (tree[section] is ConfigNode.Mapping map) Warn(map[key], key, report);
        }
    }

    private static void Warn(ConfigNode? condition, string key, DiagnosticBag report)
    {
        if (condition is null or ConfigNode.Sequence { Items.IsEmpty: true } || ScalarValue.IsNull(condition)) return;
        report.Warning("PLN052", condition.At, $"'{key}' is planned and drawn, but not judged in this version: the run neither waits for it nor is cancelled by it",
            key.StartsWith("start", StringComparison.Ordinal) ? "job.depends_on makes a run wait for another" : null);
    }
}
