using System.Collections.Immutable;
using System.Globalization;
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
    private int _written;
    private bool _usesAliases;
    private bool _stopped;
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
        if (_stopped) return root;
        _parser.Consume<DocumentEnd>();
        if (!_broken && _parser.Accept<DocumentStart>(out var second)) Refuse("CFG002", Place(second.Start), "a second document begins here", "one file holds one document: remove the '---'");
        if (_usesAliases && !TreeSize.IsWithinAliases(root, _written))
            Refuse("CFG003", root.At, "the aliases of this file expand to too large a tree", $"at most {TreeSize.MaxAliasedNodes} nodes, {TreeSize.MaxAliasGrowth} times what is written, and {TreeSize.MaxDepth} levels");
        return root is ConfigNode.Scalar && ScalarValue.IsNull(root) ? new ConfigNode.Mapping(root.At, []) : root;
    }

    private ConfigNode ReadNode(int depth)
    {
        _written++;
        var at = Here;
        if (_parser.TryConsume<AnchorAlias>(out var alias)) return Alias(alias, at);
        if (_parser.TryConsume<YamlDotNet.Core.Events.Scalar>(out var scalar)) return Keep(scalar.Anchor, Sound(ReadScalar(scalar, at)));
        if (depth >= MaxDepth) return StopTooDeep(at);
        if (_parser.TryConsume<SequenceStart>(out var list))
        {
            CheckTag(list.Tag, at, "tag:yaml.org,2002:seq");
            var items = ImmutableArray.CreateBuilder<ConfigNode>();
            while (!_stopped && !_parser.TryConsume<SequenceEnd>(out _)) items.Add(ReadNode(depth + 1));
            return Keep(list.Anchor, new ConfigNode.Sequence(at, items.DrainToImmutable()));
        }
        var start = _parser.Consume<MappingStart>();
        CheckTag(start.Tag, at, "tag:yaml.org,2002:map");
        return Keep(start.Anchor, new ConfigNode.Mapping(at, ReadEntries(depth)));
    }

    private ImmutableArray<ConfigEntry> ReadEntries(int depth)
    {
        var (own, merged, places) = (new List<ConfigEntry>(), new List<ConfigEntry>(), new Dictionary<string, SourceSpan>());
        while (!_stopped && !_parser.TryConsume<MappingEnd>(out _))
        {
            var at = Here;
            if (ReadKey(at) is not { } key)
            {
                ReadNode(depth + 1);
                if (!_stopped) ReadNode(depth + 1);
                continue;
            }
            var value = ReadNode(depth + 1);
            if (key is { Text: "<<", Style: ScalarStyle.Plain }) MergeKey(merged, value);
            else if (key.Value is ScalarValue.Null) Refuse("CFG004", at, "a key must be a word or a number, not null", "write it in quotes if it is meant as a word");
            else
            {
                var entry = ConfigEntry.Of(key.Value is ScalarValue.Missing ? new ScalarValue.Text(key.Text) : key.Value, at, value);
                if (entry.Kind is not KeyKind.Text || places.TryAdd(entry.Key, at)) own.Add(entry);
                else Refuse("CFG009", at, $"the key '{entry.Key}' stands here twice", $"the first one is in line {places[entry.Key].Line}");
            }
        }
        // Own keys win over merged ones but stand where those stand; a number that comes twice has its last value.
        var entries = new EntryList();
        foreach (var entry in merged) entries.Set(entry);
        foreach (var entry in own) entries.Set(entry);
        return entries.ToImmutable();
    }

    /// <summary>Null where no key can stand; the value is to be read all the same.</summary>
    private ConfigNode.Scalar? ReadKey(SourceSpan at)
    {
        if (_parser.TryConsume<YamlDotNet.Core.Events.Scalar>(out var written)) return Keep(written.Anchor, ReadScalar(written, at));
        if (_parser.Accept<AnchorAlias>(out var alias) && _anchors.TryGetValue(alias.Value.Value, out var node) && node is ConfigNode.Scalar scalar)
        {
            _parser.MoveNext();
            return scalar;
        }
        Refuse("CFG004", at, "a key must be a word, not a list or a mapping");
        return null;
    }

    /// <summary>Of several mappings the first wins, and the last stands first.</summary>
    private void MergeKey(List<ConfigEntry> merged, ConfigNode value)
    {
        if (value is ConfigNode.Mapping one) merged.AddRange(one.Entries);
        else if (value is ConfigNode.Sequence list && list.Items.All(static i => i is ConfigNode.Mapping))
            foreach (var item in list.Items.Reverse()) merged.AddRange(((ConfigNode.Mapping)item).Entries);
        else Refuse("CFG005", value.At, "'<<' merges a mapping or a list of mappings", "write '<<: *anchor'");
        if (merged.Count > TreeSize.MaxNodes && !_stopped) Stop("CFG003", value.At, "the merge keys of this mapping bring too many keys");
    }

    private ConfigNode.Scalar ReadScalar(YamlDotNet.Core.Events.Scalar scalar, SourceSpan at)
    {
        if (scalar.Value.Contains('\0', StringComparison.Ordinal) || !TextRules.IsWellFormed(scalar.Value))
            Refuse("CFG006", at, "this text holds a character that no file name, command or JSON can hold (NUL or half a surrogate pair)");
        if (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific) return Tagged(scalar, at);
        var plain = scalar.Style is YamlDotNet.Core.ScalarStyle.Plain || scalar.Tag.IsNonSpecific;
        return new ConfigNode.Scalar(at, scalar.Value, plain ? ScalarStyle.Plain : ScalarStyle.Quoted);
    }

    /// <summary>A scalar that says itself what it is.</summary>
    private ConfigNode.Scalar Tagged(YamlDotNet.Core.Events.Scalar scalar, SourceSpan at)
    {
        var text = scalar.Value;
        ScalarValue? value = (scalar.Tag.Value, YamlScalar.Read(text)) switch
        {
            ("tag:yaml.org,2002:str", _) => new ScalarValue.Text(text),
            ("tag:yaml.org,2002:int", ScalarValue.Whole whole) => whole,
            ("tag:yaml.org,2002:float", ScalarValue.Real real) => real,
            ("tag:yaml.org,2002:float", ScalarValue.Whole) when double.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => new ScalarValue.Real(number),
            ("tag:yaml.org,2002:bool", ScalarValue.Bool flag) => flag,
            ("tag:yaml.org,2002:null", _) => ScalarValue.Null.Instance,
            _ => null,
        };
        if (value is ScalarValue.Text) return new ConfigNode.Scalar(at, text, ScalarStyle.Quoted);
        if (value is not null) return ConfigNode.Scalar.Of(at, value);
        if (CheckTag(scalar.Tag, at, "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool")) Refuse("CFG007", at, $"'{text}' is not what its tag says");
        return new ConfigNode.Scalar(at, text, ScalarStyle.Quoted);
    }

    /// <summary>Refuses what YAML 1.1 gives a meaning that no value here can have.</summary>
    private ConfigNode.Scalar Sound(ConfigNode.Scalar scalar)
    {
        if (scalar.Style is not ScalarStyle.Plain) return scalar;
        if (scalar.Text is "=" or "<<") Refuse("CFG013", scalar.At, $"a bare '{scalar.Text}' is no value in YAML", $"write it in quotes: '{scalar.Text}'");
        else if (YamlScalar.IsBroken(scalar.Text)) Refuse("CFG014", scalar.At, "this looks like a number, but it cannot be read as one", "write it in quotes if it is meant as a text");
        return scalar;
    }

    private bool CheckTag(TagName tag, SourceSpan at, params ReadOnlySpan<string> known)
    {
        if (tag.IsEmpty || tag.IsNonSpecific || known.Contains(tag.Value)) return true;
        Refuse("CFG007", at, $"the tag '{tag.Value}' means nothing here", "remove it: values are plain data");
        return false;
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

    private ConfigNode.Scalar StopTooDeep(SourceSpan at)
    {
        Stop("CFG003", at, $"this is nested deeper than {MaxDepth} levels");
        return new ConfigNode.Scalar(at, "", ScalarStyle.Plain);
    }

    /// <summary>Reads no further: what follows may take for ever.</summary>
    private void Stop(string code, SourceSpan at, string message)
    {
        _stopped = true;
        Refuse(code, at, message);
    }

    private void Refuse(string code, SourceSpan at, string message, string? hint = null)
    {
        _broken = true;
        _report.Error(code, at, message, hint);
    }

    private SourceSpan Here => Place(_parser.Current?.Start ?? Mark.Empty);
    private SourceSpan Place(Mark mark) => new(_file, (int)Math.Clamp(mark.Line, 1, int.MaxValue), (int)Math.Clamp(mark.Column, 1, int.MaxValue));
}
