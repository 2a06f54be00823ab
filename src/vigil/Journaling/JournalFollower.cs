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
    private long _seq, _told;
    private (long After, Action<JournalEntry> Seen)? _entriesOnly;
    private readonly SortedSet<string> _stumps = new(StringComparer.Ordinal);

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

    /// <summary>Segments whose very header was cut off in the middle, or that were emptied for it: they never held a decision, and are passed over.</summary>
    public IReadOnlyCollection<string> Stumps => _stumps;

    /// <summary>What a person should know and need not act on.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Reads what is new and applies it; <paramref name="seen"/> gets each entry with the state after it. With <paramref name="seen"/> given from the start, no snapshot is used.</summary>
    public void Read(Action<JournalEntry, ExperimentState>? seen = null)
    {
        if (!_started) _snapshot = seen is null ? Snapshot.TryRead(folder) : null;
        _started = true;
        ReadSegments(seen);
        if (_snapshot is null) return;
        // The snapshot names an entry that the journal does not hold, or not before the damage: reading starts again without it.
        _snapshot = null;
        StartAgain(told: 0);
        ReadSegments(seen);
    }

    /// <summary>Reads the entries after one of them and builds no state: lines before it are checked and not looked into.</summary>
    /// <returns>The number of the last entry.</returns>
    public static long ReadEntries(ExperimentFolder folder, long after, Action<JournalEntry> seen)
    {
        var follower = new JournalFollower(folder) { _entriesOnly = (after, seen) };
        follower.ReadSegments(null);
        return follower._seq;
    }

    private void StartAgain(long told)
    {
        (_seq, _told, Epoch, Offset, Header, State, Damage) = (0, told, 0, 0, null, ExperimentState.Empty, null);
        _remarks.Clear();
    }

    private void ReadSegments(Action<JournalEntry, ExperimentState>? seen)
    {
        while (Damage is null)
        {
            var next = HeaderAfter(Epoch);
            if (Damage is not null) return;
            var successor = next?.PreviousEpoch == Epoch ? next : null;
            if (Epoch > 0 && Offset > successor?.PreviousLength)
            {
                // A monitor that had lost the experiment wrote on, and we read it before its successor's segment was there.
                StartAgain(told: successor.PreviousSeq);
                continue;
            }
            if ((Epoch > 0 && !ReadLines(successor, seen)) || next is null) return;
            if (Contradiction(next) is { } text) Fail(folder.Segment(FileAfter(Epoch)), 0, text);
            else Enter(next);
        }
    }

    /// <summary>Null when the header fits to what was read before it.</summary>
    private string? Contradiction(SegmentHeader next)
    {
        if (next.Epoch != FileAfter(Epoch)) return $"its header is that of segment {next.Epoch:000000}";
        if (next.PreviousEpoch > Epoch) return $"the segment before it, {next.PreviousEpoch:000000}.jsonl, is missing";
        if (next.PreviousEpoch < Epoch) return $"it goes on after segment {next.PreviousEpoch:000000}, and {Epoch:000000} stands before it";
        return next.PreviousSeq == _seq ? null : $"it goes on after entry {next.PreviousSeq}, and the segment before it ends with entry {_seq}";
    }

    private void Enter(SegmentHeader header)
    {
        Header = header;
        Epoch = header.Epoch;
        Offset = 0;
        TornBytes = 0;
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
                    return Fail(lines.Offset, "this line is not what was written");
            }
        }
        return true;
    }

    private bool Finish(SegmentReader lines, SegmentHeader? next)
    {
        TornBytes = 0;
        if (next is null) return true;
        if (lines.Offset < next.PreviousLength) return Fail(lines.Offset, $"it ends here, and the segment after it says that it has {next.PreviousLength} bytes");
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
        if (_seq <= _entriesOnly?.After) return true;
        return Decode(line.Json, line.Offset) is { } entry && Accept(entry, line.Offset, seen);
    }

    private bool Accept(JournalEntry entry, long offset, Action<JournalEntry, ExperimentState>? seen)
    {
        if (entry.Seq != _seq) return Fail(offset, $"entry {entry.Seq} stands where entry {_seq} belongs");
        if (_entriesOnly is { } only)
        {
            only.Seen(entry);
            return true;
        }
        State = State.Apply(entry);
        if (_seq > _told) seen?.Invoke(entry, State);
        return true;
    }

    private JournalEntry? Decode(ReadOnlySpan<byte> json, long offset)
    {
        try
        {
            return JsonSerializer.Deserialize(json, JournalJson.Plain.JournalEntry);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)   // the second: something of no type
        {
            Fail(offset, $"this program does not know what stands there ({e.Message}); a newer vigil may have written it");
            return null;
        }
    }

    /// <summary>The header of the segment that follows; null when there is none.</summary>
    private SegmentHeader? HeaderAfter(int epoch)
    {
        var next = FileAfter(epoch);
        if (next == 0) return null;
        using var lines = new SegmentReader(folder.Segment(next), 0, limit: null);
        if (lines.Next() is LineFound.Line) return ReadHeader(lines, folder.Segment(next));
        Fail(folder.Segment(next), 0, "its first line is not what was written");
        return null;
    }

    private SegmentHeader? ReadHeader(SegmentReader lines, string file)
    {
        try
        {
            var header = JsonSerializer.Deserialize(lines.Json, JournalJson.Plain.SegmentHeader);
            if (header is { Schema: SegmentHeader.CurrentSchema }) return header;
            Fail(file, 0, $"its schema is {header?.Schema} and this program reads {SegmentHeader.CurrentSchema}: use a newer vigil");
        }
        catch (JsonException e)
        {
            Fail(file, 0, $"this program does not know its header ({e.Message}); a newer vigil may have written it");
        }
        return null;
    }

    private bool Fail(long at, string text) => Fail(folder.Segment(Epoch), at, text);

    private bool Fail(string file, long at, string text)
    {
        Damage ??= new JournalDamage(file, at, text);
        return false;
    }

    /// <summary>The next epoch that has a segment; 0 when there is none.</summary>
    private int FileAfter(int epoch) => Epochs(folder).FirstOrDefault(e => e > epoch && !IsStump(folder.Segment(e)));

    /// <summary>Without a single line end. One of no bytes was found before, and emptied.</summary>
    private bool IsStump(string file)
    {
        using var lines = new SegmentReader(file, 0, limit: null);
        if (lines.Length > 0 && (lines.Next() is not LineFound.Torn || lines.EndsInLineEnd)) return false;
        _stumps.Add(file);
        return true;
    }

    /// <summary>The epochs that have a segment on disk, in order.</summary>
    public static IEnumerable<int> Epochs(ExperimentFolder folder) =>
        (Directory.Exists(folder.Journal) ? Directory.EnumerateFiles(folder.Journal, "*.jsonl") : [])
        .Select(f => int.TryParse(Path.GetFileNameWithoutExtension(f), NumberStyles.None, CultureInfo.InvariantCulture, out var e) && folder.Segment(e) == f ? e : 0)
        .Where(static e => e > 0)
        .Order();
}
