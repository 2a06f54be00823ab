using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary><c>config --explain KEY</c>: where a value comes from, one step a line.</summary>
internal static class Explaining
{
    /// <summary>Null when there is no such key; that is in the report.</summary>
    public static string? Of(PlanRequest request, string key, DiagnosticBag report)
    {
        var composed = Planner.Compose(request, Interpolations.AsWritten);
        foreach (var diagnostic in composed.Diagnostics) report.Add(diagnostic);
        if (composed.Tree is not { } tree) return null;
        // What cannot be resolved is no mistake of the one who asks where it comes from: the last line says that nothing comes of it.
        var resolved = Planner.Compose(request, Interpolations.Resolved).Tree ?? tree;
        var overrides = request.Overrides.Select(static o => Override.Parse(o, new DiagnosticBag())).OfType<Override>();
        var origins = new KeyOrigins(Layers(request), [.. overrides], tree, resolved).Of(key);
        if (!origins.IsEmpty) return string.Concat(Lines(origins));
        report.Error("RUN007", SourceSpan.None, $"there is no key '{key}' in this configuration", Suggestion.Nearest(key, Keys(tree, "")) is { } near ? $"did you mean '{near}'?" : "vigil config EXPERIMENT shows all");
        return null;
    }

    private static ImmutableArray<OriginLayer> Layers(PlanRequest request) =>
        YamlReader.Read(request.Experiment, new DiagnosticBag()) is ConfigNode.Mapping file ? [new(null, file)] : [];

    private static IEnumerable<string> Lines(IEnumerable<Origin> origins)
    {
        var all = origins.Select(static o => (Left: new string(' ', 2 * o.Depth + (o.At.File.Length > 0 ? 2 : 0)) + (o.At.File.Length > 0 ? $"{Place(o.At)}" : LogText.Safe(o.Text)), Right: o.At.File.Length > 0 ? LogText.Safe(o.Text) : "", o.Because)).ToList();
        var width = Math.Min(48, all.Where(static l => l.Right.Length > 0).Select(static l => l.Left.Length).DefaultIfEmpty().Max());
        return all.Select(l => $"{(l.Right.Length > 0 ? l.Left.PadRight(width) + "  " + l.Right : l.Left)}{(l.Because is { } why ? $"   ({why})" : "")}\n");
    }

    private static string Place(SourceSpan at) => at.File == Override.File ? at.File : at.ToString();

    private static IEnumerable<string> Keys(ConfigNode.Mapping map, string above)
    {
        foreach (var entry in map.Entries)
        {
            yield return above + entry.Key;
            if (entry.Value is not ConfigNode.Mapping inner) continue;
            foreach (var key in Keys(inner, $"{above}{entry.Key}.")) yield return key;
        }
    }
}
