using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Makes words of a command out of configuration: lists of words, and mappings of options.</summary>
internal static class OptionWords
{
    /// <summary>Adds a list of words. False when something in it is no word; that is reported.</summary>
    public static bool Add(ConfigNode? node, string path, ImmutableArray<string>.Builder words, DiagnosticBag report)
    {
        if (node is null || ScalarValue.IsNull(node)) return true;
        if (node is not ConfigNode.Sequence list)
        {
            report.Error("CFG041", node.At, $"'{path}' must be a list of words, not {Binder.Describe(node)}");
            return false;
        }
        var fits = true;
        for (var i = 0; i < list.Items.Length; i++)
        {
            if (list.Items[i] is ConfigNode.Scalar word && !ScalarValue.IsNull(word)) { words.Add(word.Text); continue; }
            report.Error("CFG041", list.Items[i].At, $"'{path}[{i}]' must be a word, not {Binder.Describe(list.Items[i])}", "the list holds the program and its arguments, each a text or a number");
            fits = false;
        }
        return fits;
    }

    /// <summary>Adds each setting as an option: <c>lr_decay: 3</c> is <c>--lr-decay 3</c>, true a bare flag, a list several words; false and null are left out.</summary>
    public static bool AddOptions(ConfigNode? node, string path, ImmutableArray<string>.Builder words, DiagnosticBag report)
    {
        if (node is null || ScalarValue.IsNull(node)) return true;
        if (node is not ConfigNode.Mapping map)
        {
            report.Error("CFG041", node.At, $"'{path}' must be a mapping of options, not {Binder.Describe(node)}");
            return false;
        }
        var fits = true;
        foreach (ref readonly var entry in map.Entries.AsSpan()) fits &= AddOption(entry, path, words, report);
        return fits;
    }

    private static bool AddOption(ConfigEntry entry, string path, ImmutableArray<string>.Builder words, DiagnosticBag report)
    {
        switch (entry.Value)
        {
            case ConfigNode.Scalar scalar:
                var value = ScalarValue.Of(scalar);
                if (value is ScalarValue.Null or ScalarValue.Bool { Value: false }) return true;
                words.Add(OptionName(entry.Key));
                if (value is not ScalarValue.Bool) words.Add(scalar.Text);
                return true;
            case ConfigNode.Sequence { Items.Length: 0 }: return true;
            case ConfigNode.Sequence list:
                words.Add(OptionName(entry.Key));
                return Add(list, $"{path}.{entry.Key}", words, report);
            default:
                report.Error("CFG041", entry.Value.At, $"'{path}.{entry.Key}' must be a value or a list of values, not {Binder.Describe(entry.Value)}", "a command line has no nested options");
                return false;
        }
    }

    private static string OptionName(string key) => "--" + key.Replace('_', '-');
}
