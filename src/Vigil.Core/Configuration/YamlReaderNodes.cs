using System.Collections.Immutable;
using System.Globalization;

namespace Vigil.Configuration;

/// <content>What tokens mean: tags, aliases, keys, merges.</content>
public sealed partial class YamlReader
{
    private const string Standard = "tag:yaml.org,2002:";

    /// <summary>The keys and values of one mapping while it is read.</summary>
    private sealed class Pairs(YamlReader reader)
    {
        private readonly List<ConfigEntry> _own = [];
        private readonly List<ConfigEntry> _merged = [];
        private readonly Dictionary<string, SourceSpan> _places = [];

        public void Add(ConfigNode key, YamlMark start, ConfigNode value)
        {
            var at = reader.Place(start);
            if (reader._stopped || reader._scanner.Mistake is not null) return;
            if (key is not ConfigNode.Scalar name) reader.Refuse("CFG004", at, "a key must be a word, not a list or a mapping");
            else if (name is { Text: "<<", Style: ScalarStyle.Plain }) reader.MergeKey(_merged, value);
            else if (name.Value is ScalarValue.Null) reader.Refuse("CFG004", at, "a key must be a word or a number, not null", "write it in quotes if it is meant as a word");
            else
            {
                var entry = ConfigEntry.Of(name.Text == "=" || name.Value is ScalarValue.Missing ? new ScalarValue.Text(name.Text) : name.Value, at, value);
                reader.CheckSound(value);
                // For YAML 1.1 a bare '=' is no text, and only texts are looked at for this.
                if (entry.Kind is not KeyKind.Text || name is { Text: "=", Style: ScalarStyle.Plain } || _places.TryAdd(entry.Key, at)) _own.Add(entry);
                else reader._report.Error("CFG009", at, $"the key '{entry.Key}' stands here twice", $"the first one is in line {_places[entry.Key].Line}");
            }
        }

        /// <summary>Own keys win over merged ones but stand where those stand; a number that comes twice has its last value.</summary>
        public ImmutableArray<ConfigEntry> ToImmutable()
        {
            var entries = new EntryList();
            foreach (var entry in _merged) entries.Set(entry);
            foreach (var entry in _own) entries.Set(entry);
            return entries.ToImmutable();
        }
    }

    /// <summary>Of several mappings the first wins, and the last stands first.</summary>
    private void MergeKey(List<ConfigEntry> merged, ConfigNode value)
    {
        if (value is ConfigNode.Mapping one) merged.AddRange(one.Entries);
        else if (value is ConfigNode.Sequence list && list.Items.All(static i => i is ConfigNode.Mapping))
            foreach (var item in list.Items.Reverse()) merged.AddRange(((ConfigNode.Mapping)item).Entries);
        else Refuse("CFG005", value.At, "'<<' merges a mapping or a list of mappings", "write '<<: *anchor'");
        if (merged.Count > TreeSize.MaxNodes) Stop("CFG003", value.At, "the merge keys of this mapping bring too many keys");
    }

    private string? TagName(YamlToken token)
    {
        if (token.Text == "!") return "!";
        if (token.Text[0] == '<') return token.Text[1..];
        var cut = token.Text.IndexOf(' ', StringComparison.Ordinal);
        if (_handles.TryGetValue(token.Text[..cut], out var prefix)) return prefix + token.Text[(cut + 1)..];
        Refuse("CFG007", Place(token.At), $"the tag '{token.Text.Replace(" ", "", StringComparison.Ordinal)}' means nothing here", "remove it: values are plain data");
        return null;
    }

    private ConfigNode.Scalar ReadScalar(string text, ScalarStyle style, YamlMark mark, string? tag)
    {
        var at = Place(mark);
        if (text.Contains('\0', StringComparison.Ordinal) || !TextRules.IsWellFormed(text))
            Refuse("CFG006", at, "this text holds a character that no file name, command or JSON can hold (NUL or half a surrogate pair)");
        if (tag is null) return new ConfigNode.Scalar(at, text, style);
        return tag == "!" ? new ConfigNode.Scalar(at, text, ScalarStyle.Plain) : Tagged(text, at, mark, tag);
    }

