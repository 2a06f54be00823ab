using System.Globalization;
using System.Numerics;
using System.Text;

namespace Vigil.Configuration.Expressions;

/// <summary>Cuts an expression into words, as Python does.</summary>
internal sealed class Lexer(string text)
{
    private static readonly string[] Symbols = ["**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":", ".", "="];
    private readonly List<Token> _tokens = [];
    private int _at;

    public ExpressionMistake? Mistake { get; private set; }

    /// <summary>Ends with an end token; null with a mistake.</summary>
    public List<Token>? Read()
    {
        while (Mistake is null)
        {
            while (_at < text.Length && text[_at] is ' ' or '\t' or '\n' or '\r') _at++;
            if (_at >= text.Length) { _tokens.Add(new(TokenKind.End, _at + 1, "the end")); return _tokens; }
            var c = text[_at];
            if (c is '\'' or '"') ReadText(c);
            else if (char.IsAsciiDigit(c) || (c == '.' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1]))) ReadNumber();
            else if (char.IsLetter(c) || c == '_') ReadName();
            else ReadSymbol();
        }
        return null;
    }

    private void Fail(int at, string message, string? hint = null) => Mistake ??= new(at + 1, message, hint);

    private void ReadName()
    {
        var start = _at;
        while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] == '_')) _at++;
        if (_at < text.Length && text[_at] is '\'' or '"') Fail(start, $"a text with '{text[start.._at]}' before it is not known here", "write the text alone, with escapes for what is special");
        _tokens.Add(new(TokenKind.Name, start + 1, text[start.._at]));
    }

    private void ReadSymbol()
    {
        foreach (var symbol in Symbols)
        {
            if (string.CompareOrdinal(text, _at, symbol, 0, symbol.Length) != 0) continue;
            _tokens.Add(new(TokenKind.Symbol, _at + 1, symbol));
            _at += symbol.Length;
            return;
        }
        Fail(_at, $"'{Rune.GetRuneAt(Sound(text, _at), 0)}' has no meaning here", text[_at] switch
        {
            '&' => "write 'and'",
            '|' => "write 'or'",
            '!' => "write 'not', or '!='",
            '$' => "a value of the configuration is called by its key alone: backend.lr",
            '\\' => "a backslash has a meaning inside a text only",
            _ => null,
        });
    }

    /// <summary>Half a character is shown as the sign for one that could not be read.</summary>
    private static string Sound(string text, int at) =>
        char.IsSurrogate(text[at]) && !(at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1])) ? "\uFFFD" : char.IsSurrogate(text[at]) ? text.Substring(at, 2) : text[at].ToString();

    private void ReadNumber()
    {
        var start = _at;
        var radix = text[_at] == '0' && _at + 1 < text.Length ? char.ToLowerInvariant(text[_at + 1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 10 } : 10;
        if (radix != 10) { ReadRadix(start, radix); return; }
        TakeDigits();
        var isReal = false;
        if (_at < text.Length && text[_at] == '.') { isReal = true; _at++; TakeDigits(); }
        if (_at < text.Length && text[_at] is 'e' or 'E')
        {
            var exponent = _at++;
            if (_at < text.Length && text[_at] is '+' or '-') _at++;
            if (_at < text.Length && char.IsAsciiDigit(text[_at])) { isReal = true; TakeDigits(); }
            else _at = exponent;
        }
        var word = text[start.._at];
        if (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] == '_')) Fail(start, $"'{word}{text[_at]}' is neither a number nor a name");
        else if (isReal) Add(start, PythonNumbers.ParseFloat(word) is { } real ? new Value.Real(real) : null);
        else if (word.Length > 1 && word[0] == '0' && word.Trim('0', '_').Length > 0) Fail(start, $"'{word}' starts with a zero", "write it without, or 0o… for octal");
        else Add(start, PythonNumbers.ParseInt(word) is { } whole ? new Value.Whole(whole) : null);
    }

    private void ReadRadix(int start, int radix)
    {
        _at += 2;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_')) _at++;
        var value = BigInteger.Zero;
        var digits = text[(start + 2).._at];
        var isGood = digits.Length > 0 && digits[^1] != '_' && !digits.Contains("__", StringComparison.Ordinal) && digits.Length < ValueText.MostDigits;
        foreach (var digit in isGood ? digits.Replace("_", "", StringComparison.Ordinal) : "")
        {
            var number = char.IsAsciiHexDigit(digit) ? int.Parse(digit.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : 16;
            isGood &= number < radix;
            value = value * radix + number;
        }
        Add(start, isGood ? new Value.Whole(value) : null);
    }

    private void Add(int start, Value? literal)
    {
        if (literal is null) Fail(start, $"'{TextRules.Shorten(text[start.._at], 40)}' is no number");
        else _tokens.Add(new(TokenKind.Number, start + 1, text[start.._at], literal));
    }

    private void TakeDigits()
    {
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '_')) _at++;
    }

    private void ReadText(char quote)
    {
        var start = _at++;
        var word = new StringBuilder();
        if (_at + 1 < text.Length && text[_at] == quote && text[_at + 1] == quote) { Fail(start, "three quotes are not known here", "write one quote and \\n for a new line"); return; }
        while (_at < text.Length && text[_at] != quote)
        {
            if (text[_at] == '\n') break;
            if (text[_at] != '\\') word.Append(text[_at++]);
            else if (!ReadEscape(word)) return;
        }
        if (_at >= text.Length || text[_at] != quote) { Fail(start, "the text that starts here does not end", $"end it with {quote}"); return; }
        _at++;
        _tokens.Add(new(TokenKind.Text, start + 1, text[start.._at], new Value.Text(word.ToString())));
    }

    private bool ReadEscape(StringBuilder word)
    {
        var start = _at++;
        var c = _at < text.Length ? text[_at++] : '\0';
        switch (c)
        {
            case '\\' or '\'' or '"': word.Append(c); return true;
            case 'n': word.Append('\n'); return true;
            case 't': word.Append('\t'); return true;
            case 'r': word.Append('\r'); return true;
            case 'a': word.Append('\a'); return true;
            case 'b': word.Append('\b'); return true;
            case 'f': word.Append('\f'); return true;
            case 'v': word.Append('\v'); return true;
            case '\n': return true;
            case >= '0' and <= '7': return ReadOctal(word, c);
            case 'x': return ReadHex(word, start, 2);
            case 'u': return ReadHex(word, start, 4);
            case 'U': return ReadHex(word, start, 8);
            case 'N': Fail(start, "characters are not called by their names here", "write \\u and four hex digits"); return false;
            default: word.Append('\\'); _at = start + 1; return true;
        }
    }

    private bool ReadOctal(StringBuilder word, char first)
    {
        var value = first - '0';
        for (var i = 0; i < 2 && _at < text.Length && text[_at] is >= '0' and <= '7'; i++) value = value * 8 + text[_at++] - '0';
        word.Append((char)value);
        return true;
    }

    private bool ReadHex(StringBuilder word, int start, int digits)
    {
        if (_at + digits <= text.Length && int.TryParse(text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && Rune.IsValid(value))
        {
            word.Append(new Rune(value).ToString());
            _at += digits;
            return true;
        }
        Fail(start, $"after this backslash stand {digits} hex digits of a character");
        return false;
    }
}
