using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;

namespace Vigil.Cli;

/// <summary>Prints one log from a place in it on, in bounded memory, and remembers how far it came.</summary>
/// <param name="pattern">Only lines that match; null: all.</param>
/// <param name="prefix">Before each line.</param>
internal sealed class LogPrinter(CliContext context, string log, LogChoices choices, Regex? pattern, string prefix)
{
    /// <summary>A line that is longer comes in pieces.</summary>
    private const int LongestLine = 64 << 10;

    private long? _at;

    /// <summary>Prints what is there by now. An unfinished last line waits unless the log is known to be over.</summary>
    public void Print(LogIs log)
    {
        if (!File.Exists(Path)) return;
        using var file = LogText.Open(Path);
        _at ??= Start(file);
        if (choices.Raw) PrintBytes(file);
        else PrintLines(file, log);
        context.Out.Flush();
    }

    public string Path { get; } = log;

    private long Start(SafeFileHandle file) => pattern is null && choices.Shown is { } count ? LogText.StartOfLast(file, count) : 0;

    private void PrintBytes(SafeFileHandle file)
    {
        context.Out.Flush();
        var block = ArrayPool<byte>.Shared.Rent(LongestLine);
        while (!context.OutIsGone() && RandomAccess.Read(file, block, _at!.Value) is var read and > 0)
        {
            context.OutBytes.Write(block, 0, read);
            _at += read;
        }
        ArrayPool<byte>.Shared.Return(block);
    }

    private void PrintLines(SafeFileHandle file, LogIs log)
    {
        var block = ArrayPool<byte>.Shared.Rent(LongestLine);
        while (!context.OutIsGone() && RandomAccess.Read(file, block, _at!.Value) is var read and > 0)
        {
            var end = block.AsSpan(0, read).LastIndexOfAny((byte)'\n', (byte)'\r') + 1;
            if (end == 0 && read < block.Length && log is LogIs.Growing) break;
            if (end == 0) end = read;
            _at += end;
            foreach (var line in LogText.Lines(Encoding.UTF8.GetString(block, 0, end)))
                if (pattern?.IsMatch(line) ?? true) context.Out.WriteLine($"{prefix}{line}");
        }
        ArrayPool<byte>.Shared.Return(block);
    }
}

/// <summary>Whether more may come.</summary>
internal enum LogIs { Growing, Over }
