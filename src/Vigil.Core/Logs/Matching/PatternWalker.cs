using System.Globalization;

namespace Vigil.Logs;

/// <summary>
/// Reads from a regex which bytes each match must hold. It knows the common syntax; whatever else stands in the pattern makes it know nothing,
/// which costs time and never a match.
/// </summary>
internal sealed class PatternWalker
{
    private const int MaxDepth = 100;
    private const int MaxCharactersOfClass = 10;

    private readonly string _pattern;
    private int _at;
    private int _depth;
    private bool _eitherCase;
    private bool _lost;

    private PatternWalker(string pattern) => _pattern = pattern;

    /// <param name="pattern">In .NET's syntax, and valid.</param>
    public static RequiredLiterals Walk(string pattern)
    {
        var walker = new PatternWalker(pattern);
        var found = walker.Alternation();
        return walker._lost || walker._at < pattern.Length ? RequiredLiterals.Unknown : found;
    }

    private bool AtEnd => _lost || _at >= _pattern.Length;

    private RequiredLiterals Alternation()
    {
        if (++_depth > MaxDepth) return Lost();
        List<RequiredLiterals> branches = [];
        do branches.Add(Branch());
        while (!AtEnd && Take('|'));
        _depth--;
        return RequiredLiterals.Alternatives(branches);
    }

    private RequiredLiterals Branch()
    {
        var sequence = new RequiredLiterals.Sequence();
        while (!AtEnd && _pattern[_at] is not ('|' or ')')) sequence.Add(Quantified(Atom()));
        return sequence.Sum();
    }

    private RequiredLiterals Quantified(RequiredLiterals atom)
    {
        if (AtEnd) return atom;
        var (least, most) = _pattern[_at] switch
        {
            '*' => (0, int.MaxValue),
            '+' => (1, int.MaxValue),
            '?' => (0, 1),
            '{' => Counts(),
            _ => (1, 1),
        };
        if (_pattern[_at] is '*' or '+' or '?') _at++;
        else if ((least, most) is (1, 1) && _pattern[_at] is not '{') return atom;
        else if (least < 0) return atom;   // a brace that is a mere character
        else _at = _pattern.IndexOf('}', _at) + 1;
        if (!AtEnd) _ = Take('?');          // lazy: the same matches
        return atom.Repeated(least, most);
    }

