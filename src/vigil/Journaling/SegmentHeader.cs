namespace Vigil.Journaling;

/// <summary>The first line of a segment: who writes it, and where the segment before it ends. Bytes beyond that end are not part of the journal.</summary>
/// <param name="PreviousEpoch">0 in the first segment.</param>
/// <param name="PreviousLength">Bytes of the segment before that count.</param>
/// <param name="PreviousSeq">The last entry before this segment; 0 in the first.</param>
internal sealed record SegmentHeader(int Schema, int Epoch, Writer Writer, DateTimeOffset At, string Vigil, int PreviousEpoch, long PreviousLength, long PreviousSeq)
{
    public const int CurrentSchema = 1;
}

/// <summary>A process that writes, or wrote, a journal.</summary>
/// <param name="Machine">The machine's own id, to tell a reboot from another machine of the same name; empty where there is none.</param>
/// <param name="PidNamespace">A pid means something only inside its namespace: two containers on one host see different ones.</param>
internal sealed record Writer(string Host, string Machine, string Boot, string PidNamespace, int Pid, long Start);
