using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Vigil.Spec;

namespace Vigil.Logs;

/// <summary>One pattern: what it requires, and its answer about a line.</summary>
internal sealed class PatternMatch
{
    private const int CharsOnStack = 1024;

    private readonly LinePattern _pattern;
    private readonly byte[]? _substring;     // null: a regex
    private Regex? _regex;                   // made at the first line that it is asked about
    private Regex? _quick;
    private bool _isSlow;                    // not for the quick one, or a line has kept it too long
    private ImmutableArray<string> _groups;

    public PatternMatch(LinePattern pattern, int number)
    {
        Number = number;
        _pattern = pattern;
        if (pattern.Kind is PatternKind.Substring)
        {
            _substring = Encoding.UTF8.GetBytes(pattern.Text);
            if (_substring.Length >= 2) (Required, IsPlain) = ([Literal.Of(_substring)], true);
        }
        else
        {
            var known = PatternWalker.Walk(PatternText.Translated(pattern));
            // A text with a line end in it stands in no line.
            Required = known.Required is null ? null : Array.FindAll(known.Required, static l => !l.HoldsLineEnd);
            IsPlain = known is { Plain: true, Exact: not null } && ReferenceEquals(known.Exact, known.Required);
        }
    }

    /// <summary>Its place in the set.</summary>
    public int Number { get; }

    /// <summary>A line that holds none of these does not match; null: nothing is known.</summary>
    public Literal[]? Required { get; }

    /// <summary>Whether a line that holds one of <see cref="Required"/> does match.</summary>
    public bool IsPlain { get; }

    private Regex Regex => _regex ??= PatternText.Compile(_pattern);

    public bool IsMatch(ReadOnlySpan<byte> line)
    {
        if (_substring is not null) return line.IndexOf(_substring) >= 0;
        char[]? rented = null;
        Span<char> text = line.Length <= CharsOnStack ? stackalloc char[CharsOnStack] : rented = ArrayPool<char>.Shared.Rent(line.Length);
        var matches = Regex.IsMatch(text[..Encoding.UTF8.GetChars(line, text)]);
        if (rented is not null) ArrayPool<char>.Shared.Return(rented);
        return matches;
    }

    public ImmutableSortedDictionary<string, string> Groups(ReadOnlySpan<byte> line)
    {
        var found = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (_substring is not null)
        {
            if (line.IndexOf(_substring) >= 0) found["match"] = _pattern.Text;
            return found.ToImmutable();
        }
        if (_groups.IsDefault)
        {
            var groups = PatternText.Groups(_pattern);
            _isSlow = PatternText.RepeatsGroup(_pattern) || groups.Distinct().Count() < groups.Length;
            _groups = groups;   // last: whoever sees them on another thread sees the rest
        }
        var match = Match(Encoding.UTF8.GetString(line));
        if (!match.Success) return found.ToImmutable();
        for (var i = 0; i < _groups.Length; i++)
        {
            if (match.Groups[_groups[i]] is not { Success: true } group) continue;
            found[(i + 1).ToString(CultureInfo.InvariantCulture)] = group.Value;
            if (!char.IsAsciiDigit(_groups[i][0])) found[_groups[i]] = group.Value;
        }
        found["match"] = match.Value;
        return found.ToImmutable();
    }

    /// <summary>
    /// Of a line that is known to match. The engine whose time is bound by the line needs a tenth of a second of the program's for the first groups that
    /// it finds; the other one has them at once, and may try for a moment. Where a group repeats, or two share a name, the two do not always agree.
    /// </summary>
    private Match Match(string line)
    {
        if (!_isSlow)
            try
            {
                return (_quick ??= PatternText.Quick(_pattern)).Match(line);
            }
            catch (RegexMatchTimeoutException)
            {
                _isSlow = true;
            }
        return Regex.Match(line);
    }
}
