using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Configuration.Composing;

namespace Vigil.Planning;

/// <summary>One step on the way to a key's value.</summary>
/// <param name="Depth">0 for the key that was asked for; each interpolation leads one deeper.</param>
/// <param name="At">Where it is written; <see cref="SourceSpan.None"/> for a key's name and for a value that was computed.</param>
/// <param name="Text">What stands there.</param>
/// <param name="Because">Why that file counts, such as the entry of a defaults list that chose it; null for the experiment itself.</param>
public sealed record Origin(int Depth, SourceSpan At, string Text, string? Because = null);

/// <summary>Tells where a key's value comes from: the files in the order they were merged, the overrides, and then what its <c>${…}</c> refer to.</summary>
public sealed class KeyOrigins
{
    /// <summary>Deeper than any chain that a person wants to read; cycles end before, at their first key.</summary>
    private const int MostDepth = 40;

    private readonly Composed _from;
    private readonly ConfigNode.Mapping _resolved;
    private readonly TemplateCache _templates = new(DollarRule.Escapes);
    private readonly ImmutableArray<Origin>.Builder _found = ImmutableArray.CreateBuilder<Origin>();
    private readonly HashSet<string> _open = [];

    private KeyOrigins(Composed from, ConfigNode.Mapping resolved) => (_from, _resolved) = (from, resolved);

    /// <summary>The chain, ending in the value. Empty, with a diagnostic, when there is no such key.</summary>
    public static ImmutableArray<Origin> Of(PlanRequest request, string key, DiagnosticBag report)
    {
        if (Compositions.Of(request, Sweeps.AsAxes, report) is not var (_, composition)) return [];
        var from = composition.Composed;
        if (Merging.Find(from.Tree, key.Split('.')) is null)
        {
            report.Error("RUN007", SourceSpan.None, $"there is no key '{key}' in this configuration", Suggestion.Nearest(key, Keys(from.Tree, "")) is { } near ? $"did you mean '{near}'?" : "vigil config EXPERIMENT shows all");
            return [];
        }
        // What cannot be resolved is no mistake of the one who asks where it comes from: the last line says that nothing comes of it.
        var resolved = new Resolver(from.Tree, composition.Templates, new ResolverFunctions(request.World, request.CurrentFolder), new DiagnosticBag()).ResolveAll();
        var origins = new KeyOrigins(from, resolved);
        origins.Explain(key, 0);
        return origins._found.DrainToImmutable();
    }

    private void Explain(string key, int depth)
    {
        var path = key.Split('.');
        _found.Add(new(depth, SourceSpan.None, key));
        foreach (var layer in _from.Layers)
            if (Merging.Find(layer.Tree, path) is { } node) _found.Add(new(depth, node.At, Show(node), Because(layer)));
        foreach (var change in _from.ValueOverrides.Concat(_from.SweepOverrides))
            if (change.Key == key || IsBelow(key, change.Key) || IsBelow(change.Key, key)) _found.Add(new(depth, change.At, change.Text, "override"));
        if (_open.Add(key) && depth < MostDepth && Merging.Find(_from.Tree, path) is ConfigNode.Scalar scalar && TemplateParser.MayInterpolate(scalar.Text) && _templates.Parse(scalar.Text, out _) is { } template)
            foreach (var part in template.Parts) Follow(part, path, depth + 1);
        _open.Remove(key);
        _found.Add(new(depth, SourceSpan.None, "= " + (Merging.Find(_resolved, path) is { } value ? Show(value) : "(nothing)")));
    }

    private void Follow(TemplatePart part, string[] from, int depth)
    {
        switch (part)
        {
            case TemplatePart.Invocation call:
                _found.Add(new(depth, SourceSpan.None, call.Source, "function"));
                foreach (var inner in call.Arguments.SelectMany(static a => a.Parts)) Follow(inner, from, depth);
                break;
            case TemplatePart.Reference { IsFixed: true } reference:
                string[] target = [.. reference.Dots == 0 ? [] : from.Take(Math.Max(0, from.Length - reference.Dots)), .. reference.Keys.Select(static k => k.Word)];
                var key = string.Join('.', target);
                if (Merging.Find(_from.Tree, target) is null || _open.Contains(key)) _found.Add(new(depth, SourceSpan.None, reference.Source));
                else Explain(key, depth);
                break;
            case TemplatePart.Reference dynamic:
                _found.Add(new(depth, SourceSpan.None, dynamic.Source));
                foreach (var inner in dynamic.Keys.Select(static k => k.Inner).OfType<TemplatePart>()) Follow(inner, from, depth);
                break;
        }
    }

    private static string? Because(Layer layer) =>
        layer.ChosenBy.Length == 0 ? null : layer.ChosenAt.File == Override.File ? $"override {layer.ChosenBy}" : $"{layer.ChosenBy}, {layer.ChosenAt}";

    private static IEnumerable<string> Keys(ConfigNode.Mapping map, string above)
    {
        foreach (var entry in map.Entries)
        {
            yield return above + entry.Key;
            if (entry.Value is not ConfigNode.Mapping inner) continue;
            foreach (var key in Keys(inner, $"{above}{entry.Key}.")) yield return key;
        }
    }

    private static bool IsBelow(string key, string above) => key.StartsWith($"{above}.", StringComparison.Ordinal);

    private static string Show(ConfigNode node) => node switch
    {
        ConfigNode.Mapping { Entries: [] } => "{}",
        ConfigNode.Mapping map => $"a mapping of {map.Entries.Length}: {string.Join(", ", map.Entries.Take(8).Select(static e => e.Key))}{(map.Entries.Length > 8 ? ", …" : "")}",
        ConfigNode.Sequence list => $"[{string.Join(", ", list.Items.Select(Show))}]",
        ConfigNode.Scalar { Text: "" } scalar => scalar.Style is ScalarStyle.Quoted ? "''" : "null",
        ConfigNode.Scalar scalar => scalar.Text,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
