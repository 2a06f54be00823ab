namespace Vigil.Planning;

/// <summary>A file that a run's program reads, written into its folder before the first attempt.</summary>
/// <param name="Path">Below the run's folder, with <c>/</c>.</param>
public sealed record RunFile(string Path, string Text)
{
    /// <summary>Whether it may be started.</summary>
    public bool IsScript => Path.EndsWith(".sh", StringComparison.Ordinal) || Text.StartsWith("#!", StringComparison.Ordinal);
}
