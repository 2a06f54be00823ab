using System.Collections.Immutable;
using System.Text;

namespace Vigil.Configuration;

/// <summary>
/// The arguments of <c>${name:…}</c>: quoted texts, numbers, bools, null, lists, dicts and bare text.
/// Interpolations stay in the texts. Total: a mistake is a sentence.
/// </summary>
internal sealed class ValueGrammar
{
    private const int MaxDepth = 64;
    private const string BareSigns = "_/-+.$%*@?|:";
    private const string Escapable = "\\()[]{}:=, \t";

    private readonly string _text;
    private int _at;
    private int _depth;
    private string? _mistake;

    private ValueGrammar(string text, int at, int depth) => (_text, _at, _depth) = (text, at, depth);

    /// <summary>Reads <c>argument,…}</c>; the place moves behind the brace.</summary>
    internal static ImmutableArray<ConfigNode> ReadArguments(string text, ref int at, int depth, out string? mistake)
    {
        var grammar = new ValueGrammar(text, at, depth);
        var arguments = grammar.ReadItems('}', grammar.ReadElement);
        (at, mistake) = (grammar._at, grammar._mistake);
        return arguments;
    }

    private char Peek => _at < _text.Length ? _text[_at] : '\0';
    private bool AtEnd => _at >= _text.Length;
    private static SourceSpan Here => SourceSpan.None;

    private ImmutableArray<T> ReadItems<T>(char close, Func<T?> read) where T : class
    {
        SkipBlanks();
        if (Take(close)) return [];
        var items = ImmutableArray.CreateBuilder<T>();
        do
        {
            if (read() is { } item) items.Add(item);
            SkipBlanks();
        }
        while (_mistake is null && Take(','));
        if (!Take(close)) Fail(AtEnd ? $"'{close}' is missing" : $"'{Peek}' cannot stand here: put the text in quotes");
        return items.DrainToImmutable();
    }

    private ConfigNode? ReadElement()
    {
        if (_mistake is not null) return null;
        SkipBlanks();
        if (Peek is '\'' or '"') return ReadQuoted();
        if (Peek is not ('[' or '{')) return ReadBare();
        if (++_depth > MaxDepth) return Fail($"this is nested deeper than {MaxDepth} levels");
        var at = Here;
        var node = _text[_at++] == '['
            ? (ConfigNode)new ConfigNode.Sequence(at, ReadItems(']', ReadElement))
            : new ConfigNode.Mapping(at, [.. ReadItems('}', ReadPair).DistinctBy(static p => p.Entry.Key).Select(static p => p.Entry)]);
        _depth--;
        return node;
    }

    private sealed record Pair(ConfigEntry Entry);

    private Pair? ReadPair()
    {
        SkipBlanks();
        var at = Here;
        var start = _at;
        while (!AtEnd && (char.IsAsciiLetterOrDigit(Peek) || "_/-+.$%*@?| ".Contains(Peek, StringComparison.Ordinal))) _at++;
        var key = _text[start.._at].Trim();
        if (key.Length == 0) { Fail(Peek is '\'' or '"' ? "a key stands without quotes" : "a key is missing"); return null; }
        if (!Take(':')) { Fail($"':' is missing after the key '{key}'"); return null; }
        return ReadElement() is { } value ? new Pair(new(key, at, value)) : null;
    }

    private ConfigNode.Scalar? ReadQuoted()
    {
        var (at, quote, text) = (Here, _text[_at++], new StringBuilder());
        while (!AtEnd)
        {
            var slashes = 0;
            while (Peek == '\\') { slashes++; _at++; }
            if (Peek == quote)
            {
                text.Append('\\', slashes / 2);
                _at++;
                if (slashes % 2 == 0) return new ConfigNode.Scalar(at, text.ToString(), ScalarStyle.Quoted);
                text.Append(quote);
                continue;
            }
            text.Append('\\', slashes);
            if (slashes % 2 == 0 && IsInterpolation) { if (!AppendInterpolation(text)) return null; }
            else if (!AtEnd) text.Append(_text[_at++]);
        }
        Fail($"the quote {quote} is never closed");
        return null;
    }

    private ConfigNode.Scalar? ReadBare()
    {
        var (at, text, isTyped, kept) = (Here, new StringBuilder(), true, 0);
        while (!AtEnd && Peek is not (',' or ']' or '}') && _mistake is null)
        {
            if (IsInterpolation)
            {
                isTyped = false;
                AppendInterpolation(text);
                kept = text.Length;
            }
            else if (Peek == '\\')
            {
                var escaped = _at + 1 < _text.Length && Escapable.Contains(_text[_at + 1], StringComparison.Ordinal);
                isTyped = false;
                text.Append(_text[escaped ? _at + 1 : _at]);
                _at += escaped ? 2 : 1;
                kept = text.Length;
            }
            else if (char.IsAsciiLetterOrDigit(Peek) || BareSigns.Contains(Peek, StringComparison.Ordinal) || Peek is ' ' or '\t')
            {
                if (Peek is not (' ' or '\t')) kept = text.Length + 1;
                text.Append(_text[_at++]);
            }
            else Fail($"'{Peek}' must be in quotes or be escaped");
        }
        if (_mistake is not null) return null;
        text.Length = kept;
        if (kept == 0 && _depth > 0 && Peek is ']') { Fail("a value is missing"); return null; }
        return isTyped ? HydraScalar.Read(at, text.ToString()) : new ConfigNode.Scalar(at, text.ToString(), ScalarStyle.Quoted);
    }

    private bool IsInterpolation => Peek == '$' && _at + 1 < _text.Length && _text[_at + 1] == '{';

    private bool AppendInterpolation(StringBuilder text)
    {
        var end = TemplateParser.Skip(_text, _at, _depth, out var mistake);
        if (end < 0) { Fail(mistake ?? "this interpolation is broken"); return false; }
        text.Append(_text, _at, end - _at);
        _at = end;
        return true;
    }

    private bool Take(char c)
    {
        if (AtEnd || Peek != c) return false;
        _at++;
        return true;
    }

    private void SkipBlanks()
    {
        while (Peek is ' ' or '\t') _at++;
    }

    private ConfigNode? Fail(string mistake)
    {
        _mistake ??= mistake;
        return null;
    }
}
