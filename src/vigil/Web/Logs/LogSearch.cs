using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Vigil.Configuration;
using Vigil.Logs;
using Vigil.Spec;

namespace Vigil.Web.Logs;

internal sealed record SearchHit(string Run, string Attempt, string Generation, ShownLine Line, ImmutableArray<ShownLine> Before, ImmutableArray<ShownLine> After);

internal sealed record SearchState(long Scanned, long Size, int Hits, bool Cut);

/// <summary>One line of the answer: a hit, how far it is, or the end.</summary>
internal sealed record SearchLine(SearchHit? Hit = null, SearchState? Progress = null, SearchState? Done = null, string? Problem = null);

/// <summary>What is looked for.</summary>
/// <param name="Context">Lines around each hit.</param>
internal sealed record SearchAsked(PatternSet Patterns, int Context)
{
    private const int LongestPattern = 512, MostContext = 20;

    /// <summary>Null, with a sentence, for what cannot be looked for.</summary>
    public static SearchAsked? TryRead(string? text, bool isRegex, bool ignoreCase, int context, out string problem)
    {
        problem = string.IsNullOrEmpty(text) ? "there is nothing to look for" : text.Length > LongestPattern ? $"what is looked for may have {LongestPattern} characters, and this has {text.Length}" : "";
        if (problem.Length > 0) return null;
        var pattern = isRegex || ignoreCase ? new LinePattern(PatternKind.Regex, $"{(ignoreCase ? "(?i)" : "")}{(isRegex ? text : Regex.Escape(text!))}") : new LinePattern(PatternKind.Substring, text!);
        var report = new DiagnosticBag();
        if (PatternText.Compile(pattern, SourceSpan.None, report) is null) problem = report.All[0].Message;
        return problem.Length > 0 ? null : new(PatternSet.Of([pattern]), Math.Clamp(context, 0, MostContext));
    }
}

/// <summary>Looks one log through from a place on, and writes what it finds while it looks, a JSON document a line.</summary>
internal sealed class LogSearch(SearchAsked asked, Stream to)
{
    private const int Block = 1 << 20, MostHits = 10_000;
    private const long ProgressEvery = 128 << 20;

    private int _hits;

    public bool IsFull => _hits >= MostHits;

    public async Task<long> RunAsync(OpenLog log, string run, string attempt, long from, CancellationToken stop)
    {
        var (scanner, block, told) = (new LogScanner(asked.Patterns, from), new byte[Block], from);
        var context = new LineReader(log, BarForm.Folded);
        while (!IsFull && scanner.Position < log.Size && log.Read(block, scanner.Position) is > 0 and var read)
        {
            stop.ThrowIfCancellationRequested();
            foreach (var hit in Hits(scanner, block.AsSpan(0, read))) await WriteAsync(new(Hit: Of(hit, context, run, attempt, log.Generation)), stop);
            if (scanner.Position - told >= ProgressEvery) await WriteAsync(new(Progress: new(told = scanner.Position, log.Size, _hits, Cut: false)), stop);
        }
        // What stands behind the last line end is a line to whoever looks.
        if (!IsFull && scanner.Cursor < scanner.Position)
            foreach (var hit in Hits(scanner, "\n"u8)) await WriteAsync(new(Hit: Of(hit, context, run, attempt, log.Generation)), stop);
        return scanner.Position;
    }

    public Task EndAsync(long scanned, long size, CancellationToken stop) => WriteAsync(new(Done: new(scanned, size, _hits, IsFull)), stop);

    private List<ShownLine> Hits(LogScanner scanner, ReadOnlySpan<byte> bytes)
    {
        List<ShownLine> found = [];
        foreach (var hit in scanner.Scan(bytes))
            if (_hits < MostHits)
            {
                found.Add(ShownLine.Of(hit.Line.Offset, hit.Line.Bytes, hit.Line.Bytes.Length + hit.Line.Dropped + 1));
                _hits++;
            }
        return found;
    }

    private SearchHit Of(ShownLine line, LineReader reader, string run, string attempt, LogGeneration generation) => asked.Context == 0
        ? new(run, attempt, generation.ToString(), line, [], [])
        : new(run, attempt, generation.ToString(), line, reader.Before(reader.StartAt(line.Offset), asked.Context).Lines, reader.After(line.Offset + line.Length, asked.Context).Lines);

    private async Task WriteAsync(SearchLine line, CancellationToken stop)
    {
        await to.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, WebJson.Sparse.SearchLine), stop);
        await to.WriteAsync("\n"u8.ToArray(), stop);
        if (line.Hit is null || _hits <= 100 || _hits % 100 == 0) await to.FlushAsync(stop);
    }
}
