using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Vigil.Logs;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Monitor;

/// <summary>
/// Every value that a run's logs and metric files have shown, one file a run under <c>views/metrics/</c>. Derived: a deleted file is made
/// again by reading them from their beginning, byte for byte where there is only a log. Values wait in memory and are written at most every
/// ten seconds or 64 KB a run (seldom where there are thousands of runs), each time with one open, one write and one close; what a crash
/// takes is read again, and so is what was left out while the disk took nothing.
/// </summary>
/// <param name="folder">The experiment's <c>views</c> folder.</param>
internal sealed class MetricStore(string folder)
{
    private const int MostPending = 64 << 10, MostUnwritten = 4 * MostPending, MaxFile = 1 << 30;
    private static readonly TimeSpan FlushEvery = TimeSpan.FromSeconds(10);

    /// <summary>Of thousands of runs each waits longer, and not all for the same moment.</summary>
    private const double WritesPerSecond = 800;
    private const int Shifts = 16;

    private readonly string _folder = Path.Combine(folder, "metrics");
    private readonly Dictionary<RunId, Series> _open = [];
    private int _shift;

    /// <summary>Why the values of some run could not be read or written last time; null: they could. They are kept, up to a bound, and written later.</summary>
    public string? Trouble { get; private set; }

    /// <summary>The values that this reader of an attempt's log finds belong to the run from now on. Cheap to repeat.</summary>
    /// <param name="generation">How often the log's name has come to stand for another file.</param>
    public void Follow(AttemptId attempt, RunProgress progress, int generation) =>
        progress.Points = Of(attempt.Run).Writer is { } writer ? writer.From(SourceOf(attempt, generation)) : SeriesSource.Nowhere();

    /// <summary>Whether values of the run are taken now. While they are not, what is read is left out, and is to be read again later.</summary>
    public bool Takes(RunId run) => Of(run).Writer is { IsFull: false };

    /// <summary>The place in an attempt's log up to which the values are kept: reading from here on misses none. 0: from the beginning; the largest number: none can be kept for now.</summary>
    public long EndOf(AttemptId attempt, int generation = 0) => Of(attempt.Run).Writer is { } writer ? Math.Max(0, writer.EndOf(SourceOf(attempt, generation))) : long.MaxValue;

    /// <summary>Adds values that were read elsewhere than in a log.</summary>
    /// <param name="source">The file below the run's folder.</param>
    public void Append(RunId run, string source, long step, long offset, IReadOnlyList<NamedValue> values) => Of(run).Writer?.Add(source, step, offset, values);

    /// <summary>The place in such a file up to which values are kept; -1: none are.</summary>
    public long EndOf(RunId run, string source) => Of(run).Writer?.EndOf(source) ?? -1;

    /// <summary>To be called after each look that brought something of a run: writes what has waited long enough. Several runs at a time may be told.</summary>
    public void Tick(RunId run, DateTimeOffset now)
    {
        Series? series;
        lock (_open) _open.TryGetValue(run, out series);
        if (series is not null) Tick(run, series, now);
    }

    /// <summary>The same for all runs, to be called now and then: some have fallen silent.</summary>
    public void Tick(DateTimeOffset now)
    {
        foreach (var (run, series) in _open) Tick(run, series, now);
    }

    private void Tick(RunId run, Series series, DateTimeOffset now)
    {
        if (series.Writer is not { } writer)
        {
            if (series.Waiting is not { } failed) series.Waiting = now;
            else if (now - failed >= FlushEvery || now < failed)
                lock (_open) _open.Remove(run);   // who asks next tries to read it again
            return;
        }
        if (writer.Pending.IsEmpty) return;
        var every = TimeSpan.FromSeconds(Math.Max(FlushEvery.TotalSeconds, _open.Count / WritesPerSecond));
        if (series.Waiting is not { } since) series.Waiting = series.IsFirst && _open.Count > WritesPerSecond ? now - every * (Interlocked.Increment(ref _shift) % Shifts) / Shifts : now;
        else if (now - since >= every || now < since) Write(run, series);
        if (writer.Pending.Length >= MostPending && !writer.IsFull) Write(run, series);
    }

