using System.Collections.Immutable;
using Vigil.Logs;
using Vigil.Monitoring;

namespace Vigil.Monitor;

/// <summary>A line of a log with consequences.</summary>
/// <param name="Text">Shortened.</param>
/// <param name="Checkpoint">Null: it tells of none.</param>
internal sealed record FoundLine(LogFile File, long Offset, string Text, ImmutableArray<RuleHit> Hits, LogFinding.Checkpoint? Checkpoint);

/// <summary>Gathers what one look finds, line by line. Looks are many and finds are few: it serves one look after the other.</summary>
internal sealed class FoundLines
{
    private RulePatterns _patterns = RulePatterns.None;
    private long _known;
    private Dictionary<long, (string Text, ImmutableArray<RuleHit>.Builder Hits)>? _hits;

    /// <summary>What reading the progress finds comes in here.</summary>
    public List<LogFinding> Findings { get; } = [];

    public bool IsEmpty => _hits is null && Findings.Count == 0;

    /// <summary>Another look begins.</summary>
    /// <param name="known">What lies before this cursor is known.</param>
    public void Begin(RulePatterns patterns, long known)
    {
        (_patterns, _known, _hits) = (patterns, known, null);
        Findings.Clear();
    }

    public void Add(LineHit hit)
    {
        if (hit.Line.Offset < _known || _patterns.Hit(hit.Pattern, hit.Line.Bytes) is not { } rule) return;
        _hits ??= [];
        if (!_hits.TryGetValue(hit.Line.Offset, out var line)) _hits[hit.Line.Offset] = line = (LineText.Shortened(hit.Line.Bytes), ImmutableArray.CreateBuilder<RuleHit>());
        line.Hits.Add(rule);
    }

    /// <summary>A value that a rule watches for; its line was given before or follows.</summary>
    public void Add(MetricHit hit)
    {
        if (hit.Offset < _known) return;
        _hits ??= [];
        if (!_hits.TryGetValue(hit.Offset, out var line)) _hits[hit.Offset] = line = ($"{hit.Metric} is {MetricWatch.Text(hit.Value)} at step {hit.Step}", ImmutableArray.CreateBuilder<RuleHit>());
        line.Hits.Add(MetricRules.Hit(hit));
    }

    public ImmutableArray<FoundLine> InOrder(LogFile file)
    {
        var checkpoints = Findings.OfType<LogFinding.Checkpoint>().Where(f => f.Offset >= _known).ToDictionary(static f => f.Offset);
        var offsets = checkpoints.Keys.Concat(_hits?.Keys ?? Enumerable.Empty<long>()).Distinct().Order();
        return [.. offsets.Select(offset => Line(file, offset, checkpoints.GetValueOrDefault(offset)))];
    }

    private FoundLine Line(LogFile file, long offset, LogFinding.Checkpoint? checkpoint) => _hits is not null && _hits.TryGetValue(offset, out var line)
        ? new(file, offset, line.Text, line.Hits.ToImmutable(), checkpoint)
        : new(file, offset, $"checkpoint at step {checkpoint!.Step}: {checkpoint.Path}", [], checkpoint);
}
