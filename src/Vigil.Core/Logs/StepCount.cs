namespace Vigil.Logs;

/// <summary>
/// Works out the step of the whole run from what a trainer counts. After a resume some trainers count from zero again; the first clue that
/// fits decides: the trainer's own step of the run, a bar that is shorter by what was done before, an epoch that does not begin at 1.
/// </summary>
internal sealed class StepCount
{
    private long? _planned, _perEpoch, _before, _firstEpoch, _countAtEpoch;
    private long _count;

    public long? Step { get; private set; }
    public long? Total { get; private set; }
    public double? Epoch { get; private set; }
    public double? Epochs { get; private set; }

    /// <summary>As a bar or a line says it, else what the totals come to.</summary>
    public double? StepsPerEpoch => _perEpoch ?? (Total / Epochs);

    /// <summary>Whether the step was worked out from clues that may be a little off.</summary>
    public bool IsApproximate { get; private set; }

    /// <returns>Whether the line said a step.</returns>
    public bool Take(in LineFacts facts, StepCounting counting)
    {
        if (LineFacts.IsCount(facts.Epochs) && facts.Epochs > 0) Epochs = facts.Epochs;
        if (LineFacts.IsCount(facts.PerEpoch) && facts.PerEpoch > 0) _perEpoch = (long)facts.PerEpoch;
        if (double.IsFinite(facts.Epoch) && facts.Epoch >= 0) TakeEpoch(facts.Epoch, counting);
        if (LineFacts.IsCount(facts.Resumed) && counting is StepCounting.Start && _before is null && facts.Resumed > 0) IsApproximate = true;
        var says = LineFacts.IsCount(facts.Step);
        if (counting is StepCounting.Start)
        {
            if (LineFacts.IsCount(facts.Total) && !says) _planned = (long)facts.Total;
            if (says) CountSinceStart((long)facts.Step, LineFacts.IsCount(facts.Total) ? (long)facts.Total : null);
        }
        else if (counting is StepCounting.Epoch)
        {
            if (LineFacts.IsCount(facts.Total)) _perEpoch = (long)facts.Total;
            if (says && Epoch is { } epoch && _perEpoch is { } each) Step = (long)epoch * each + (long)facts.Step;
            Total = Epochs is { } epochs && _perEpoch is { } per ? (long)epochs * per : null;
        }
        else
        {
            if (says) Step = (long)facts.Step;
            if (LineFacts.IsCount(facts.Total)) Total = _planned = (long)facts.Total;
            else if (_planned is null && Epochs is { } epochs && _perEpoch is { } per) Total = (long)epochs * per;
        }
        return says;
    }

    public void ForgetTotal() => (Total, _planned) = (null, null);

    private void CountSinceStart(long count, long? bar)
    {
        _count = count;
        if (bar is { } length && _planned is { } planned && length < planned && _firstEpoch is null or 1) _before ??= planned - bar;
        Step = (_before ?? 0) + count;
        Total = _planned ?? bar;
    }

    /// <summary>An epoch begins. One that is not the first, when nothing was counted before it, shows where the run went on.</summary>
    private void TakeEpoch(double epoch, StepCounting counting)
    {
        var isNew = Epoch is null || epoch > Epoch;
        Epoch = epoch;
        if (counting is not StepCounting.Start || !isNew) return;
        if (_firstEpoch is null)
        {
            _firstEpoch = (long)epoch;
            if (epoch > 1 && _before is null && EpochLength() is { } each) (_before, IsApproximate) = ((long)(epoch - 1) * each, true);
        }
        else if (_firstEpoch > 1 && _countAtEpoch is { } last && _count > last)
        {
            // One whole epoch was counted: now its length is known, and with it where the run went on.
            _perEpoch = _count - last;
            (_before, IsApproximate) = ((long)(epoch - 1) * _perEpoch - _count, false);
            Step = _before + _count;
        }
        _countAtEpoch = _count;
    }

    private long? EpochLength() => _planned is { } planned && Epochs is { } epochs ? (long)Math.Ceiling(planned / epochs) : _perEpoch;
}
