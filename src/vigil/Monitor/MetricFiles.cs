using Vigil.Logs;
using Vigil.Planning;

namespace Vigil.Monitor;

/// <summary>
/// Follows the metric files that a trainer writes below its run's folder: <c>metrics.jsonl</c>, and TensorBoard's
/// <c>events.out.tfevents.*</c>. Looked at seldom, since the log says the same sooner; what is new goes into the store.
/// </summary>
internal sealed class MetricFiles(MetricStore store)
{
    private const int MaxFiles = 64, MaxDepth = 4, MaxBytes = 1 << 20;
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(15), SearchEvery = TimeSpan.FromSeconds(60);

    /// <summary>Between two searches of any runs: folders on a network are slow, and thousands of runs must not be looked through at once.</summary>
    private static readonly TimeSpan BetweenSearches = TimeSpan.FromMilliseconds(200);

    private DateTimeOffset _searched;

    [ThreadStatic] private static byte[]? _block;

    private readonly Dictionary<RunId, Known> _runs = [];
    private readonly List<NamedValue> _values = [];

    /// <summary>Reads what is new, if it is time. What cannot be read now is read later.</summary>
    /// <param name="folder">The run's output folder.</param>
    public void Look(RunId run, string folder, DateTimeOffset now)
    {
        if (!_runs.TryGetValue(run, out var known)) _runs[run] = known = new Known();
        if (now >= known.Read && now - known.Read < ReadEvery) return;
        known.Read = now;
        try
        {
            if ((now < known.Searched || now - known.Searched >= SearchEvery) && (now < _searched || now - _searched >= BetweenSearches))
            {
                known.Searched = _searched = now;
                Search(folder, known);
            }
            foreach (var file in known.Files) Read(run, folder, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that vanished or is not ours to read: nothing is lost, the next look tries again.
        }
    }

    /// <summary>The run ended: reads to the end, and forgets the files.</summary>
    public void Close(RunId run, string folder, DateTimeOffset now)
    {
        if (!_runs.Remove(run)) return;
        Look(run, folder, now);
        _runs.Remove(run);
    }

    private static void Search(string folder, Known known)
    {
        if (!Directory.Exists(folder)) return;
        var search = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = MaxDepth, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        foreach (var path in Directory.EnumerateFiles(folder, "events.out.tfevents.*", search).Concat(Directory.EnumerateFiles(folder, "metrics.jsonl", search)))
        {
            if (known.Files.Count == MaxFiles) return;
            if (!known.Files.Exists(f => f.Path == path)) known.Files.Add(new Followed(path));
        }
    }

    private void Read(RunId run, string folder, Followed file)
    {
        using var handle = File.OpenHandle(file.Path);
        var length = RandomAccess.GetLength(handle);
        if (file.Position < 0) Begin(run, folder, file, length);
        else if (length < file.Position) Begin(run, folder, file, length);   // written anew
        var block = _block ??= new byte[MaxBytes];
        while (file.Position < length && !file.IsBroken)
        {
            var read = RandomAccess.Read(handle, block, file.Position);
            var before = file.Position;
            if (read > 0) Take(run, file, block.AsSpan(0, read), length);
            if (file.Position == before) return;
        }
    }

    /// <summary>A file that is shorter than what was read of it is another one under the same name.</summary>
    private void Begin(RunId run, string folder, Followed file, long length)
    {
        var name = $"file {Path.GetRelativePath(folder, file.Path)}";
        var generation = 0;
        while (store.EndOf(run, Name()) >= length && length > 0 || file.Source == Name()) generation++;
        file.Source = Name();
        file.Position = Math.Max(0, store.EndOf(run, file.Source));
        file.IsBroken = false;

        string Name() => generation == 0 ? name : $"{name}#{generation}";
    }

    private void Take(RunId run, Followed file, ReadOnlySpan<byte> bytes, long length)
    {
        if (file.Path.EndsWith(".jsonl", StringComparison.Ordinal))
        {
            var lines = new LogLines(file.Position);
            foreach (var line in lines.Cut(bytes))
                if (line.Dropped == 0 && MetricLine.TryRead(line.Bytes, _values, out var step)) store.Append(run, file.Source, step, line.Offset, _values);
            // A line longer than a look is no line of metrics.
            file.Position = lines.Cursor > file.Position || bytes.Length < MaxBytes ? lines.Cursor : lines.Position;
            return;
        }
        var records = new EventRecords(bytes, file.Position);
        EventRead read;
        while ((read = records.Next()) is EventRead.Record)
            if (ScalarEvent.TryRead(records.Content, _values, out var step) && _values.Count > 0) store.Append(run, file.Source, step, records.Offset, _values);
        file.IsBroken = read is EventRead.Broken;
        // What does not fit into a look is an image or a graph.
        file.Position = records.Needed > MaxBytes && records.Position + records.Needed <= length ? records.Position + records.Needed : records.Position;
    }

    private sealed class Known
    {
        public List<Followed> Files { get; } = [];
        public DateTimeOffset Read { get; set; } = DateTimeOffset.MinValue;
        public DateTimeOffset Searched { get; set; } = DateTimeOffset.MinValue;
    }

    private sealed class Followed(string path)
    {
        public string Path => path;
        public string Source { get; set; } = "";
        public long Position { get; set; } = -1;
        public bool IsBroken { get; set; }
    }
}
