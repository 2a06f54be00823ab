using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>A mapping of the YAML form that is read key by key; what nobody asked for is told and kept.</summary>
/// <param name="path">The dotted key of the mapping, for messages.</param>
internal sealed class YamlSection(ConfigNode.Mapping map, string path, DiagnosticBag report)
{
    private readonly HashSet<string> _asked = [];

    public SourceSpan At => map.At;

    /// <summary>Null, with a message, when there is something else than a mapping; an empty one for nothing.</summary>
    public static YamlSection? Of(ConfigNode? node, string path, SourceSpan at, DiagnosticBag report)
    {
        if (node is null || ScalarValue.IsNull(node)) return new(new(node?.At ?? at, []), path, report);
        if (node is ConfigNode.Mapping map) return new(map, path, report);
        report.Error("DOC029", node.At, $"'{path}' must be a mapping, not {Binder.Describe(node)}");
        return null;
    }

    /// <summary>The value at the first of these keys that is there; null when it is missing or null.</summary>
    public ConfigNode? Node(params ReadOnlySpan<string> keys)
    {
        ConfigNode? found = null;
        foreach (var key in keys)
        {
            _asked.Add(key);
            if (map[key] is { } node && !ScalarValue.IsNull(node)) found ??= node;
        }
        return found;
    }

    /// <summary>Whether a key is there, without reading it.</summary>
    public bool Has(string key) => map[key] is { } node && !ScalarValue.IsNull(node);

    public YamlSection? Section(string key) => Of(Node(key), Inner(key), map.At, report);

    /// <summary>The items of a list; one that is missing is empty.</summary>
    public ImmutableArray<ConfigNode> Items(string key)
    {
        switch (Node(key))
        {
            case null: return [];
            case ConfigNode.Sequence list: return list.Items;
            case var node:
                report.Error("DOC029", node.At, $"'{Inner(key)}' must be a list, not {Binder.Describe(node)}");
                return [];
        }
    }

    public IEnumerable<YamlSection> Sections(string key) => Items(key).Select((item, i) => Of(item, $"{Inner(key)}[{i}]", map.At, report)).OfType<YamlSection>();

    public Written<string>? Text(params ReadOnlySpan<string> keys)
    {
        switch (Node(keys))
        {
            case null: return null;
            case ConfigNode.Scalar scalar: return new(scalar.Text, scalar.At);
            case var node:
                report.Error("DOC029", node.At, $"'{Inner(keys[0])}' must be a text, not {Binder.Describe(node)}");
                return null;
        }
    }

    /// <summary>A text that a plan must have.</summary>
    public Written<string>? Needed(Severity severity, params ReadOnlySpan<string> keys)
    {
        if (Text(keys) is { } text) return text;
        report.Add(new("DOC021", severity, map.At, $"'{path}' has no '{keys[0]}'", $"add: {keys[0]}: …"));
        return null;
    }

    /// <summary>Every entry that a field knows.</summary>
    public T Fill<T>(T record, ImmutableArray<DocumentField<T>> fields)
    {
        foreach (var entry in map.Entries)
        {
            if (_asked.Contains(entry.Key) || fields.Find(entry.Key) is not { } field) continue;
            _asked.Add(entry.Key);
            if (ScalarValue.IsNull(entry.Value)) continue;
            record = field.Fill(record, new(entry.Key, YamlTexts.Of(entry.Value), FieldWriting.Marked, entry.Value.At), report);
        }
        return record;
    }

    /// <summary>The settings of a mapping; mappings in it give dotted names.</summary>
    public ImmutableArray<DocumentParameter> Settings(string key) => Node(key) is { } node ? YamlTexts.Settings(node, "") : [];

    /// <summary>The entries with one of these keys, as settings.</summary>
    public ImmutableArray<DocumentParameter> Settings(ImmutableArray<string> keys)
    {
        var settings = ImmutableArray.CreateBuilder<DocumentParameter>();
        foreach (var key in map.Entries.Select(static e => e.Key).Where(keys.Contains))
            if (Node(key) is { } node) settings.AddRange(YamlTexts.Settings(node, key));
        return settings.ToImmutable();
    }

    /// <summary>Tells the keys that nobody asked for, and keeps them as notes.</summary>
    public void Finish(string noteSection, NoteTaker notes, IEnumerable<string>? further = null)
    {
        foreach (var entry in map.Entries)
        {
            if (_asked.Contains(entry.Key)) continue;
            report.Warning("DOC020", entry.KeyAt, $"{(path.Length == 0 ? "a plan" : $"'{path}'")} knows no key '{entry.Key}': it is kept as a note and changes nothing", Suggestion.Hint(entry.Key, [.. _asked.Concat(further ?? []).Distinct()]));
            Keep(entry, noteSection, notes);
        }
    }

    /// <summary>Keeps what is known and has no meaning here.</summary>
    public void Keep(string key, string noteSection, NoteTaker notes)
    {
        _asked.Add(key);
        foreach (var entry in map.Entries.Where(e => e.Key == key && !ScalarValue.IsNull(e.Value))) Keep(entry, noteSection, notes);
    }

    private void Keep(in ConfigEntry entry, string noteSection, NoteTaker notes)
    {
        foreach (var setting in YamlTexts.Settings(entry.Value, Inner(entry.Key))) notes.Add(noteSection, setting.Name, setting.Value, setting.At);
    }

    private string Inner(string key) => path.Length == 0 ? key : $"{path}.{key}";
}

/// <summary>Values of the YAML form as texts.</summary>
internal static class YamlTexts
{
    /// <summary>A scalar as written; a list or mapping in one line.</summary>
    public static string Of(ConfigNode node) => node switch
    {
        ConfigNode.Scalar scalar => scalar.Text,
        ConfigNode.Sequence list => string.Join(", ", list.Items.Select(Of)),
        ConfigNode.Mapping map => string.Join(", ", map.Entries.Select(static e => $"{e.Key}: {Of(e.Value)}")),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A mapping as settings with dotted names; anything else is one setting.</summary>
    public static ImmutableArray<DocumentParameter> Settings(ConfigNode node, string name)
    {
        if (node is not ConfigNode.Mapping map) return [new(name, Of(node), node.At)];
        return [.. map.Entries.SelectMany(e => Settings(e.Value, name.Length == 0 ? e.Key : $"{name}.{e.Key}"))];
    }
}
