using System.Text;
using Vigil.Logs;
using Vigil.Logs.Zips;

namespace Vigil.Evaluations;

/// <summary>What lies in the zip of a log.</summary>
/// <param name="Header">Written last; null: it is not there.</param>
/// <param name="Start">Written first; null: it is not there.</param>
/// <param name="Fault">What is wrong with the list of contents; null: it is whole. Otherwise the entries were found one by one.</param>
internal sealed record EvalContents(ZipEntry? Header, ZipEntry? Start, string? Fault)
{
    private const int MostSamples = 1_000_000;

    public static ReadOnlySpan<byte> HeaderName => "header.json"u8;

    public static ReadOnlySpan<byte> StartName => "_journal/start.json"u8;

    public static EvalContents Of(long length, ReadAt read)
    {
        ZipEntry? header = null, start = null;
        var fault = Visit(length, read, Look);
        if (fault is null) return new(header, start, null);
        (header, start) = (null, null);
        ZipWalk.Visit(length, read, Look);
        return new(header, start, fault);

        // Whoever adds to a zip leaves the old entry in it: the last one counts.
        void Look(ReadOnlySpan<byte> name, ZipEntry entry)
        {
            if (name.SequenceEqual(HeaderName)) header = entry;
            else if (name.SequenceEqual(StartName)) start = entry;
        }
    }

    /// <summary>How many samples are there, each counted once.</summary>
    public int Samples(long length, ReadAt read)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (Fault is null) Visit(length, read, Count);
        else ZipWalk.Visit(length, read, Count);
        return names.Count;

        void Count(ReadOnlySpan<byte> name, ZipEntry entry)
        {
            if (names.Count < MostSamples && name.StartsWith("samples/"u8) && name.EndsWith(".json"u8)) names.Add(Encoding.UTF8.GetString(name));
        }
    }

    private static string? Visit(long length, ReadAt read, ZipVisit visit)
    {
        if (ZipEnd.Find(length, read, out var end) is { } fault) return fault;
        return end.Offset == end.At ? ZipDirectory.Visit(end, read, visit) : "is a zip whose list of contents is not where it says";
    }
}
