namespace Vigil.Configuration.Expressions;

internal enum TokenKind { End, Name, Symbol, Number, Text }

/// <summary>One word of an expression.</summary>
/// <param name="Column">1-based.</param>
/// <param name="Literal">What a number or a text stands for.</param>
internal readonly record struct Token(TokenKind Kind, int Column, string Text, Value? Literal = null);
