using System.Collections.Immutable;
using System.Text;

namespace Vigil.Configuration;

/// <content>The arguments of <c>${name:…}</c>: quoted texts, numbers, bools, null, lists, dicts and bare text, each with interpolations in it.</content>
public sealed partial class TemplateParser
{
    /// <summary>Python refuses to read longer ones.</summary>
    private const int MaxDigits = 4300;

    private const string BareSigns = "_/-+.$%*@?|";
    private const string Escapable = "\\()[]{}:=, \t";

    /// <summary>Reads elements up to the closing sign. Nothing between two commas is an empty text, nothing at all is no element.</summary>
    private ImmutableArray<TemplateArgument> ReadItems(char close)
    {
        var items = ImmutableArray.CreateBuilder<TemplateArgument>();
        if (TakeClose(close)) return [];
        while (_mistake is null)
        {
            items.Add(Peek == ',' || Peek == close ? Empty : ReadElement() ?? Empty);
            SkipBlanks();
            if (TakeClose(close)) break;
            if (Peek == ',') { _at++; SkipBlanks(); }
            else Fail(_at >= _text.Length ? $"'{close}' is missing" : $"'{Peek}' cannot stand here: put the text in quotes");
        }
        return items.DrainToImmutable();
    }

    private static TemplateArgument Empty { get; } = new TemplateArgument.Constant(new ScalarValue.Text(""));

    private bool TakeClose(char close)
    {
        if (Peek != close || _at >= _text.Length) return false;
        _at++;
        return true;
    }

    private TemplateArgument? ReadElement()
    {
        if (Peek is '\'' or '"') return ReadQuoted();
        if (Peek is not ('[' or '{')) return ReadBare(BareUse.Value);
        if (++_depth > MaxDepth) { Fail($"this is nested deeper than {MaxDepth} levels"); return null; }
        var open = _text[_at++];
        SkipBlanks();
        TemplateArgument container = open == '[' ? new TemplateArgument.List(ReadItems(']')) : new TemplateArgument.Dict(ReadPairs());
        _depth--;
        return container;
    }

    private ImmutableArray<KeyValuePair<ScalarValue, TemplateArgument>> ReadPairs()
    {
        var pairs = ImmutableArray.CreateBuilder<KeyValuePair<ScalarValue, TemplateArgument>>();
        if (TakeClose('}')) return [];
        while (_mistake is null)
        {
            if (ReadBare(BareUse.Key) is TemplateArgument.Constant { Value: var key })
            {
                if (Peek == ':') { _at++; SkipBlanks(); }
                else Fail($"':' is missing after the key '{PythonText.Of(key)}'");
                if (_mistake is null && ReadElement() is { } value) pairs.Add(new(key, value));
            }
            SkipBlanks();
            if (_mistake is not null || TakeClose('}')) break;
            if (Peek == ',') { _at++; SkipBlanks(); }
            else Fail(_at >= _text.Length ? "'}' is missing" : $"'{Peek}' cannot stand here: put the text in quotes");
        }
        return pairs.DrainToImmutable();
    }

    private TemplateArgument? ReadQuoted()
    {
        var (quote, literal, parts) = (_text[_at++], new StringBuilder(), ImmutableArray.CreateBuilder<TemplatePart>());
        while (_at < _text.Length && _mistake is null)
        {
            var slashes = 0;
            while (Peek == '\\') { slashes++; _at++; }
            if (Peek == quote && _at < _text.Length)
            {
                literal.Append('\\', slashes / 2);
                _at++;
                if (slashes % 2 == 0) return Text(literal, parts);
                literal.Append(quote);
            }
            else if (IsInterpolation)
            {
                literal.Append('\\', slashes / 2);
                if (slashes % 2 == 1) { literal.Append("${"); _at += 2; }
                else AddInterpolation(literal, parts);
            }
            else
            {
                literal.Append('\\', slashes);
                if (_at < _text.Length) literal.Append(_text[_at++]);
            }
        }
        Fail($"the quote {quote} is never closed");
        return null;
    }