    /// <summary>The run ended: writes what is left, and forgets it. What cannot be written waits for the next <see cref="Flush"/>: nobody looks at that log again.</summary>
    public void Close(RunId run)
    {
        if (!_open.TryGetValue(run, out var series)) return;
        Write(run, series);
        if (series.Writer is null or { Pending.IsEmpty: true }) _open.Remove(run);
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
        var reader = new SeriesReader(Content(run) ?? []);
        while (reader.TryNext())
            for (var i = 0; i < reader.Count; i++)
                if (reader.Is(i, name)) points.Add(reader.Point(i));
        return points.DrainToImmutable();
    }

    /// <summary>The values of all metrics by name, each in the order of their reading; empty when there are none.</summary>
    public OrderedDictionary<string, List<SeriesPoint>> ReadAll(RunId run)
    {
        var all = new OrderedDictionary<string, List<SeriesPoint>>(StringComparer.Ordinal);
        var byPlace = new Dictionary<int, List<SeriesPoint>>();
        var reader = new SeriesReader(Content(run) ?? []);
        while (reader.TryNext())
            for (var i = 0; i < reader.Count; i++)
            {
                if (!byPlace.TryGetValue(reader.Place(i), out var points)) all[reader.NameOf(i)] = byPlace[reader.Place(i)] = points = [];
                points.Add(reader.Point(i));
            }
        return all;
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
        var reader = new SeriesReader(Content(run) ?? []);
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
        if (Content(run) is not { } content) return new Series(null, 0);
        var writer = SeriesWriter.After(content, out var sound);
        return new Series(writer, sound);
    }

    /// <summary>Null: there is something, and it cannot be read. That is not the same as nothing, which is written over.</summary>
    private byte[]? Content(RunId run)
    {
        try
        {
            using var file = File.OpenHandle(FileOf(run), share: FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(file);
            if (length > MaxFile) throw new IOException($"{FileOf(run)} is larger than {MaxFile >> 30} GB");
            var content = new byte[length];
            var read = 0;
            while (read < length && RandomAccess.Read(file, content.AsSpan(read), read) is > 0 and var more) read += more;
            return content[..read];
        }
        catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException || e.HResult == Libc.ErrorNotFolder)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Trouble = e.Message;
            return null;
        }
    }

    private void Write(RunId run, Series series)
    {
        if (series.Writer is not { } writer) return;
        series.Waiting = null;
        if (writer.Pending.IsEmpty) return;
        try
        {
            // Always at the place that is known to be sound: a write that was torn, here or before a crash, is written over.
            Put(FileOf(run), writer.Pending, series.Length, series.IsFirst ? FileEnd.Here : FileEnd.Kept);
            series.Length += writer.Pending.Length;
            series.IsFirst = false;
            writer.Written();
            Trouble = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Trouble = e.Message;
            // A view is not worth the memory: what comes while nothing can be written is read again later.
            if (writer.Pending.Length > MostUnwritten) writer.Refuse();
        }
    }

    /// <summary>Not by .NET's handles: they look at each file and lock it, which at hundreds of files a second costs as much as all the rest.</summary>
    private unsafe void Put(string path, ReadOnlySpan<byte> bytes, long at, FileEnd end)
    {
        var file = Open(path);
        try
        {
            fixed (byte* first = bytes)
                for (nint done = 0, written; done < bytes.Length; done += written)
                    if ((written = Libc.WriteAt(file, first + done, bytes.Length - done, at + done)) <= 0) throw Libc.LastError("write", path);
            if (end is FileEnd.Here && Libc.Truncate(file, at + bytes.Length) < 0) throw Libc.LastError("shorten", path);
        }
        finally
        {
            _ = Libc.Close(file);
        }
    }

    private int Open(string path)
    {
        const int how = Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenCloseOnExec;
        const uint ownerOnly = 0b110_000_000;
        var file = Libc.Open(path, how, ownerOnly);
        if (file < 0 && Marshal.GetLastPInvokeError() == Libc.ErrorNoEntry)
        {
            Directory.CreateDirectory(_folder);
            file = Libc.Open(path, how, ownerOnly);
        }
        return file >= 0 ? file : throw Libc.LastError("open", path);
    }

    /// <summary>What lies behind what is written.</summary>
    private enum FileEnd { Kept, Here }

    /// <param name="writer">Null: the file is there, and cannot be read for now.</param>
    private sealed class Series(SeriesWriter? writer, long length)
    {
        public SeriesWriter? Writer => writer;
        public long Length { get; set; } = length;
        public bool IsFirst { get; set; } = true;
        public DateTimeOffset? Waiting { get; set; }
    }
}
