namespace Vigil.Journaling;

/// <summary>Tells by our own clock whether a writer's beat stands still: its machine is gone, or its process was suspended. The clocks of two machines are never compared.</summary>
internal sealed class BeatWatch(TimeProvider time)
{
    private Standing? _last;
    private long _since;

    /// <summary>Whether another may follow the writer: it has given the lease back, has died, or has not beaten for a minute.</summary>
    public bool IsOver(Standing standing)
    {
        if (standing is Standing.Free) return true;
        if (standing != _last) (_last, _since) = (standing, time.GetTimestamp());
        return time.GetElapsedTime(_since) >= Lease.StaleAfter;
    }
}
