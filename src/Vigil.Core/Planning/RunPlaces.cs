using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>Decides what the experiment and its runs are called and where their files lie.</summary>
internal sealed partial class RunPlaces(PlanRequest request, DiagnosticBag report)
{
    /// <summary>What Vigil keeps beside the runs' folders.</summary>
    private static readonly string[] Reserved = ["journal", "lease", "inbox", "provenance", "views", "arrays", "run.log", "run-torchtune.log", "run-torchtune.jsonl", "run-inspect.log", "run-inspect.jsonl", "runs_status.yaml", "report", ".", ".."];

    private static ConfigNode At(RunDraft draft, params ReadOnlySpan<string> path) => Merging.Find(draft.Tree, path) ?? draft.Tree;

    /// <summary>Null when a mistake made it impossible.</summary>
    /// <param name="common">Read from the first run: what all runs share.</param>
    public (ExperimentHeader Header, ImmutableArray<NamedRun> Runs)? Place(ImmutableArray<RunDraft> drafts, ExperimentSpec common)
    {
        var first = drafts[0];
        var given = drafts.Select(static d => d.Project.Name).Distinct().ToList();
        var experiment = given is [{ } constant] ? constant : NameOfFile(request.Experiment.FullPath);
        if (!IsFileName(experiment)) report.Error("PLN010", At(first, "project", "name").At, $"'{experiment}' cannot name an experiment: it must be usable as a folder's name");
        if (Dir(drafts, experiment) is not { } dir || report.HasErrors) return null;
        var names = Own(drafts) is { } own ? own : request.Naming is SingleRun.AfterTheExperiment && drafts.Length == 1 ? [OfPoint(experiment, first.Stage)] : given.Count > 1 ? Given(drafts, experiment) : RunNames.Default(drafts, experiment);
        CheckShare(common);
        var header = Header(common, experiment, dir);
        var runs = drafts.Select((d, i) => Place(d, names[i], header)).ToImmutableArray();
        CheckNames(runs);
        CheckFolders(runs);
        return (header, runs);
    }

    private ExperimentHeader Header(ExperimentSpec spec, string name, string dir) => new()
    {
        Name = name,
        Dir = dir,
        File = request.Experiment.FullPath,
        Overrides = request.Overrides,
        Scheduler = spec.Scheduler.Type,
        Slurm = spec.Scheduler.Type == "slurm" ? SlurmJobs.Settings(spec, report) : null,
        Local = new(Least(spec.Local.Slots, spec.Scheduler.MaxJobs), spec.Local.ShareGpus, spec.Local.GraceSeconds),
        MaxGpuHours = spec.Project.MaxGpuHours,
        StatusCheckSeconds = spec.Project.StatusCheckSeconds,
    };

    private static int? Least(int? a, int? b) => a is null || b is null ? a ?? b : Math.Min(a.Value, b.Value);

    private void CheckShare(ExperimentSpec spec)
    {
        if (spec.Project.Share is not { } share) return;
        var at = Merging.Find(spec.Tree, ["project", "share"])!.At;
        if (share == "group") report.Warning("PLN011", at, "'project.share: group' has no effect in this version: the experiment's folders stay private to you", "open them by hand where others must read: chmod -R g+rX DIR");
        else report.Error("PLN011", at, $"'project.share' is 'group' or left out, not '{share}'");
    }

    private string? Dir(ImmutableArray<RunDraft> drafts, string experiment)
    {
        var first = drafts[0].Project.BaseOutputDir ?? $"outputs/{experiment}";
        foreach (var draft in drafts)
            if ((draft.Project.BaseOutputDir ?? $"outputs/{experiment}") is var other && other != first)
            {
                report.Error("PLN012", At(draft, "project", "base_output_dir").At, $"'project.base_output_dir' must be one folder for all runs, but it is '{first}' and '{other}'", "each run has a folder of its own below it");
                return null;
            }
        if (PlaceholderText.Parse(first) is { IsLiteral: true, Literal: { Length: > 0 } folder }) return Path.GetFullPath(folder, request.CurrentFolder);
        report.Error("PLN012", At(drafts[0], "project", "base_output_dir").At, first.Length == 0 ? "'project.base_output_dir' is empty" : $"'project.base_output_dir: {first}' holds a placeholder, and those are filled only later", @"refer to a key of the file with ${…}; a brace in a folder's name is written \{");
        return null;
    }

    /// <summary>Names that each run has of its own; null where not all have one.</summary>
    private static ImmutableArray<(string Name, string Point)>? Own(ImmutableArray<RunDraft> drafts) =>
        drafts.All(static d => d.Project is { RunName: not null } or { Evaluation: not null }) ? [.. drafts.Select(static d => Own(d.Project, d.Stage))] : null;

