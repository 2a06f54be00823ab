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

    /// <summary>Adds each setting as an option of Megatron's form: <c>lr_decay: 3</c> is <c>--lr-decay 3</c>, true a bare flag, a list several words; false and null are left out.</summary>
    public static bool AddOptions(ConfigNode? node, string path, ImmutableArray<string>.Builder words, DiagnosticBag report) => AddOptions(node, path, OptionForm.Default, words, report);

    /// <summary>Adds each setting as an option.</summary>
    public static bool AddOptions(ConfigNode? node, string path, OptionForm form, ImmutableArray<string>.Builder words, DiagnosticBag report)
    {
        if (node is null || ScalarValue.IsNull(node)) return true;
        if (node is ConfigNode.Mapping map) return AddAll(map, "", path, form, words, report);
        report.Error("CFG041", node.At, $"'{path}' must be a mapping of options, not {Binder.Describe(node)}");
        return false;
    }

    /// <param name="prefix">Of the options' names: empty, or <c>training.</c></param>
    private static bool AddAll(ConfigNode.Mapping map, string prefix, string path, OptionForm form, ImmutableArray<string>.Builder words, DiagnosticBag report)
    {
        var fits = true;
        foreach (ref readonly var entry in map.Entries.AsSpan()) fits &= AddSetting(prefix + entry.Key, entry.Value, $"{path}.{entry.Key}", form, words, report);
        return fits;
    }

    /// <summary>Adds one setting as an option.</summary>
    /// <param name="name">Of the option, without dashes.</param>
    public static bool AddSetting(string name, ConfigNode value, string path, OptionForm form, ImmutableArray<string>.Builder words, DiagnosticBag report) => value switch
    {
        ConfigNode.Scalar scalar => AddValue(name, scalar, form, words),
        ConfigNode.Sequence list => AddList(name, list, path, form, words, report),
        ConfigNode.Mapping inner when form.Style is not OptionStyle.Dashes => AddAll(inner, $"{name}.", path, form, words, report),
        var other => Nested(other, path, report),
    };

    private static bool AddValue(string name, ConfigNode.Scalar scalar, OptionForm form, ImmutableArray<string>.Builder words)
    {
        var value = ScalarValue.Of(scalar);
        var text = value is ScalarValue.Bool ? PythonText.Of(value) : scalar.Text;
        if (form.Style is not OptionStyle.Equals && (value is ScalarValue.Null || (value is ScalarValue.Bool { Value: false } && form.Bools is OptionBools.Flags))) return true;
        if (form.Each is { } each) words.Add(each);
        if (form.Style is OptionStyle.Equals) words.Add($"{name}={(value is ScalarValue.Null ? "null" : text)}");
        else
        {
            words.Add(OptionName(name, form));
            if (value is not ScalarValue.Bool || form.Bools is OptionBools.Values) words.Add(text);
        }
        return true;
    }

    private static bool AddList(string name, ConfigNode.Sequence list, string path, OptionForm form, ImmutableArray<string>.Builder words, DiagnosticBag report)
    {
        if (form.Style is not OptionStyle.Equals)
        {
            if (list.Items.IsEmpty) return true;
            words.Add(OptionName(name, form));
            return Add(list, path, words, report);
        }
        var items = ImmutableArray.CreateBuilder<string>();
        if (!Add(list, path, items, report)) return false;
        if (form.Each is { } each) words.Add(each);
        words.Add($"{name}=[{string.Join(',', items)}]");
        return true;
    }

    private static bool Nested(ConfigNode node, string path, DiagnosticBag report)
    {
        report.Error("CFG041", node.At, $"'{path}' must be a value or a list of values, not {Binder.Describe(node)}", "a command line has no nested options; with backend.option_style underscores or equals their names are joined by dots");
        return false;
    }

    private static string OptionName(string key, OptionForm form) => form.Style is OptionStyle.Dashes ? "--" + key.Replace('_', '-') : "--" + key;
}
