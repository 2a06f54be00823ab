using System.Globalization;
using Vigil.Journaling;

namespace Vigil.Web.Logs;

/// <summary>Which file a log's name stands for: a new one, or the same one written anew, is another generation.</summary>
/// <param name="Head">How many of its first bytes the checksum is of; they are fewer while the file is short.</param>
internal readonly record struct LogGeneration(ulong Inode, int Head, uint Checksum)
{
    public const int MostHead = 256;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Inode:x}-{Head}-{Checksum:x8}");

    /// <summary>Null: it is none.</summary>
    public static LogGeneration? TryParse(string? text) =>
        text?.Split('-') is [var inode, var head, var sum]
        && ulong.TryParse(inode, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
        && int.TryParse(head, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= MostHead
        && uint.TryParse(sum, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var checksum) ? new(number, length, checksum) : null;

    public static LogGeneration Of(ulong inode, ReadOnlySpan<byte> head) => new(inode, head.Length, JournalLine.Checksum(head));

    /// <summary>Whether this is still the same file: as far as it was known then, it begins as it did.</summary>
    public bool Is(ulong inode, ReadOnlySpan<byte> head) => inode == Inode && head.Length >= Head && JournalLine.Checksum(head[..Head]) == Checksum;
}
