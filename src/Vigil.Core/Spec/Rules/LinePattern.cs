using System.Text.Json.Serialization;

namespace Vigil.Spec;

/// <summary>How the text of a pattern is to be read.</summary>
[JsonConverter(typeof(SnakeCaseJson<PatternKind>))]
public enum PatternKind { Regex, Substring }

/// <summary>What one line of a log is looked through for.</summary>
/// <param name="Text">As the user wrote it. A regex may have Python's form of named groups.</param>
public sealed record LinePattern(PatternKind Kind, string Text);
