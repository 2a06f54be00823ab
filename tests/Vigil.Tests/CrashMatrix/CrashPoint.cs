namespace Vigil.Tests.CrashMatrix;

/// <summary>The n-th dangerous moment of a life, at which it ends: from then on nothing of it reaches the journal or the world.</summary>
internal sealed class CrashPoint(int moment)
{
    private readonly Lock _lock = new();
    private int _passed;

    public bool IsOver { get; private set; }

    /// <summary>Whether this is the moment.</summary>
    public bool Comes()
    {
        lock (_lock)
        {
            if (IsOver || _passed++ != moment) return false;
            return IsOver = true;
        }
    }

    public void Pass()
    {
        if (Comes() || IsOver) throw new SimulatedCrash();
    }
}
