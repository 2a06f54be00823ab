using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Vigil.Configuration;

/// <summary>Reads one YAML document into nodes that know their places. Whatever is wrong with the text becomes a diagnostic.</summary>
public sealed class YamlReader
{
    private const int MaxDepth = 100;

    private readonly string _file;
    private readonly DiagnosticBag _report;
    private readonly Parser _parser;
    private readonly Dictionary<string, ConfigNode> _anchors = [];
    private bool _usesAliases;
    private bool _broken;

    private YamlReader(SourceFile file, DiagnosticBag report)
    {
        _file = file.Name;
        _report = report;
        _parser = new Parser(new StringReader(file.Text.TrimStart('\uFEFF')));
    }

    /// <summary>The document's tree; an empty mapping for an empty file, null when it cannot be used at all.</summary>
    public static ConfigNode? Read(SourceFile file, DiagnosticBag report)
    {
        var reader = new YamlReader(file, report);
        try
        {
            var root = reader.ReadDocument();
            return reader._broken ? null : root;
        }
        catch (YamlException mistake)
        {
            report.Error("CFG001", reader.Place(mistake.Start), $"this is not YAML: {mistake.Message.TrimEnd('.')}");
            return null;
        }
        catch (InvalidOperationException)
        {
            // The scanner's own answer to a key that spans lines inside brackets: it has no words for it, only a place.
            report.Error("CFG001", reader.Place(reader._parser.Current?.End ?? Mark.Empty), "this is not YAML: after this place a bracket, a quote or a comma is missing");
            return null;
        }
    }

