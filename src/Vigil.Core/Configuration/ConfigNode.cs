using System.Collections.Immutable;

namespace Vigil.Configuration;

/// <summary>How a scalar was written; only a plain one is read as a number, a bool or null.</summary>
public enum ScalarStyle
{
    Plain,
    Quoted,

    /// <summary>Made by resolving: a text, and a <c>${</c> in it is text as well.</summary>
    Literal,
}

/// <summary>A node of a configuration tree that knows its place. Immutable: composing makes new trees and shares what did not change.</summary>
public abstract record ConfigNode
{
    private ConfigNode(SourceSpan at) => At = at;

    public SourceSpan At { get; }

    /// <summary>Text as written (escapes of YAML removed); <c>${…}</c> may still stand in it.</summary>
    public sealed record Scalar(SourceSpan At, string Text, ScalarStyle Style) : ConfigNode(At)
    {
        // Set once here and never by a copy: what is worked out below stays true.
        public string Text { get; } = Text;
        public ScalarStyle Style { get; } = Style;

        private ScalarValue? _value;

        /// <summary>Whether resolving may give something else: a <c>${</c> stands in it, be it escaped.</summary>
        public bool Interpolates { get; } = Style is not ScalarStyle.Literal && Text.Contains("${", StringComparison.Ordinal);

        private string? _written;

        /// <summary>How YAML writes it, worked out once: trees that share it are many.</summary>
        internal string Written => _written ??= YamlText.Of(this);

        /// <summary>What it means, worked out once.</summary>
        public ScalarValue Value => _value ??= ScalarValue.Read(this);

        public bool Equals(Scalar? other) => other is not null && At == other.At && Style == other.Style && Text == other.Text;
        public override int GetHashCode() => HashCode.Combine(At, Text, Style);

        /// <summary>A text that a resolution made; what looks like an interpolation in it is none.</summary>
        public static Scalar Made(SourceSpan at, string text) =>
            new(at, text, text.Contains("${", StringComparison.Ordinal) ? ScalarStyle.Literal : ScalarStyle.Quoted);

        /// <summary>A node that means a value.</summary>
        public static Scalar Of(SourceSpan at, ScalarValue value) =>
            value is ScalarValue.Text { Value: var text } ? Made(at, text) : new(at, YamlText.Of(value), ScalarStyle.Plain);
    }

    public sealed record Sequence(SourceSpan At, ImmutableArray<ConfigNode> Items) : ConfigNode(At);

    /// <summary>Keys are unique and keep the order of the file.</summary>
    public sealed record Mapping(SourceSpan At, ImmutableArray<ConfigEntry> Entries) : ConfigNode(At)
    {
        /// <summary>The value at a text key; null when there is none.</summary>
        public ConfigNode? this[string key]
        {
            get
            {
                foreach (ref readonly var entry in Entries.AsSpan())
                    if (entry.Key == key && entry.Kind is KeyKind.Text) return entry.Value;
                return null;
            }
        }
    }
}
