using System.Collections.Immutable;
using System.Text;
using Vigil.Configuration;
using Vigil.Documents;
using Vigil.Planning;
using Vigil.Platform;
using Vigil.Rendering;
using Vigil.Tracking;

namespace Vigil.Cli;

/// <summary>
/// <c>plan --render DIR</c> of a plan document: a folder that is the experiment itself. It holds the plan in its canonical form, so that <c>vigil run DIR</c> means the same runs,
/// and everything that a person needs who submits the scripts by hand.
/// </summary>
internal static class DocumentRendering
{
    /// <summary>Groups of configs that lie beside a document and mean something for it.</summary>
    private static readonly string[] Groups = ["site", "torchtune_model"];

    /// <summary>Whether the experiment is a plan document, and no saved plan of one.</summary>
    public static bool Is(LoadedExperiment loaded) => loaded is { Saved: null, Request: { } request } && PlanDocuments.Claims(request.Experiment);

    /// <summary>The same experiment as it would be read in the new folder, beside whatever else reads it; null, with diagnostics, where it cannot be.</summary>
    public static LoadedExperiment? In(LoadedExperiment loaded, string dir)
    {
        var request = loaded.Request!;
        if (PlanDocuments.Read(request.Experiment, new DiagnosticBag()) is not { } document) return null;
        var text = RunsPlanText.Write(AbsolutePaths.In(document, FolderOf(request)));
        var file = new SourceFile(request.Experiment.Name, Path.Combine(dir, PlanDocuments.RunsPlanName), text);
        return loaded with { Request = request with { Experiment = file, Library = new(request.Library.Folders) } };
    }

    private static string FolderOf(PlanRequest request) => Path.GetDirectoryName(request.Experiment.FullPath) ?? "/";

    /// <summary>Writes what stands beside the runs' own folders.</summary>
    /// <param name="from">The document as it was read first.</param>
    public static void Write(PlanRequest from, PlanRequest rendered, Plan plan, DateTimeOffset now)
    {
        var dir = FolderOf(rendered);
        AtomicFile.Write(rendered.Experiment.FullPath, Encoding.UTF8.GetBytes(rendered.Experiment.Text));
        var document = PlanDocuments.Read(rendered.Experiment, new DiagnosticBag())!;
        var tracker = TrackerPlan.Of(document, now.Offset).Begin("Written by vigil plan --render; vigil status --update keeps it", TrackerHeader.Time(now));
        AtomicFile.Write(Path.Combine(dir, "runs_status.yaml"), Encoding.UTF8.GetBytes(TrackerText.Write(tracker)));
        AtomicFile.Write(Path.Combine(dir, "README.md"), Encoding.UTF8.GetBytes(RenderedTexts.ReadMe(plan)));
        if (plan.Runs.Any(static r => ScriptCopy.PathOf(r) is not null))
        {
            var submit = Path.Combine(dir, "submit_all.sh");
            AtomicFile.Write(submit, Encoding.UTF8.GetBytes(RenderedTexts.SubmitAll(plan)));
            File.SetUnixFileMode(submit, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        foreach (var group in Groups) Copy(Path.Combine(FolderOf(from), group), Path.Combine(dir, group));
    }

    private static void Copy(string from, string to)
    {
        if (!Directory.Exists(from)) return;
        PrivateFolder.Create(to);
        foreach (var file in Directory.EnumerateFiles(from, "*.yaml")) AtomicFile.Write(Path.Combine(to, Path.GetFileName(file)), File.ReadAllBytes(file));
    }
}
