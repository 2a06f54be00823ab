using System.Text.Json;
using Vigil.Platform;

namespace Vigil.Journaling;

/// <summary>The content of the file <c>lease</c>: who may write, and a counter that shows life to observers on other machines.</summary>
internal sealed record LeaseRecord(int Epoch, Writer Writer, long Beat, bool Released);

/// <summary>What the lease means to this process.</summary>
internal abstract record Standing
{
    private Standing() { }

    public sealed record Free : Standing;

    /// <summary>Its process lives on this machine.</summary>
    public sealed record Held(Writer Writer, long Beat) : Standing;

    /// <summary>Its process cannot be seen from here: only a beat that stands still for a minute shows that it is gone.</summary>
    public sealed record Elsewhere(Writer Writer, long Beat) : Standing;
}

/// <summary>The right of one process to write one journal. The epoch decides: whoever opened the newest segment is the writer.</summary>
internal sealed class Lease(ExperimentFolder folder, Writer writer, int epoch)
{
    public static TimeSpan StaleAfter { get; } = TimeSpan.FromSeconds(60);
    public static TimeSpan BeatEvery { get; } = TimeSpan.FromSeconds(10);

    private long _beat;

    public int Epoch => epoch;

    public void Take() => AtomicFile.WriteDurable(folder.Lease, Bytes(released: false));

    /// <summary>False when another process has become the writer. The next segment is what makes it so; the file <c>lease</c> follows, and a beat of ours may have overwritten it.</summary>
    public bool IsMine() => !File.Exists(folder.Segment(epoch + 1)) && (Read(folder) is not { } now || now.Epoch <= epoch);

    /// <summary>Not fsynced: after a crash of the machine nobody asks for the last beat.</summary>
    public void Beat()
    {
        _beat++;
        AtomicFile.Write(folder.Lease, Bytes(released: false));
    }

    public void Release()
    {
        if (IsMine()) AtomicFile.WriteDurable(folder.Lease, Bytes(released: true));
    }

    /// <summary>Null when there is none, or none that can be read.</summary>
    public static LeaseRecord? Read(ExperimentFolder folder)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(folder.Lease), JournalJson.Plain.LeaseRecord);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;   // the newest segment's header names its writer as well
        }
    }

    /// <summary>Judges the newest writer of a journal.</summary>
    /// <param name="newest">The header of the newest segment; null: nobody ever wrote.</param>
    /// <param name="isAlive">Whether a process of this machine (and pid namespace) lives.</param>
    public static Standing Judge(LeaseRecord? lease, SegmentHeader? newest, Writer me, Func<Writer, bool> isAlive)
    {
        if (newest is null) return new Standing.Free();
        var current = lease is not null && lease.Epoch >= newest.Epoch ? lease : new LeaseRecord(newest.Epoch, newest.Writer, Beat: -1, Released: false);
        var writer = current.Writer;
        if (current.Released) return new Standing.Free();
        if (writer.Host != me.Host || writer.Machine != me.Machine) return new Standing.Elsewhere(writer, current.Beat);
        // Another boot of this machine: its processes are gone. Without a machine id it may as well be another machine of the same name.
        if (writer.Boot != me.Boot) return writer.Machine.Length > 0 ? new Standing.Free() : new Standing.Elsewhere(writer, current.Beat);
        if (writer.PidNamespace != me.PidNamespace) return new Standing.Elsewhere(writer, current.Beat);
        return isAlive(writer) ? new Standing.Held(writer, current.Beat) : new Standing.Free();
    }

    private byte[] Bytes(bool released) =>
        JsonSerializer.SerializeToUtf8Bytes(new LeaseRecord(epoch, writer, _beat, released), JournalJson.Plain.LeaseRecord);
}
