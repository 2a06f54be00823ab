namespace Vigil.Monitor;

/// <summary>
/// Gives back what the process does not need. A watch lasts for days on a machine that is others' too, and the runtime, which is made for servers of their own,
/// keeps what reading a large journal took, and half as much again as thousands of logs need.
/// </summary>
internal sealed class HeapTrim(TimeProvider time)
{
    /// <summary>A collection of all there is takes some tens of milliseconds: it must be worth it.</summary>
    private const long Worthwhile = 16 << 20;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    private long _needed;
    private long? _last;

    /// <summary>To be called once a turn.</summary>
    public void Look()
    {
        if (_last is { } last && time.GetElapsedTime(last) < Every) return;
        _last = time.GetTimestamp();
        if (GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes - _needed < Worthwhile) return;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _needed = GC.GetTotalMemory(forceFullCollection: false);
    }
}
