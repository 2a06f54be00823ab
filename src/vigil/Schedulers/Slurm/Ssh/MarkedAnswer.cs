using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Vigil.Schedulers.Slurm.Ssh;

/// <summary>One part of an answer.</summary>
/// <param name="Header">What our script wrote on the mark's line.</param>
/// <param name="Bytes">Up to the next mark, whatever they hold.</param>
internal readonly record struct MarkedPart(string Header, ReadOnlyMemory<byte> Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes.Span);
}

/// <summary>
/// What one of our scripts printed on another machine. Login shells print greetings, and logs hold any byte: each part begins with a line
/// of a random mark, so that nothing else is taken for an answer; without the last mark the answer was cut off and is none.
/// </summary>
internal sealed record MarkedAnswer(ImmutableArray<MarkedPart> Parts, int Code)
{
    private const string End = "end ";

    /// <summary>Null: it is not whole.</summary>
    public static MarkedAnswer? Parse(ReadOnlyMemory<byte> bytes, string mark)
    {
        var start = Encoding.ASCII.GetBytes($"\n{mark} ");
        var parts = ImmutableArray.CreateBuilder<MarkedPart>();
        var at = bytes.Span.IndexOf(start);
        while (at >= 0)
        {
            bytes = bytes[(at + start.Length)..];
            var line = bytes.Span.IndexOf((byte)'\n');
            if (line < 0) return null;
            var header = Encoding.ASCII.GetString(bytes.Span[..line]);
            bytes = bytes[(line + 1)..];
            if (header.StartsWith(End, StringComparison.Ordinal))
                return int.TryParse(header.AsSpan(End.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? new(parts.DrainToImmutable(), code) : null;
            at = bytes.Span.IndexOf(start);
            parts.Add(new(header, at < 0 ? bytes : bytes[..at]));
        }
        return null;
    }
}
