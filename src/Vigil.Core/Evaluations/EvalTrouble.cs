namespace Vigil.Evaluations;

/// <summary>Why a file gave no log of an evaluation.</summary>
public abstract record EvalTrouble
{
    private EvalTrouble(string text) => Text = text;

    /// <summary>Goes on after the file's name: <c>is cut: …</c>.</summary>
    public string Text { get; }

    /// <summary>The system refused.</summary>
    public sealed record CannotBeRead(string Text) : EvalTrouble(Text);

    /// <summary>It ends too early: somebody writes it still, or was killed.</summary>
    public sealed record Cut(string Text) : EvalTrouble(Text);

    /// <summary>It contradicts itself.</summary>
    public sealed record Damaged(string Text) : EvalTrouble(Text);

    /// <summary>It is something else.</summary>
    public sealed record NotALog(string Text) : EvalTrouble(Text);

    /// <summary>It may be well, but this machine has no zstd.</summary>
    public sealed record ZstdMissing(string Text) : EvalTrouble(Text);
}
