using System.Collections.Immutable;

namespace Vigil.Configuration.Composing;

/// <summary>What a missing option means.</summary>
internal enum Presence { Required, Optional }

/// <summary>Which options of a group an entry names.</summary>
internal abstract record OptionChoice
{
    private OptionChoice() { }

    /// <summary><c>null</c>: a place for one.</summary>
    public sealed record None : OptionChoice { public static None Instance { get; } = new(); }

    /// <param name="Name">May hold <c>${group}</c>; <c>???</c> demands that one be chosen.</param>
    public sealed record One(string Name) : OptionChoice;

    public sealed record Many(ImmutableArray<string> Names) : OptionChoice;

    public sealed override string ToString() => this switch
    {
        None => "null",
        One one => one.Name,
        Many many => $"[{string.Join(", ", many.Names)}]",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>One entry of a defaults list, as written.</summary>
internal abstract record DefaultsEntry
{
    private DefaultsEntry(SourceSpan at) => At = at;

    public SourceSpan At { get; }

    /// <summary><c>_self_</c>: where the config's own content goes.</summary>
    public sealed record Self(SourceSpan At) : DefaultsEntry(At);

    /// <summary>A fixed config, such as <c>db/mysql@src</c>.</summary>
    public sealed record Config(SourceSpan At, string Path, string? Package, Presence Presence) : DefaultsEntry(At);

    /// <summary>A group with its option, such as <c>optional db@src: mysql</c>.</summary>
    public sealed record Group(SourceSpan At, string Name, string? Package, OptionChoice Choice, Presence Presence) : DefaultsEntry(At)
    {
        /// <summary>The entry came from the command line or from Vigil: its group counts from the top, and it may stand behind overrides.</summary>
        public bool IsFromOutside { get; init; }

        /// <summary>The override that is this entry; null when it stands in a list.</summary>
        public string? SaidBy { get; init; }
    }

    /// <summary>A change of another entry: <c>override /db: pg</c>.</summary>
    public sealed record Override(SourceSpan At, string Name, string? Package, OptionChoice Choice) : DefaultsEntry(At);
}
