using System.Collections.Immutable;

namespace Vigil.Configuration;

/// <summary>One <c>${name:argument,…}</c> whose function looks at its arguments and the world alone, not at the tree.</summary>
/// <param name="At">The place of the text that calls; what a function makes stands there.</param>
/// <param name="Arguments">Evaluated.</param>
/// <param name="Folder">Absolute: where relative paths start.</param>
internal sealed record PlainCall(string Name, SourceSpan At, ImmutableArray<ConfigNode> Arguments, ConfigWorld World, string Folder)
{
    /// <summary>A setting of the tree that belongs to what an argument holds, by its path; null: there is none.</summary>
    public Func<string, ConfigNode?> Setting { get; init; } = static _ => null;
}

/// <summary>What a function gave.</summary>
internal abstract record FunctionResult
{
    private FunctionResult() { }

    /// <summary>A value; <c>${…}</c> in its texts is text.</summary>
    public sealed record Given(ConfigNode Value) : FunctionResult
    {
        /// <summary>What the user is told all the same.</summary>
        public ImmutableArray<Diagnostic> Warnings { get; init; } = [];
    }

    /// <summary>Why it gives none.</summary>
    public sealed record Refused(string Message, string? Hint = null) : FunctionResult;
}

/// <summary>A function behind <c>${name:…}</c>.</summary>
internal delegate FunctionResult PlainFunction(PlainCall call);
