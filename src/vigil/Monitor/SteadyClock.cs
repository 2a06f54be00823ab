namespace Vigil.Monitor;

/// <summary>
/// The time by which a monitor decides: the wall clock's, which people understand, but it never stands still or goes back. What is to be tried again
/// in a minute must not wait for hours because a clock was set back: until that clock has caught up, time goes on at half speed.
/// </summary>
internal sealed class SteadyClock(TimeProvider time)
{
    private (DateTimeOffset Shown, long At)? _last;

    public DateTimeOffset Now()
    {
        var (now, at) = (time.GetLocalNow(), time.GetTimestamp());
        if (_last is { } last && last.Shown + time.GetElapsedTime(last.At, at) / 2 is var least && least > now) now = least.ToOffset(now.Offset);
        _last = (now, at);
        return now;
    }
}
