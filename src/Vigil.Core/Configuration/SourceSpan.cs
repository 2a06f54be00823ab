namespace Vigil.Configuration;

/// <summary>A place in a text a user wrote: 1-based line and column. <c>File</c> is as the user named it; overrides have the file <c>command line</c>.</summary>
public readonly record struct SourceSpan(string File, int Line, int Column)
{
    /// <summary>What the names of Vigil's own config files begin with.</summary>
    public const string BuiltIn = "built-in ";

    public static SourceSpan None { get; } = new("", 0, 0);

    /// <summary>Whether Vigil itself wrote what stands there.</summary>
    public bool IsBuiltIn => File is not null && File.StartsWith(BuiltIn, StringComparison.Ordinal);

    public override string ToString() => Line > 0 ? $"{File}:{Line}:{Column}" : File;
}
