using System.Collections.Immutable;

namespace Vigil.Configuration;

/// <summary>Reads one YAML document into nodes that know their places. Whatever is wrong with the text becomes a diagnostic.</summary>
public sealed partial class YamlReader
{
    private const int MaxDepth = 100;

    private readonly string _file;
    private readonly DiagnosticBag _report;
    private readonly YamlScanner _scanner;
    private readonly Dictionary<string, string> _handles = new() { ["!"] = "!", ["!!"] = "tag:yaml.org,2002:" };
    private readonly Dictionary<string, ConfigNode?> _anchors = [];
    private int _written;
    private bool _startsExplicitly;
    private bool _usesAliases;
    private bool _stopped;
    private bool _broken;

    private YamlReader(SourceFile file, string text, DiagnosticBag report) => (_file, _report, _scanner) = (file.Name, report, new YamlScanner(text));

    /// <summary>The document's tree; an empty mapping for an empty file, null when it cannot be used at all.</summary>
    public static ConfigNode? Read(SourceFile file, DiagnosticBag report)
    {
        var text = file.Text.TrimStart('\uFEFF');
        var reader = new YamlReader(file, text, report);
        if (!reader.HoldsOnlyCharacters(text)) return null;
        var root = reader.ReadStream();
        if (reader._scanner.Mistake is { } mistake) reader.Refuse("CFG001", reader.Place(reader._scanner.MistakeAt), $"this is not YAML: {mistake}");
        return reader._broken ? null : root;
    }

