using System.Text.Json.Serialization;

namespace Vigil.Spec;

/// <summary>How a pattern of a rule is meant.</summary>
[JsonConverter(typeof(SnakeCaseJson<PatternKind>))]
public enum PatternKind { Regex, Substring }

/// <summary>What a line of a log is compared with, as the user wrote it.</summary>
public sealed record LinePattern(PatternKind Kind, string Text);
