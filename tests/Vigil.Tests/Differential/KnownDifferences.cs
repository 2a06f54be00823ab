using Vigil.Configuration;

namespace Vigil.Tests.Differential;

/// <summary>Where Vigil and the OmegaConf 2.2.2 of Debian are meant to differ. The generator avoids exactly these.</summary>
internal static class KnownDifferences
{
    private static readonly (string Reason, Func<string, bool> InText)[] Table =
    [
        ("a negative index counts from the end of a list, as in OmegaConf 2.4", static text => text.Contains("[-", StringComparison.Ordinal) && text.Contains("${", StringComparison.Ordinal)),
    ];

    public static string? Reason(string text)
    {
        foreach (var (reason, inText) in Table)
            if (inText(text)) return reason;
        return null;
    }

    public static string? Reason(ConfigNode node) => node switch
    {
        ConfigNode.Scalar scalar => Reason(scalar.Text),
        ConfigNode.Sequence list => list.Items.Select(Reason).FirstOrDefault(static r => r is not null),
        ConfigNode.Mapping map => map.Entries.Select(static e => Reason(e.Key) ?? Reason(e.Value)).FirstOrDefault(static r => r is not null),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
