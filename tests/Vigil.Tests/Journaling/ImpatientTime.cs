namespace Vigil.Tests.Journaling;

/// <summary>A clock on which every wait is over at once: it jumps to the moment that was waited for.</summary>
internal sealed class ImpatientTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 11, 22, 3, 0, 0, TimeSpan.Zero);

    /// <summary>Called at every wait, after the jump, with the time since the beginning.</summary>
    public Action<TimeSpan> Waited { get; set; } = static _ => { };

    public TimeSpan Passed { get; private set; }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    public override DateTimeOffset GetUtcNow() => _now;
    public override long GetTimestamp() => _now.UtcTicks;
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan time) => _now += time;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Advance(dueTime);
        Passed += dueTime;
        Waited(Passed);
        ThreadPool.QueueUserWorkItem(_ => callback(state));
        return new Over();
    }

    private sealed class Over : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;
        public void Dispose() { }
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
