using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Vigil.Monitoring;

namespace Vigil.Journaling;

/// <summary>
/// The program's memory: one decision a line, appended, flushed to disk, never rewritten. Entries are staged as they are decided
/// and committed together: one write and one fsync, whatever their number. Nothing staged may be acted on before it is committed.
/// </summary>
internal sealed class Journal : IDisposable
{
    private readonly string _path, _successor;
    private readonly List<byte[]> _staged = [];
    private SafeFileHandle _file;
    private long _length;
    private long _seq;

    private Journal(ExperimentFolder folder, SafeFileHandle file, int epoch, long length, long seq) =>
        (_path, _successor, _file, Epoch, _length, _seq) = (folder.Segment(epoch), folder.Segment(epoch + 1), file, epoch, length, seq);

    public int Epoch { get; }

    /// <summary>Bytes of this segment that are on disk for certain.</summary>
    public long Length => _length;

    /// <summary>The checksum of the last committed line; null before the first entry of this segment.</summary>
    public uint? LastChecksum { get; private set; }

    /// <summary>How often the disk was asked to flush.</summary>
    public long Flushes { get; private set; }

    /// <summary>Why the last commit failed; null when it did not. While it is set nothing may be acted on.</summary>
    public string? Failure { get; private set; }

    public bool HasStaged => _staged.Count > 0;

    /// <summary>Test seam: called with what is about to be written and where.</summary>
    internal Action<SafeFileHandle, long, ReadOnlyMemory<byte>>? BeforeWrite { get; set; }

    /// <summary>Test seam: called before the flush.</summary>
    internal Action? BeforeFlush { get; set; }

    /// <summary>Opens the segment that this process has just created and that holds its header only.</summary>
    public static Journal Open(ExperimentFolder folder, int epoch, long seq)
    {
        var file = File.OpenHandle(folder.Segment(epoch), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        return new Journal(folder, file, epoch, RandomAccess.GetLength(file), seq);
    }

    /// <summary>Adds one decision to the next commit.</summary>
    public JournalEntry Stage(DateTimeOffset at, string by, string cause, ImmutableArray<RunEvent> events)
    {
        var entry = new JournalEntry(++_seq, at, by, cause, events);
        _staged.Add(JournalLine.Write(JsonSerializer.SerializeToUtf8Bytes(entry, JournalJson.Plain.JournalEntry)));
        return entry;
    }

    /// <summary>Writes and flushes what is staged. False when the disk refused: the file is cut back to its last good byte, what is staged stays so, and <see cref="Failure"/> says why.</summary>
    public bool TryCommit()
    {
        if (_staged.Count == 0) return Failure is null || TryRestore();
        var lines = Joined();
        try
        {
            if ((Failure is not null && !TryRestore()) || !Counts()) return false;
            BeforeWrite?.Invoke(_file, _length, lines);
            RandomAccess.Write(_file, lines, _length);
            BeforeFlush?.Invoke();
            RandomAccess.FlushToDisk(_file);
            Flushes++;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failure = e.Message;
            TryRestore();
            Failure = e.Message;
            return false;
        }
        if (!Counts()) return false;
        LastChecksum = JournalLine.Checksum(_staged[^1].AsSpan()[9..^1]);
        _length += lines.Length;
        _staged.Clear();
        return true;
    }

    public void Dispose() => _file.Dispose();

    private byte[] Joined()
    {
        var lines = new byte[_staged.Sum(static line => line.Length)];
        var at = 0;
        foreach (var line in _staged)
        {
            line.CopyTo(lines, at);
            at += line.Length;
        }
        return lines;
    }

    /// <summary>Whether what is written here is part of the journal: not when another writer has opened the next segment, or somebody has removed this one.</summary>
    private bool Counts()
    {
        if (File.Exists(_successor)) Failure = $"{_successor} is there: another monitor has taken the experiment over";
        else if (!File.Exists(_path)) Failure = $"{_path} is gone";
        else return true;
        return false;
    }

    /// <summary>Cuts the file back to its last good byte and opens it anew, since after a failed flush the old handle tells nothing.</summary>
    private bool TryRestore()
    {
        try
        {
            RandomAccess.SetLength(_file, _length);
            var again = File.OpenHandle(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            _file.Dispose();
            _file = again;
            if (RandomAccess.GetLength(_file) != _length)
            {
                Failure = $"{_path} has {RandomAccess.GetLength(_file)} bytes and {_length} were committed";
                return false;
            }
            Failure = null;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failure = e.Message;
            return false;
        }
    }
}
