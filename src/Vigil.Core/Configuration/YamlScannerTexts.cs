using System.Globalization;
using System.Text;

namespace Vigil.Configuration;

/// <content>Characters, and the tokens that are more than one of them.</content>
internal sealed partial class YamlScanner
{
    private enum Folding { Literal, Folded }

    private bool AtEnd => _at.Index >= text.Length;
    private char Current => Ahead(0);
    private char Ahead(int by) => _at.Index + by < text.Length ? text[_at.Index + by] : '\0';

    private static bool IsBreak(char c) => c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029';
    private bool IsBlank(int by) => Ahead(by) is '\0' or ' ' or '\t' || IsBreak(Ahead(by));
    private bool IsSeparator(char c) => Ahead(0) == c && Ahead(1) == c && Ahead(2) == c && IsBlank(3);
    private bool IsDocumentBorder => IsSeparator('-') || IsSeparator('.');

    private void Forward(int by = 1)
    {
        var (index, line, column) = _at;
        for (; by > 0 && index < text.Length; by--)
        {
            var c = text[index++];
            if (c is '\n' or '\u0085' or '\u2028' or '\u2029' || c == '\r' && (index == text.Length || text[index] != '\n')) { line++; column = 0; }
            else if (c != '\uFEFF' && !char.IsLowSurrogate(c)) column++;
        }
        _at = new(index, line, column);
    }

    /// <summary>The line break that stands here as it counts in a text; empty when there is none.</summary>
    private string ScanBreak()
    {
        var c = Current;
        if (AtEnd || !IsBreak(c)) return "";
        Forward(c == '\r' && Ahead(1) == '\n' ? 2 : 1);
        return c is '\u2028' or '\u2029' ? c.ToString() : "\n";
    }

    private void SkipToToken()
    {
        while (true)
        {
            while (Current == ' ') Forward();
            if (Current == '#')
                while (!AtEnd && !IsBreak(Current)) Forward();
            if (ScanBreak().Length == 0) return;
            if (_flow == 0) _mayBeKey = true;
        }
    }

    private Scan ScanName(YamlTokenKind kind) => () =>
    {
        var start = _at;
        Forward();
        var from = _at.Index;
        while (char.IsAsciiLetterOrDigit(Current) || Current is '-' or '_') Forward();
        if (_at.Index == from || !IsBlank(0) && !"?:,]}%@`".Contains(Current, StringComparison.Ordinal)) Fail("the name of an anchor or alias is letters, digits, '-' and '_'");
        return new(kind, start, text[from.._at.Index]);
    };

    private Scan ScanTag() => () =>
    {
        var start = _at;
        string tag;
        if (Ahead(1) == '<')
        {
            Forward(2);
            tag = "<" + ScanTagText();
            if (Current == '>') Forward();
            else Fail("'>' is missing after this tag");
        }
        else if (IsBlank(1))
        {
            tag = "!";
            Forward();
        }
        else
        {
            var length = 1;
            while (length < 64 && (char.IsAsciiLetterOrDigit(Ahead(length)) || Ahead(length) is '-' or '_')) length++;
            var handle = Ahead(length) == '!' ? length + 1 : 1;
            tag = text.Substring(_at.Index, handle);
            Forward(handle);
            tag += " " + ScanTagText();
        }
        if (!IsBlank(0)) Fail("a blank is missing after this tag");
        return new(YamlTokenKind.Tag, start, tag);
    };

    private string ScanTagText()
    {
        var from = _at.Index;
        while (char.IsAsciiLetterOrDigit(Current) || !AtEnd && "-;/?:@&=+$,_.!~*'()[]%".Contains(Current, StringComparison.Ordinal)) Forward();
        if (_at.Index == from) Fail("a tag needs a name");
        return text[from.._at.Index];
    }

    private YamlToken ScanPlain()
    {
        var (start, indent, made, blanks) = (_at, _indent + 1, new StringBuilder(), "");
        while (Current != '#')
        {
            var from = _at.Index;
            while (!AtEnd && !IsBlank(0) && !(Current == ':' && (IsBlank(1) || _flow > 0 && Ahead(1) is ',' or '[' or ']' or '{' or '}')) && !(_flow > 0 && Current is ',' or '[' or ']' or '{' or '}')) Forward();
            if (_at.Index == from) break;
            _mayBeKey = false;
            made.Append(blanks).Append(text, from, _at.Index - from);
            blanks = ScanPlainBlanks();
            if (blanks.Length == 0 || Current == '#' || _flow == 0 && _at.Column < indent) break;
        }
        return new(YamlTokenKind.Plain, start, made.ToString());
    }

    private string ScanPlainBlanks()
    {
        var from = _at.Index;
        while (Current == ' ') Forward();
        var blanks = text[from.._at.Index];
        if (AtEnd || !IsBreak(Current)) return blanks;
        var first = ScanBreak();
        _mayBeKey = true;
        if (IsDocumentBorder) return "";
        var breaks = new StringBuilder();
        while (Current == ' ' || !AtEnd && IsBreak(Current))
        {
            if (Current == ' ') { Forward(); continue; }
            breaks.Append(ScanBreak());
            if (IsDocumentBorder) return "";
        }
        return first != "\n" ? first + breaks : breaks.Length == 0 ? " " : breaks.ToString();
    }

    private Scan ScanQuoted(char quote) => () =>
    {
        var (start, made) = (_at, new StringBuilder());
        Forward();
        while (!_ended)
        {
            ScanQuotedWord(quote, made);
            if (_ended) break;
            if (AtEnd) Fail($"the quote {quote} is never closed", at: start);
            else if (Current == quote) { Forward(); break; }
            else ScanQuotedBlanks(made);
        }
        return new(YamlTokenKind.Quoted, start, made.ToString());
    };

