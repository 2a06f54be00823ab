using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>A value of a document with the place it stands at.</summary>
public sealed record Written<T>(T Value, SourceSpan At);
