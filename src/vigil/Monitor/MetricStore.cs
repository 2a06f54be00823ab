using System.Collections.Immutable;
using System.Text;
using Vigil.Logs;
using Vigil.Planning;

namespace Vigil.Monitor;

/// <summary>
/// Every value that a run's logs and metric files have shown, one file a run under <c>views/metrics/</c>. Derived: a deleted file is made
/// again, byte for byte, by reading the logs from their beginning. Values wait in memory and are written at most every ten seconds or 64 KB
/// a run (seldom where there are thousands of runs), each time with one open, one write and one close; what a crash takes is read again.
/// </summary>
/// <param name="folder">The experiment's <c>views</c> folder.</param>
internal sealed class MetricStore(string folder)
{
    private const int MostPending = 64 << 10, MaxFile = 1 << 30;
    private static readonly TimeSpan FlushEvery = TimeSpan.FromSeconds(10);

    /// <summary>Of thousands of runs each waits longer, and not all for the same moment.</summary>
    private const double WritesPerSecond = 400;
    private const int Shifts = 16;

    private readonly string _folder = Path.Combine(folder, "metrics");
    private readonly Dictionary<RunId, Series> _open = [];
    private int _shift;

    /// <summary>Why the values of some run could not be written last time; null: they could. They are kept, up to a bound, and written later.</summary>
    public string? Trouble { get; private set; }

    /// <summary>The values that this reader of an attempt's log finds belong to the run from now on. Cheap to repeat.</summary>
    /// <param name="generation">How often the log's name has come to stand for another file.</param>
    public void Follow(AttemptId attempt, RunProgress progress, int generation)
    {
        var writer = Of(attempt.Run).Writer;
        writer.Begin(SourceOf(attempt, generation));
        progress.Points = writer;
    }

    /// <summary>The place in an attempt's log up to which the values are kept: reading from here on misses none. 0: from the beginning.</summary>
    public long EndOf(AttemptId attempt, int generation = 0) => Math.Max(0, EndOf(attempt.Run, SourceOf(attempt, generation)));

    /// <summary>Adds values that were read elsewhere than in a log.</summary>
    /// <param name="source">The file below the run's folder.</param>
    public void Append(RunId run, string source, long step, long offset, IReadOnlyList<NamedValue> values) => Of(run).Writer.Add(source, step, offset, values);

    /// <summary>The place in such a file up to which values are kept; -1: none are.</summary>
    public long EndOf(RunId run, string source) => Of(run).Writer.EndOf(source);

    /// <summary>To be called after each look at a run's log: writes what has waited long enough.</summary>
    public void Tick(RunId run, DateTimeOffset now)
    {
        if (!_open.TryGetValue(run, out var series) || series.Writer.Pending.IsEmpty) return;
        var every = TimeSpan.FromSeconds(Math.Max(FlushEvery.TotalSeconds, _open.Count / WritesPerSecond));
        if (series.Waiting is not { } since) series.Waiting = series.IsFirst && _open.Count > WritesPerSecond ? now - every * (_shift++ % Shifts) / Shifts : now;
        else if (now - since >= every || now < since) Write(run, series);
        if (series.Writer.Pending.Length >= MostPending) Write(run, series);
    }

    /// <summary>The run ended: writes what is left, and forgets it.</summary>
    public void Close(RunId run)
    {
        if (!_open.Remove(run, out var series)) return;
        Write(run, series);
    }

    /// <summary>Writes all that waits.</summary>
    public void Flush()
    {
        foreach (var (run, series) in _open) Write(run, series);
    }

    /// <summary>The values of one metric in the order of their reading; empty when there are none. A step that was done twice is there twice.</summary>
    public ImmutableArray<SeriesPoint> Read(RunId run, string metric)
    {
        var points = ImmutableArray.CreateBuilder<SeriesPoint>();
        var name = Encoding.UTF8.GetBytes(metric);
        var reader = new SeriesReader(Content(run));
        while (reader.TryNext())
            for (var i = 0; i < reader.Count; i++)
                if (reader.Is(i, name)) points.Add(reader.Point(i));
        return points.DrainToImmutable();
    }

    /// <summary>Value by step of the loss on held-out data, by the first name that looks like one; of a step that was done twice the later value counts. Empty when there is none.</summary>
    public IReadOnlyDictionary<long, double> Evaluations(RunId run)
    {
        var values = new Dictionary<long, double>();
        if (_open.TryGetValue(run, out var series)) Write(run, series);
        if (Names(run).FirstOrDefault(static n => n.Contains("loss", StringComparison.OrdinalIgnoreCase) && IsHeldOut(n)) is { } name)
            foreach (var point in Read(run, name)) values[point.Step] = point.Value;
        return values;
    }

    private static bool IsHeldOut(string name) =>
        name.StartsWith("val", StringComparison.OrdinalIgnoreCase) || name.StartsWith("eval", StringComparison.OrdinalIgnoreCase) || name.Contains("/val", StringComparison.OrdinalIgnoreCase) || name.Contains("/eval", StringComparison.OrdinalIgnoreCase);

    /// <summary>The names of a run's metrics, in the order of their first value.</summary>
    public ImmutableArray<string> Names(RunId run)
    {
        var names = new OrderedDictionary<string, bool>();
        var reader = new SeriesReader(Content(run));
        while (reader.TryNext())
            for (var i = 0; i < reader.Count; i++) names.TryAdd(reader.NameOf(i), true);
        return [.. names.Keys];
    }

    public string FileOf(RunId run) => Path.Combine(_folder, $"{run.Value.Replace("/", "%2F", StringComparison.Ordinal)}.points");

    private static string SourceOf(AttemptId attempt, int generation) => generation == 0 ? $"log {attempt.Folder}" : $"log {attempt.Folder}#{generation}";

    /// <summary>Logs are read several at a time, and a new file under a log's name may show in any of them.</summary>
    private Series Of(RunId run)
    {
        lock (_open) return _open.TryGetValue(run, out var series) ? series : _open[run] = Open(run);
    }

    private Series Open(RunId run)
    {
        var content = Content(run);
        var writer = SeriesWriter.After(content, out var sound);
        return new Series(writer, sound);
    }

    private byte[] Content(RunId run)
    {
        try
        {
            var file = FileOf(run);
            return new FileInfo(file) is { Exists: true, Length: <= MaxFile } ? File.ReadAllBytes(file) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Trouble = e.Message;
            return [];
        }
    }

    private void Write(RunId run, Series series)
    {
        series.Waiting = null;
        if (series.Writer.Pending.IsEmpty) return;
        try
        {
            Directory.CreateDirectory(_folder);
            using var file = File.OpenHandle(FileOf(run), FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
            // Always at the place that is known to be sound: a write that was torn, here or before a crash, is written over.
            RandomAccess.Write(file, series.Writer.Pending, series.Length);
            series.Length += series.Writer.Pending.Length;
            if (series.IsFirst) RandomAccess.SetLength(file, series.Length);
            series.IsFirst = false;
            series.Writer.Written();
            Trouble = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Trouble = e.Message;
            // A view is not worth the memory: what cannot be written for long is read from the logs again.
            if (series.Writer.Pending.Length > 16 * MostPending) _open.Remove(run);
        }
    }

    private sealed class Series(SeriesWriter writer, long length)
    {
        public SeriesWriter Writer => writer;
        public long Length { get; set; } = length;
        public bool IsFirst { get; set; } = true;
        public DateTimeOffset? Waiting { get; set; }
    }
}