    private void ScanQuotedWord(char quote, StringBuilder made)
    {
        while (!AtEnd && !_ended)
        {
            var from = _at.Index;
            while (!AtEnd && Current is not ('\'' or '"' or '\\') && !IsBlank(0)) Forward();
            made.Append(text, from, _at.Index - from);
            if (quote == '\'' && Current == '\'' && Ahead(1) == '\'') { made.Append('\''); Forward(2); }
            else if (Current is '\'' or '"' && Current != quote || quote == '\'' && Current == '\\') { made.Append(Current); Forward(); }
            else if (quote == '"' && Current == '\\') ScanEscape(made);
            else return;
        }
    }

    private void ScanEscape(StringBuilder made)
    {
        const string signs = "0abt\tnvfre \"\\/N_LP", meanings = "\0\a\b\t\t\n\v\f\r\u001b \"\\/\u0085\u00a0\u2028\u2029";
        Forward();
        var digits = Current switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            Forward();
            var hex = _at.Index + digits <= text.Length ? text.AsSpan(_at.Index, digits) : [];
            if (!int.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code is < 0 or > 0x10FFFF) { Fail($"an escape needs {digits} hexadecimal digits of a character"); return; }
            if (code < 0x10000) made.Append((char)code);
            else made.Append(char.ConvertFromUtf32(code));
            Forward(digits);
        }
        else if (!AtEnd && IsBreak(Current))
        {
            ScanBreak();
            ScanQuotedBreaks(made);
        }
        else if (!AtEnd && signs.IndexOf(Current, StringComparison.Ordinal) is >= 0 and var sign)
        {
            made.Append(meanings[sign]);
            Forward();
        }
        else Fail(AtEnd ? "this text ends in the middle of an escape" : $@"'\{Current}' is no escape: in double quotes a backslash is written \\, or use single quotes");
    }

    private void ScanQuotedBlanks(StringBuilder made)
    {
        var from = _at.Index;
        while (Current is ' ' or '\t') Forward();
        if (AtEnd) return;
        if (!IsBreak(Current)) { made.Append(text, from, _at.Index - from); return; }
        var first = ScanBreak();
        var before = made.Length;
        if (first != "\n") made.Append(first);
        ScanQuotedBreaks(made);
        if (first == "\n" && made.Length == before) made.Append(' ');
    }

    private void ScanQuotedBreaks(StringBuilder made)
    {
        while (!_ended)
        {
            if (IsDocumentBorder) { Fail("the document ends inside of quotes"); return; }
            while (Current is ' ' or '\t') Forward();
            if (AtEnd || !IsBreak(Current)) return;
            made.Append(ScanBreak());
        }
    }

    private YamlToken ScanBlock(Folding folding)
    {
        var start = _at;
        Forward();
        var (chomp, increment) = ScanBlockHeader();
        var (made, breaks) = (new StringBuilder(), new StringBuilder());
        var indent = Math.Max(1, _indent + 1);
        if (increment > 0) indent += increment - 1;
        else indent = Math.Max(indent, ScanIndentation(breaks));
        if (increment > 0) ScanBlockBreaks(indent, breaks);
        var last = "";
        while (!_ended && _at.Column == indent && !AtEnd)
        {
            made.Append(breaks);
            breaks.Clear();
            var (from, isText) = (_at.Index, Current is not (' ' or '\t'));
            while (!AtEnd && !IsBreak(Current)) Forward();
            made.Append(text, from, _at.Index - from);
            last = ScanBreak();
            ScanBlockBreaks(indent, breaks);
            if (_at.Column != indent || AtEnd) break;
            if (folding is Folding.Folded && last == "\n" && isText && Current is not (' ' or '\t')) { if (breaks.Length == 0) made.Append(' '); }
            else made.Append(last);
        }
        if (chomp != '-') made.Append(last);
        if (chomp == '+') made.Append(breaks);
        return new(YamlTokenKind.Quoted, start, made.ToString());
    }

    private (char Chomp, int Increment) ScanBlockHeader()
    {
        var (chomp, increment) = (' ', 0);
        for (var i = 0; i < 2; i++)
        {
            if (chomp == ' ' && Current is '+' or '-') chomp = Current;
            else if (increment == 0 && char.IsAsciiDigit(Current)) increment = Current - '0';
            else break;
            if (Current == '0') Fail("an indentation of 0 is none: give a number from 1 to 9");
            Forward();
        }
        if (!AtEnd && Current != ' ' && !IsBreak(Current)) Fail($"'{Current}' cannot follow here: the text begins in the next line");
        while (Current == ' ') Forward();
        if (Current == '#')
            while (!AtEnd && !IsBreak(Current)) Forward();
        if (!AtEnd && ScanBreak().Length == 0) Fail("after this sign the line must end: the text begins in the next one");
        return (chomp, increment);
    }

    /// <summary>The deepest indentation of the empty lines before a text, or of its first line.</summary>
    private int ScanIndentation(StringBuilder breaks)
    {
        var deepest = 0;
        while (Current == ' ' || !AtEnd && IsBreak(Current))
        {
            if (Current == ' ') { Forward(); deepest = Math.Max(deepest, _at.Column); }
            else breaks.Append(ScanBreak());
        }
        return deepest;
    }

    private void ScanBlockBreaks(int indent, StringBuilder breaks)
    {
        while (true)
        {
            while (_at.Column < indent && Current == ' ') Forward();
            if (AtEnd || !IsBreak(Current)) return;
            breaks.Append(ScanBreak());
        }
    }
}
