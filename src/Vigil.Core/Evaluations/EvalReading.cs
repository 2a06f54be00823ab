namespace Vigil.Evaluations;

/// <summary>What came of reading a file.</summary>
public abstract record EvalReading
{
    private EvalReading() { }

    public sealed record Read(EvalLog Log) : EvalReading;

    public sealed record Refused(EvalTrouble Trouble) : EvalReading;
}
