using System.Collections.Immutable;
using System.Text;

namespace Vigil.Logs;

/// <summary>
/// What one attempt's log says of its training so far: a fold over its lines, in order. Mutable and owned by whoever reads the log;
/// <see cref="Report"/> is for everybody else. A line that says nothing costs a search and no memory.
/// </summary>
public sealed class RunProgress
{
    private readonly MetricTable _metrics = new();
    private readonly RecentPace _pace = new();
    private Grammar _grammar = Grammar.Unknown;
    private (long Step, DateTimeOffset At)? _seen;

    private enum Grammar { Unknown, Steps, Megatron }

    /// <summary>The newest step; null before the first.</summary>
    public long? Step { get; private set; }

    /// <summary>Null where the trainer does not say it.</summary>
    public long? Total { get; private set; }

    /// <summary>Where the newest line with a step begins; null before the first.</summary>
    public long? Offset { get; private set; }

    /// <summary>The newest checkpoint; null before the first.</summary>
    public LogFinding.Checkpoint? Checkpoint { get; private set; }

    /// <summary>The last value of each metric under the trainer's own name (<c>lm loss</c>); those of an evaluation as <c>validation/lm loss value</c>, <c>test/…</c>.</summary>
    public ReadOnlySpan<Metric> Metrics => _metrics.All;

    /// <summary>The median of recent steps; null until one was timed.</summary>
    public double? SecondsPerStep => _pace.Median;

    /// <summary>Null while step, total or pace is unknown.</summary>
    public TimeSpan? Eta => Step is { } step && Total is { } total && SecondsPerStep is { } pace ? Remaining(Math.Max(0, total - step) * pace) : null;

    /// <summary>Takes in the next line; answers with what it means beyond progress, if anything.</summary>
    public LogFinding? Read(LogLine line)
    {
        var at = line.Bytes.IndexOf("iteration"u8);   // all of Megatron's lines hold this word
        if (at >= 0)
        {
            if (IterationLine.TryParse(line.Bytes[at..], out var iteration)) Take(iteration, line.Offset);
            else if (CheckpointLine.TryParse(line.Bytes, out var checkpoint)) return Take(checkpoint, line.Offset);
            else if (ValidationLine.TryParse(line.Bytes, out var validation)) Take(validation);
            else TryStep(line);
        }
        else TryStep(line);
        return null;
    }

    /// <summary>
    /// Tells the time after everything written so far was read: gives a pace where the trainer prints none. Do not call it
    /// between the pieces of a backlog.
    /// </summary>
    public void Seen(DateTimeOffset now)
    {
        if (_grammar is Grammar.Megatron || Step is not { } step) return;
        if (_seen is { } last && step > last.Step && now > last.At) _pace.Add((now - last.At).TotalSeconds / (step - last.Step));
        if (_seen is null || step != _seen.Value.Step) _seen = (step, now);
    }

    public ProgressReport Report() => new(Step, Total, SecondsPerStep, Eta, Checkpoint, [.. Metrics]);

    private void Take(in IterationLine line, long offset)
    {
        _grammar = Grammar.Megatron;
        (Step, Total, Offset) = (line.Step, line.Total, offset);
        _metrics.Begin();
        foreach (var field in line.Fields)
        {
            _metrics.Set([], field, line.Step);
            if (field.Name.SequenceEqual(IterationLine.Elapsed) && double.IsFinite(field.Value)) _pace.Add(field.Value / 1000);
        }
    }

    private LogFinding.Checkpoint Take(in CheckpointLine line, long offset) =>
        Checkpoint = new LogFinding.Checkpoint(line.Step, Encoding.UTF8.GetString(line.Path), offset);

    private void Take(in ValidationLine line)
    {
        foreach (var field in line.Fields) _metrics.Set(line.Set, field, line.Step);
    }

    /// <summary>Only while no grammar of a trainer was recognised: afterwards such a line is talk.</summary>
    private void TryStep(LogLine line)
    {
        if (_grammar is Grammar.Megatron || !StepLine.TryParse(line.Bytes, out var parsed)) return;
        _grammar = Grammar.Steps;
        (Step, Total, Offset) = (parsed.Step, parsed.Total ?? Total, line.Offset);
        _metrics.Begin();
        foreach (var field in parsed.Fields) _metrics.Set([], field, parsed.Step);
    }

    private static TimeSpan? Remaining(double seconds) => seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;
}

/// <summary>The last value of one metric and the step it belongs to.</summary>
public readonly record struct Metric(string Name, double Value, long Step);

/// <summary>A copy of a run's progress that does not change.</summary>
public sealed record ProgressReport(
    long? Step, long? Total, double? SecondsPerStep, TimeSpan? Eta, LogFinding.Checkpoint? Checkpoint, ImmutableArray<Metric> Metrics);
