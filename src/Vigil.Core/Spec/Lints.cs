using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Finds what is allowed and yet hardly meant: words that YAML reads as true or false, numbers for names, secrets in the open. Looks at the composed tree once.</summary>
public static class Lints
{
    /// <summary>Paths below which values are text for a shell or for Slurm.</summary>
    private static readonly string[] TextBelow = ["job.env.", "backend.env.", "container.env.", "slurm.env.", "slurm.sbatch.", "slurm.srun."];

    private static readonly HashSet<string> Names =
        ["project.name", "job.name", "stage", "slurm.job_name", "slurm.job-name", "slurm.sbatch.job_name", "slurm.sbatch.job-name", "slurm.sbatch.comment"];

    public static void Check(ConfigNode.Mapping tree, DiagnosticBag report) => Check(tree, "", report);

    private static void Check(ConfigNode.Mapping map, string above, DiagnosticBag report)
    {
        foreach (var entry in map.Entries)
        {
            if (entry.Kind is KeyKind.Bool)
                report.Warning("CFG123", entry.KeyAt, $"this key is the bool {entry.Key} for YAML, not the word that stands there", "write it in quotes, or choose another word: on, off, yes, no, true and false are bools");
            Check(entry.Value, above + entry.Key, entry.Key, report);
        }
    }

    private static void Check(ConfigNode node, string path, string key, DiagnosticBag report)
    {
        switch (node)
        {
            case ConfigNode.Mapping map:
                Check(map, $"{path}.", report);
                break;
            case ConfigNode.Sequence list:
                foreach (var item in list.Items) Check(item, path, key, report);
                break;
            case ConfigNode.Scalar scalar:
                CheckText(scalar, path, report);
                if (Secrets.IsLiteralSecret(key, Written(scalar)))
                    report.Warning("CFG124", node.At, $"'{path}' looks like a secret, and every copy of this configuration would hold it", "keep it in an environment variable: ${oc.env:NAME}");
                break;
        }
    }

    /// <summary>What stands in the file itself: a value that an interpolation brings is no secret of this file.</summary>
    private static string Written(ConfigNode.Scalar scalar) => scalar.Interpolates && TemplateParser.Parse(scalar.Text, DollarRule.Escapes, out _) is { } template
        ? string.Concat(template.Parts.OfType<TemplatePart.Literal>().Select(static l => l.Text))
        : scalar.Text;

    private static void CheckText(ConfigNode.Scalar scalar, string path, DiagnosticBag report)
    {
        if (scalar.Style is not ScalarStyle.Plain || !WantsText(path)) return;
        switch (YamlScalar.Read(scalar.Text))
        {
            case ScalarValue.Bool when IsBoolWord(scalar.Text):
                report.Warning("CFG121", scalar.At, $"'{path}: {scalar.Text}' is a bool for YAML", $"for the word write it in quotes, \"{scalar.Text}\"; for the bool write true or false");
                break;
            case ScalarValue.Real when Names.Contains(path):
                report.Warning("CFG122", scalar.At, $"'{path}: {scalar.Text}' is a number for YAML, and other programs will read {YamlText.Of(YamlScalar.Read(scalar.Text))}", $"a name is a text; write it in quotes: \"{scalar.Text}\"");
                break;
        }
    }

    private static bool WantsText(string path) => Names.Contains(path) || Array.Exists(TextBelow, below => path.StartsWith(below, StringComparison.Ordinal));

    private static bool IsBoolWord(string text) => text.ToUpperInvariant() is "ON" or "OFF" or "YES" or "NO";
}
