namespace Vigil.Evaluations;

/// <summary>How far an evaluation came, by the word of its own log.</summary>
public abstract record EvalStatus
{
    private EvalStatus() { }

    /// <summary>The log has no header, which is written last: the evaluation runs, or was killed.</summary>
    /// <param name="FlushedSamples">So many samples are in the file.</param>
    public sealed record Unfinished(int FlushedSamples) : EvalStatus;

    public sealed record Started : EvalStatus;

    public sealed record Success : EvalStatus;

    public sealed record Cancelled : EvalStatus;

    /// <summary>The log says <c>error</c>.</summary>
    /// <param name="Message">Null: the log gives none.</param>
    public sealed record Failed(string? Message) : EvalStatus;

    /// <summary>A word that no inspect known here writes.</summary>
    public sealed record Other(string Word) : EvalStatus;
}
