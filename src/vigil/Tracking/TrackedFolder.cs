using System.Collections.Immutable;
using Vigil.Cli;
using Vigil.Configuration;
using Vigil.Documents;
using Vigil.Platform;

namespace Vigil.Tracking;

/// <summary>The folder of a plan document, as it is read before anything is asked or written.</summary>
/// <param name="Root">Absolute.</param>
/// <param name="Before">The tracker that is there; null: none yet.</param>
internal sealed record TrackedFolder(string Root, TrackerPlan Plan, RunTracker? Before)
{
    public const string FileName = "runs_status.yaml";

    private const string Writer = "Auto-generated and updated by vigil status --update";

    private static readonly string[] Documents = [PlanDocuments.RunsPlanName, PlanDocuments.SummaryYamlName, PlanDocuments.SummaryTextName];

    /// <summary>Mistakes that keep a plan from being run, and say nothing of which runs and evaluations there are.</summary>
    private static readonly HashSet<string> OfNoMatter = ["DOC007", "DOC013", "DOC016", "DOC018", "DOC024", "DOC026", "DOC028"];

    public string File => Path.Combine(Root, FileName);

    /// <summary>The document of a folder; null: it has none.</summary>
    public static string? DocumentOf(string root) => Documents.Select(name => Path.Combine(root, name)).FirstOrDefault(System.IO.File.Exists);

    /// <summary>Null, with messages, where something is wrong with the plan or the tracker.</summary>
    /// <param name="name">The folder as the user named it.</param>
    public static TrackedFolder? Read(string name, string root, TimeSpan zone, SourceTexts sources, DiagnosticBag report)
    {
        if (DocumentOf(root) is not { } document)
        {
            report.Error("STA001", new(name, 0, 0), Directory.Exists(root) ? $"holds no {string.Join(", no ", Documents)}, so nobody knows which runs there are" : "does not exist, or its folder may not be looked into by you",
                "name the folder of the plan; docs/plan-documents.md says what a plan looks like");
            return null;
        }
        var plan = ReadPlan(Path.Combine(name, Path.GetFileName(document)), document, zone, sources, report);
        var status = Path.Combine(root, FileName);
        var before = System.IO.File.Exists(status) && TextFile.Read(Path.Combine(name, FileName), status, sources, report) is { } text ? TrackerReader.Read(text, report) : null;
        if (plan is not null && before is { Group: { } group } && group != plan.Group && group != Path.GetFileName(root))
            report.Error("STA004", before.GroupAt, $"this tracker is of the group '{group}', and the plan beside it is '{plan.Group}'", "move the file away to have a new one made from the plan, or write the plan's name there if it is the plan's");
        return plan is null || report.HasErrors ? null : new(root, plan, before);
    }

    private static TrackerPlan? ReadPlan(string name, string path, TimeSpan zone, SourceTexts sources, DiagnosticBag report)
    {
        if (TextFile.Read(name, path, sources, report) is not { } file) return null;
        var mistakes = new DiagnosticBag();
        var plan = PlanDocuments.Read(file, mistakes);
        foreach (var mistake in mistakes.All.Where(static d => d.Severity is Severity.Error && !OfNoMatter.Contains(d.Code))) report.Add(mistake);
        return plan is null ? null : TrackerPlan.Of(plan, zone);
    }

    /// <summary>With what the plan has and the file lacks.</summary>
    public RunTracker Whole(DateTimeOffset now)
    {
        var time = TrackerHeader.Time(now);
        return Before is null ? Plan.Begin(Writer, time) : Plan.Complete(Before, time);
    }

    /// <summary>What the file has and the plan lacks.</summary>
    public IEnumerable<TrackerIssue> Strangers() => Before is null ? [] : TrackerPlan.Strangers(Before, Plan);

    /// <summary>The earliest time at which a job of this experiment may have been submitted: the day of the plan, else a day before the oldest time that is known of it.</summary>
    public DateTimeOffset Since()
    {
        if (Plan.Created is { } created) return created;
        var oldest = Before?.OldestUpdate is { } update ? new DateTimeOffset(update, TimeZoneInfo.Local.GetUtcOffset(update)) : DateTimeOffset.MaxValue;
        DateTimeOffset written = System.IO.File.GetLastWriteTime(DocumentOf(Root) ?? Root);
        return (written < oldest ? written : oldest).AddDays(-1);
    }

    /// <summary>The paths that lead to the folder: as it was named, and without links.</summary>
    public ImmutableArray<string> Roots() => [.. new[] { Root, Physical(Root) }.Distinct(StringComparer.Ordinal)];

    private static string Physical(string path)
    {
        try
        {
            var done = "/";
            foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
                done = Directory.ResolveLinkTarget(Path.Combine(done, part), returnFinalTarget: true) is { FullName: var target } ? target == path ? path : Physical(target) : Path.Combine(done, part);
            return done;
        }
        // A link that leads in circles, or that may not be read.
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException) { return path; }
    }

    public void Write(RunTracker tracker) => AtomicFile.Write(File, TrackerText.Write(tracker));
}
