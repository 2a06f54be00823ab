using System.Text.Json.Serialization;

namespace Vigil.Planning;

/// <summary>What a run must have left when its job completed. All paths are absolute.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Document), "file")]
[JsonDerivedType(typeof(Weights), "checkpoint")]
[JsonDerivedType(typeof(Evaluation), "evaluation")]
public abstract record Artifact
{
    private Artifact() { }

    /// <summary>A file with something in it, written since the run began.</summary>
    public sealed record Document(string Path) : Artifact;

    /// <summary>A checkpoint that is whole.</summary>
    public sealed record Weights(string Path) : Artifact;

    /// <summary>The log of an evaluation that says itself that it succeeded.</summary>
    /// <param name="Folder">It may lie in folders below.</param>
    /// <param name="Task">Null: of whatever task.</param>
    public sealed record Evaluation(string Folder, string? Task) : Artifact;
}
