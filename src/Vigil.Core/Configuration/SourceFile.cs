namespace Vigil.Configuration;

/// <summary>A text a user wrote, already read.</summary>
/// <param name="Name">As the user named it; diagnostics show it.</param>
/// <param name="FullPath">Absolute.</param>
public sealed record SourceFile(string Name, string FullPath, string Text);
