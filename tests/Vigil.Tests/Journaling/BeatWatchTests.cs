using Vigil.Journaling;
using Vigil.Tests.CrashMatrix;

namespace Vigil.Tests.Journaling;

public sealed class BeatWatchTests
{
    private static readonly Writer There = new("there", "machine", "boot", "ns", 7, 1);
    private readonly VirtualTime _time = new();

    [Fact, Trait("scenario", "40")]
    public void A_writer_elsewhere_is_over_when_its_beat_stands_still_for_a_minute_and_not_while_it_moves()
    {
        var watch = new BeatWatch(_time);
        for (var beat = 0; beat < 20; beat++)
        {
            Assert.False(watch.IsOver(new Standing.Elsewhere(There, beat)));
            _time.Advance(TimeSpan.FromSeconds(10));
        }
        Assert.False(watch.IsOver(new Standing.Elsewhere(There, 19)));
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.True(watch.IsOver(new Standing.Elsewhere(There, 19)));
    }

    [Fact]
    public void A_writer_here_is_over_when_it_is_gone_or_was_suspended_for_a_minute()
    {
        var watch = new BeatWatch(_time);
        Assert.False(watch.IsOver(new Standing.Held(There, 1)));
        Assert.True(watch.IsOver(new Standing.Free()));
        Assert.False(watch.IsOver(new Standing.Held(There, 2)));
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.True(watch.IsOver(new Standing.Held(There, 2)));
    }
}
