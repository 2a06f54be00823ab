using System.Collections.Immutable;
using Vigil.Logs;
using Vigil.Monitoring;

namespace Vigil.Cli;

/// <summary>Takes the matches of rules in a log, in its order.</summary>
internal interface IRulesOutput : IDisposable
{
    /// <summary>Whether <see cref="Take"/> wants to know the line's number.</summary>
    bool CountsLines { get; }

    /// <param name="line">From 1; 0 where nobody counts.</param>
    void Take(TriedMatch match, long line);

    void End(RuleTrial trial);
}

/// <summary>Reads a log from its beginning to its end, once, and hands on what the rules would have made of it.</summary>
internal sealed class RulesScan
{
    private const int BlockBytes = 256 << 10;    // stays in the processor's cache between the copy and the search

    private readonly RuleTrial _trial;
    private readonly IRulesOutput _output;
    private readonly List<int> _found = [];
    private readonly ImmutableArray<RuleHit>.Builder _hits = ImmutableArray.CreateBuilder<RuleHit>();
    private byte[]? _line;                  // the line that _hits are of; null: none is open
    private long _offset;                   // where it begins
    private long _ends, _counted;           // how many lines end before a place

    private RulesScan(RuleTrial trial, IRulesOutput output) => (_trial, _output) = (trial, output);

    public static void Run(Stream log, RuleTrial trial, IRulesOutput output, Func<bool> isGone, CancellationToken stop)
    {
        // The regex engine starts cold, and reading needs no second processor.
        if (!trial.Patterns.Set.Patterns.IsEmpty) new Thread(trial.Patterns.Set.Prepare) { IsBackground = true }.Start();
        var scan = new RulesScan(trial, output);
        var (scanner, lines, block) = (new LogScanner(trial.Patterns.Set), new LogLines(), GC.AllocateUninitializedArray<byte>(BlockBytes));
        for (var position = 0L; !stop.IsCancellationRequested && !isGone();)
        {
            var length = log.Read(block);
            // The last line may have no end, and is a line all the same.
            ReadOnlySpan<byte> bytes = length > 0 ? block.AsSpan(0, length) : "\n"u8;
            if (trial.NeedsEveryLine) scan.Every(lines, bytes, position);
            else scan.Some(scanner, bytes, position);
            if (length <= 0) return;
            if (output.CountsLines) scan.Count(bytes, position, position + length);
            position += length;
        }
    }

    /// <summary>Only the lines that hold a text that a pattern needs.</summary>
    private void Some(LogScanner scanner, ReadOnlySpan<byte> bytes, long position)
    {
        foreach (var hit in scanner.Scan(bytes))
        {
            if (_line is not null && hit.Line.Offset != _offset) Close(bytes, position);
            if (_trial.Patterns.Hit(hit.Pattern, hit.Line.Bytes) is not { } rule) continue;
            if (_line is null) (_line, _offset) = (hit.Line.Bytes.ToArray(), hit.Line.Offset);
            _hits.Add(rule);
        }
        if (_line is not null) Close(bytes, position);
    }

    private void Close(ReadOnlySpan<byte> bytes, long position)
    {
        Tell(_trial.Line(new LogLine(_line, _offset, 0), _hits.DrainToImmutable()), bytes, position);
        _line = null;
    }

    private void Every(LogLines lines, ReadOnlySpan<byte> bytes, long position)
    {
        foreach (var line in lines.Cut(bytes))
        {
            _found.Clear();
            _trial.Patterns.Set.Match(line.Bytes, _found);
            foreach (var pattern in _found)
                if (_trial.Patterns.Hit(pattern, line.Bytes) is { } hit) _hits.Add(hit);
            Tell(_trial.EveryLine(line, _hits.DrainToImmutable()), bytes, position);
        }
    }

    private void Tell(ImmutableArray<TriedMatch> matches, ReadOnlySpan<byte> bytes, long position)
    {
        foreach (var match in matches)
        {
            if (_output.CountsLines) Count(bytes, position, match.Offset);
            _output.Take(match, _output.CountsLines ? _ends + 1 : 0);
        }
    }

    /// <summary>Counts the ends of lines up to a place in these bytes, which begin at a position. What begins before them has no end before them.</summary>
    private void Count(ReadOnlySpan<byte> bytes, long position, long to)
    {
        if (to <= _counted) return;
        _ends += bytes[(int)(_counted - position)..(int)(to - position)].Count((byte)'\n');
        _counted = to;
    }
}
