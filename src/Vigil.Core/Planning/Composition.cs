using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>The experiment file with the overrides applied; every <c>${…}</c> still stands in it.</summary>
internal sealed record Composition(ConfigNode.Mapping Tree, ConfigNode? Sweep, TemplateCache Templates, References References)
{
    /// <summary>Null when the file cannot be used at all.</summary>
    public static Composition? Of(PlanRequest request, DiagnosticBag report)
    {
        var root = YamlReader.Read(request.Experiment, report);
        var overrides = request.Overrides.Select(text => Override.Parse(text, report)).OfType<Override>().ToImmutableArray();
        if (root is null) return null;
        if (root is not ConfigNode.Mapping file)
        {
            report.Error("CFG010", root.At, $"an experiment file is a mapping of keys and values, not {Binder.Describe(root)}");
            return null;
        }
        if (file.Entries.FirstOrDefault(static e => e.Key == "defaults") is { Key: "defaults" } defaults)
            report.Error("CFG011", defaults.KeyAt, "config groups ('defaults:') are not in this version", "write the settings into this file");
        var tree = OverrideApplication.Apply(file, overrides, BuiltInKeys.IsKnown, BuiltInKeys.All, report);
        var templates = new TemplateCache(DollarRule.Escapes);
        var references = References.Of(tree, templates);
        CheckTop(tree, references, report);
        Lints.Check(tree, report);
        var sweep = tree["sweep"];
        var bare = sweep is null ? tree : (ConfigNode.Mapping)Merging.Remove(tree, ["sweep"]);
        templates.Learn(bare);
        return new(bare, sweep, templates, references);
    }

    private static void CheckTop(ConfigNode.Mapping tree, References references, DiagnosticBag report)
    {
        foreach (var entry in tree.Entries)
            if (!BuiltInKeys.Sections.Contains(entry.Key) && entry.Key != "defaults" && !references.Contains(entry.Key) && Suggestion.Nearest(entry.Key, BuiltInKeys.Sections) is { } near)
                report.Warning("CFG012", entry.KeyAt, $"nothing uses the key '{entry.Key}'", $"did you mean '{near}'?");
    }
}
