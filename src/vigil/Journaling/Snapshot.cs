using System.Text.Json;
using Vigil.Monitoring;
using Vigil.Platform;

namespace Vigil.Journaling;

/// <summary>The entry that a snapshot follows: its segment, its end in bytes, its number and the checksum of its line.</summary>
/// <param name="Vigil">The program that wrote it: another version may fold the same facts differently.</param>
internal sealed record SnapshotHeader(int Schema, string Vigil, int Epoch, long End, long Seq, uint Checksum);

/// <summary>A view that shortens reading: the state after one entry. Used only when that very entry is in the journal; deleting it costs time and nothing else.</summary>
internal sealed record Snapshot(SnapshotHeader Header, ExperimentState State)
{
    /// <summary>Raise it whenever the meaning of <c>Apply</c> or the shape of the state changes: older snapshots are then passed over.</summary>
    private const int Schema = 3;

    public bool IsAt(int epoch, long end, long seq, uint checksum) =>
        Header.Epoch == epoch && Header.End == end && Header.Seq == seq && Header.Checksum == checksum && State.Seq == seq;

    public static void Write(ExperimentFolder folder, ExperimentState state, int epoch, long end, uint checksum)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(new SnapshotHeader(Schema, ProgramVersion.Text, epoch, end, state.Seq, checksum), JournalJson.Plain.SnapshotHeader);
        var body = JsonSerializer.SerializeToUtf8Bytes(state, JournalJson.Plain.ExperimentState);
        // Not flushed: its checksums tell whether it is whole, and a turn's two flushes are the journal's.
        AtomicFile.Write(folder.Snapshot, [.. JournalLine.Write(header), .. JournalLine.Write(body)]);
    }

    /// <summary>Null when there is none that this program can use.</summary>
    public static Snapshot? TryRead(ExperimentFolder folder)
    {
        try
        {
            if (!File.Exists(folder.Snapshot)) return null;
            using var lines = new SegmentReader(folder.Snapshot, 0, limit: null);
            if (lines.Next() is not LineFound.Line || JsonSerializer.Deserialize(lines.Json, JournalJson.Plain.SnapshotHeader) is not { Schema: Schema } header || header.Vigil != ProgramVersion.Text) return null;
            if (lines.Next() is not LineFound.Line || JsonSerializer.Deserialize(lines.Json, JournalJson.Plain.ExperimentState) is not { } state) return null;
            return new Snapshot(header, state);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            return null;   // written by another version, or not readable; the journal has it all
        }
    }
}
