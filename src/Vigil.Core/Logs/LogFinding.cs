namespace Vigil.Logs;

/// <summary>Something in a log that has consequences: a fact for the journal, with the place that proves it.</summary>
public abstract record LogFinding
{
    private LogFinding(long offset) => Offset = offset;

    /// <summary>Where its line begins in the log.</summary>
    public long Offset { get; }

    /// <summary>The trainer says that a checkpoint is complete.</summary>
    /// <param name="Path">As printed; the caller makes it absolute against the job's working folder and trusts it no further than its roots.</param>
    public sealed record Checkpoint(long Step, string Path, long Offset) : LogFinding(Offset);
}
