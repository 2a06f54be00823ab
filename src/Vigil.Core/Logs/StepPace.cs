namespace Vigil.Logs;

/// <summary>How long a step takes: the median of recent ones, without the pauses; and what pauses cost on the whole.</summary>
internal sealed class StepPace
{
    private const int EnoughPauses = 2;

    private readonly RecentPace _recent = new();
    private (long Step, double Seconds)? _mark;
    private bool _paused;
    private double _pauseSeconds;
    private int _pauses;
    private long _covered;   // steps since the first reading of the clock

    /// <summary>A bar's own average, used until there is something better; NaN: none.</summary>
    public double Fallback { get; set; } = double.NaN;

    public double? SecondsPerStep => _recent.Median ?? (double.IsFinite(Fallback) ? Fallback : null);

    /// <summary>What the steps to come take, with the pauses that are to be expected; null without a pace.</summary>
    public double? Remaining(long steps) =>
        SecondsPerStep is { } pace ? steps * (pace + (_pauses >= EnoughPauses && _covered > 0 ? _pauseSeconds / _covered : 0)) : null;

    /// <summary>The trainer itself says how long a step took.</summary>
    public void Timed(double seconds)
    {
        if (seconds >= 0 && double.IsFinite(seconds)) _recent.Add(seconds);
    }

    /// <summary>What comes until the next step is something else than steps.</summary>
    public void Pause() => _paused = true;

    /// <summary>A clock was read at a step: a bar's elapsed time, a time in the line, or the watcher's own.</summary>
    /// <param name="least">An interval shorter than this is not measured well.</param>
    public void At(long step, double seconds, double least)
    {
        if (_mark is not { } mark || step < mark.Step || seconds < mark.Seconds)
        {
            (_mark, _paused) = ((step, seconds), false);
            return;
        }
        var (steps, took) = (step - mark.Step, seconds - mark.Seconds);
        if (steps == 0 || took <= 0 || took < least) return;
        if (!_paused) _recent.Add(took / steps);
        else if (_recent.Median is { } median)
        {
            _pauses++;
            _pauseSeconds += Math.Max(0, took - steps * median);
        }
        _covered += steps;
        (_mark, _paused) = ((step, seconds), false);
    }
}
