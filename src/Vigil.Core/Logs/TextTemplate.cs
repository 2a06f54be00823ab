using System.Collections.Immutable;
using System.Text;

namespace Vigil.Logs;

/// <summary>
/// A line as people write it down, such as <c>iter {step}: loss {loss}</c>: literal text, and names in braces where a number stands. A blank
/// stands for any number of blanks. Matched by hand over the bytes; what follows the last part is left alone.
/// </summary>
internal sealed class TextTemplate
{
    public const int MaxSlots = 16;

    private readonly ImmutableArray<Part> _parts;
    private readonly byte[] _first;   // the first word of the first literal, to look for
    private readonly bool _startsWithNumber;

    private TextTemplate(ImmutableArray<Part> parts, ImmutableArray<LineSlot> slots)
    {
        (_parts, Slots) = (parts, slots);
        _startsWithNumber = parts[0].Literal is null;
        _first = Words(parts[_startsWithNumber ? 1 : 0].Literal!).First();
        Anchor = parts.Where(static p => p.Literal is not null).SelectMany(static p => Words(p.Literal!)).MaxBy(static w => w.Length)!;
    }

    /// <summary>The numbers in the order of the text.</summary>
    public ImmutableArray<LineSlot> Slots { get; }

    /// <summary>The text that every match begins with; empty when it begins with a number.</summary>
    public ReadOnlySpan<byte> Start => _startsWithNumber ? [] : _first;

    /// <summary>The longest text without a blank: a line without it cannot match.</summary>
    public byte[] Anchor { get; }

    /// <returns>Null when the text holds no literal to look for, or a brace is not closed; then <paramref name="mistake"/> says so.</returns>
    public static TextTemplate? Parse(string text, out string mistake)
    {
        var parts = ImmutableArray.CreateBuilder<Part>();
        var slots = ImmutableArray.CreateBuilder<LineSlot>();
        mistake = "";
        for (var i = 0; i < text.Length;)
        {
            var open = text.IndexOf('{', i);
            if (open < 0) open = text.Length;
            if (open > i) parts.Add(new Part(Encoding.UTF8.GetBytes(text[i..open])));
            if (open == text.Length) break;
            var close = text.IndexOf('}', open);
            if (close < 0) mistake = "a '{' is not closed";
            else if (close == open + 1) mistake = "the braces name nothing";
            else if (open == i && i > 0) mistake = "between two numbers there must be a text";
            if (mistake.Length > 0) return null;
            parts.Add(new Part(null));
            slots.Add(LineSlot.Of(text[(open + 1)..close]));
            i = close + 1;
        }
        if (slots.Count > MaxSlots) mistake = $"it names more than {MaxSlots} numbers";
        else if (!parts.Any(static p => p.Literal is not null && Words(p.Literal).Any())) mistake = "it holds no text that could be looked for";
        else if (parts[0].Literal is { } head && !Words(head).Any()) mistake = "it begins with blanks";
        return mistake.Length > 0 ? null : new TextTemplate(parts.ToImmutable(), slots.ToImmutable());
    }

    /// <param name="values">Room for <see cref="MaxSlots"/>.</param>
    /// <param name="end">Where what was matched ends.</param>
    public bool TryMatch(ReadOnlySpan<byte> line, Span<double> values, out int end)
    {
        for (var from = 0; ; from++)
        {
            end = 0;
            var at = line[from..].IndexOf(_first);
            if (at < 0) return false;
            from += at;
            var start = _startsWithNumber ? NumberBefore(line, from) : from;
            if (start >= 0 && MatchAt(line, start, values, out end)) return true;
        }
    }

    private bool MatchAt(ReadOnlySpan<byte> line, int at, Span<double> values, out int end)
    {
        end = 0;
        var slot = 0;
        foreach (var part in _parts)
        {
            if (part.Literal is null)
            {
                while (at < line.Length && line[at] == ' ') at++;
                var length = ByteScan.TryLeadingNumber(line[at..], out values[slot]);
                if (length > 0 && (at + length == line.Length || line[at + length] is (byte)' ' or (byte)'|' or (byte)'/'))
                {
                    at += length;
                    slot++;
                    continue;
                }
                length = ByteScan.NumberLength(line[at..]);
                if (length == 0 || !ByteScan.TryGroupedNumber(line.Slice(at, length), out values[slot++])) return false;
                at += length;
            }
            else if (!MatchLiteral(line, part.Pieces, ref at)) return false;
        }
        end = at;
        return true;
    }

    private static bool MatchLiteral(ReadOnlySpan<byte> line, byte[][] pieces, ref int at)
    {
        foreach (var piece in pieces)
        {
            if (piece.Length == 0)
            {
                while (at < line.Length && line[at] is (byte)' ' or (byte)'\t') at++;
                continue;
            }
            if (!line[at..].StartsWith(piece)) return false;
            at += piece.Length;
        }
        return true;
    }

    private static int NumberBefore(ReadOnlySpan<byte> line, int end)
    {
        var start = end;
        while (start > 0 && ByteScan.IsOfNumber(line[start - 1])) start--;
        return start < end ? start : -1;
    }

    private static IEnumerable<byte[]> Words(byte[] literal) => Pieces(literal).Where(static p => p.Length > 0);

    /// <summary>Words, and for the blanks between them an empty piece.</summary>
    private static byte[][] Pieces(byte[] literal)
    {
        List<byte[]> pieces = [];
        for (int i = 0, end; i < literal.Length; i = end)
        {
            var isBlank = literal[i] == ' ';
            for (end = i; end < literal.Length && literal[end] == ' ' == isBlank; end++) { }
            pieces.Add(isBlank ? [] : literal[i..end]);
        }
        return [.. pieces];
    }

    private readonly record struct Part(byte[]? Literal)
    {
        public byte[][] Pieces { get; } = Literal is null ? [] : TextTemplate.Pieces(Literal);
    }
}
