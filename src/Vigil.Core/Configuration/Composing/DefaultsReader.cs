using System.Collections.Immutable;

namespace Vigil.Configuration.Composing;

/// <summary>Reads a defaults list. An entry that cannot be read is a diagnostic and is left out.</summary>
internal sealed class DefaultsReader(DiagnosticBag report)
{
    private const string Forms = "entries are '- config', '- group: option', '- optional group@package: option', '- override group: option' or '- _self_'";

    public ImmutableArray<DefaultsEntry> Read(ConfigEntry defaults)
    {
        if (defaults.Value is not ConfigNode.Sequence list)
        {
            report.Error("CFG068", defaults.Value.At, $"'defaults' must be a list, not {Binder.Describe(defaults.Value)}", "defaults: [{db: mysql}, _self_], or one entry a line with '- ' before it");
            return [];
        }
        return [.. list.Items.Select(Entry).OfType<DefaultsEntry>()];
    }

    private DefaultsEntry? Entry(ConfigNode item) => item switch
    {
        ConfigNode.Mapping map => GroupEntry(map),
        ConfigNode.Scalar scalar when ScalarValue.Of(scalar) is ScalarValue.Text text => ConfigEntry(scalar, text.Value),
        ConfigNode.Scalar { Text: "???" } => Refuse("CFG070", item.At, "a fixed config cannot be left open with '???'", "name a group: '- group: ???'"),
        _ => Refuse("CFG069", item.At, "this is no entry of a defaults list", Forms),
    };

    private DefaultsEntry? ConfigEntry(ConfigNode.Scalar scalar, string text)
    {
        if (text == "_self_") return new DefaultsEntry.Self(scalar.At);
        var (path, package) = SplitPackage(text);
        if (path == "_self_") return Refuse("CFG069", scalar.At, "'_self_' has no package", "write '- _self_', and '# @package' at the top of the file");
        if (path.Contains(' ', StringComparison.Ordinal)) return Refuse("CFG069", scalar.At, $"'{text}' is no config's name: it has a blank", path.StartsWith("optional ", StringComparison.Ordinal) ? "only a group can be optional: '- optional group: option'" : Forms);
        if (!IsUsable(path, scalar.At)) return null;
        return new DefaultsEntry.Config(scalar.At, path, package, Presence.Required);
    }

    private DefaultsEntry? GroupEntry(ConfigNode.Mapping map)
    {
        if (map.Entries.Length != 1)
        {
            var isOldOptional = map.Entries.Any(static e => e.Key == "optional");
            return Refuse("CFG069", map.At, map.Entries.Length == 0 ? "this entry names nothing" : $"this entry has {map.Entries.Length} keys: {string.Join(", ", map.Entries.Select(static e => e.Key))}",
                isOldOptional ? $"write '- optional {map.Entries.First(static e => e.Key != "optional").Key}: …'" : "one key an entry, each with its own '-'");
        }
        var entry = map.Entries[0];
        var words = entry.Key.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var keywords = words.AsSpan(0, Math.Max(0, words.Length - 1));
        foreach (var word in keywords)
            if (word is not ("optional" or "override")) return Refuse("CFG077", entry.KeyAt, $"'{word}' is no keyword of a defaults list", Suggestion.Nearest(word, ["optional", "override"]) is { } near ? $"did you mean '{near}'?" : "keywords are 'optional' and 'override'");
        var (group, package) = SplitPackage(words.Length == 0 ? "" : words[^1]);
        if (group.Trim('/').Length == 0) return Refuse("CFG069", entry.KeyAt, "this entry names no group", Forms);
        if (!IsUsable(group, entry.KeyAt) || Choice(entry.Value, group) is not { } choice) return null;
        if (keywords.Contains("override")) return new DefaultsEntry.Override(entry.KeyAt, group, package, choice);
        return new DefaultsEntry.Group(entry.KeyAt, group, package, choice, keywords.Contains("optional") ? Presence.Optional : Presence.Required);
    }

    private OptionChoice? Choice(ConfigNode value, string group)
    {
        switch (value)
        {
            case ConfigNode.Scalar scalar when ScalarValue.Of(scalar) is ScalarValue.Null: return OptionChoice.None.Instance;
            case ConfigNode.Scalar scalar when ScalarValue.Of(scalar) is ScalarValue.Missing: return new OptionChoice.One("???");
            case ConfigNode.Scalar scalar when ScalarValue.Of(scalar) is ScalarValue.Text text: return IsUsable(text.Value, scalar.At) ? new OptionChoice.One(text.Value) : null;
            case ConfigNode.Scalar scalar: return Refuse(scalar, group);
            case ConfigNode.Mapping: report.Error("CFG082", value.At, $"the option of '{group}' is a name or a list of names, not a mapping", $"settings of '{group}' stand outside the defaults list"); return null;
        }
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var item in ((ConfigNode.Sequence)value).Items)
        {
            if (item is not ConfigNode.Scalar scalar || ScalarValue.Of(scalar) is not ScalarValue.Text text) return Refuse(item, group);
            if (!IsUsable(text.Value, item.At)) return null;
            if (text.Value.Contains("${", StringComparison.Ordinal)) { report.Error("CFG071", item.At, "an option in a list cannot be an interpolation", "give each its own entry: '- group: ${other}'"); return null; }
            names.Add(text.Value);
        }
        return new OptionChoice.Many(names.DrainToImmutable());
    }

    private OptionChoice? Refuse(ConfigNode option, string group)
    {
        report.Error("CFG082", option.At, $"an option of '{group}' is a name; this is {Binder.Describe(option)}", option is ConfigNode.Scalar scalar ? $"if the file is called that, quote it: '{scalar.Text}'" : "a list of options holds names alone");
        return null;
    }

    private bool IsUsable(string path, SourceSpan at)
    {
        if (path.Split('/').Contains("..")) report.Error("CFG077", at, $"'{path}' leaves its folder: '..' cannot be used here", "begin with '/' to count from the top of the config folder");
        else if (path.Contains('\\', StringComparison.Ordinal)) report.Error("CFG077", at, $"'{path}' has a backslash", "folders are parted by '/'");
        else if (path.EndsWith(".yml", StringComparison.Ordinal)) report.Error("CFG077", at, $"'{path}' ends in .yml", "configs are named without an extension, and their files end in .yaml");
        else return true;
        return false;
    }

    private static (string Path, string? Package) SplitPackage(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
    }

    private DefaultsEntry? Refuse(string code, SourceSpan at, string message, string hint)
    {
        report.Error(code, at, message, hint);
        return null;
    }
}
