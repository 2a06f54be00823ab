using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>The configuration of an experiment as it was composed, before its sweep: what <c>vigil config</c> prints.</summary>
public static class ComposedConfig
{
    /// <summary>Null when there were mistakes; they are in <paramref name="report"/>.</summary>
    /// <param name="resolve">Whether every <c>${…}</c> is substituted.</param>
    public static ConfigNode.Mapping? Of(PlanRequest request, bool resolve, DiagnosticBag report)
    {
        if (Composition.Of(request, report) is not { } composition) return null;
        if (!resolve) return composition.Whole;
        var resolved = new Resolver(composition.Tree, composition.Templates, new ResolverFunctions(request.Environment), report).ResolveAll();
        return report.HasErrors ? null : resolved;
    }
}
