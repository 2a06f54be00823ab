namespace Vigil.Logs;

/// <summary>Steps in another form than the trainer's own, while its own do not go on: a sentence or two with a number, or the run itself.</summary>
internal sealed class RivalSteps
{
    private const int EnoughFurther = 3, EnoughBehind = 20;

    private ProgressPack? _pack;
    private long _step, _offset = -1;
    private int _rises;

    /// <summary>Takes a step of that pack's down; true when it is more than its last. A line counts for the pack that knows it best, which comes first.</summary>
    public bool GoOn(ProgressPack pack, long step, long offset)
    {
        if (offset == _offset) return false;
        var goesOn = pack == _pack && step > _step;
        if (goesOn) _rises++;
        else if (pack != _pack || step < _step) _rises = 1;
        (_pack, _step, _offset) = (pack, step, offset);
        return goesOn;
    }

    /// <summary>Whether it is clear that they count the run: soon when they are further than what counted before, else after many.</summary>
    public bool AreSure(long? counted) => _rises >= (_step > counted ? EnoughFurther : EnoughBehind);

    /// <summary>The trainer's own steps go on.</summary>
    public void Forget() => (_pack, _rises) = (null, 0);
}