    private static (string Name, string Point) Own(ProjectSpec project, string? stage) => project switch
    {
        { Evaluation: { } evaluation } => (project.RunName ?? $"{evaluation.Point}_{Evaluated(evaluation).Folder()}", evaluation.Point),
        { RunName: { } name } => OfPoint(name, stage),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>What a run evaluates, as the plan keeps it.</summary>
    public static PlannedEvaluation Evaluated(EvaluationSpec spec) => new(spec.Task, spec.Training is { } training ? new RunId(training) : null, spec.Epoch);

    /// <summary>Names that the user gave; where one serves several stages of a point, the stage is added.</summary>
    private static ImmutableArray<(string Name, string Point)> Given(ImmutableArray<RunDraft> drafts, string experiment)
    {
        var repeated = drafts.CountBy(static d => d.Project.Name ?? "").Where(static n => n.Value > 1).Select(static n => n.Key).ToHashSet();
        var fallback = drafts.Any(static d => d.Project.Name is null) ? RunNames.Default(drafts, experiment) : [];
        return [.. drafts.Select((d, i) => d.Project.Name is not { } name ? fallback[i] : repeated.Contains(name) ? WithStage(name, d.Stage) : OfPoint(name, d.Stage))];
    }

    private static (string Name, string Point) WithStage(string name, string? stage) => stage is null ? (name, name) : ($"{name}_{stage}", name);

    /// <summary>A name that ends in its stage has its point's name before that.</summary>
    private static (string Name, string Point) OfPoint(string name, string? stage) =>
        stage is not null && name.EndsWith("_" + stage, StringComparison.Ordinal) && name.Length > stage.Length + 1 ? (name, name[..^(stage.Length + 1)]) : (name, name);

    private NamedRun Place(RunDraft draft, (string Name, string Point) names, ExperimentHeader header)
    {
        if (draft.Project.Evaluation is not null && header.Scheduler == "slurm" && draft.Trees.Remote(draft.Index) is not null)
            report.Error("PLN064", At(draft, "project", "evaluation").At, "evaluations that wait for checkpoints cannot run on a cluster behind a login node: their folders are not mirrored", "start Vigil on the cluster itself");
        var own = draft.Project.Evaluation is { } evaluation ? Path.Combine(names.Point, "eval", Evaluated(evaluation).Folder()) : names.Name;
        var run = new NamedRun(draft, names.Name, names.Point, Path.Combine(Folder(draft, header), own), "", null);
        run = run with { LogPath = LogPath(run, header) };
        return run with { LogPathCurrent = Current(run, header) };
    }

    /// <summary>The folder that holds the run's own: the experiment's, or one on the cluster, where the run cannot reach this machine's.</summary>
    private string Folder(RunDraft draft, ExperimentHeader header) =>
        header.Scheduler == "slurm" && draft.Trees.Remote(draft.Index) is { } remote ? remote.Folder(report) ?? header.Dir : header.Dir;

    private string LogPath(NamedRun run, ExperimentHeader header)
    {
        var folder = LogPattern.Escape(run.OutputDir);
        if (run.Draft.Project.LogPath is not { } text) return Path.Combine(folder, "slurm-%j.out");
        var path = Fill(text, run, header, "log_path", LogPattern.Escape).Replace("%x", LogPattern.Escape(run.Name), StringComparison.Ordinal);
        if (header.Slurm is not null) CheckPatterns(path, run);
        if (!IsOfOneJob(Path.GetFileName(path)))
        {
            // No log is ever overwritten, so the id goes in; with %a alone a second attempt would meet the first one's log.
            var own = Path.GetFileName(path);
            path = Path.Combine(Path.GetDirectoryName(path) ?? "", $"{Path.GetFileNameWithoutExtension(own)}-%j{Path.GetExtension(own)}");
            report.Warning("PLN013", At(run.Draft, "project", "log_path").At, $"'project.log_path' lacks %j, the job's id, in its last part; it is written as {Path.GetFileName(path)}, so that no log is overwritten",
                "project.log_path: \"{output_dir}/slurm-%j.out\"");
        }
        return Path.GetFullPath(path, folder);
    }

    /// <summary>Whether each job has a file of its own.</summary>
    private static bool IsOfOneJob(string name) => LogPattern.Has(name, 'j') || (LogPattern.Has(name, 'A') && LogPattern.Has(name, 'a'));

    private void CheckPatterns(string path, NamedRun run)
    {
        var at = At(run.Draft, "project", "log_path").At;
        if (LogPattern.Unknown(path) is { } pattern)
            report.Error("SLM023", at, $"'project.log_path' holds the pattern {pattern}", pattern == "%u" ? "the user's name is ${oc.env:USER}" : "Vigil follows %j, %A, %a, %x, %N and %t; a percent sign is written %%");
        if (LogPattern.Parse(Path.GetDirectoryName(path) ?? "").Any(static p => p is LogPiece.Code))
            report.Error("SLM023", at, "'project.log_path' has a pattern in its folder, and a folder must be there before its job is submitted", "only the file's name holds %j, %A, %a, %N or %t");
    }

    private string? Current(NamedRun run, ExperimentHeader header)
    {
        if (run.Draft.Project.LogPathCurrent is not null && Merging.Find(run.Draft.Tree, ["project", "log_path_current"]) is { } node)
        {
            if (ScalarValue.IsNull(node)) return null;
            if (node is ConfigNode.Scalar { Text.Length: > 0 } scalar) return Path.GetFullPath(Fill(scalar.Text, run, header, "log_path_current", static v => v), run.OutputDir);
            report.Error("CFG041", node.At, $"'project.log_path_current' must be a path or null, not {Binder.Describe(node)}");
        }
        return Path.Combine(LogPattern.Folder(run.LogPath), "current.log");
    }

    private string Fill(string text, NamedRun run, ExperimentHeader header, string key, Func<string, string> write)
    {
        var at = At(run.Draft, "project", key).At;
        string? Plan(string name) => name is "log_path" or "log_path_current" ? null : Placeholders.Value(name, run, header);
        return string.Concat(PlaceholderText.Parse(text).Parts.Select(part =>
        {
            if (part is not PlaceholderPart.Name { Key: var name }) return ((PlaceholderPart.Literal)part).Text;
            if ((Plan(name) ?? (Placeholders.IsOfThePlan(name) ? null : Placeholders.Configured(name, run.Draft.Tree, Plan))) is { } value) return write(value);
            if (Placeholders.IsOfAnAttempt(name)) report.Error("PLN021", at, $"{{{name}}} in 'project.{key}' is known only when an attempt starts, and the log's place is fixed before", name == "job_id" ? "the job's id is written %j there" : null);
            else Placeholders.ReportUnknown(name, at, $"project.{key}", run.Draft.Tree, report);
            return "";
        }));
    }

    private void CheckNames(ImmutableArray<NamedRun> runs)
    {
        foreach (var run in runs)
            if (Reserved.Contains(run.Name)) report.Error("PLN014", At(run.Draft, "stage").At, $"a run cannot be called '{run.Name}': Vigil keeps its own files there", "rename the stage or set project.name");
            else if (!IsFileName(run.Name) || run.Draft.Project.Evaluation is { } evaluation && !(IsFileName(evaluation.Point) && IsFileName(Evaluated(evaluation).Folder()))) report.Error("PLN014", NameAt(run), $"'{run.Name}' cannot name a run: it must be usable as a folder's name", "no '/' and no control characters, at most 200 characters, and neither '.' nor '..'");
    }

    /// <summary>Where a run's name was said.</summary>
    private static SourceSpan NameAt(NamedRun run) =>
        (Merging.Find(run.Draft.Tree, ["project", "run_name"]) is { } own && !ScalarValue.IsNull(own) ? own : Merging.Find(run.Draft.Tree, ["project", "evaluation"]) ?? At(run.Draft, "project", "name")).At;

    private void CheckFolders(ImmutableArray<NamedRun> runs)
    {
        var folders = new Dictionary<string, NamedRun>();
        var links = new Dictionary<string, NamedRun>();
        var names = new Dictionary<string, NamedRun>();
        foreach (var run in runs)
        {
            if (!folders.TryAdd(run.OutputDir, run))
                report.Error("PLN015", At(run.Draft, "project", "name").At, $"two runs would share the folder {run.OutputDir}: {Describe(folders[run.OutputDir])} and {Describe(run)}", "give project.name what tells them apart, or take the repeated point out of the sweep");
            else if (!names.TryAdd(run.Name, run))
                report.Error("PLN015", At(run.Draft, "project", "evaluation").At, $"two runs would be called '{run.Name}': {Describe(names[run.Name])} and {Describe(run)}", "give one of them a name of its own: project.run_name");
            else if (run.LogPathCurrent is { } link && !links.TryAdd(link, run))
                report.Error("PLN016", At(run.Draft, "project", "log_path").At, $"the runs '{links[link].Name}' and '{run.Name}' would share the link {link}", "put {name} into project.log_path");
        }
    }

    private static string Describe(NamedRun run) =>
        $"'{run.Name}' (run {run.Draft.Index}{string.Concat(run.Draft.Coordinates.Select(static c => $", {c.Key}={c.Text}"))})";

    private static bool IsFileName(string name) => name.Length is > 0 and <= 200 && name is not ("." or "..") && FileNameForm.IsMatch(name);

    private static string NameOfFile(string path) =>
        Path.GetFileName(path) is "experiment.yaml" or "experiment.yml" && Path.GetFileName(Path.GetDirectoryName(path)) is { Length: > 0 } folder ? folder : Path.GetFileNameWithoutExtension(path);

    [GeneratedRegex(@"^[^/\p{C}]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileNameForm { get; }
}
