using System.Collections.Immutable;
using System.Text;

namespace Vigil.Configuration;

/// <summary>Reads what stands behind the <c>=</c> of an override. Total: a mistake is a sentence with a place.</summary>
internal sealed class OverrideGrammar
{
    private const int MaxDepth = 64;
    private const string BareSigns = "/-\\+.$%*@?|_";
    private const string Escapable = "\\()[]{}:=, \t";

    private enum Use { Value, Key }

    private readonly string _text;
    private readonly SourceSpan _origin;
    private int _at;
    private int _depth;
    private string? _mistake;
    private int _place;
    private ulong? _seed;

    private OverrideGrammar(string text, int at, SourceSpan origin) => (_text, _at, _origin) = (text, at, origin);

    /// <param name="origin">The place of the text's first character.</param>
    /// <param name="place">Where in the text the mistake is.</param>
    public static OverrideValue? Read(string text, int at, SourceSpan origin, out string? mistake, out int place)
    {
        var grammar = new OverrideGrammar(text, at, origin);
        var value = grammar.ReadValue();
        (mistake, place) = (grammar._mistake, grammar._place);
        return mistake is null ? value : null;
    }

    private char Peek => _at < _text.Length ? _text[_at] : '\0';
    private bool AtEnd => _at >= _text.Length;
    private SourceSpan Here => _origin with { Column = _origin.Column + _at };

    private OverrideValue? ReadValue()
    {
        SkipBlanks();
        if (AtEnd) return new OverrideValue.Element(new HydraValue.Bare(Here, ""));
        if (ReadElement() is not { } first) return null;
        if (!NextIs(',')) return AtEnd ? first : Fail(Unexpected());
        var items = ImmutableArray.CreateBuilder<HydraValue>();
        for (var element = first; ;)
        {
            if (element is not OverrideValue.Element one) return Fail("a sweep cannot stand among choices: sweep over one of them, or write all the values out");
            items.Add(one.Value);
            if (!NextIs(',')) break;
            Step();
            if (ReadElement() is not { } next) return null;
            element = next;
        }
        return AtEnd ? new OverrideValue.Choices(items.DrainToImmutable(), ChoiceForm.Simple) : Fail(Unexpected());
    }

    private OverrideValue? ReadElement()
    {
        if (Peek is '\'' or '"') return ReadQuoted() is { } quoted ? new OverrideValue.Element(quoted) : null;
        if (Peek is '[' or '{') return ReadContainer() is { } container ? new OverrideValue.Element(container) : null;
        if (FunctionName() is { } name) return ReadFunction(name);
        return ReadBare(Use.Value) is { } bare ? new OverrideValue.Element(bare) : null;
    }

    private HydraValue? ReadContainer()
    {
        if (++_depth > MaxDepth) return Nothing($"this is nested deeper than {MaxDepth} levels");
        HydraValue? container = _text[_at] == '[' ? ReadList(Here) : ReadDict(Here);
        _depth--;
        return container;
    }

    /// <summary>Reads parts between commas up to the closing sign.</summary>
    private bool ReadItems(char close, Func<bool> read)
    {
        SkipBlanks();
        if (NextIs(close)) { _at++; return true; }
        while (read())
        {
            if (NextIs(close)) { _at++; return true; }
            if (!NextIs(',')) { Nothing(AtEnd ? $"'{close}' is missing" : Unexpected()); return false; }
            Step();
        }
        return false;
    }

    private HydraValue.List? ReadList(SourceSpan at)
    {
        var items = ImmutableArray.CreateBuilder<HydraValue>();
        _at++;
        return ReadItems(']', () => Keep(items, ReadInner())) ? new HydraValue.List(at, items.DrainToImmutable()) : null;
    }

    private HydraValue.Dict? ReadDict(SourceSpan at)
    {
        var pairs = new List<HydraPair>();
        _at++;
        return ReadItems('}', () => ReadPair(pairs)) ? new HydraValue.Dict(at, WithoutRepeats(pairs)) : null;
    }

    private static bool Keep(ImmutableArray<HydraValue>.Builder items, HydraValue? item)
    {
        if (item is not null) items.Add(item);
        return item is not null;
    }

    private HydraValue? ReadInner() => ReadElement() switch
    {
        OverrideValue.Element element => element.Value,
        null => null,
        _ => Nothing("a sweep cannot stand inside a list or a dict: write choice([…],[…]) around the whole"),
    };

    private bool ReadPair(List<HydraPair> pairs)
    {
        if (Peek is '\'' or '"') return Nothing("a key stands without quotes") is not null;
        if (ReadBare(Use.Key) is not { } key) return false;
        if (key is HydraValue.Plain { Value: ScalarValue.Null }) return Nothing("null cannot be a key") is not null;
        if (Peek != ':') return Nothing($"':' is missing after the key '{key.Text}'") is not null;
        Step();
        if (ReadInner() is not { } value) return false;
        pairs.Add(new(key, value));
        return true;
    }

    /// <summary>A later entry gives an earlier one its value and leaves it in its place.</summary>
    private static ImmutableArray<HydraPair> WithoutRepeats(List<HydraPair> pairs)
    {
        var places = new Dictionary<string, int>();
        var kept = ImmutableArray.CreateBuilder<HydraPair>();
        foreach (var pair in pairs)
        {
            var identity = HydraValue.KeyIdentity(pair.Key);
            if (places.TryAdd(identity, kept.Count)) kept.Add(pair);
            else kept[places[identity]] = kept[places[identity]] with { Value = pair.Value };
        }
        return kept.DrainToImmutable();
    }

