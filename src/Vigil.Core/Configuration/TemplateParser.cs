using System.Collections.Immutable;
using System.Text;

namespace Vigil.Configuration;

/// <summary>Takes a text with <c>${…}</c> apart. Total: a mistake is a sentence, never an exception.</summary>
public sealed class TemplateParser
{
    private const int MaxDepth = 32;

    private readonly string _text;
    private int _at;
    private int _depth;
    private string? _mistake;

    private TemplateParser(string text, int at = 0, int depth = 0) => (_text, _at, _depth) = (text, at, depth);

    public static bool MayInterpolate(string text) => text.Contains("${", StringComparison.Ordinal);

    /// <summary>Null with a sentence in <paramref name="mistake"/> when the text does not follow the grammar.</summary>
    public static Template? Parse(string text, DollarRule rule, out string? mistake)
    {
        var parser = new TemplateParser(text);
        var template = parser.ReadText(rule);
        mistake = parser._mistake;
        return mistake is null ? template : null;
    }

    /// <summary>The place behind the interpolation that begins at <paramref name="at"/>; -1 with a sentence when it is broken.</summary>
    internal static int Skip(string text, int at, int depth, out string? mistake)
    {
        var parser = new TemplateParser(text, at, depth);
        parser.ReadInterpolation();
        mistake = parser._mistake;
        return mistake is null ? parser._at : -1;
    }

    private Template ReadText(DollarRule rule)
    {
        var parts = ImmutableArray.CreateBuilder<TemplatePart>();
        var literal = new StringBuilder();
        while (_mistake is null && _at < _text.Length)
        {
            var open = _text.IndexOf("${", _at, StringComparison.Ordinal);
            if (open < 0) { literal.Append(_text, _at, _text.Length - _at); break; }
            var slashes = 0;
            while (open - slashes > _at && _text[open - slashes - 1] == '\\') slashes++;
            literal.Append(_text, _at, open - slashes - _at).Append('\\', slashes / 2);
            _at = open;
            var escaped = slashes % 2 == 1;
            if (!escaped && slashes == 0 && rule is DollarRule.Escapes && literal.Length > 0 && literal[^1] == '$' && _text[open - 1] == '$')
            {
                literal.Length--;
                escaped = true;
            }
            if (escaped)
            {
                literal.Append("${");
                _at += 2;
                continue;
            }
            if (ReadInterpolation() is not { } part) break;
            if (literal.Length > 0) parts.Add(new TemplatePart.Literal(literal.ToString()));
            literal.Clear();
            parts.Add(part);
        }
        if (literal.Length > 0) parts.Add(new TemplatePart.Literal(literal.ToString()));
        return new(parts.DrainToImmutable());
    }

    private TemplatePart? ReadInterpolation()
    {
        var start = _at;
        _at += 2;
        if (++_depth > MaxDepth) return Fail($"interpolations are nested deeper than {MaxDepth}");
        SkipBlanks();
        var dots = 0;
        while (Peek == '.') { dots++; _at++; }
        var keys = ImmutableArray.CreateBuilder<KeyPart>();
        var bracketed = ReadKeys(keys);
        if (_mistake is not null) return null;
        if (Peek == ':' && dots == 0 && !bracketed) return ReadCall(keys.DrainToImmutable(), start);
        SkipBlanks();
        if (Peek != '}') return Fail(_at >= _text.Length ? "'${' is never closed by '}'" : $"'{Peek}' cannot stand in a reference");
        _at++;
        _depth--;
        return new TemplatePart.Reference(dots, keys.DrainToImmutable(), _text[start.._at]);
    }

    private bool ReadKeys(ImmutableArray<KeyPart>.Builder keys)
    {
        var bracketed = false;
        for (var first = true; _mistake is null; first = false)
        {
            if (Peek == '[')
            {
                bracketed = true;
                _at++;
                ReadKey(keys);
                if (_mistake is null && Peek != ']') Fail("'[' is never closed by ']'");
                _at++;
            }
            else if (first) ReadKey(keys);
            else if (Peek == '.') { _at++; ReadKey(keys); }
            else return bracketed;
        }
        return bracketed;
    }

    private void ReadKey(ImmutableArray<KeyPart>.Builder keys)
    {
        if (_at + 1 < _text.Length && _text[_at] == '$' && _text[_at + 1] == '{')
        {
            if (ReadInterpolation() is { } inner) keys.Add(new("", inner));
            return;
        }
        var start = _at;
        while (_at < _text.Length && !char.IsWhiteSpace(_text[_at]) && !@"\{}()[]:.'""".Contains(_text[_at], StringComparison.Ordinal)) _at++;
        if (_at > start) keys.Add(new(_text[start.._at], null));
        else Fail(_at >= _text.Length ? "'${' is never closed by '}'" : Peek == '}' ? "a key is missing before '}'" : $"a key cannot begin with '{Peek}'");
    }

    private TemplatePart.Invocation? ReadCall(ImmutableArray<KeyPart> name, int start)
    {
        _at++;
        var arguments = ValueGrammar.ReadArguments(_text, ref _at, _depth, out var mistake);
        if (mistake is not null)
        {
            _mistake = mistake;
            return null;
        }
        _depth--;
        return new TemplatePart.Invocation(name, arguments, _text[start.._at]);
    }

    private char Peek => _at < _text.Length ? _text[_at] : '\0';

    private void SkipBlanks()
    {
        while (Peek is ' ' or '\t') _at++;
    }

    private TemplatePart? Fail(string mistake)
    {
        _mistake ??= mistake;
        return null;
    }
}
