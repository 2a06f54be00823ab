using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Configuration.Composing;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>The experiment's configuration put together, for one choice of config groups; every <c>${…}</c> still stands in it.</summary>
/// <param name="Tree">Without the sweep.</param>
internal sealed record Composition(Composed Composed, ConfigNode.Mapping Tree, ConfigNode? Sweep, TemplateCache Templates, References References)
{
    public static Composition Of(Composed composed, TemplateCache templates, DiagnosticBag report)
    {
        var tree = composed.Tree;
        var references = References.Of(tree, templates);
        templates.CheckGrammar(tree, report);
        CheckTop(tree, references, report);
        Lints.Check(tree, report);
        var sweep = tree["sweep"];
        var bare = sweep is null ? tree : (ConfigNode.Mapping)Merging.Remove(tree, ["sweep"]);
        templates.Learn(bare);
        return new(composed, bare, sweep, templates, references);
    }

    private static void CheckTop(ConfigNode.Mapping tree, References references, DiagnosticBag report)
    {
        foreach (var entry in tree.Entries)
            if (!BuiltInKeys.Sections.Contains(entry.Key) && !references.Contains(entry.Key) && Suggestion.Nearest(entry.Key, BuiltInKeys.Sections) is { } near)
                report.Warning("CFG012", entry.KeyAt, $"nothing uses the key '{entry.Key}'", $"did you mean '{near}'?");
    }
}
