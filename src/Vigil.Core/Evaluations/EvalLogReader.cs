using Vigil.Logs;
using Vigil.Logs.Zips;

namespace Vigil.Evaluations;

/// <summary>
/// Reads the header of inspect's logs: zips (<c>.eval</c>), whole or not, and JSON. Whatever the bytes are, the answer is a value, and the
/// memory that it takes does not grow with the file.
/// </summary>
public static class EvalLogReader
{
    public static EvalReading Read(long length, ReadAt read, ZstdSupport zstd)
    {
        Span<byte> head = stackalloc byte[ZipEntry.HeaderStart.Length];
        var got = read(0, head[..(int)Math.Min(length, head.Length)]);
        if (got == 0) return Refused(new EvalTrouble.NotALog("is empty"));
        return ZipEntry.HeaderStart.StartsWith(head[..got]) ? ReadZip(length, read, zstd) : ReadJson(length, read);
    }

    private static EvalReading ReadZip(long length, ReadAt read, ZstdSupport zstd)
    {
        var contents = EvalContents.Of(length, read);
        if (contents.Header is { } header) return ReadEntry(header, EvalContents.HeaderName, assumed: null);
        if (contents.Start is { } start) return ReadEntry(start, EvalContents.StartName, new EvalStatus.Unfinished(contents.Samples(length, read)));
        return Refused(contents.Fault is { } fault ? new EvalTrouble.Cut(fault) : new EvalTrouble.NotALog("is a zip, but none of inspect's: it has neither header.json nor _journal/start.json"));

        EvalReading ReadEntry(ZipEntry entry, ReadOnlySpan<byte> name, EvalStatus? assumed)
        {
            if (ZipEntryContent.Open(entry, name, length, read, zstd, out var opened) is { } trouble) return Refused(trouble);
            using var content = opened!;
            var reading = EvalHeader.Read(content.Read, assumed, out _);
            return content.Trouble is { } damage ? Refused(damage) : reading;
        }
    }

    private static EvalReading ReadJson(long length, ReadAt read)
    {
        long at = 0;
        var reading = EvalHeader.Read(into =>
        {
            var got = read(at, into[..(int)Math.Min(into.Length, length - at)]);
            at += got;
            return got;
        }, assumed: null, out var stoppedEarly);
        return reading is EvalReading.Read && stoppedEarly && !EndsAsItBegan(length, read) ? Refused(new EvalTrouble.Cut("is cut: it ends among its samples")) : reading;
    }

    /// <summary>The samples are not read, but their end is looked at.</summary>
    private static bool EndsAsItBegan(long length, ReadAt read)
    {
        Span<byte> tail = stackalloc byte[(int)Math.Min(length, 64)];
        var got = read(length - tail.Length, tail);
        var last = tail[..got].LastIndexOfAnyExcept(" \t\r\n"u8);
        return last >= 0 && tail[last] == '}';
    }

    private static EvalReading.Refused Refused(EvalTrouble trouble) => new(trouble);
}
