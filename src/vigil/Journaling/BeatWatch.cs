namespace Vigil.Journaling;

/// <summary>Tells by our own clock whether the beat of a writer on another machine stands still; the clocks of two machines are never compared.</summary>
internal sealed class BeatWatch(TimeProvider time)
{
    private Standing.Elsewhere? _last;
    private long _since;

    /// <summary>Whether the writer is free to be followed by another: it has given the lease back, died here, or has not beaten for a minute over there.</summary>
    public bool IsOver(Standing standing)
    {
        if (standing is not Standing.Elsewhere other) return standing is Standing.Free;
        if (other != _last) (_last, _since) = (other, time.GetTimestamp());
        return time.GetElapsedTime(_since) >= Lease.StaleAfter;
    }
}
