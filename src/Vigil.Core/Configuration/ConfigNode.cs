using System.Collections.Immutable;

namespace Vigil.Configuration;

/// <summary>How a scalar was written; only a plain one is read as a number, a bool or null.</summary>
public enum ScalarStyle { Plain, Quoted }

/// <summary>A node of a configuration tree that knows its place. Immutable: composing makes new trees and shares what did not change.</summary>
public abstract record ConfigNode
{
    private ConfigNode(SourceSpan at) => At = at;

    public SourceSpan At { get; }

    /// <summary>Text as written (escapes of YAML removed); <c>${…}</c> may still stand in it.</summary>
    public sealed record Scalar(SourceSpan At, string Text, ScalarStyle Style) : ConfigNode(At);

    public sealed record Sequence(SourceSpan At, ImmutableArray<ConfigNode> Items) : ConfigNode(At);

    /// <summary>Keys are unique and keep the order of the file.</summary>
    public sealed record Mapping(SourceSpan At, ImmutableArray<ConfigEntry> Entries) : ConfigNode(At)
    {
        public ConfigNode? this[string key]
        {
            get
            {
                foreach (ref readonly var entry in Entries.AsSpan())
                    if (entry.Key == key) return entry.Value;
                return null;
            }
        }
    }
}

/// <summary>One key of a mapping with the place of the key itself.</summary>
public readonly record struct ConfigEntry(string Key, SourceSpan KeyAt, ConfigNode Value);
