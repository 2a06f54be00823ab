using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Configuration.Composing;

namespace Vigil.Planning;

/// <summary>A configuration by the rules of Hydra and OmegaConf alone: nothing of Vigil's own lies underneath, and <c>$$</c> escapes nothing.</summary>
public static class BareConfig
{
    public static ComposedConfig Of(PlanRequest request, Interpolations interpolations)
    {
        var report = new DiagnosticBag();
        var overrides = request.Overrides.Select(text => Override.Parse(text, report)).OfType<Override>().ToImmutableArray();
        var library = new ConfigLibrary([.. request.Library.Folders.Where(static f => f.FullPath is not null)]);
        if (new Composer(library).Compose(request.Experiment, request.ConfigName ?? Path.GetFileNameWithoutExtension(request.Experiment.Name), overrides, ComposeRules.Bare, report) is not { Tree: var tree })
            return new(null, [.. report.All]);
        var templates = new TemplateCache(DollarRule.IsText);
        templates.CheckGrammar(tree, report);
        if (interpolations is Interpolations.Resolved)
            tree = new Resolver(tree, templates, new ResolverFunctions(request.World, request.CurrentFolder), report) { Missing = MissingRule.Kept }.ResolveAll();
        return new(tree, [.. report.All]);
    }
}
