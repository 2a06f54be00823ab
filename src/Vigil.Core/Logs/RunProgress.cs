using System.Collections.Immutable;
using System.Text;

namespace Vigil.Logs;

/// <summary>
/// What one attempt's log says of its training so far: a fold over its lines, in order. Mutable and owned by whoever reads the log;
/// <see cref="Report"/> is for everybody else. A line that says nothing costs a search and no memory.
/// </summary>
public sealed partial class RunProgress
{
    /// <summary>So many lines without one of the trainer's own, and the others are looked for again.</summary>
    private const int ManyStrangeLines = 20_000;

    private readonly ProgressPacks _packs;
    private readonly MetricTable _metrics = new();
    private readonly StepPace _pace = new();
    private StepCount _count = new();
    private readonly NewNames _newNames = new();
    private readonly BarCounts _bars = new();
    private readonly RivalSteps _rivals = new();
    private ProgressPack? _pack;       // whose lines without a step count, too
    private ProgressPack? _counting;   // whose line said the newest step
    private ProgressPack? _totalling;  // whose line said the total
    private LineFinder? _settled;      // null: any form may be of this log
    private bool _isTimed;   // the log itself tells how long steps take
    private int _strangeLines, _unknownLines;
    private int _durationPlace = -1;
    private long _heardPause = -1;   // where the newest line begins that told of a pause in another's words
    private long _stepless;
    private byte[] _plain = [];

    /// <summary>Reads with the packs that come with the program.</summary>
    public RunProgress() : this(ProgressPacks.BuiltIn) { }

    public RunProgress(ProgressPacks packs) => _packs = packs;

    /// <summary>The newest step, of the whole run; null before the first.</summary>
    public long? Step => _count.Step;

    /// <summary>Changes whenever something goes on that is counted: the step, a bar, the steps of a form that is not this trainer's.</summary>
    public long Motion { get; private set; }

    /// <summary>Null where the trainer does not say it.</summary>
    public long? Total => _count.Total;

    /// <summary>As the trainer counts it; null where it does not.</summary>
    public double? Epoch => _count.Epoch;

    /// <summary>Null where the trainer does not say it.</summary>
    public double? Epochs => _count.Epochs;

    /// <summary>Whether the step was worked out from clues after a resume, and may be a little off.</summary>
    public bool IsApproximate => _count.IsApproximate;

    /// <summary>Whether the run is past the steps it said it would do.</summary>
    public bool IsOverPlan => Step > Total;

    /// <summary>What the trainer does just now.</summary>
    public TrainingPhase Phase { get; private set; }

    /// <summary>Whether the trainer said that training is over.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The name of the pack that reads this log; null while the trainer is not known.</summary>
    public string? Trainer => _pack?.Name;

    /// <summary>Where the newest line with a step begins; null before the first.</summary>
    public long? Offset { get; private set; }

    /// <summary>The newest checkpoint; null before the first.</summary>
    public LogFinding.Checkpoint? Checkpoint { get; private set; }

    /// <summary>The last value of each metric under the trainer's own name (<c>lm loss</c>); those of an evaluation as <c>validation/lm loss value</c>, <c>test/…</c>.</summary>
    public ReadOnlySpan<Metric> Metrics => _metrics.All;

    /// <summary>Gets every value that is read; null: nobody keeps them.</summary>
    public SeriesSource? Points { get; set; }

    /// <summary>Judges every value that is read; null: nobody does.</summary>
    public MetricWatch? Watch { get; set; }

    /// <summary>The newest value of a metric, by its place in <see cref="Metrics"/>.</summary>
    public double ValueOf(int place) => _metrics.ValueOf(place);

    /// <summary>The places in <see cref="Metrics"/> of those that the newest line has set.</summary>
    public ReadOnlySpan<int> FreshMetrics => _metrics.Fresh;

    /// <summary>The median of recent steps; null until one was timed.</summary>
    public double? SecondsPerStep => _pace.SecondsPerStep;

    /// <summary>Null while step, total or pace is unknown.</summary>
    public TimeSpan? Eta =>
        Step is { } step && Total is { } total && _pace.Remaining(Math.Max(0, total - step)) is { } seconds && seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Takes in the next line; answers with what it means beyond progress, if anything.</summary>
    public LogFinding? Read(LogLine line)
    {
        _metrics.Begin();
        // One search a line: only where the trainer's own lines stop, the others are looked for.
        if (_settled is { } own && _strangeLines == 0 && TryRead(own, line, PackKind.Bar, PackKind.Trainer, out var finding) is LineReading.Read) return finding;
        // What any bar and any step line say waits until no trainer has claimed the line.
        var reading = TryRead(_packs.Every, line, PackKind.Library, PackKind.Trainer, out finding);
        if (reading is LineReading.Known && !(_heardPause == line.Offset && Phase is TrainingPhase.Validation)) reading = TryRead(_packs.Every, line, PackKind.Bar, PackKind.Pairs, out finding);
        if (reading is LineReading.Read) return finding;
        if (_pack is not null && ++_strangeLines == ManyStrangeLines) _settled = null;
        return null;
    }

