using System.Collections.Immutable;

namespace Vigil.Configuration.Megatron;

/// <summary>How an argument of Megatron-LM stands on the command line.</summary>
public enum MegatronKind
{
    /// <summary><c>--x</c> when true.</summary>
    Flag,

    /// <summary>On by itself; its option, such as <c>--no-x</c>, stands there when false.</summary>
    NoFlag,

    /// <summary><c>--x</c> or <c>--no-x</c>.</summary>
    Switch,

    /// <summary><c>--x True</c>: the option takes a word, and every word means true.</summary>
    Bool,

    Whole,
    Real,
    Text,

    /// <summary><c>--x --x</c> for 2.</summary>
    Count,
}

/// <summary>One argument of Megatron-LM.</summary>
/// <param name="Name">The key, with <c>_</c>.</param>
/// <param name="Option">With its dashes.</param>
public sealed record MegatronArgument(string Name, MegatronKind Kind, string Option)
{
    /// <summary>Another option that means the same; null: there is none.</summary>
    public string? Also { get; init; }

    /// <summary>The option takes several words.</summary>
    public bool Many { get; init; }

    /// <summary>What Megatron takes where the option is left out; null: nothing, or it is not known.</summary>
    public ImmutableArray<string>? Default { get; init; }

    /// <summary>Empty: any.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>The kinds by the words that files have for them.</summary>
    public static ImmutableArray<(string Word, MegatronKind Kind)> Kinds { get; } =
    [
        ("flag", MegatronKind.Flag), ("no-flag", MegatronKind.NoFlag), ("switch", MegatronKind.Switch), ("bool", MegatronKind.Bool),
        ("int", MegatronKind.Whole), ("float", MegatronKind.Real), ("text", MegatronKind.Text), ("count", MegatronKind.Count),
    ];

    /// <summary>The option of a key.</summary>
    public static string OptionOf(string name) => "--" + name.Replace('_', '-');
}