    private HydraValue.Quoted? ReadQuoted()
    {
        var (at, quote, text) = (Here, _text[_at++], new StringBuilder());
        while (!AtEnd)
        {
            var slashes = 0;
            while (Peek == '\\') { slashes++; _at++; }
            if (Peek != quote)
            {
                text.Append('\\', slashes);
                if (!AtEnd) text.Append(_text[_at++]);
                continue;
            }
            _at++;
            text.Append('\\', slashes / 2);
            if (slashes % 2 == 0) return new(at, text.ToString(), quote);
            text.Append(quote);
        }
        Nothing($"the quote {quote} is never closed");
        return null;
    }

    private HydraValue? ReadBare(Use use)
    {
        var (at, text, isTyped, kept) = (Here, new StringBuilder(), true, 0);
        while (!AtEnd && Peek is not (',' or ')' or ']' or '}') && !(use is Use.Key && NextIs(':')))
        {
            var c = _text[_at];
            if (c is ' ' or '\t') { AppendBlanks(text); continue; }
            if (c == '$' && use is Use.Value && InterpolationEnd() is var end and > 0) { (isTyped, _) = (false, text.Append(_text, _at, end - _at)); _at = end; }
            else if (c == '\\' && _at + 1 < _text.Length && Escapable.Contains(_text[_at + 1], StringComparison.Ordinal)) { (isTyped, _) = (false, text.Append(_text[_at + 1])); _at += 2; }
            else if (char.IsAsciiLetterOrDigit(c) || BareSigns.Contains(c, StringComparison.Ordinal)) { text.Append(c); _at++; }
            else if (c == ':') AppendColon(text);
            else return Nothing(Unexpected());
            kept = text.Length;
        }
        text.Length = kept;
        if (kept == 0) return Nothing("a value is missing");
        var content = text.ToString();
        return isTyped && HydraScalar.Type(content) is var value and not ScalarValue.Text ? new HydraValue.Plain(at, value, content) : new HydraValue.Bare(at, content);
    }

    private void AppendBlanks(StringBuilder text)
    {
        while (Peek is ' ' or '\t') text.Append(_text[_at++]);
    }

    /// <summary>The blanks around a colon belong to it, so that they stay at the end of a value too.</summary>
    private void AppendColon(StringBuilder text)
    {
        text.Append(_text[_at++]);
        AppendBlanks(text);
    }

    /// <summary>The place behind the interpolation that begins here, whatever is in it; 0 when none does.</summary>
    private int InterpolationEnd()
    {
        if (_at + 2 >= _text.Length || _text[_at + 1] != '{' || _text[_at + 2] == '}') return 0;
        return _text.IndexOf('}', _at + 2) + 1;
    }

    private string? FunctionName()
    {
        if (!char.IsAsciiLetter(Peek) && Peek != '_') return null;
        var end = WordEnd();
        var open = end;
        while (open < _text.Length && _text[open] is ' ' or '\t') open++;
        return open < _text.Length && _text[open] == '(' ? _text[_at..end] : null;
    }

    private int WordEnd()
    {
        var end = _at;
        while (end < _text.Length && (char.IsAsciiLetterOrDigit(_text[end]) || _text[end] is '_' or '-')) end++;
        return end;
    }

    private OverrideValue? ReadFunction(string name)
    {
        var start = _at;
        if (++_depth > MaxDepth) return Fail($"this is nested deeper than {MaxDepth} levels");
        var at = Here;
        _at = _text.IndexOf('(', _at) + 1;
        var call = new OverrideCall(name, at, _seed ??= SweepExpansion.SeedOf(_text));
        if (!ReadItems(')', () => ReadArgument(call))) return null;
        _depth--;
        if (call.Value(out var mistake) is { } value) return value;
        _at = start;
        return Fail(mistake ?? $"{name}(…) has no value");
    }

    private bool ReadArgument(OverrideCall call)
    {
        var argument = ArgumentName();
        if (ReadElement() is not { } value) return false;
        if (call.Add(argument, value) is { } mistake) Nothing(mistake);
        return _mistake is null;
    }

    /// <summary>The name before an <c>=</c>; moves behind both, or stays where it is.</summary>
    private string? ArgumentName()
    {
        if (!char.IsAsciiLetter(Peek) && Peek != '_') return null;
        var end = WordEnd();
        var equals = end;
        while (equals < _text.Length && _text[equals] is ' ' or '\t') equals++;
        if (equals >= _text.Length || _text[equals] != '=') return null;
        var name = _text[_at..end];
        _at = equals;
        Step();
        return name;
    }

    /// <summary>Whether this sign comes next, blanks aside; they are skipped only then, because elsewhere they mean something.</summary>
    private bool NextIs(char sign)
    {
        var at = _at;
        while (at < _text.Length && _text[at] is ' ' or '\t') at++;
        if (at >= _text.Length || _text[at] != sign) return false;
        _at = at;
        return true;
    }

    private void Step()
    {
        _at++;
        SkipBlanks();
    }

    private void SkipBlanks()
    {
        while (Peek is ' ' or '\t') _at++;
    }

    private string Unexpected() => Peek switch
    {
        _ when AtEnd => "a value is missing",
        ' ' or '\t' => "a blank cannot follow here",
        '(' => "'(' must be in quotes or be escaped: a function is a name right before it",
        >= '\u0080' => "a text with other letters than ASCII must be in quotes",
        var c when char.IsControl(c) => "a control character must be in quotes",
        var c => $"'{c}' cannot stand here: put the text in quotes",
    };

    private OverrideValue? Fail(string mistake)
    {
        Nothing(mistake);
        return null;
    }

    private HydraValue? Nothing(string mistake)
    {
        if (_mistake is null) (_mistake, _place) = (mistake, _at);
        return null;
    }
}