    private enum LineReading
    {
        /// <summary>Nothing in it is known.</summary>
        Strange,

        /// <summary>It holds what some form holds, but is not of its form.</summary>
        Known,

        Read,
    }

    private LineReading TryRead(LineFinder finder, LogLine line, PackKind least, PackKind most, out LogFinding? finding)
    {
        finding = null;
        var reading = LineReading.Strange;
        for (var from = 0; finder.TryFind(line.Bytes, from, out var at, out var entries); from = at + 1)
        {
            reading = LineReading.Known;
            foreach (ref readonly var entry in entries.AsSpan())
            {
                if (entry.Pack.Kind < least || entry.Pack.Kind > most) continue;
                if (!IsOpen(entry) && !TakesOver(entry, line, at) || !TryRead(entry, line, at, out finding)) continue;
                Settle(entry, line.Offset);
                if (Points is { } points && !_metrics.Fresh.IsEmpty) points.Add(_metrics, line.Offset);
                if (Watch is { } watch && !_metrics.Fresh.IsEmpty) watch.See(_metrics, line.Offset);
                return LineReading.Read;
            }
        }
        return reading;
    }

    /// <summary>
    /// Tells the time after everything written so far was read: gives a pace where the trainer prints none. Do not call it
    /// between the pieces of a backlog.
    /// </summary>
    public void Seen(DateTimeOffset now)
    {
        if (!_isTimed && Step is { } step) _pace.At(step, (now - DateTimeOffset.UnixEpoch).TotalSeconds, 0);
    }

    public ProgressReport Report() => new(Step, Total, SecondsPerStep, Eta, Checkpoint, [.. Metrics])
    {
        Epoch = Epoch,
        Epochs = Epochs,
        StepsPerEpoch = _count.StepsPerEpoch,
        IsApproximate = IsApproximate,
        IsOverPlan = IsOverPlan,
        Phase = Phase,
        HasEnded = HasEnded,
        Trainer = Trainer,
    };

    /// <summary>
    /// Lines that only mean something in a log that is known to be the pack's wait for that. A trainer that has said a step has the log for itself;
    /// a step line and a library's are read until then, bars until something better counts.
    /// </summary>
    private bool IsOpen(in PackEntry entry) =>
        entry.Pack == _pack
        || _settled is null && entry.Line.Sign is LineSign.Known && (entry.Pack.Kind is not PackKind.Bar || _pack is null || _counting?.Kind is PackKind.Bar);

    private void Settle(in PackEntry entry, long offset)
    {
        _strangeLines = 0;
        var pack = entry.Pack;
        if (pack == _pack && _settled is not null) return;
        var saysStep = Offset == offset;
        if (saysStep) _counting = pack;
        // A bar may be a download's, a line with a step a sentence: such a log stays open to everything until it is clear.
        if (pack.Kind is PackKind.Bar || pack.Kind is PackKind.Pairs && (_metrics.Fresh.IsEmpty || ++_unknownLines < 3)) return;
        if (_pack?.Kind > pack.Kind) return;
        _pack = pack;
        // A checkpoint, an evaluation, a setting may be printed by anybody: a trainer is sure once it counts.
        _settled = pack.Kind is PackKind.Trainer && saysStep ? _packs.Settled.GetValueOrDefault(pack) : null;
    }
}

/// <summary>The last value of one metric and the step it belongs to.</summary>
public readonly record struct Metric(string Name, double Value, long Step);

/// <summary>A copy of a run's progress that does not change.</summary>
public sealed record ProgressReport(
    long? Step, long? Total, double? SecondsPerStep, TimeSpan? Eta, LogFinding.Checkpoint? Checkpoint, ImmutableArray<Metric> Metrics)
{
    /// <summary>As the trainer counts it; null where it does not.</summary>
    public double? Epoch { get; init; }

    /// <summary>Null where the trainer does not say it.</summary>
    public double? Epochs { get; init; }

    /// <summary>Null where the trainer does not say it.</summary>
    public double? StepsPerEpoch { get; init; }

    /// <summary>Whether the step was worked out from clues after a resume: shown with a ≈.</summary>
    public bool IsApproximate { get; init; }

    /// <summary>Whether the run is past the steps it said it would do.</summary>
    public bool IsOverPlan { get; init; }

    public TrainingPhase Phase { get; init; }
    public bool HasEnded { get; init; }

    /// <summary>The name of the pack that read the log; null while the trainer is not known.</summary>
    public string? Trainer { get; init; }
}
