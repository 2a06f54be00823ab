using System.Text;
using System.Text.RegularExpressions;

namespace Vigil.Rendering;

internal sealed partial class LineFiller
{
    private void Plain()
    {
        var close = _frames.Peek().Close;
        switch (_text[_at])
        {
            case '\\': Copy(Next() is '\0' ? 1 : 2); break;
            case var c when c == close: Leave(1); break;
            case '\'' when InsideShellCode: while (_frames.Peek().Close != '\'') _frames.Pop(); Leave(1); break;
            case '\'' when ShellCodeFollows.IsMatch(_text.AsSpan(0, _at)):
                // `sh -c '…'`: the inner shell parses this text again, so it must read the variables by itself.
                _exported = true;
                Enter(Mode.Plain, '\'', 1);
                break;
            case '\'': Enter(Mode.Single, '\'', 1); break;
            case '"': Enter(Mode.Double, '"', 1); break;
            case '$' when Next() is '\'' && !InsideShellCode: Enter(Mode.Ansi, '\'', 2); break;
            case '$' or '`': Expansion(Mode.Plain); break;
            case '(' when Next() is '(': Enter(Mode.Arithmetic, ')', 2); break;
            case '(': Enter(Mode.Plain, ')', 1); break;
            case '#' when close != '}' && AtWordStart: Comment(); break;
            case '<' when Looking("<<<"): Copy(3); break;
            case '<' when Looking("<<"): OpenHereDocument(); break;
            case '\n': Copy(1); HereDocuments(); break;
            default: Copy(1); break;
        }
    }

    private bool InsideShellCode => _frames.Any(static f => f is { Mode: Mode.Plain, Close: '\'' });
    private bool AtWordStart => _at == 0 || _text[_at - 1] is ' ' or '\t' or '\n' or ';' or '&' or '|' or '(' or ')';

    private void Expansion(Mode inside)
    {
        if (Looking("$((")) Enter(Mode.Arithmetic, ')', 3);
        else if (Looking("$(")) Enter(Mode.Plain, ')', 2);
        else if (Looking("${")) Enter(inside is Mode.Plain ? Mode.Plain : Mode.HereText, '}', 2);
        else if (_text[_at] is '`' && _frames.Any(static f => f.Close is '`'))
        {
            while (_frames.Peek().Close is not '`') _frames.Pop();
            Leave(1);
        }
        else if (_text[_at] is '`') Enter(Mode.Plain, '`', 1);
        else Copy(1);
    }

    // Also the text of a here-document and of "${…}", in which a single quote is a letter like any other.
    private void Double()
    {
        var (mode, close) = _frames.Peek();
        switch (_text[_at])
        {
            case '\\': Copy(Next() is '\0' ? 1 : 2); break;
            case var c when c == close: Leave(1); break;
            case '"' when close is '}': Enter(Mode.Double, '"', 1); break;
            case '$' or '`': Expansion(mode); break;
            default: Copy(1); break;
        }
    }

    private void Quoted(bool escapes)
    {
        if (escapes && _text[_at] is '\\' && Next() is not '\0') Copy(2);
        else if (_text[_at] is '\'') Leave(1);
        else Copy(1);
    }

    private void Arithmetic()
    {
        switch (_text[_at])
        {
            case '(': Enter(Mode.Arithmetic, '(', 1); break;
            case ')' when _frames.Peek().Close is '(': Leave(1); break;
            case ')' when Next() is ')': Leave(2); break;
            // It was no arithmetic but a subshell in a command substitution, as in $((a) | b).
            case ')': Copy(1); _frames.Pop(); _frames.Push(new(Mode.Plain, ')')); break;
            case '$' or '`': Expansion(Mode.Double); break;
            default: Copy(1); break;
        }
    }

    private void Comment()
    {
        while (_at < _text.Length && _text[_at] is not '\n')
            if (_text[_at] is '\0') Refer(_holes[_at++]);
            else Copy(1);
    }

