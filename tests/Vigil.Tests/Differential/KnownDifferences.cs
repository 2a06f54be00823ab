using Vigil.Configuration;

namespace Vigil.Tests.Differential;

/// <summary>Where Vigil and the OmegaConf 2.2.2 of Debian are meant to differ. The generator avoids exactly these.</summary>
internal static class KnownDifferences
{
    private static readonly (string Reason, Func<string, bool> Holds)[] InTexts =
    [
        ("a negative index counts from the end of a list, as in OmegaConf 2.4", static text => text.Contains("[-", StringComparison.Ordinal) && text.Contains("${", StringComparison.Ordinal)),
    ];

    private static readonly (string Reason, Func<string, bool> Holds)[] InDocuments =
    [
        ("a '?' inside of brackets is text where a text can stand, as for libyaml, with which OmegaConf 2.4 reads; PyYAML's own scanner refuses {a: ???}", static text => text.Contains('?', StringComparison.Ordinal) && text.AsSpan().ContainsAny('[', '{')),
        ("a key that stands twice is refused in a mapping that is written under '<<' too, where OmegaConf does not look", static text => text.Contains("<<:\n", StringComparison.Ordinal) || text.Contains("<<: {", StringComparison.Ordinal)),
    ];

    /// <summary>Null for a document that both are meant to read alike.</summary>
    public static string? OfDocument(string text) => First(InDocuments, text) ?? First(InTexts, text);

    /// <summary>Null for a tree that both are meant to treat alike.</summary>
    public static string? OfTree(ConfigNode node) => node switch
    {
        ConfigNode.Scalar scalar => First(InTexts, scalar.Text),
        ConfigNode.Sequence list => list.Items.Select(OfTree).FirstOrDefault(static r => r is not null),
        ConfigNode.Mapping map => map.Entries.Select(static e => First(InTexts, e.Key) ?? OfTree(e.Value)).FirstOrDefault(static r => r is not null),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string? First((string Reason, Func<string, bool> Holds)[] table, string text)
    {
        foreach (var (reason, holds) in table)
            if (holds(text)) return reason;
        return null;
    }
}
