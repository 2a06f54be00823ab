using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;
using Vigil.Monitoring;

namespace Vigil.Cli;

/// <summary>Prints one log from a place in it on, in bounded memory, and remembers how far it came.</summary>
/// <param name="pattern">Only lines that match; null: all.</param>
/// <param name="prefix">Before each line.</param>
internal sealed class LogPrinter(CliContext context, LogPart log, LogChoices choices, Regex? pattern, string prefix)
{
    /// <summary>A line that is longer comes in pieces.</summary>
    private const int LongestLine = 64 << 10;

    private long? _at;

    /// <summary>Prints what is there by now. An unfinished last line waits unless the log is known to be over.</summary>
    public void Print(LogIs state)
    {
        if (!File.Exists(Path)) return;
        using var file = LogText.Open(Path);
        _at ??= Start(file);
        if (choices.Raw) PrintBytes(file);
        else PrintLines(file, state);
        context.Out.Flush();
    }

    public string Path => log.Path;

    private long Start(SafeFileHandle file) => pattern is null && choices.Shown is { } count ? LogText.StartOfLast(file, count, log.From, log.To) : log.From;

    /// <summary>The part does not go on for ever: another attempt may have written behind it.</summary>
    private int Read(SafeFileHandle file, byte[] block) => RandomAccess.Read(file, block.AsSpan(0, (int)Math.Clamp((log.To ?? long.MaxValue) - _at!.Value, 0, block.Length)), _at.Value);

    private void PrintBytes(SafeFileHandle file)
    {
        context.Out.Flush();
        var block = ArrayPool<byte>.Shared.Rent(LongestLine);
        while (!context.OutIsGone() && Read(file, block) is var read and > 0)
        {
            context.OutBytes.Write(block, 0, read);
            _at += read;
        }
        ArrayPool<byte>.Shared.Return(block);
    }

    private void PrintLines(SafeFileHandle file, LogIs state)
    {
        var block = ArrayPool<byte>.Shared.Rent(LongestLine);
        while (!context.OutIsGone() && Read(file, block) is var read and > 0)
        {
            var end = block.AsSpan(0, read).LastIndexOfAny((byte)'\n', (byte)'\r') + 1;
            if (end == 0 && read < block.Length && state is LogIs.Growing) break;
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

/// <summary>What one attempt wrote: a requeued job appends to the log of the try before.</summary>
/// <param name="To">Null: to the end of the file.</param>
internal readonly record struct LogPart(string Path, long From = 0, long? To = null)
{
    /// <summary>Null when nothing is known of its log yet.</summary>
    public static LogPart? Of(RunRecord run, AttemptRecord attempt)
    {
        if (attempt.Log is not { } log) return null;
        var after = run.Attempts.Where(a => a.Log == log && a.LogStart > attempt.LogStart).Select(static a => (long?)a.LogStart).Min();
        return new(log, attempt.LogStart, after);
    }
}
