using System.Text;
using Vigil.Spec;

namespace Vigil.Rendering;

/// <summary>A user's line whose placeholders became references to variables.</summary>
/// <param name="Exported">A shell inside the line reads them too.</param>
internal readonly record struct FilledLine(string Text, List<(string Variable, string Name)> Variables, bool Exported);

/// <summary>
/// Fills the placeholders of a bash line. A value never becomes part of the line: it is kept in a variable, and the line refers to it in the
/// form that fits the quotes around the placeholder, so it arrives as one word and is never parsed, whatever it holds. Reads as much of bash's
/// grammar as tells which quotes are open; where it is mistaken, words may split, but a value still cannot become shell.
/// (Arithmetic would evaluate a value, so only numbers go there.)
/// </summary>
internal sealed partial class LineFiller
{
    private enum Mode { Plain, Double, Single, Ansi, Arithmetic, HereText }

    /// <param name="Close">What ends it; NUL at the bottom.</param>
    private readonly record struct Frame(Mode Mode, char Close);

    private readonly record struct HereDocument(string Delimiter, bool Quoted, bool StripsTabs, int WordAt, int WordEnd);

    private readonly PlaceholderValues _values;
    private readonly Dictionary<int, string> _holes;
    private readonly string _text;
    private readonly StringBuilder _out = new();
    private readonly Stack<Frame> _frames = new();
    private readonly List<HereDocument> _pending = [];
    private readonly List<(string Variable, string Name)> _variables;
    private Func<string, string?> _shell = static _ => null;
    private bool _exported;
    private int _at;

    private LineFiller(string text, Dictionary<int, string> holes, PlaceholderValues values, List<(string, string)> variables, Mode bottom)
    {
        (_text, _holes, _values, _variables) = (text, holes, values, variables);
        _frames.Push(new(bottom, '\0'));
    }

    public static FilledLine Fill(string line, PlaceholderValues values) => Fill(line, values, [], static _ => null);

    /// <param name="variables">Grows by what this line refers to.</param>
    /// <param name="shell">Shell of ours that goes in as text, quoted anew where it stands in quotes; null for a value.</param>
    public static FilledLine Fill(string line, PlaceholderValues values, List<(string Variable, string Name)> variables, Func<string, string?> shell)
    {
        // Each placeholder is one NUL, which no line of bash can hold.
        var flat = new StringBuilder();
        var holes = new Dictionary<int, string>();
        foreach (var part in PlaceholderText.Parse(line).Parts)
            if (part is PlaceholderPart.Literal literal) flat.Append(literal.Text.Replace("\0", "", StringComparison.Ordinal));
            else
            {
                holes.Add(flat.Length, ((PlaceholderPart.Name)part).Key);
                flat.Append('\0');
            }
        var filler = new LineFiller(flat.ToString(), holes, values, variables, Mode.Plain) { _shell = shell };
        filler.Run();
        return new(filler._out.ToString(), filler._variables, filler._exported);
    }

    private void Run()
    {
        while (_at < _text.Length)
            if (_text[_at] is '\0') Refer(_holes[_at++]);
            else
                switch (_frames.Peek().Mode)
                {
                    case Mode.Plain: Plain(); break;
                    case Mode.Single: Quoted(escapes: false); break;
                    case Mode.Ansi: Quoted(escapes: true); break;
                    case Mode.Arithmetic: Arithmetic(); break;
                    default: Double(); break;
                }
    }

    private void Refer(string name)
    {
        var mode = _frames.Peek().Mode;
        if (_shell(name) is { } text)
        {
            Insert(text, mode);
            return;
        }
        if (mode is Mode.Arithmetic)
        {
            // Bash would evaluate what a variable holds, commands in subscripts included. Anything but a number must fail there.
            var number = _values[name].Text;
            _out.Append(number is not null && number.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 && number.Length > 0 ? number : $"{name} is not a whole number");
            return;
        }
        var variable = Variable(name);
        _out.Append(mode switch
        {
            Mode.Plain => $"\"${{{variable}}}\"",
            Mode.Single => $"'\"${{{variable}}}\"'",
            Mode.Ansi => $"'\"${{{variable}}}\"$'",
            _ => $"${{{variable}}}",
        });
    }

    /// <summary>The shell that parses it must see it as it is: after the quotes around it are taken off, or at once.</summary>
    private void Insert(string text, Mode mode) => _out.Append(mode switch
    {
        Mode.Plain when InsideShellCode => text.Replace("'", "'\"'\"'", StringComparison.Ordinal),
        Mode.Plain => text,
        Mode.Single => text.Replace("'", "'\"'\"'", StringComparison.Ordinal),
        Mode.Ansi => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal),
        Mode.Double => Bash.InDoubleQuotes(text),
        _ => HereQuoted.Replace(text, "\\$&"),
    });

    private string Variable(string name)
    {
        foreach (var (variable, known) in _variables)
            if (known == name) return variable;
        var added = $"vigil_value_{_variables.Count + 1}";
        _variables.Add((added, name));
        return added;
    }

    private void Copy(int count)
    {
        _out.Append(_text, _at, Math.Min(count, _text.Length - _at));
        _at += count;
    }

    private void Enter(Mode mode, char close, int opening)
    {
        Copy(opening);
        _frames.Push(new(mode, close));
    }

    private void Leave(int closing)
    {
        Copy(closing);
        _frames.Pop();
    }

    private char Next(int ahead = 1) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';
    private bool Looking(string text) => string.CompareOrdinal(_text, _at, text, 0, text.Length) == 0;
}
