using Vigil.Configuration;
using Vigil.Documents;

namespace Vigil.Cli;

/// <summary>Looks whether the files are there that a plan document names, before hours of training find out.</summary>
internal static class DocumentPreflight
{
    public static void Check(LoadedExperiment loaded)
    {
        if (loaded is not { Request: { } request, Saved: null } || !PlanDocuments.Claims(request.Experiment) || PlanDocuments.Read(request.Experiment, new DiagnosticBag()) is not { } plan) return;
        var folder = Path.GetDirectoryName(request.Experiment.FullPath) ?? "/";
        foreach (var file in plan.Files)
            if (PathOf(file, folder) is { } path && !File.Exists(path) && !Directory.Exists(path)) Report(file, path, loaded.Report);
    }

    /// <summary>A script may name the task in it: <c>eval.py@math</c>.</summary>
    private static string? PathOf(DocumentFile file, string folder)
    {
        var text = file.Role is DocumentFileRole.Script && file.Path.LastIndexOf('@') is > 0 and var cut ? file.Path[..cut] : file.Path;
        return text.Length == 0 || text[0] == '~' ? null : Path.GetFullPath(text, folder);
    }

    private static void Report(DocumentFile file, string path, DiagnosticBag report)
    {
        var (what, isNeeded) = file.Role switch
        {
            DocumentFileRole.Script => ($"the script of the task '{file.Owner}'", true),
            DocumentFileRole.EvaluationData => ($"the data of the task '{file.Owner}'", true),
            DocumentFileRole.TrainingData => ("the data of the training", true),
            DocumentFileRole.Checkpoint => ($"the checkpoint of '{file.Owner}'", true),
            DocumentFileRole.Model => ($"the folder of the model '{file.Owner}'", false),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (isNeeded) report.Error("DOC032", file.At, $"{what} is not there: {path}", "a relative path starts at the document's folder");
        else report.Warning("DOC032", file.At, $"{what} is not there: {path}", "the jobs need it; a relative path starts at the document's folder");
    }
}