    /// <summary>A scalar that says itself what it is.</summary>
    private ConfigNode.Scalar Tagged(string text, SourceSpan at, YamlMark mark, string tag)
    {
        ScalarValue? value = (tag, YamlScalar.Read(text)) switch
        {
            (Standard + "str", _) => new ScalarValue.Text(text),
            (Standard + "int", ScalarValue.Whole whole) => whole,
            (Standard + "float", ScalarValue.Real real) => real,
            (Standard + "float", ScalarValue.Whole) when double.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => new ScalarValue.Real(number),
            (Standard + "bool", ScalarValue.Bool flag) => flag,
            (Standard + "null", _) => ScalarValue.Null.Instance,
            _ => null,
        };
        if (value is ScalarValue.Text) return new ConfigNode.Scalar(at, text, ScalarStyle.Quoted);
        if (value is not null) return ConfigNode.Scalar.Of(at, value);
        if (CheckTag(tag, mark, Standard + "int", Standard + "float", Standard + "bool")) Refuse("CFG007", at, $"'{text}' is not what its tag says");
        return new ConfigNode.Scalar(at, text, ScalarStyle.Quoted);
    }

    private bool CheckTag(string? tag, YamlMark at, params ReadOnlySpan<string> known)
    {
        if (tag is null or "!" || known.Contains(tag)) return true;
        Refuse("CFG007", Place(at), $"the tag '{tag}' means nothing here", "remove it: values are plain data");
        return false;
    }

    /// <summary>Refuses what YAML 1.1 gives a meaning that no value here can have.</summary>
    private void CheckSound(ConfigNode node)
    {
        if (node is not ConfigNode.Scalar { Style: ScalarStyle.Plain } scalar) return;
        if (scalar.Text is "=" or "<<") Refuse("CFG013", scalar.At, $"a bare '{scalar.Text}' is no value in YAML", $"write it in quotes: '{scalar.Text}'");
        else if (YamlScalar.IsBroken(scalar.Text)) Refuse("CFG014", scalar.At, "this looks like a number, but it cannot be read as one", "write it in quotes if it is meant as a text");
    }

    private ConfigNode Alias(YamlToken alias)
    {
        _usesAliases = true;
        if (_anchors.TryGetValue(alias.Text, out var node) && node is not null) return node;
        Refuse("CFG008", Place(alias.At), $"the alias '*{alias.Text}' has no finished anchor before it", Suggestion.Hint(alias.Text, _anchors.Keys));
        return Nothing(alias.At);
    }

    private ConfigNode.Scalar StopTooDeep(YamlMark at)
    {
        Stop("CFG003", Place(at), $"this is nested deeper than {MaxDepth} levels");
        return new ConfigNode.Scalar(Place(at), "", ScalarStyle.Plain);
    }

    /// <summary>Reads no further: what follows may take for ever.</summary>
    private void Stop(string code, SourceSpan at, string message)
    {
        _stopped = true;
        Refuse(code, at, message);
    }

    /// <param name="open">Where a bracket opened: in a later line the mistake is seen, but it is here.</param>
    private void Unexpected(string? otherwise = null, YamlMark? open = null)
    {
        if (_stopped || _scanner.Mistake is not null) return;
        var token = _scanner.Peek();
        var (code, message) = token.Kind switch
        {
            YamlTokenKind.DocumentStart or YamlTokenKind.Directive => ("CFG002", "a second document begins here"),
            _ when otherwise is not null => ("CFG001", $"this is not YAML: {otherwise}"),
            YamlTokenKind.End => ("CFG001", "this is not YAML: it ends where a value is expected"),
            _ => ("CFG001", "this is not YAML: a value is expected here"),
        };
        Stop(code, Place(open is { } bracket && bracket.Line < token.At.Line ? bracket : token.At), message);
    }

    private void Refuse(string code, SourceSpan at, string message, string? hint = null)
    {
        _broken = true;
        _report.Error(code, at, message, hint);
    }
}
