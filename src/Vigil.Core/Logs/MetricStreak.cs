using Vigil.Spec;

namespace Vigil.Logs;

/// <summary>
/// Follows one metric of one attempt for a rule, point by point. It tells once that the test holds, and again only when it did not hold in between.
/// </summary>
public sealed class MetricStreak
{
    private readonly MetricTest _test;
    private readonly double[] _window;      // the points before, the oldest overwritten first
    private readonly double[] _sorted;
    private int _kept, _next, _row;

    public MetricStreak(MetricTest test)
    {
        _test = test;
        var window = test switch { MetricTest.Spike spike => spike.Window, MetricTest.Drop drop => drop.Window, _ => 0 };
        (_window, _sorted) = (new double[window], new double[window]);
    }

    /// <summary>Takes in the next point; true when it is the last of as many in a row as the test asks for.</summary>
    public bool Take(double value)
    {
        var holds = Holds(value);
        _row = holds ? _row + 1 : 0;
        // What stands out does not become the measure of what stands out; a lasting change does in the end.
        if (_window.Length > 0 && double.IsFinite(value) && (!holds || _row > _window.Length)) Keep(value);
        return holds && _row == _test.Points;
    }

    private bool Holds(double value) => _test switch
    {
        MetricTest.NotFinite => !double.IsFinite(value),
        MetricTest.Above above => value > above.Limit,
        MetricTest.Below below => value < below.Limit,
        MetricTest.Spike spike => _kept == _window.Length && value > spike.Factor * Median(),
        MetricTest.Drop drop => _kept == _window.Length && value < drop.Factor * Median(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private void Keep(double value)
    {
        _window[_next] = value;
        _next = (_next + 1) % _window.Length;
        _kept = Math.Min(_kept + 1, _window.Length);
    }

    private double Median()
    {
        _window.CopyTo(_sorted, 0);
        Array.Sort(_sorted);
        var middle = _sorted.Length / 2;
        return _sorted.Length % 2 == 1 ? _sorted[middle] : (_sorted[middle - 1] + _sorted[middle]) / 2;
    }
}
