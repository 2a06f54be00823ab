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
        /// <summary>Whether all words are known without looking at the tree.</summary>
        public bool IsFixed { get; } = Keys.All(static k => k.Inner is null);

        /// <summary>A word from the tree may begin with dots in turn, so it counts as relative.</summary>
        public override bool IsRelative { get; } = Dots > 0 || Keys.Any(static k => k.Inner is not null);
    }

    /// <summary><c>${name:argument,…}</c>.</summary>
    public sealed record Invocation(ImmutableArray<KeyPart> Name, ImmutableArray<TemplateArgument> Arguments, string Source) : TemplatePart
    {
        /// <summary>Functions may look at the place they are called from.</summary>
        public override bool IsRelative => true;
    }
}

/// <summary>One argument of a call, before it is evaluated.</summary>
public abstract record TemplateArgument
{
    private TemplateArgument() { }

    /// <summary>A number, a bool, null or a text without interpolations.</summary>
    public sealed record Constant(ScalarValue Value) : TemplateArgument;

    /// <summary>One interpolation without quotes: its value with its type.</summary>
    public sealed record Whole(TemplatePart Part) : TemplateArgument;

    /// <summary>A text with interpolations in it.</summary>
    public sealed record Built(Template Text) : TemplateArgument;

    public sealed record List(ImmutableArray<TemplateArgument> Items) : TemplateArgument;

    public sealed record Dict(ImmutableArray<KeyValuePair<ScalarValue, TemplateArgument>> Entries) : TemplateArgument;

    /// <summary>The interpolations in it.</summary>
    public IEnumerable<TemplatePart> Parts => this switch
    {
        Whole { Part: var part } => [part],
        Built { Text.Parts: var parts } => parts,
        List { Items: var items } => items.SelectMany(static i => i.Parts),
        Dict { Entries: var entries } => entries.SelectMany(static e => e.Value.Parts),
        _ => [],
    };
}

/// <summary>One step of a reference: a word, or an interpolation that gives the word.</summary>
/// <param name="IsBracketed">Whether it stands in <c>[…]</c>.</param>
public readonly record struct KeyPart(string Word, TemplatePart? Inner, bool IsBracketed);

/// <summary>What <c>$${…}</c> means: experiments read it as an escape, OmegaConf as a dollar sign and a value.</summary>
public enum DollarRule { Escapes, IsText }
