using System.Collections.Immutable;
using Vigil.Logs;
using Vigil.Monitoring;

namespace Vigil.Monitor;

/// <summary>A line of a log with consequences.</summary>
/// <param name="Text">Shortened.</param>
/// <param name="Checkpoint">Null: it tells of none.</param>
internal sealed record FoundLine(LogFile File, long Offset, string Text, ImmutableArray<RuleHit> Hits, LogFinding.Checkpoint? Checkpoint);

/// <summary>Gathers what one look finds, line by line. What lies before the cursor is known.</summary>
internal sealed class FoundLines(RulePatterns patterns, long known, List<LogFinding> findings)
{
    private Dictionary<long, (string Text, ImmutableArray<RuleHit>.Builder Hits)>? _hits;

    /// <summary>What reading the progress finds comes in here.</summary>
    public List<LogFinding> Findings => findings;

    public bool IsEmpty => _hits is null && findings.Count == 0;

    public void Add(LineHit hit)
    {
        if (hit.Line.Offset < known || patterns.Hit(hit.Pattern, hit.Line.Bytes) is not { } rule) return;
        _hits ??= [];
        if (!_hits.TryGetValue(hit.Line.Offset, out var line)) _hits[hit.Line.Offset] = line = (LineText.Shortened(hit.Line.Bytes), ImmutableArray.CreateBuilder<RuleHit>());
        line.Hits.Add(rule);
    }

    /// <summary>A value that a rule watches for; its line was given before or follows.</summary>
    public void Add(MetricHit hit)
    {
        if (hit.Offset < known) return;
        _hits ??= [];
        if (!_hits.TryGetValue(hit.Offset, out var line)) _hits[hit.Offset] = line = ($"{hit.Metric} is {MetricWatch.Text(hit.Value)} at step {hit.Step}", ImmutableArray.CreateBuilder<RuleHit>());
        line.Hits.Add(MetricRules.Hit(hit));
    }

    public ImmutableArray<FoundLine> InOrder(LogFile file)
    {
        var checkpoints = findings.OfType<LogFinding.Checkpoint>().Where(f => f.Offset >= known).ToDictionary(static f => f.Offset);
        var offsets = checkpoints.Keys.Concat(_hits?.Keys ?? Enumerable.Empty<long>()).Distinct().Order();
        return [.. offsets.Select(offset => Line(file, offset, checkpoints.GetValueOrDefault(offset)))];
    }

    private FoundLine Line(LogFile file, long offset, LogFinding.Checkpoint? checkpoint) => _hits is not null && _hits.TryGetValue(offset, out var line)
        ? new(file, offset, line.Text, line.Hits.ToImmutable(), checkpoint)
        : new(file, offset, $"checkpoint at step {checkpoint!.Step}: {checkpoint.Path}", [], checkpoint);
}