    /// <summary>The bounds in braces; below 0 where the brace stands for itself.</summary>
    private (int Least, int Most) Counts()
    {
        var end = _pattern.IndexOf('}', _at);
        if (end < 0) return (-1, 0);
        var inside = _pattern.AsSpan((_at + 1)..end);
        var comma = inside.IndexOf(',');
        if (!int.TryParse(comma < 0 ? inside : inside[..comma], NumberStyles.None, CultureInfo.InvariantCulture, out var least)) return (-1, 0);
        if (comma < 0) return (least, least);
        if (comma == inside.Length - 1) return (least, int.MaxValue);
        return int.TryParse(inside[(comma + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? (least, most) : (-1, 0);
    }

    private RequiredLiterals Atom()
    {
        var c = _pattern[_at++];
        switch (c)
        {
            case '.': return RequiredLiterals.Unknown;
            case '^' or '$': return RequiredLiterals.Assertion;
            case '(': return Group();
            case '[': return Class();
            case '\\': return Escape();
            case '*' or '+' or '?': return Lost();
            default: return Character(c);
        }
    }

    private RequiredLiterals Group()
    {
        var before = _eitherCase;
        if (!AtEnd && Take('?') && !Opening()) return _lost ? RequiredLiterals.Unknown : RequiredLiterals.OneOf(Literal.Empty);   // flags for the rest
        var inside = Alternation();
        _eitherCase = before;
        return !AtEnd && Take(')') ? inside : Lost();
    }

    /// <summary>What follows <c>(?</c>; false for flags that have no group of their own.</summary>
    private bool Opening()
    {
        if (!AtEnd && _pattern[_at] is '<' or '\'')
        {
            var end = _pattern.IndexOf(_pattern[_at] is '<' ? '>' : '\'', _at + 1);
            var name = end < 0 ? [] : _pattern.AsSpan((_at + 1)..end);
            if (name.IsEmpty || name.ContainsAny("=!-(")) { Lost(); return false; }
            _at = end + 1;
            return true;
        }
        var on = true;
        for (; !AtEnd; _at++)
        {
            switch (_pattern[_at])
            {
                case 'i': _eitherCase = on; break;
                case 'm' or 's': break;
                case '-': on = false; break;
                case ':': _at++; return true;
                case ')': _at++; return false;
                default: Lost(); return false;   // x changes the syntax; the others are no groups of the engine
            }
        }
        Lost();
        return false;
    }

    private RequiredLiterals Escape()
    {
        if (AtEnd) return Lost();
        var c = _pattern[_at++];
        switch (c)
        {
            case 'd' or 'D' or 'w' or 'W' or 's' or 'S': return RequiredLiterals.Unknown;
            case 'b' or 'B' or 'A' or 'Z' or 'z': return RequiredLiterals.Assertion;
            default: return Escaped(c) is { } character ? Character(character) : Lost();
        }
    }

    /// <summary>The character that a backslash and this letter stand for, in a class and outside alike; null: none that is known.</summary>
    private char? Escaped(char letter)
    {
        switch (letter)
        {
            case 't': return '\t';
            case 'n': return '\n';
            case 'r': return '\r';
            case 'f': return '\f';
            case 'v': return '\v';
            case 'a': return '\a';
            case 'e': return '\e';
            case 'x': return Hex(2);
            case 'u': return Hex(4);
            default: return char.IsAsciiLetterOrDigit(letter) || letter is '_' || letter > 0x7F ? null : letter;
        }
    }

    private char? Hex(int digits)
    {
        if (_at + digits > _pattern.Length || !ushort.TryParse(_pattern.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)) return null;
        _at += digits;
        return (char)code;
    }

    private RequiredLiterals Class()
    {
        var few = !Take('^');
        HashSet<char> characters = [];
        for (var first = true; ; first = false)
        {
            if (AtEnd) return Lost();
            var c = _pattern[_at++];
            if (c is ']' && !first) break;
            if (c is '[') return Lost();   // a set taken off, or a named one
            if (c is '\\' && !TakeOfClass(ref c, ref few)) return Lost();
            if (AtEnd) return Lost();
            var end = c;
            if (_pattern[_at] is '-' && _at + 1 < _pattern.Length && _pattern[_at + 1] is not ']')
            {
                _at++;
                end = _pattern[_at++];
                if (end is '[' || end is '\\' && !TakeOfClass(ref end, ref few)) return Lost();
            }
            if (end < c || end - c > MaxCharactersOfClass) few = false;
            for (var each = c; few && each <= end; each++) characters.Add(each);
        }
        return few && characters.Count <= MaxCharactersOfClass ? OneOf(characters) : RequiredLiterals.Unknown;
    }

    private bool TakeOfClass(ref char c, ref bool few)
    {
        if (AtEnd) return false;
        var letter = _pattern[_at++];
        if (letter is 'd' or 'D' or 'w' or 'W' or 's' or 'S')
        {
            few = false;
            return true;
        }
        if ((letter is 'b' ? '\b' : Escaped(letter)) is not { } character) return false;
        c = character;
        return true;
    }

    private RequiredLiterals OneOf(HashSet<char> characters)
    {
        List<RequiredLiterals> each = [];
        foreach (var c in characters.Order())
        {
            // Both cases of a letter are one text.
            if (!_eitherCase && char.IsAsciiLetter(c) && characters.Contains((char)(c ^ 0x20)))
            {
                if (char.IsAsciiLetterLower(c)) each.Add(RequiredLiterals.OneOf(Literal.OfEitherCase(c)));
            }
            else each.Add(Character(c));
        }
        return RequiredLiterals.Alternatives(each);
    }

    private RequiredLiterals Character(char c)
    {
        // Half a character has no bytes of its own, and U+FFFD stands for any bytes that are no UTF-8.
        if (char.IsSurrogate(c) || c is '\uFFFD') return RequiredLiterals.Unknown;
        if (!_eitherCase) return RequiredLiterals.OneOf(Literal.Of(c));
        if (c > 0x7F) return RequiredLiterals.Unknown;
        if (!char.IsAsciiLetter(c)) return RequiredLiterals.OneOf(Literal.Of(c));
        return OfLetter.TryGetValue((char)(c | 0x20), out var beyond)
            ? RequiredLiterals.OneOf([Literal.OfEitherCase(c), .. beyond.Select(Literal.Of)])
            : RequiredLiterals.OneOf(Literal.OfEitherCase(c));
    }

    /// <summary>What the engine takes for a case of an ASCII letter beyond ASCII (a test asks it): the Kelvin sign.</summary>
    internal static IReadOnlyDictionary<char, string> OfLetter { get; } = new Dictionary<char, string> { ['k'] = "\u212A" };

    private bool Take(char c)
    {
        if (_at >= _pattern.Length || _pattern[_at] != c) return false;
        _at++;
        return true;
    }

    private RequiredLiterals Lost()
    {
        _lost = true;
        return RequiredLiterals.Unknown;
    }
}