    /// <summary>Refuses what YAML cannot hold, and what no file name, command or JSON can.</summary>
    private bool HoldsOnlyCharacters(string text)
    {
        var (line, start) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n') (line, start) = (line + 1, i + 1);
            if (c is >= ' ' and <= '~' or '\t' or '\n' or '\r' or '\u0085' or >= '\u00a0' and < '\ud800' or >= '\ue000' and <= '\ufffd') continue;
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) { i++; continue; }
            Refuse("CFG006", Place(new(i, line, i - start)), $"this text holds a character that YAML cannot hold (U+{(int)c:X4})", "leave it out, or write it as an escape in double quotes");
            return false;
        }
        return true;
    }

    private ConfigNode ReadStream()
    {
        if (Next is YamlTokenKind.End) return new ConfigNode.Mapping(new(_file, 1, 1), []);
        if (Next is YamlTokenKind.Directive or YamlTokenKind.DocumentStart) ReadDirectives();
        var root = Next is YamlTokenKind.Directive or YamlTokenKind.DocumentStart or YamlTokenKind.DocumentEnd or YamlTokenKind.End && _startsExplicitly ? Nothing(_scanner.Peek().At) : ReadNode(0, Lists.Indented);
        if (_stopped || _scanner.Mistake is not null) return root;
        while (Next is YamlTokenKind.DocumentEnd) _scanner.Take();
        if (Next is not YamlTokenKind.End) Unexpected();
        CheckSound(root);
        if (_usesAliases && !TreeSize.IsWithinAliases(root, _written))
            Refuse("CFG003", root.At, "the aliases of this file expand to too large a tree", $"at most {TreeSize.MaxAliasedNodes} nodes, {TreeSize.MaxAliasGrowth} times what is written, and {TreeSize.MaxDepth} levels");
        return root is ConfigNode.Scalar && ScalarValue.IsNull(root) ? new ConfigNode.Mapping(root.At, []) : root;
    }

    private void ReadDirectives()
    {
        while (Next is YamlTokenKind.Directive)
        {
            var token = _scanner.Take();
            switch (token.Text.Split([' '], StringSplitOptions.RemoveEmptyEntries))
            {
                case ["%YAML", var version, ..] when version.StartsWith("1.", StringComparison.Ordinal): break;
                case ["%TAG", var handle, var prefix, ..] when handle[0] == '!': _handles[handle] = prefix; break;
                case ["%YAML" or "%TAG", ..] or []:
                case [var name, ..] when name.Length < 2 || name.Skip(1).Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')): Refuse("CFG001", Place(token.At), "this is not YAML: this directive is not complete"); break;
                default: break;
            }
        }
        _startsExplicitly = Next is YamlTokenKind.DocumentStart;
        if (_startsExplicitly) _scanner.Take();
        else Unexpected("'---' is missing after the directives");
    }

    private enum Lists { Indented, AlsoBeside }

    private ConfigNode ReadNode(int depth, Lists lists)
    {
        _written++;
        var at = _scanner.Peek().At;
        if (Next is YamlTokenKind.Alias) return Alias(_scanner.Take());
        var (anchor, tag) = Properties();
        if (anchor is not null && !_anchors.TryAdd(anchor, null)) Refuse("CFG015", Place(at), $"the anchor '&{anchor}' stands here for the second time", "give each anchor its own name");
        var node = Content(depth, lists, at, anchor, tag);
        if (anchor is not null) _anchors[anchor] = node;
        return node;
    }

    private (string? Anchor, string? Tag) Properties()
    {
        string? anchor = null, tag = null;
        while (Next is YamlTokenKind.Anchor && anchor is null || Next is YamlTokenKind.Tag && tag is null)
        {
            var token = _scanner.Take();
            if (token.Kind is YamlTokenKind.Anchor) anchor = token.Text;
            else tag = TagName(token);
        }
        return (anchor, tag);
    }

    private ConfigNode Content(int depth, Lists lists, YamlMark at, string? anchor, string? tag)
    {
        switch (Next)
        {
            case YamlTokenKind.Plain or YamlTokenKind.Quoted:
                var token = _scanner.Take();
                return ReadScalar(token.Text, token.Kind is YamlTokenKind.Plain ? ScalarStyle.Plain : ScalarStyle.Quoted, at, tag);
            case YamlTokenKind.BlockSequence or YamlTokenKind.BlockMapping or YamlTokenKind.FlowSequence or YamlTokenKind.FlowMapping when depth >= MaxDepth: return StopTooDeep(at);
            case YamlTokenKind.BlockEntry when lists is Lists.AlsoBeside: return depth >= MaxDepth ? StopTooDeep(at) : ReadListBeside(depth, at, tag);
            case YamlTokenKind.BlockSequence: return ReadBlockList(depth, at, tag);
            case YamlTokenKind.FlowSequence: return ReadFlowList(depth, at, tag);
            case YamlTokenKind.BlockMapping: return ReadBlockMapping(depth, at, tag);
            case YamlTokenKind.FlowMapping: return ReadFlowMapping(depth, at, tag);
            default:
                if (anchor is not null || tag is not null) return ReadScalar("", ScalarStyle.Plain, at, tag);
                Unexpected();
                return Nothing(at);
        }
    }

    private ConfigNode.Sequence ReadBlockList(int depth, YamlMark at, string? tag)
    {
        var items = ImmutableArray.CreateBuilder<ConfigNode>();
        _scanner.Take();
        while (!_stopped && Next is YamlTokenKind.BlockEntry)
        {
            var entry = _scanner.Take();
            items.Add(Next is YamlTokenKind.BlockEntry or YamlTokenKind.BlockEnd ? Nothing(entry.At) : ReadNode(depth + 1, Lists.Indented));
        }
        Close(YamlTokenKind.BlockEnd, "a list goes on with '- ' at the same indentation");
        return List(items, at, tag);
    }

    /// <summary>A list under a key that is not indented more than the key.</summary>
    private ConfigNode.Sequence ReadListBeside(int depth, YamlMark at, string? tag)
    {
        var items = ImmutableArray.CreateBuilder<ConfigNode>();
        while (!_stopped && Next is YamlTokenKind.BlockEntry)
        {
            var entry = _scanner.Take();
            items.Add(Next is YamlTokenKind.BlockEntry or YamlTokenKind.Key or YamlTokenKind.Value or YamlTokenKind.BlockEnd ? Nothing(entry.At) : ReadNode(depth + 1, Lists.Indented));
        }
        return List(items, at, tag);
    }

    private ConfigNode.Sequence ReadFlowList(int depth, YamlMark at, string? tag)
    {
        var items = ImmutableArray.CreateBuilder<ConfigNode>();
        _scanner.Take();
        while (!_stopped && Next is not (YamlTokenKind.FlowSequenceEnd or YamlTokenKind.End))
        {
            if (Next is YamlTokenKind.Key) items.Add(ReadPair(depth + 1));
            else items.Add(ReadNode(depth + 1, Lists.Indented));
            if (!Separated(YamlTokenKind.FlowSequenceEnd, "']'", at)) break;
        }
        Close(YamlTokenKind.FlowSequenceEnd, "']' is missing");
        return List(items, at, tag);
    }

    /// <summary>A mapping of one key inside of a list's brackets.</summary>
    private ConfigNode.Mapping ReadPair(int depth)
    {
        var at = _scanner.Take().At;
        var pairs = new Pairs(this);
        var key = Next is YamlTokenKind.Value or YamlTokenKind.FlowEntry or YamlTokenKind.FlowSequenceEnd ? Nothing(at) : ReadNode(depth + 1, Lists.Indented);
        pairs.Add(key, at, FlowValue(depth, YamlTokenKind.FlowSequenceEnd));
        return new(Place(at), pairs.ToImmutable());
    }

    private ConfigNode.Mapping ReadBlockMapping(int depth, YamlMark at, string? tag)
    {
        var pairs = new Pairs(this);
        _scanner.Take();
        while (!_stopped && Next is YamlTokenKind.Key)
        {
            var start = _scanner.Take().At;
            var key = Next is YamlTokenKind.Key or YamlTokenKind.Value or YamlTokenKind.BlockEnd ? Nothing(start) : ReadNode(depth + 1, Lists.AlsoBeside);
            ConfigNode value = Nothing(_scanner.Peek().At);
            if (Next is YamlTokenKind.Value)
            {
                _scanner.Take();
                value = Next is YamlTokenKind.Key or YamlTokenKind.Value or YamlTokenKind.BlockEnd ? value : ReadNode(depth + 1, Lists.AlsoBeside);
            }
            pairs.Add(key, start, value);
        }
        Close(YamlTokenKind.BlockEnd, "a key at the indentation of the others is expected");
        CheckTag(tag, at, "tag:yaml.org,2002:map");
        return new(Place(at), pairs.ToImmutable());
    }

    private ConfigNode.Mapping ReadFlowMapping(int depth, YamlMark at, string? tag)
    {
        var pairs = new Pairs(this);
        _scanner.Take();
        while (!_stopped && Next is not (YamlTokenKind.FlowMappingEnd or YamlTokenKind.End))
        {
            var start = _scanner.Peek().At;
            if (Next is YamlTokenKind.Key)
            {
                _scanner.Take();
                var key = Next is YamlTokenKind.Value or YamlTokenKind.FlowEntry or YamlTokenKind.FlowMappingEnd ? Nothing(start) : ReadNode(depth + 1, Lists.Indented);
                pairs.Add(key, start, FlowValue(depth, YamlTokenKind.FlowMappingEnd));
            }
            else pairs.Add(ReadNode(depth + 1, Lists.Indented), start, Nothing(start));
            if (!Separated(YamlTokenKind.FlowMappingEnd, "'}'", at)) break;
        }
        Close(YamlTokenKind.FlowMappingEnd, "'}' is missing");
        CheckTag(tag, at, "tag:yaml.org,2002:map");
        return new(Place(at), pairs.ToImmutable());
    }

    private ConfigNode FlowValue(int depth, YamlTokenKind end)
    {
        if (Next is not YamlTokenKind.Value) return Nothing(_scanner.Peek().At);
        var at = _scanner.Take().At;
        return Next is YamlTokenKind.FlowEntry || Next == end ? Nothing(at) : ReadNode(depth + 1, Lists.Indented);
    }

    private bool Separated(YamlTokenKind end, string close, YamlMark open)
    {
        if (Next == end) return false;
        if (Next is YamlTokenKind.FlowEntry) { _scanner.Take(); return true; }
        Unexpected($"',' or {close} is missing", open);
        return false;
    }

    private ConfigNode.Sequence List(ImmutableArray<ConfigNode>.Builder items, YamlMark at, string? tag)
    {
        CheckTag(tag, at, "tag:yaml.org,2002:seq");
        foreach (var item in items) CheckSound(item);
        return new(Place(at), items.DrainToImmutable());
    }

    private void Close(YamlTokenKind kind, string otherwise)
    {
        if (_stopped) return;
        if (Next == kind) _scanner.Take();
        else Unexpected(otherwise);
    }

    private YamlTokenKind Next => _scanner.Peek().Kind;
    private ConfigNode.Scalar Nothing(YamlMark at) => new ConfigNode.Scalar(Place(at), "", ScalarStyle.Plain);
    private SourceSpan Place(YamlMark mark) => new(_file, mark.Line + 1, mark.Column + 1);
}
