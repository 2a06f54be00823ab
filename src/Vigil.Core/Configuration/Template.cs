using System.Collections.Immutable;

namespace Vigil.Configuration;

/// <summary>A text with its <c>${…}</c> taken apart, once.</summary>
public sealed record Template(ImmutableArray<TemplatePart> Parts)
{
    /// <summary>The interpolation that is the whole text, and so keeps its target's type; null for anything built from pieces.</summary>
    public TemplatePart? Whole => Parts is [not TemplatePart.Literal] ? Parts[0] : null;

    /// <summary>Whether it means the same wherever it stands: relative references do not.</summary>
    public bool IsRelative { get; } = Parts.Any(static p => p.IsRelative);
}

/// <summary>One piece of a template.</summary>
public abstract record TemplatePart
{
    private TemplatePart() { }

    public abstract bool IsRelative { get; }

    /// <summary>Text to be taken as it is; escapes are removed already.</summary>
    public sealed record Literal(string Text) : TemplatePart
    {
        public override bool IsRelative => false;
    }

    /// <summary><c>${a.b[0]}</c>.</summary>
    /// <param name="Dots">Leading dots: 0 starts at the root, 1 at the container that holds this text, 2 one above.</param>
    /// <param name="Source">As written, for messages.</param>
    public sealed record Reference(int Dots, ImmutableArray<KeyPart> Keys, string Source) : TemplatePart
    {
        public override bool IsRelative { get; } = Dots > 0 || Keys.Any(static k => k.Inner is { IsRelative: true });
    }

    /// <summary><c>${name:argument,…}</c>. An argument is a tree whose texts may hold interpolations themselves.</summary>
    public sealed record Invocation(ImmutableArray<KeyPart> Name, ImmutableArray<ConfigNode> Arguments, string Source) : TemplatePart
    {
        /// <summary>Arguments may be relative in turn; a call is cheap to repeat, so it counts as relative.</summary>
        public override bool IsRelative => true;
    }
}

/// <summary>One step of a reference: a word, or an interpolation that gives the word.</summary>
public readonly record struct KeyPart(string Word, TemplatePart? Inner);

/// <summary>What <c>$${…}</c> means: experiments read it as an escape, OmegaConf as a dollar sign and a value.</summary>
public enum DollarRule { Escapes, IsText }
