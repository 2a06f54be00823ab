using System.Globalization;

namespace Vigil.Logs;

/// <summary>The median of the last few step times: one long step (a checkpoint, an evaluation) does not move it.</summary>
internal sealed class RecentPace
{
    private const int Window = 51;

    private float[] _seconds = [];   // there are thousands of runs, and seven digits are plenty
    private long _added;

    public double? Median
    {
        get
        {
            var count = (int)Math.Min(_added, Window);
            if (count == 0) return null;
            Span<float> sorted = stackalloc float[Window];
            sorted = sorted[..count];
            _seconds.AsSpan(0, count).CopyTo(sorted);
            sorted.Sort();
            return double.Parse(sorted[count / 2].ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);   // 1.1 is told as 1.1
        }
    }

    public void Add(double seconds)
    {
        if (_seconds.Length == 0) _seconds = new float[Window];
        _seconds[(int)(_added++ % Window)] = (float)seconds;
    }
}
