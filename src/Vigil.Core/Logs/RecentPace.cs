namespace Vigil.Logs;

/// <summary>The median of the last few step times: one long step (a checkpoint, an evaluation) does not move it.</summary>
internal sealed class RecentPace
{
    private const int Window = 51;

    private double[] _seconds = [];
    private long _added;

    public double? Median
    {
        get
        {
            var count = (int)Math.Min(_added, Window);
            if (count == 0) return null;
            Span<double> sorted = stackalloc double[Window];
            sorted = sorted[..count];
            _seconds.AsSpan(0, count).CopyTo(sorted);
            sorted.Sort();
            return sorted[count / 2];
        }
    }

    public void Add(double seconds)
    {
        if (_seconds.Length == 0) _seconds = new double[Window];
        _seconds[(int)(_added++ % Window)] = seconds;
    }
}
