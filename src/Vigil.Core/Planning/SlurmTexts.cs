using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Reads the plain parts of the sections <c>slurm</c> and <c>container</c>: lists of texts, and variables.</summary>
internal static partial class SlurmTexts
{
    /// <summary>A text, or a list of texts.</summary>
    public static ImmutableArray<string> List(ConfigNode? node, string path, DiagnosticBag report)
    {
        if (node is null || ScalarValue.IsNull(node)) return [];
        if (node is ConfigNode.Scalar one) return one.Text.Length == 0 ? [] : [one.Text];
        var texts = ImmutableArray.CreateBuilder<string>();
        if (node is not ConfigNode.Sequence list) report.Error("CFG041", node.At, $"'{path}' must be a text or a list of texts, not {Binder.Describe(node)}");
        else
            for (var i = 0; i < list.Items.Length; i++)
                if (list.Items[i] is ConfigNode.Scalar item && !ScalarValue.IsNull(item)) texts.Add(item.Text);
                else report.Error("CFG041", list.Items[i].At, $"'{path}[{i}]' must be a text, not {Binder.Describe(list.Items[i])}");
        return texts.DrainToImmutable();
    }

    /// <summary>A mapping of variables, in its order; null stands for an empty value.</summary>
    public static ImmutableArray<SlurmVariable> Variables(ConfigNode? node, string path, DiagnosticBag report)
    {
        if (node is null || ScalarValue.IsNull(node)) return [];
        var variables = ImmutableArray.CreateBuilder<SlurmVariable>();
        if (node is not ConfigNode.Mapping map) report.Error("CFG041", node.At, $"'{path}' must be a mapping of variables, not {Binder.Describe(node)}");
        else
            foreach (var entry in map.Entries)
                if (!IsVariableName(entry.Key)) report.Error("CFG058", entry.KeyAt, $"'{entry.Key}' cannot be the name of an environment variable", "letters, digits and _; no digit first");
                else if (entry.Value is not ConfigNode.Scalar value) report.Error("CFG041", entry.Value.At, $"'{path}.{entry.Key}' must be a text, not {Binder.Describe(entry.Value)}");
                else
                {
                    var text = ScalarValue.IsNull(value) ? "" : value.Text;
                    if (LooksLikeShell.IsMatch(text))
                        report.Warning("SLM005", value.At, $"'{path}.{entry.Key}' is taken as it stands: nothing in it is shell, and '{TextRules.Shorten(text, 60)}' reaches the job with its dollar signs or backticks", $"for shell write a line under slurm.setup: export {entry.Key}=…");
                    variables.Add(new(entry.Key, text));
                }
        return variables.DrainToImmutable();
    }

    public static bool IsVariableName(string name) => NameForm.IsMatch(name);

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm { get; }

    [GeneratedRegex(@"\$[A-Za-z_({]|`", RegexOptions.CultureInvariant)]
    private static partial Regex LooksLikeShell { get; }
}
