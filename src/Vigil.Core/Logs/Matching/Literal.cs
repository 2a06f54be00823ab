using System.Text;

namespace Vigil.Logs;

/// <summary>Bytes that stand in a line wherever a pattern matches it; an ASCII letter may be of either case.</summary>
/// <param name="Bytes">A letter of either case as its small one.</param>
/// <param name="Either">0x20 for a letter of either case, else 0: what is or-ed to a byte of the text before they are compared.</param>
internal sealed record Literal(byte[] Bytes, byte[] Either)
{
    public static Literal Empty { get; } = new([], []);

    public int Length => Bytes.Length;

    public static Literal Of(ReadOnlySpan<byte> bytes) => new(bytes.ToArray(), new byte[bytes.Length]);

    public static Literal Of(char character)
    {
        Span<byte> bytes = stackalloc byte[3];
        return Of(bytes[..new Rune(character).EncodeToUtf8(bytes)]);
    }

    public static Literal OfEitherCase(char letter) => new([(byte)(letter | 0x20)], [0x20]);

    public static Literal operator +(Literal left, Literal right) =>
        left.Length == 0 ? right : right.Length == 0 ? left : new([.. left.Bytes, .. right.Bytes], [.. left.Either, .. right.Either]);

    public bool IsAt(ReadOnlySpan<byte> text, int start)
    {
        if (start < 0 || start > text.Length - Bytes.Length) return false;
        for (var i = 0; i < Bytes.Length; i++)
            if ((text[start + i] | Either[i]) != Bytes[i]) return false;
        return true;
    }

    public bool HoldsLineEnd => Bytes.AsSpan().ContainsAny((byte)'\n', (byte)'\r');

    public bool Equals(Literal? other) => other is not null && Bytes.AsSpan().SequenceEqual(other.Bytes) && Either.AsSpan().SequenceEqual(other.Either);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    public override string ToString() => Encoding.UTF8.GetString(Bytes);
}
