using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Configuration.Composing;
using Vigil.Documents;

namespace Vigil.Planning;

/// <summary>Lets a plan document stand where an experiment file does.</summary>
internal static class PlanExperiments
{
    /// <summary>The experiment that a document asks for, with what the user types in it; null, with diagnostics, when there is none.</summary>
    public static (ConfigNode.Mapping Tree, ImmutableArray<Override> Others)? Read(SourceFile file, ConfigLibrary library, ImmutableArray<Override> overrides, DiagnosticBag report)
    {
        var own = new DiagnosticBag();
        var tree = PlanDocuments.Read(file, own) is { } plan && !own.HasErrors ? DocumentExperiment.Tree(plan, Path.GetDirectoryName(file.FullPath) ?? "/", library.Options("torchtune_model"), own) : null;
        foreach (var mistake in own.All) report.Add(mistake);
        return tree is null ? null : DocumentOverrides.Apply(tree, overrides);
    }
}
