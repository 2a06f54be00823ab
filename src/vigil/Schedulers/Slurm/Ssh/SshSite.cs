using System.Collections.Immutable;
using System.Formats.Tar;
using System.Globalization;
using Vigil.Platform;
using Vigil.Schedulers.Local;

namespace Vigil.Schedulers.Slurm.Ssh;

/// <summary>A login node over OpenSSH. Each question is one remote bash, however many files it is about.</summary>
/// <param name="root">Absolute, there: the experiment's folder, <c>slurm.dir</c>.</param>
internal sealed class SshSite(SshConnection connection, string root) : ISite
{
    private static readonly TimeSpan FileLimit = TimeSpan.FromSeconds(45), CopyLimit = TimeSpan.FromSeconds(120);
    private const int EndBytes = JobVerdict.LastBytes;

    public string Name => connection.Host;

    public async ValueTask<ProcessOutcome> RunAsync(ImmutableArray<string> words, TimeSpan limit, CancellationToken stop)
    {
        var answer = await connection.AskAsync(RemoteScripts.Run(words, CommandEnvironment.Dropped), default, limit, stop);
        return answer.Marked is { } marked ? new(marked.Code, marked.Parts is [var output, ..] ? output.Text : "", answer.Errors) : new(null, "", answer.Trouble!);
    }

    public async ValueTask<ImmutableArray<AttemptMarks>?> MarksAsync(ImmutableArray<string> folders, CancellationToken stop)
    {
        if (folders.IsEmpty) return [];
        var asked = folders.SelectMany(static f => (string[])[.. JobFiles.Names.Select(name => $"{f}/{name}")]);
        var answer = await connection.AskAsync(RemoteScripts.SmallFiles, RemoteScripts.Data(asked.Prepend(root)), FileLimit, stop);
        if (answer.Marked is not { Code: 0, Parts: [{ Header: "tar" } tar] }) return null;
        return ReadTar(tar.Bytes) is { } files ? [.. folders.Select(folder => JobFiles.Marks(name => files.GetValueOrDefault($"{folder}/{name}")))] : null;
    }

    public async ValueTask<SiteWrites?> LastWritesAsync(ImmutableArray<string> paths, CancellationToken stop)
    {
        var answer = await connection.AskAsync(RemoteScripts.LastWrites, RemoteScripts.Data(paths.Distinct().Prepend(root)), FileLimit, stop);
        if (answer.Marked is not { Code: 0, Parts: [{ Header: "now" } clock, { Header: "writes" } writes] } || Time(clock.Text) is not { } now) return null;
        var newest = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var line in writes.Text.Split('\0'))
            if (line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var cut && Time(line.AsSpan(0, cut)) is { } at && (!newest.TryGetValue(line[(cut + 1)..], out var known) || at > known))
                newest[line[(cut + 1)..]] = at;
        return new(now, [.. paths.Select(path => newest.TryGetValue(path, out var at) ? at : (DateTimeOffset?)null)]);
    }

    public async ValueTask<ImmutableArray<IReadOnlyList<string>>> LastLinesAsync(ImmutableArray<string> files, CancellationToken stop)
    {
        var lines = new IReadOnlyList<string>[files.Length];
        Array.Fill(lines, []);
        var answer = await connection.AskAsync(RemoteScripts.LastBytes, RemoteScripts.Data(files.Prepend(EndBytes.ToString(CultureInfo.InvariantCulture))), FileLimit, stop);
        foreach (var part in answer.Marked?.Parts ?? [])
            if (Numbers(part.Header, "last") is (var i, var size) && i < files.Length) lines[i] = JobVerdict.End(part.Bytes.Span, isCut: size > EndBytes);
        return [.. lines];
    }

    /// <summary>What is new in each of these logs. Null: no answer, and why.</summary>
    public async ValueTask<(ImmutableArray<LogPart?>? Pieces, string? Trouble)> ReadLogsAsync(ImmutableArray<LogRange> ranges, CancellationToken stop)
    {
        var asked = ranges.SelectMany(static r => (string[])[Text(r.Known), Text(r.From), Text(r.Most), r.Path]);
        var answer = await connection.AskAsync(RemoteScripts.LogRanges, RemoteScripts.Data(asked), FileLimit, stop);
        if (answer.Marked is not { } marked) return (null, answer.Trouble);
        var pieces = new LogPart?[ranges.Length];
        foreach (var part in marked.Parts)
            if (Numbers(part.Header, "log") is (var i, var size) && i < pieces.Length) pieces[i] = new(size, part.Bytes);
        return ([.. pieces], null);
    }

    /// <summary>Puts files where the cluster finds them. Null: all of them are there; else why not, and then none of them may be used.</summary>
    public async ValueTask<string?> SendAsync(Upload upload, CancellationToken stop)
    {
        byte[] data = [.. RemoteScripts.Data([root, upload.Owner, upload.OwnerName, .. upload.Folders, ""]), .. upload.Pack()];
        var answer = await connection.AskAsync(RemoteScripts.Receive, data, CopyLimit, stop);
        return answer.Marked switch
        {
            null => answer.Trouble,
            { Code: 0 } => null,
            { Parts: [{ Header: "refused" } refused, ..] } => $"{Name}: {refused.Text.Trim()}",
            _ => $"{Name} did not take the files of the jobs",
        };
    }

    private static Dictionary<string, byte[]>? ReadTar(ReadOnlyMemory<byte> bytes)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            using var stream = new MemoryStream(bytes.ToArray(), writable: false);
            using var tar = new TarReader(stream);
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)) continue;
                using var content = new MemoryStream();
                entry.DataStream?.CopyTo(content);
                files[entry.Name] = content.ToArray();
            }
            return files;
        }
        // Cut off, or no tar at all: no answer.
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException or FormatException) { return null; }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static (int Index, long Size)? Numbers(string header, string word) =>
        header.Split(' ') is [var first, var index, var size] && first == word && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var s)
            ? (i, s)
            : null;

    private static DateTimeOffset? Time(ReadOnlySpan<char> seconds) =>
        decimal.TryParse(seconds.Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time) && time is > -1_000_000_000_000m and < 100_000_000_000m
            ? DateTimeOffset.UnixEpoch.AddTicks((long)(time * TimeSpan.TicksPerSecond))
            : null;
}

/// <param name="Known">So much of it is known: bytes are wanted only when it is longer.</param>
/// <param name="From">Where to read from, at most <paramref name="Known"/>: a little of what is known comes again, to be compared.</param>
internal readonly record struct LogRange(string Path, long Known, long From, long Most);

/// <param name="Size">Of the whole log.</param>
internal sealed record LogPart(long Size, ReadOnlyMemory<byte> Bytes);
