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
    private readonly LineNumbers _numbers;
    private readonly LineCount _count;
    private readonly List<int> _matched = [];
    private readonly List<RuleLine> _found = [];

    private RulesScan(RuleTrial trial, IRulesOutput output)
    {
        (_trial, _output, _numbers) = (trial, output, output.CountsLines ? LineNumbers.Counted : LineNumbers.Unknown);
        _count = new(0, _numbers);
    }

    public static void Run(Stream log, RuleTrial trial, IRulesOutput output, Func<bool> isGone, CancellationToken stop)
    {
        trial.Patterns.Set.Prepare();
        var scan = new RulesScan(trial, output);
        bool IsOver() => stop.IsCancellationRequested || isGone();
        var start = !trial.NeedsEveryLine && Environment.ProcessorCount > 1 && log is FileStream { CanSeek: true, Length: >= RulePieces.Worthwhile } file ? scan.Pieces(file, IsOver) : 0;
        scan.Rest(log, start, IsOver);
    }

    /// <summary>The most of a large file, on every processor. Answers with where the rest begins.</summary>
    private long Pieces(FileStream file, Func<bool> isOver)
    {
        foreach (var piece in new RulePieces(file.SafeFileHandle, _trial.Patterns, _numbers).Find())
        {
            foreach (var line in piece.Lines) Tell(line with { Before = _count.Ends + line.Before });
            _count.Pass(piece.Ends, piece.End);
            file.Position = piece.End;
            if (isOver()) break;
        }
        return file.Position;
    }

    private void Rest(Stream log, long start, Func<bool> isOver)
    {
        var (some, every, block) = (new RuleLines(_trial.Patterns, start, _count), new LogLines(start), GC.AllocateUninitializedArray<byte>(BlockBytes));
        for (var position = start; !isOver();)
        {
            var length = log.Read(block);
            // The last line may have no end, and is a line all the same.
            ReadOnlySpan<byte> bytes = length > 0 ? block.AsSpan(0, length) : "\n"u8;
            if (_trial.NeedsEveryLine) Every(every, bytes, position);
            else Some(some, bytes);
            if (length <= 0) return;
            position += length;
        }
    }

    /// <summary>Only the lines that hold a text that a pattern needs.</summary>
    private void Some(RuleLines lines, ReadOnlySpan<byte> bytes)
    {
        lines.Find(bytes, _found);
        foreach (var line in _found) Tell(line);
        _found.Clear();
    }

    private void Every(LogLines lines, ReadOnlySpan<byte> bytes, long position)
    {
        var hits = ImmutableArray.CreateBuilder<RuleHit>();
        foreach (var line in lines.Cut(bytes))
        {
            _matched.Clear();
            _trial.Patterns.Set.Match(line.Bytes, _matched);
            foreach (var pattern in _matched)
                if (_trial.Patterns.Hit(pattern, line.Bytes) is { } hit) hits.Add(hit);
            foreach (var match in _trial.EveryLine(line, hits.DrainToImmutable())) Take(match, _count.Before(bytes, position, match.Offset));
        }
        _count.Before(bytes, position, position + bytes.Length);
    }

    private void Tell(RuleLine line)
    {
        foreach (var match in _trial.Line(new LogLine(line.Bytes, line.Offset, 0), line.Hits)) Take(match, line.Before);
    }

    private void Take(TriedMatch match, long before) => _output.Take(match, _numbers is LineNumbers.Counted ? before + 1 : 0);
}
