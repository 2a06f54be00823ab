using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>A sweep point as overrides that compose its run anew.</summary>
internal static class PointOverrides
{
    public static ImmutableArray<string> Of(RunDraft draft)
    {
        var (point, tree) = (draft.Trees.Point(draft.Index), draft.Trees.Composed(draft.Index));
        var overrides = ImmutableArray.CreateBuilder<string>();
        foreach (var key in point.Defaults.Concat(point.Settings).Select(static s => s.Key).Distinct())
            if (point.InForce(key) is { } setting) overrides.Add($"{(setting.IsChoice || setting.Value is not ConfigNode.Mapping && Merging.Find(tree, setting.Path) is not null ? "" : "++")}{key}={Value(setting.Value).Text}");
        return overrides.DrainToImmutable();
    }

    /// <summary>Words stand as they are, as people type them; what could be read as something else is quoted.</summary>
    private static HydraValue Value(ConfigNode node) => node switch
    {
        ConfigNode.Scalar { Value: ScalarValue.Text { Value: var text } } scalar when IsWord(text) => new HydraValue.Bare(scalar.At, text),
        ConfigNode.Scalar { Value: ScalarValue.Whole or ScalarValue.Real } scalar when IsNumber(scalar.Text) => new HydraValue.Bare(scalar.At, scalar.Text),
        ConfigNode.Sequence list => new HydraValue.List(list.At, [.. list.Items.Select(Value)]),
        _ => HydraValue.Of(node),
    };

    private static bool IsWord(string text) => text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '/' or '.')
        && HydraScalar.Read(SourceSpan.None, text) is { Value: ScalarValue.Text };

    /// <summary>Hydra reads fewer spellings of numbers than YAML.</summary>
    private static bool IsNumber(string text) => text.All(static c => char.IsAsciiDigit(c) || c is '.' or '-' or '+' or 'e' or 'E') && HydraScalar.Read(SourceSpan.None, text) is { Value: ScalarValue.Whole or ScalarValue.Real };
}