    private enum BareUse { Value, Key }

    /// <summary>
    /// Text without quotes. Blanks inside it are kept, and so are those around a colon; those before a comma or a closing sign are not part of it.
    /// </summary>
    private TemplateArgument? ReadBare(BareUse use)
    {
        var (start, literal, parts, isTyped) = (_at, new StringBuilder(), ImmutableArray.CreateBuilder<TemplatePart>(), true);
        while (_at < _text.Length && _mistake is null && Peek is not (',' or ']' or '}'))
        {
            if (use is BareUse.Value && IsInterpolation) { AddInterpolation(literal, parts); continue; }
            if (Peek == ':')
            {
                if (use is BareUse.Key) break;
                literal.Append(_text[_at++]);
                AppendBlanks(literal);
            }
            else if (Peek is ' ' or '\t')
            {
                var blanks = _at;
                while (Peek is ' ' or '\t') _at++;
                if (_at < _text.Length && (Peek is ',' or ']' or '}' || use is BareUse.Key && Peek == ':')) break;
                literal.Append(_text, blanks, _at - blanks);
            }
            else if (Peek == '\\')
            {
                var escaped = _at + 1 < _text.Length && Escapable.Contains(_text[_at + 1], StringComparison.Ordinal);
                isTyped = false;
                literal.Append(_text[escaped ? _at + 1 : _at]);
                _at += escaped ? 2 : 1;
            }
            else if (!IsInterpolation && (char.IsAsciiLetterOrDigit(Peek) || BareSigns.Contains(Peek, StringComparison.Ordinal))) literal.Append(_text[_at++]);
            else Fail(use is BareUse.Key ? $"a key cannot hold '{Peek}'" : $"'{Peek}' must be in quotes");
        }
        if (_mistake is not null) return null;
        if (_at == start || parts.Count == 0 && isTyped && IsBlank(literal))
        {
            Fail(use is BareUse.Key ? "a key is missing" : "a value is missing");
            return null;
        }
        return parts.Count == 0 && isTyped ? Typed(literal.ToString()) : Bare(literal, parts);
    }

    private static bool IsBlank(StringBuilder literal)
    {
        for (var i = 0; i < literal.Length; i++)
            if (literal[i] is not (' ' or '\t')) return false;
        return true;
    }

    private void AppendBlanks(StringBuilder literal)
    {
        while (Peek is ' ' or '\t') literal.Append(_text[_at++]);
    }

    private TemplateArgument.Constant? Typed(string text)
    {
        if (text == "???") return new TemplateArgument.Constant(new ScalarValue.Text(text));
        if (text.Length > MaxDigits && text.All(static c => char.IsAsciiDigit(c) || c is '_' or '+' or '-'))
        {
            Fail($"a number of more than {MaxDigits} digits cannot be read");
            return null;
        }
        return new TemplateArgument.Constant(text.Length > MaxDigits ? new ScalarValue.Text(text) : HydraScalar.Read(SourceSpan.None, text).Value);
    }

    private static TemplateArgument Bare(StringBuilder literal, ImmutableArray<TemplatePart>.Builder parts) =>
        literal.Length == 0 && parts is [var one] && one is not TemplatePart.Literal ? new TemplateArgument.Whole(one) : Text(literal, parts);

    private static TemplateArgument Text(StringBuilder literal, ImmutableArray<TemplatePart>.Builder parts)
    {
        if (parts.Count == 0) return new TemplateArgument.Constant(new ScalarValue.Text(literal.ToString()));
        Flush(literal, parts);
        return new TemplateArgument.Built(new(parts.DrainToImmutable()));
    }

    private void AddInterpolation(StringBuilder literal, ImmutableArray<TemplatePart>.Builder parts)
    {
        if (ReadInterpolation() is not { } part) return;
        Flush(literal, parts);
        parts.Add(part);
    }
}
