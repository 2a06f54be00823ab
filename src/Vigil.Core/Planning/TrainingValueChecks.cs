using Vigil.Configuration;
using Vigil.Documents;

namespace Vigil.Planning;

/// <summary>Looks at the settings of a training as they are in the end, whoever gave them: a plan document, an experiment file or an override.</summary>
internal static class TrainingValueChecks
{
    private const string Section = "backend.finetune";

    /// <param name="tree">Resolved.</param>
    public static void Check(ConfigNode.Mapping tree, DiagnosticBag report)
    {
        if (Merging.Find(tree, ["backend", "type"]) is not ConfigNode.Scalar { Text: "torchtune" } || Merging.Find(tree, Section.Split('.')) is not ConfigNode.Mapping given) return;
        // One setting may stand for others, too: batch_size for batch_size_val.
        var told = new HashSet<SourceSpan>();
        foreach (var entry in given.Entries)
            if (entry.Value is ConfigNode.Scalar value && !IsFilledLater(value) && TrainingValues.Unfit(entry.Key, ScalarValue.IsNull(value) ? TrainingValues.Nothing : value.Text) is var (what, example) && told.Add(value.At))
                report.Error("DOC008", value.At, $"'{Section}.{entry.Key}' must be {what}, not {Binder.Describe(value)}", example);
    }

    /// <summary>A placeholder has its value only when the run's files are written.</summary>
    private static bool IsFilledLater(ConfigNode.Scalar value) => value.Text.Contains('{', StringComparison.Ordinal);
}
