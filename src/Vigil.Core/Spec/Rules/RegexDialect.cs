using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Vigil.Spec;

/// <summary>A regex of the user in the words of .NET's engine, and what it asks for that no line can be given.</summary>
/// <param name="Text">Says the same to .NET as the user's text says to Python.</param>
/// <param name="Groups">.NET's name of each capturing group, in the order in which they open: Python counts them so, .NET counts named groups last.</param>
/// <param name="Backtracks">What of it needs a backtracking engine, in words; null: nothing.</param>
/// <param name="LineBreak">Whether it names a line break that cannot be left out.</param>
/// <param name="States">About how many pieces it has when its counted repetitions are written out.</param>
internal sealed record RegexDialect(string Text, ImmutableArray<string> Groups, string? Backtracks, bool LineBreak, long States)
{
    public static RegexDialect Read(string pattern) => new Reader(pattern).Read();

    /// <summary>One pass over the text. It judges no syntax: what it does not know goes on to the engine as it is.</summary>
    private sealed class Reader(string pattern)
    {
        private readonly StringBuilder _text = new();
        private readonly ImmutableArray<string>.Builder _groups = ImmutableArray.CreateBuilder<string>();
        private int _unnamed;
        private int _at;
        private string? _backtracks;
        private bool _lineBreak;
        private bool _spaced;      // (?x): blanks are layout
        private bool _quantified;  // the piece just read was a quantifier
        private readonly Stack<long> _around = new();   // the states before each group that is open
        private long _states, _last;                    // of the group being read; of its last piece

        public RegexDialect Read()
        {
            while (_at < pattern.Length)
            {
                var wasQuantified = _quantified;
                _quantified = false;
                Step(wasQuantified);
            }
            return new(_text.ToString(), _groups.ToImmutable(), _backtracks, _lineBreak, _states);
        }

        private void Step(bool afterQuantifier)
        {
            switch (pattern[_at])
            {
                case '\\': Escape(); break;
                case '[': Class(); break;
                case '(': Group(); break;
                case '{' when Count() is { } count:
                    _states = Math.Min(int.MaxValue, _states + _last * (count.Times - 1));
                    Put(count.Length, count.Text);
                    _quantified = true;
                    break;
                case ')': Close(); break;
                case '*' or '+' or '?':
                    if (afterQuantifier && pattern[_at] is '+') _backtracks ??= "a possessive quantifier";
                    _quantified = !afterQuantifier;
                    Put(1);
                    break;
                case '\n' or '\r': Break(1); break;
                default: Put(1); Piece(1); break;
            }
        }

        private void Piece(long states)
        {
            _last = states;
            _states = Math.Min(int.MaxValue, _states + states);
        }

        private void Open()
        {
            _around.Push(_states);
            _states = 0;
        }

        private void Close()
        {
            Put(1);
            if (!_around.TryPop(out var before)) return;
            var inside = _states;
            _states = before;
            Piece(inside);
        }

        private void Put(int length, string? instead = null)
        {
            length = Math.Min(length, pattern.Length - _at);
            if (instead is null) _text.Append(pattern, _at, length);
            else _text.Append(instead);
            _at += length;
        }

        private void Break(int length)
        {
            Put(length);
            var optional = _at < pattern.Length && (pattern[_at] is '?' or '*' || pattern.AsSpan(_at) is ['{', '0' or ',', ..]);
            if (!optional && !_spaced) _lineBreak = true;
        }

        private void Escape()
        {
            Piece(1);
            if (_at + 1 == pattern.Length) { Put(1); return; }
            var letter = pattern[_at + 1];
            if (letter is 'n' or 'r') { Break(2); return; }
            if (letter is >= '1' and <= '9' or 'k') _backtracks ??= $"the reference \\{letter} back to a group";
            if (letter is 'G') _backtracks ??= "the anchor \\G";
            Put(2);
        }

        private void Class()
        {
            Piece(1);
            var end = _at + 1;
            if (end < pattern.Length && pattern[end] is '^') end++;
            if (end < pattern.Length && pattern[end] is ']') end++;
            while (end < pattern.Length && pattern[end] is not ']') end += pattern[end] is '\\' ? 2 : 1;
            Put(end + 1 - _at);
        }

        private void Group()
        {
            var rest = pattern.AsSpan(_at);
            if (rest.StartsWith("(?#")) { Put(rest.IndexOf(')') is >= 0 and var end ? end + 1 : rest.Length); return; }
            Open();
            if (rest.StartsWith("(?P<")) { Named(4, '>'); return; }
            if (rest.StartsWith("(?'")) { Named(3, '\''); return; }
            if (rest.StartsWith("(?P=")) { _backtracks ??= "the reference (?P=…) back to a group"; Put(4); return; }
            if (rest.StartsWith("(?=") || rest.StartsWith("(?!")) { _backtracks ??= $"the look-ahead {rest[..3]}…)"; Put(3); return; }
            if (rest.StartsWith("(?<=") || rest.StartsWith("(?<!")) { _backtracks ??= $"the look-behind {rest[..4]}…)"; Put(4); return; }
            if (rest.StartsWith("(?>")) { _backtracks ??= "the atomic group (?>…)"; Put(3); return; }
            if (rest.StartsWith("(?(")) { _backtracks ??= "the condition (?(…)…)"; Put(3); return; }
            if (rest.StartsWith("(?<")) { Named(3, '>'); return; }
            if (rest.StartsWith("(?")) { Flags(); return; }
            _groups.Add((++_unnamed).ToString(CultureInfo.InvariantCulture));
            Put(1);
        }

        private void Named(int opening, char closing)
        {
            var name = pattern.AsSpan(_at + opening);
            var end = name.IndexOf(closing);
            if (end > 0) _groups.Add(name[..end].ToString());
            if (end > 0 && name[..end].Contains('-')) _backtracks ??= "a balancing group";
            Put(opening, closing is '>' ? "(?<" : null);
        }

        private void Flags()
        {
            var end = _at + 2;
            while (end < pattern.Length && (char.IsAsciiLetter(pattern[end]) || pattern[end] is '-')) end++;
            if (pattern.AsSpan(_at, end - _at).Contains('x')) _spaced = true;
            Put(end - _at);
        }

        /// <summary>A count in braces at this place, in .NET's form: Python may leave the lower bound out. Null where the brace is a mere character.</summary>
        private (int Length, string Text, long Times)? Count()
        {
            var rest = pattern.AsSpan(_at);
            var end = rest.IndexOf('}');
            if (end < 2) return null;
            var inside = rest[1..end];
            var comma = inside.IndexOf(',');
            var low = comma < 0 ? inside : inside[..comma];
            var high = comma < 0 ? inside : inside[(comma + 1)..];
            if (low.ContainsAnyExceptInRange('0', '9') || high.ContainsAnyExceptInRange('0', '9') || comma < 0 && low.IsEmpty) return null;
            var times = Math.Max(Bound(low), Bound(high));
            return (end + 1, $"{{{(low.IsEmpty ? "0" : low)}{(comma < 0 ? "" : $",{high}")}}}", Math.Max(1, times));
        }

        private static long Bound(ReadOnlySpan<char> digits) => digits.IsEmpty ? 0 : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var bound) ? bound : int.MaxValue;
    }
}
