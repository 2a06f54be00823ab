using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Vigil.Logs;

/// <summary>Bytes of a log as a text to be shown: nothing in them is lost silently but NUL.</summary>
public static class ShownText
{
    /// <summary>Bytes that are no UTF-8 stand as <c>\xNN</c>.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf((byte)0) < 0 && Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var length);
            if (status is not OperationStatus.Done) foreach (var b in bytes[..length]) text.Append(CultureInfo.InvariantCulture, $"\\x{b:X2}");
            else if (rune.Value != 0) text.Append(rune);
            bytes = bytes[length..];
        }
        return text.ToString();
    }

    /// <summary>The longest beginning that does not end in the middle of a character. Bytes that are no UTF-8 end where they end.</summary>
    public static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        const int longest = 4;
        for (var back = 1; back < longest && back <= bytes.Length; back++)
        {
            var b = bytes[^back];
            if ((b & 0b1100_0000) == 0b1000_0000) continue;
            var needed = b >= 0b1111_0000 ? 4 : b >= 0b1110_0000 ? 3 : b >= 0b1100_0000 ? 2 : 1;
            return needed > back ? bytes.Length - back : bytes.Length;
        }
        return bytes.Length;
    }
}
