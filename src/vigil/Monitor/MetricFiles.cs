using Vigil.Logs;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Monitor;

/// <summary>
/// Follows the metric files that a trainer writes below its run's folder: <c>metrics.jsonl</c>, and TensorBoard's
/// <c>events.out.tfevents.*</c>. Looked at seldom, since the log says the same sooner; what is new goes into the store.
/// </summary>
internal sealed class MetricFiles(MetricStore store)
{
    private const int MaxFiles = 64, MaxDepth = 4, MaxBytes = 1 << 20;

    /// <summary>Bytes that are read of one run's files at a look, of all runs' in one turn, and of a run that ended: meanwhile the loop does nothing else.</summary>
    private const long MostALook = 4 << 20, MostATurn = 32 << 20, MostAtTheEnd = 64 << 20;

    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(15), SearchEvery = TimeSpan.FromSeconds(60);

    /// <summary>Between two searches of any runs: folders on a network are slow, and thousands of runs must not be looked through at once.</summary>
    private static readonly TimeSpan BetweenSearches = TimeSpan.FromMilliseconds(200);

    private DateTimeOffset _searched, _turn;
    private long _left;

    [ThreadStatic] private static byte[]? _block;

    private readonly Dictionary<RunId, Known> _runs = [];
    private readonly List<NamedValue> _values = [];

    /// <summary>Reads what is new, if it is time, or if the last look has left something. What cannot be read now is read later.</summary>
    /// <param name="folder">The run's output folder.</param>
    public void Look(RunId run, string folder, DateTimeOffset now)
    {
        if (!_runs.TryGetValue(run, out var known)) _runs[run] = known = new Known();
        if (!known.IsBehind && now >= known.Read && now - known.Read < ReadEvery) return;
        if (now != _turn) (_turn, _left) = (now, MostATurn);
        known.Read = now;
        if ((now < known.Searched || now - known.Searched >= SearchEvery) && (now < _searched || now - _searched >= BetweenSearches))
        {
            known.Searched = _searched = now;
            Search(folder, known);
        }
        var most = Math.Min(MostALook, _left);
        _left -= most - Read(run, folder, known, most);
    }

    /// <summary>The run ended: reads what is left, of very much only a part, and forgets the files. They may never have been looked at: what the run did while nobody watched counts, too.</summary>
    public void Close(RunId run, string folder)
    {
        if (!_runs.Remove(run, out var known)) known = new Known();
        Search(folder, known);
        Read(run, folder, known, MostAtTheEnd);
    }

    private static void Search(string folder, Known known)
    {
        var search = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = MaxDepth, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        try
        {
            if (!Directory.Exists(folder)) return;
            foreach (var path in Directory.EnumerateFiles(folder, "events.out.tfevents.*", search).Concat(Directory.EnumerateFiles(folder, "metrics.jsonl", search)))
            {
                if (known.Files.Count == MaxFiles) return;
                if (!known.Files.Exists(f => f.Path == path)) known.Files.Add(new Followed(path));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that vanished or is not ours to read: nothing is lost, the next search tries again.
        }
    }

    /// <summary>Reads on in each file. One that fails holds up no other, one that is gone is forgotten, and one that takes all that may be read comes last next time.</summary>
    /// <returns>What is left of <paramref name="most"/>.</returns>
    private long Read(RunId run, string folder, Known known, long most)
    {
        known.IsBehind = false;
        if (!store.Takes(run)) return most;
        foreach (var file in known.Files.ToArray())
        {
            if (most <= 0)
            {
                known.IsBehind = true;
                return most;
            }
            try
            {
                // What is no regular file is never opened: a pipe would wait for its writer.
                if (FileStatus.Of(file.Path) is not { IsRegular: true })
                {
                    known.Files.Remove(file);
                    continue;
                }
                most = Read(run, folder, file, most);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }
            if (most > 0) continue;
            known.IsBehind = true;
            known.Files.Remove(file);
            known.Files.Add(file);
        }
        return most;
    }

    private long Read(RunId run, string folder, Followed file, long most)
    {
        using var handle = File.OpenHandle(file.Path, share: FileShare.ReadWrite | FileShare.Delete);
        var length = RandomAccess.GetLength(handle);
        if (file.Position < 0) Begin(run, folder, file, length);
        else if (length < file.Position) Begin(run, folder, file, length);   // written anew
        var block = _block ??= new byte[MaxBytes];
        while (file.Position < length && !file.IsBroken && most > 0)
        {
            var read = RandomAccess.Read(handle, block, file.Position);
            var before = file.Position;
            most -= read;
            if (read > 0) Take(run, file, block.AsSpan(0, read), length);
            if (file.Position == before) break;
        }
        return most;
    }

    /// <summary>A file that is shorter than what was read of it is another one under the same name. The newest of them is read on.</summary>
    private void Begin(RunId run, string folder, Followed file, long length)
    {
        var name = $"file {Path.GetRelativePath(folder, file.Path)}";
        var generation = 0;
        while (store.EndOf(run, Name(generation + 1)) >= 0) generation++;
        while (store.EndOf(run, Name(generation)) >= length && length > 0 || file.Source == Name(generation)) generation++;
        file.Source = Name(generation);
        file.Position = Math.Max(0, store.EndOf(run, file.Source));
        file.IsBroken = false;

        string Name(int number) => number == 0 ? name : $"{name}#{number}";
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

        /// <summary>Whether the last look has left something that it could have read.</summary>
        public bool IsBehind { get; set; }

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
