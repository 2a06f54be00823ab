using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Vigil.Cli;

/// <summary>Lines of a log for a terminal. What a log holds must not drive the terminal: control characters are taken out.</summary>
internal static class LogText
{
    private const int BlockBytes = 64 << 10;

    /// <summary>The last <paramref name="count"/> lines, oldest first.</summary>
    public static IReadOnlyList<string> LastLines(string path, int count)
    {
        using var file = Open(path);
        var start = StartOfLast(file, count);
        var bytes = new byte[RandomAccess.GetLength(file) - start];
        var read = RandomAccess.Read(file, bytes, start);
        return [.. Lines(Encoding.UTF8.GetString(bytes, 0, read)).TakeLast(count)];
    }

    /// <summary>Cut at LF and CR, empty ones left out.</summary>
    public static IEnumerable<string> Lines(string text) => text.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Select(Safe);

    public static string Safe(string line)
    {
        if (!line.Any(IsDangerous)) return line;
        var safe = new StringBuilder(line.Length);
        foreach (var c in line) safe.Append(IsDangerous(c) ? '�' : c);
        return safe.ToString();
    }

    public static SafeFileHandle Open(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Where the last lines begin; goes back block by block until enough line ends were seen. Empty lines do not count.</summary>
    /// <param name="from">Where the part of the file begins that is looked at.</param>
    /// <param name="to">Where it ends; null: with the file.</param>
    public static long StartOfLast(SafeFileHandle file, int count, long from = 0, long? to = null)
    {
        var block = new byte[BlockBytes];
        var (lines, inLine, start) = (0, false, from);
        for (var at = Math.Min(RandomAccess.GetLength(file), to ?? long.MaxValue); at > from;)
        {
            var length = (int)Math.Min(BlockBytes, at - from);
            at -= length;
            var read = RandomAccess.Read(file, block.AsSpan(0, length), at);
            for (var i = read - 1; i >= 0; i--)
            {
                var isEnd = block[i] is (byte)'\n' or (byte)'\r';
                if (isEnd && inLine && ++lines == count) return start;
                inLine = !isEnd;
                if (inLine) start = at + i;
            }
        }
        return from;
    }

    private static bool IsDangerous(char c) => char.IsControl(c) && c != '\t';
}
