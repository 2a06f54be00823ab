using System.Collections.Immutable;

namespace Vigil.Configuration.Composing;

/// <summary>What a configuration says to Hydra itself. Its sweep is understood; everything else is said to be without effect, once.</summary>
internal static class HydraSettings
{
    /// <summary>The overrides in <c>hydra.sweeper.params</c>; Hydra puts them before those of the command line.</summary>
    public static ImmutableArray<Override> Sweep(ConfigNode? hydra, IReadOnlyList<Override> overrides, SourceSpan? ignoredEntry, DiagnosticBag report)
    {
        var settings = WithOverrides(hydra, overrides);
        var parameters = Merging.Find(settings, ["sweeper", "params"]);
        if ((ignoredEntry ?? overrides.FirstOrDefault(static o => !o.Key.StartsWith("hydra.", StringComparison.Ordinal))?.At) is { } at) Note(at, report);
        else if (Ignored(settings) is { } key) Note(key, report);
        return parameters switch
        {
            null => [],
            ConfigNode.Mapping map => [.. map.Entries.Select(e => Parse(e.Key, e.Value, report)).OfType<Override>()],
            ConfigNode.Sequence list when list.Items.All(static i => i is ConfigNode.Scalar) => [.. list.Items.Cast<ConfigNode.Scalar>().Select(s => Override.Parse(s.Text, s.At, report)).OfType<Override>()],
            _ when ScalarValue.IsNull(parameters) => [],
            _ => Refuse(parameters, report),
        };
    }

    private static ConfigNode.Mapping WithOverrides(ConfigNode? hydra, IReadOnlyList<Override> overrides)
    {
        var root = new ConfigNode.Mapping(SourceSpan.None, [new("hydra", SourceSpan.None, hydra as ConfigNode.Mapping ?? new(SourceSpan.None, []))]);
        var kept = overrides.Where(static o => o.Key.StartsWith("hydra.", StringComparison.Ordinal)).ToImmutableArray();
        // Whether the rest fits together is Hydra's business, so its mistakes are not told.
        return (ConfigNode.Mapping)OverrideApplication.Apply(root, kept, static _ => true, static () => [], new DiagnosticBag())["hydra"]!;
    }

    private static Override? Parse(string key, ConfigNode value, DiagnosticBag report) =>
        Override.Parse($"{key}={Text(value)}", value.At with { Column = Math.Max(1, value.At.Column - key.Length - 1) }, report);

    /// <summary>A text is in the grammar of overrides; anything else is itself.</summary>
    private static string Text(ConfigNode value) => value switch
    {
        ConfigNode.Scalar scalar when ScalarValue.Of(scalar) is ScalarValue.Text text => text.Value,
        ConfigNode.Scalar scalar when HydraScalar.Type(scalar.Text) == ScalarValue.Of(scalar) => scalar.Text,
        ConfigNode.Scalar scalar => ScalarValue.IsNull(scalar) ? "null" : PythonText.Of(ScalarValue.Of(scalar)),
        _ => HydraValue.Of(value).Text,
    };

    private static SourceSpan? Ignored(ConfigNode.Mapping settings)
    {
        foreach (var entry in settings.Entries)
        {
            if (entry.Key != "sweeper" || entry.Value is not ConfigNode.Mapping sweeper) return entry.KeyAt;
            foreach (var inner in sweeper.Entries)
                if (inner.Key is not ("params" or "_target_")) return inner.KeyAt;
        }
        return null;
    }

    private static void Note(SourceSpan at, DiagnosticBag report) =>
        report.Warning("CFG083", at, "settings of Hydra itself have no effect here, except hydra.sweeper.params", "output folders, logging and launchers are set under project, local and slurm");

    private static ImmutableArray<Override> Refuse(ConfigNode parameters, DiagnosticBag report)
    {
        report.Error("CFG084", parameters.At, "hydra.sweeper.params is a mapping of keys to values", "hydra: {sweeper: {params: {lr: '1e-3,1e-4', seed: 'range(3)'}}}");
        return [];
    }
}