    private ConfigNode ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _)) return new ConfigNode.Mapping(new(_file, 1, 1), []);
        _parser.Consume<DocumentStart>();
        var root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (!_broken && _parser.Accept<DocumentStart>(out var second)) Refuse("CFG002", Place(second.Start), "a second document begins here", "one file holds one document: remove the '---'");
        if (_usesAliases && !TreeSize.IsWithin(root)) Refuse("CFG003", root.At, "the aliases of this file expand to too large a tree", $"at most {TreeSize.MaxNodes} nodes and {TreeSize.MaxDepth} levels");
        return root is ConfigNode.Scalar && ScalarValue.IsNull(root) ? new ConfigNode.Mapping(root.At, []) : root;
    }

    private ConfigNode ReadNode(int depth)
    {
        var at = Place(_parser.Current?.Start ?? Mark.Empty);
        if (_parser.TryConsume<AnchorAlias>(out var alias)) return Alias(alias, at);
        if (_parser.TryConsume<YamlDotNet.Core.Events.Scalar>(out var scalar)) return Keep(scalar.Anchor, ReadScalar(scalar, at));
        if (depth >= MaxDepth) return SkipTooDeep(at);
        if (_parser.TryConsume<SequenceStart>(out var list))
        {
            CheckTag(list.Tag, at, "tag:yaml.org,2002:seq");
            var items = ImmutableArray.CreateBuilder<ConfigNode>();
            while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(ReadNode(depth + 1));
            return Keep(list.Anchor, new ConfigNode.Sequence(at, items.DrainToImmutable()));
        }
        var start = _parser.Consume<MappingStart>();
        CheckTag(start.Tag, at, "tag:yaml.org,2002:map");
        return Keep(start.Anchor, new ConfigNode.Mapping(at, ReadEntries(depth)));
    }

    private ImmutableArray<ConfigEntry> ReadEntries(int depth)
    {
        var entries = new EntryList(_report);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var at = Place(_parser.Current?.Start ?? Mark.Empty);
            if (!_parser.TryConsume<YamlDotNet.Core.Events.Scalar>(out var key))
            {
                Refuse("CFG004", at, "a key must be a word, not a list, a mapping or an alias");
                ReadNode(depth + 1);
                ReadNode(depth + 1);
                continue;
            }
            var name = ReadScalar(key, at);
            var value = ReadNode(depth + 1);
            Keep(key.Anchor, name);
            if (name is { Text: "<<", Style: ScalarStyle.Plain }) MergeKey(entries, value);
            else entries.Add(new(name.Text, at, value));
        }
        return entries.ToImmutable();
    }

    private void MergeKey(EntryList entries, ConfigNode value)
    {
        if (value is ConfigNode.Mapping one) entries.AddMerged(one);
        else if (value is ConfigNode.Sequence list && list.Items.All(static i => i is ConfigNode.Mapping))
            foreach (var item in list.Items) entries.AddMerged((ConfigNode.Mapping)item);
        else Refuse("CFG005", value.At, "'<<' merges a mapping or a list of mappings", "write '<<: *anchor'");
    }

    private ConfigNode.Scalar ReadScalar(YamlDotNet.Core.Events.Scalar scalar, SourceSpan at)
    {
        if (scalar.Value.Contains('\0', StringComparison.Ordinal) || !TextRules.IsWellFormed(scalar.Value))
            Refuse("CFG006", at, "this text holds a character that no file name, command or JSON can hold (NUL or half a surrogate pair)");
        var forced = false;
        if (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific)
        {
            forced = scalar.Tag.Value == "tag:yaml.org,2002:str";
            CheckTag(scalar.Tag, at, "tag:yaml.org,2002:str", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null");
        }
        var plain = scalar.Style is YamlDotNet.Core.ScalarStyle.Plain && !forced && !scalar.Tag.IsNonSpecific;
        return new ConfigNode.Scalar(at, scalar.Value, plain ? ScalarStyle.Plain : ScalarStyle.Quoted);
    }

    private void CheckTag(TagName tag, SourceSpan at, params ReadOnlySpan<string> known)
    {
        if (!tag.IsEmpty && !tag.IsNonSpecific && !known.Contains(tag.Value))
            Refuse("CFG007", at, $"the tag '{tag.Value}' means nothing here", "remove it: values are plain data");
    }

    private ConfigNode Alias(AnchorAlias alias, SourceSpan at)
    {
        _usesAliases = true;
        if (_anchors.TryGetValue(alias.Value.Value, out var node)) return node;
        Refuse("CFG008", at, $"the alias '*{alias.Value.Value}' has no finished anchor before it", Suggestion.Hint(alias.Value.Value, _anchors.Keys));
        return new ConfigNode.Scalar(at, "", ScalarStyle.Plain);
    }

    private T Keep<T>(AnchorName anchor, T node) where T : ConfigNode
    {
        if (!anchor.IsEmpty) _anchors[anchor.Value] = node;
        return node;
    }

    private ConfigNode.Scalar SkipTooDeep(SourceSpan at)
    {
        Refuse("CFG003", at, $"this is nested deeper than {MaxDepth} levels");
        for (var open = 0; ;)
        {
            open += _parser.Current?.NestingIncrease ?? 0;
            if (!_parser.MoveNext() || open <= 0) return new ConfigNode.Scalar(at, "", ScalarStyle.Plain);
        }
    }

    private void Refuse(string code, SourceSpan at, string message, string? hint = null)
    {
        _broken = true;
        _report.Error(code, at, message, hint);
    }

    private SourceSpan Place(Mark mark) => new(_file, (int)Math.Clamp(mark.Line, 1, int.MaxValue), (int)Math.Clamp(mark.Column, 1, int.MaxValue));

    /// <summary>Entries of one mapping while it is read: own keys win over merged ones and must not repeat.</summary>
    private sealed class EntryList(DiagnosticBag report)
    {
        private readonly List<ConfigEntry> _own = [];
        private readonly Dictionary<string, SourceSpan> _places = [];
        private readonly List<ConfigEntry> _merged = [];

        public void Add(ConfigEntry entry)
        {
            if (_places.TryAdd(entry.Key, entry.KeyAt)) _own.Add(entry);
            else report.Error("CFG009", entry.KeyAt, $"the key '{entry.Key}' stands here twice", $"the first one is in line {_places[entry.Key].Line}");
        }

        public void AddMerged(ConfigNode.Mapping mapping) => _merged.AddRange(mapping.Entries);

        public ImmutableArray<ConfigEntry> ToImmutable()
        {
            if (_merged.Count == 0) return [.. _own];
            var taken = _own.Select(static e => e.Key).ToHashSet();
            return [.. _merged.Where(e => taken.Add(e.Key)), .. _own];
        }
    }
}
