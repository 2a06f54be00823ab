using System.Globalization;
using System.Text.Json;
using Vigil.Monitoring;

namespace Vigil.Journaling;

/// <summary>The journal cannot be trusted at this byte. Nothing is skipped and nothing guessed; <c>vigil doctor --recover</c> is a person's decision.</summary>
internal sealed record JournalDamage(string File, long Byte, string Text)
{
    public override string ToString() => $"the journal is damaged: {File}, byte {Byte}: {Text}";
}

/// <summary>Reads a journal, all segments in order, and goes on from where it stopped. Changes nothing on disk.</summary>
internal sealed class JournalFollower(ExperimentFolder folder)
{
    private readonly List<string> _remarks = [];
    private Snapshot? _snapshot;
    private bool _started;
    private long _seq;

    /// <summary>The segment being read; 0 before the first.</summary>
    public int Epoch { get; private set; }

    /// <summary>Just after the last good line of that segment.</summary>
    public long Offset { get; private set; }

    /// <summary>The checksum of that line.</summary>
    public uint Checksum { get; private set; }

    /// <summary>Bytes after <c>Offset</c> in the newest segment that are no whole line: a write in progress, or one that was cut short.</summary>
    public long TornBytes { get; private set; }

    public SegmentHeader? Header { get; private set; }
    public ExperimentState State { get; private set; } = ExperimentState.Empty;
    public JournalDamage? Damage { get; private set; }

    /// <summary>What a person should know and need not act on.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Reads what is new and applies it; <paramref name="seen"/> gets each entry with the state after it. With <paramref name="seen"/> given from the start, no snapshot is used.</summary>
    public void Read(Action<JournalEntry, ExperimentState>? seen = null)
    {
        if (!_started)
        {
            _started = true;
            _snapshot = seen is null ? Snapshot.TryRead(folder) : null;
            if (!ReadSegments(seen) || _snapshot is null) return;
            // The snapshot names an entry that the journal does not hold: it is of no use, and reading starts again without it.
            (_snapshot, _seq, Epoch, Offset, State) = (null, 0, 0, 0, ExperimentState.Empty);
        }
        ReadSegments(seen);
    }

    /// <summary>False when damage was found.</summary>
    private bool ReadSegments(Action<JournalEntry, ExperimentState>? seen)
    {
        while (Damage is null)
        {
            var next = HeaderAfter(Epoch);
            if (Epoch > 0 && !ReadLines(next, seen)) return false;
            if (next is null) return Damage is null;
            if (Epoch == 0 && next.PreviousLength > 0) Fail(next.Epoch, 0, $"the segment before it, {next.PreviousEpoch:000000}.jsonl, is missing");
            Enter(next);
        }
        return false;
    }

    private void Enter(SegmentHeader header)
    {
        Header = header;
        Epoch = header.Epoch;
        Offset = 0;
        TornBytes = 0;
        if (header.Schema != SegmentHeader.CurrentSchema) Fail(Epoch, 0, $"its schema is {header.Schema} and this program reads {SegmentHeader.CurrentSchema}: use a newer vigil");
    }

    private bool ReadLines(SegmentHeader? next, Action<JournalEntry, ExperimentState>? seen)
    {
        using var lines = new SegmentReader(folder.Segment(Epoch), Offset, next?.PreviousLength);
        while (lines.Next() is var found)
        {
            switch (found)
            {
                case LineFound.Line:
                    if (lines.Offset > 0 && !Take(lines, seen)) return false;
                    (Offset, Checksum) = (lines.End, lines.Checksum);
                    break;
                case LineFound.Torn when next is null:
                    TornBytes = lines.Length - lines.Offset;
                    return true;
                case LineFound.End:
                    return Finish(lines, next);
                default:
                    return Fail(Epoch, lines.Offset, "this line is not what was written");
            }
        }
        return true;
    }

    private bool Finish(SegmentReader lines, SegmentHeader? next)
    {
        TornBytes = 0;
        if (next is null) return true;
        if (lines.Offset < next.PreviousLength) return Fail(Epoch, lines.Offset, $"it ends here, and the segment after it says that it has {next.PreviousLength} bytes");
        if (lines.Length > next.PreviousLength)
            _remarks.Add($"{folder.Segment(Epoch)}: {lines.Length - next.PreviousLength} bytes after its stated end were ignored; a monitor that had lost the experiment wrote them");
        return true;
    }

    /// <summary>One entry. Before the snapshot's entry only the checksums are looked at.</summary>
    private bool Take(SegmentReader line, Action<JournalEntry, ExperimentState>? seen)
    {
        _seq++;
        if (_snapshot is { } snapshot)
        {
            if (!snapshot.IsAt(Epoch, line.End, _seq, line.Checksum)) return true;
            State = snapshot.State;
            _snapshot = null;
            return true;
        }
        return Decode(line.Json, line.Offset) is { } entry && Accept(entry, line.Offset, seen);
    }

    private bool Accept(JournalEntry entry, long offset, Action<JournalEntry, ExperimentState>? seen)
    {
        if (entry.Seq != _seq) return Fail(Epoch, offset, $"entry {entry.Seq} stands where entry {_seq} belongs");
        State = State.Apply(entry);
        seen?.Invoke(entry, State);
        return true;
    }

    private JournalEntry? Decode(ReadOnlySpan<byte> json, long offset)
    {
        try
        {
            return JsonSerializer.Deserialize(json, JournalJson.Plain.JournalEntry);
        }
        catch (JsonException e)
        {
            Fail(Epoch, offset, $"this program does not know what stands there ({e.Message}); a newer vigil may have written it");
            return null;
        }
    }

    /// <summary>The header of the segment that follows; null when there is none.</summary>
    private SegmentHeader? HeaderAfter(int epoch)
    {
        var next = Epochs(folder).Where(e => e > epoch).DefaultIfEmpty(0).Min();
        if (next == 0) return null;
        using var lines = new SegmentReader(folder.Segment(next), 0, limit: null);
        if (lines.Next() is not LineFound.Line)
        {
            Fail(next, 0, "its first line is not what was written");
            return null;
        }
        return ReadHeader(lines, next);
    }

    private SegmentHeader? ReadHeader(SegmentReader lines, int epoch)
    {
        try
        {
            return JsonSerializer.Deserialize(lines.Json, JournalJson.Plain.SegmentHeader);
        }
        catch (JsonException e)
        {
            Fail(epoch, 0, $"this program does not know its header ({e.Message}); a newer vigil may have written it");
            return null;
        }
    }

    private bool Fail(int epoch, long at, string text)
    {
        Damage ??= new JournalDamage(folder.Segment(epoch), at, text);
        return false;
    }

    /// <summary>The epochs that have a segment on disk, in order.</summary>
    public static IEnumerable<int> Epochs(ExperimentFolder folder) =>
        (Directory.Exists(folder.Journal) ? Directory.EnumerateFiles(folder.Journal, "*.jsonl") : [])
        .Select(static f => int.TryParse(Path.GetFileNameWithoutExtension(f), NumberStyles.None, CultureInfo.InvariantCulture, out var e) ? e : 0)
        .Where(static e => e > 0)
        .Order();
}
