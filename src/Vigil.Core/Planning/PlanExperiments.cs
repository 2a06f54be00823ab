using Vigil.Configuration;
using Vigil.Configuration.Composing;
using Vigil.Documents;

namespace Vigil.Planning;

/// <summary>Lets a plan document stand where an experiment file does.</summary>
internal static class PlanExperiments
{
    public static PrimaryForm Read(SourceFile file, DiagnosticBag report)
    {
        if (!PlanDocuments.Claims(file)) return PrimaryForm.Yaml;
        if (PlanDocuments.Read(file, report) is not { } plan || report.HasErrors) return PrimaryForm.Other(null);
        return PrimaryForm.Other(DocumentExperiment.Tree(plan, Path.GetDirectoryName(file.FullPath) ?? "/", report));
    }
}
