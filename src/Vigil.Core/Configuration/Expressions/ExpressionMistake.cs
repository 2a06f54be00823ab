namespace Vigil.Configuration.Expressions;

/// <summary>What is wrong with an expression, or why it has no value.</summary>
/// <param name="Column">1-based, in the expression's own text.</param>
/// <param name="Hint">The remedy; null when the message says it all.</param>
/// <param name="UnknownName">The name that nobody knew; null for every other mistake. Whoever knows the names can suggest one.</param>
internal sealed record ExpressionMistake(int Column, string Message, string? Hint = null, string? UnknownName = null);
