namespace Vigil.Tests.CrashMatrix;

/// <summary>A clock that moves only when it is told to.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 11, 22, 3, 0, 0, TimeSpan.Zero);
    private TimeSpan _set;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    public override DateTimeOffset GetUtcNow() => _now + _set;
    public override long GetTimestamp() => _now.UtcTicks;
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan time) => _now += time;

    /// <summary>What a person or a time server does: no time passes.</summary>
    public void SetWallClock(TimeSpan by) => _set += by;
}