    private void OpenHereDocument()
    {
        var match = HereWord.Match(_text, _at);
        if (!match.Success) { Copy(2); return; }
        var word = match.Groups["word"].Value;
        var delimiter = word.Replace("'", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal).Replace("\\", "", StringComparison.Ordinal);
        _out.Append(match.Groups["operator"].Value);
        var at = _out.Length;
        _out.Append(word);
        _pending.Add(new(delimiter, delimiter != word, match.Groups["operator"].Value.Contains('-', StringComparison.Ordinal), at, _out.Length));
        _at += match.Length;
    }

    private void HereDocuments()
    {
        // From the last to the first operator would shift nothing, but bodies come in order: remember how far the text has grown.
        var grown = 0;
        foreach (var document in _pending)
        {
            var end = _at;
            while (end < _text.Length && Line(end, document) != document.Delimiter) end = NextLine(end);
            var body = _text[_at..end];
            var bare = BareWord.IsMatch(document.Delimiter) ? document.Delimiter : "VIGIL_HERE";
            var openQuotes = document.Quoted && body.Contains('\0', StringComparison.Ordinal);
            if (openQuotes)
            {
                // In quotes nothing would be expanded, our variables neither. Bare, and what would be expanded is escaped instead.
                _out.Remove(document.WordAt + grown, document.WordEnd - document.WordAt).Insert(document.WordAt + grown, bare);
                grown += bare.Length - (document.WordEnd - document.WordAt);
            }
            var holes = Enumerable.Range(_at, end - _at).Where(_holes.ContainsKey).ToDictionary(i => i - _at, i => _holes[i]);
            if (document.Quoted) Literal(body, holes, openQuotes);
            else
            {
                var inner = new LineFiller(body, holes, _values, _variables, Mode.HereText) { _shell = _shell };
                inner.Run();
                _out.Append(inner._out);
                _exported |= inner._exported;
            }
            _at = end;
            if (_at < _text.Length && openQuotes) { _out.Append(bare).Append('\n'); _at = NextLine(_at); }
            else if (_at < _text.Length) Copy(NextLine(_at) - _at);
        }
        _pending.Clear();
    }

    private void Literal(string body, Dictionary<int, string> holes, bool escapes)
    {
        for (var i = 0; i < body.Length; i++)
            if (body[i] is '\0') ReferInText(holes[i], escapes);
            else _out.Append(escapes && body[i] is '\\' or '$' or '`' ? "\\" : "").Append(body[i]);
    }

    private void ReferInText(string name, bool escapes)
    {
        if (_shell(name) is { } text) _out.Append(escapes ? HereQuoted.Replace(text, "\\$&") : text);
        else _out.Append("${").Append(Variable(name)).Append('}');
    }

    private int NextLine(int from) => _text.IndexOf('\n', from) is >= 0 and var end ? end + 1 : _text.Length;

    private string Line(int from, HereDocument document)
    {
        var line = _text[from..NextLine(from)].TrimEnd('\n');
        return document.StripsTabs ? line.TrimStart('\t') : line;
    }

    [GeneratedRegex(@"\G(?<operator><<-?[ \t]*)(?<word>(?:'[^'\n\0]*'|""[^""\n\0]*""|\\[^\n\0]|[^\s'""\\;&|<>()$`\0])+)", RegexOptions.CultureInvariant)]
    private static partial Regex HereWord { get; }

    [GeneratedRegex(@"[\\$`]", RegexOptions.CultureInvariant)]
    private static partial Regex HereQuoted { get; }

    [GeneratedRegex(@"^[\w.-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex BareWord { get; }

    [GeneratedRegex(@"(?:^|[\s;&|(/])(?:ba|da|k|z)?sh(?:\s+-[A-Za-z]+)*\s+-[A-Za-z]*c\s+$|(?:^|[\s;&|(])eval\s+$", RegexOptions.CultureInvariant)]
    private static partial Regex ShellCodeFollows { get; }
}
