using Vigil.Configuration;
using Vigil.Configuration.Composing;

namespace Vigil.Planning;

/// <summary>A configuration by the rules of Hydra and OmegaConf alone: nothing of Vigil's own lies underneath, and <c>$$</c> escapes nothing.</summary>
public static class BareConfig
{
    public static ComposedConfig Of(PlanRequest request, Interpolations interpolations)
    {
        var report = new DiagnosticBag();
        var library = new ConfigLibrary([.. request.Library.Folders.Where(static f => f.FullPath is not null)]);
        if (request.Compose(new Composer(library), request.ReadOverrides(report), ComposeRules.Bare, report) is not { Tree: var tree }) return new(null, [.. report.All]);
        var templates = new TemplateCache(DollarRule.IsText);
        templates.CheckGrammar(tree, report);
        if (interpolations is Interpolations.Resolved)
            tree = new Resolver(tree, templates, new ResolverFunctions(request.World, request.CurrentFolder), report) { Missing = MissingRule.Kept }.ResolveAll();
        return new(tree, [.. report.All]);
    }
}
