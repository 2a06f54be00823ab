using System.Collections.Immutable;
using System.Text;

namespace Vigil.Configuration;

/// <summary>Takes a text with <c>${…}</c> apart, in one pass. Total: a mistake is a sentence, never an exception.</summary>
public sealed partial class TemplateParser
{
    private const int MaxDepth = 64;

    private readonly string _text;
    private int _at;
    private int _depth;
    private string? _mistake;

    private TemplateParser(string text) => _text = text;

    public static bool MayInterpolate(string text) => text.Contains("${", StringComparison.Ordinal);

    /// <summary>Null with a sentence in <paramref name="mistake"/> when the text does not follow the grammar.</summary>
    public static Template? Parse(string text, DollarRule rule, out string? mistake)
    {
        var parser = new TemplateParser(text);
        var template = parser.ReadText(rule);
        mistake = parser._mistake;
        return mistake is null ? template : null;
    }

    /// <summary>Reads a text as one argument, as <c>oc.decode</c> does; null with a sentence when it is none.</summary>
    internal static TemplateArgument? ParseElement(string text, out string? mistake)
    {
        var parser = new TemplateParser(text);
        var element = parser.ReadElement();
        if (parser._mistake is null && parser._at < text.Length) parser.Fail($"'{parser.Peek}' cannot stand here");
        mistake = parser._mistake;
        return mistake is null ? element : null;
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
            var escaped = slashes % 2 == 1;
            if (slashes == 0 && rule is DollarRule.Escapes && open > _at && _text[open - 1] == '$')
            {
                literal.Length--;
                escaped = true;
            }
            _at = open;
            if (escaped)
            {
                literal.Append("${");
                _at += 2;
                continue;
            }
            if (ReadInterpolation() is not { } part) break;
            Flush(literal, parts);
            parts.Add(part);
        }
        Flush(literal, parts);
        return new(parts.DrainToImmutable());
    }

    private static void Flush(StringBuilder literal, ImmutableArray<TemplatePart>.Builder parts)
    {
        if (literal.Length > 0) parts.Add(new TemplatePart.Literal(literal.ToString()));
        literal.Clear();
    }

    private bool IsInterpolation => Peek == '$' && _at + 1 < _text.Length && _text[_at + 1] == '{';

    private TemplatePart? ReadInterpolation()
    {
        var start = _at;
        _at += 2;
        if (++_depth > MaxDepth) return Fail($"interpolations are nested deeper than {MaxDepth}");
        SkipBlanks();
        var dots = 0;
        while (Peek == '.') { dots++; _at++; }
        var keys = ReadKeys();
        if (_mistake is not null) return null;
        SkipBlanks();
        if (Peek == ':' && dots == 0) return IsName(keys) ? ReadCall(keys, start) : Fail("a function's name is a word of letters, digits and '_', or several joined by dots");
        if (Peek != '}') return Fail(_at >= _text.Length ? "'${' is never closed by '}'" : $"'{Peek}' cannot stand in a reference");
        _at++;
        _depth--;
        return new TemplatePart.Reference(dots, keys, _text[start.._at]);
    }

    private ImmutableArray<KeyPart> ReadKeys()
    {
        var keys = ImmutableArray.CreateBuilder<KeyPart>();
        for (var first = true; _mistake is null; first = false)
        {
            if (Peek == '[')
            {
                _at++;
                if (ReadKey() is { } key) keys.Add(key with { IsBracketed = true });
                if (_mistake is null && Peek != ']') Fail("'[' is never closed by ']'");
                _at++;
            }
            else if (first || Peek == '.')
            {
                if (!first) _at++;
                if (ReadKey() is { } key) keys.Add(key);
            }
            else break;
        }
        return keys.DrainToImmutable();
    }

    private KeyPart? ReadKey()
    {
        if (IsInterpolation) return ReadInterpolation() is { } inner ? new("", inner, IsBracketed: false) : null;
        var start = _at;
        while (_at < _text.Length && !@"\{}()[]:. '""".Contains(_text[_at], StringComparison.Ordinal) && _text[_at] != '\t') _at++;
        if (_at > start) return new(_text[start.._at], null, IsBracketed: false);
        Fail(_at >= _text.Length ? "'${' is never closed by '}'" : Peek == '}' ? "a key is missing before '}'" : $"a key cannot begin with '{Peek}'");
        return null;
    }

    private static bool IsName(ImmutableArray<KeyPart> keys)
    {
        foreach (var key in keys)
            if (key.IsBracketed || key.Inner is null && !IsWord(key.Word)) return false;
        return true;
    }

    private static bool IsWord(string word)
    {
        if (!char.IsAsciiLetter(word[0]) && word[0] != '_') return false;
        foreach (var c in word)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')) return false;
        return true;
    }

    private TemplatePart.Invocation? ReadCall(ImmutableArray<KeyPart> name, int start)
    {
        _at++;
        SkipBlanks();
        var arguments = ReadItems('}');
        if (_mistake is not null) return null;
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
