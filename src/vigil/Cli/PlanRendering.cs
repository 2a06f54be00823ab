using System.Collections.Immutable;
using System.Text;
using Vigil.Configuration;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;
using Vigil.Rendering;
using Vigil.Schedulers;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary><c>plan --render DIR</c>: the files that a launch writes for its jobs, below another folder and with nothing submitted. There is no journal: nothing happened.</summary>
internal static class PlanRendering
{
    /// <summary>In all of them it is the real places that are named; a mistake is in the report.</summary>
    public static async Task WriteAsync(CliContext context, string name, Plan plan, LaunchWords origin, DiagnosticBag report, CancellationToken stop)
    {
        var root = new ExperimentFolder(context.FullPath(name));
        if (root.Root == plan.Experiment.Dir) report.Error("RUN064", new(name, 0, 0), "is the experiment's own folder; --render writes into another one", "name a new folder");
        else if (IsFree(root, name, report)) await TryAsync(name, report, async () => await WriteAsync(context, root, plan, await LaunchRecord.GatherAsync(origin, context.Time, stop)));
    }

    /// <summary>
    /// Of a plan document the new folder is the experiment's own: its scripts can be submitted there. It is planned for that place, beside what is done with the plan
    /// for the document's own place meanwhile.
    /// </summary>
    public static Task<MovedPlan?> BeginDocument(CliContext context, string name, LoadedExperiment loaded) =>
        Task.Run(() => DocumentRendering.In(loaded, context.FullPath(name)) is { Request: { } moved } ? new MovedPlan(moved, Planner.Plan(moved)) : null);

    public static async Task WriteDocumentAsync(CliContext context, string name, LoadedExperiment loaded, MovedPlan moved, PlanNarrowing narrowing, Func<Plan, LaunchWords> origin, CancellationToken stop)
    {
        var (root, report) = (new ExperimentFolder(context.FullPath(name)), loaded.Report);
        if (!IsFree(root, name, report)) return;
        var plan = narrowing.Of(moved.Plan, report);
        foreach (var mistake in plan.Diagnostics.Where(static d => d.Severity is Severity.Error)) report.Add(mistake);
        if (report.HasErrors) return;
        await TryAsync(name, report, async () =>
        {
            await WriteAsync(context, root, plan, await LaunchRecord.GatherAsync(origin(plan), context.Time, stop));
            DocumentRendering.Write(loaded.Request!, moved.Request, plan, context.Time.GetLocalNow());
        });
    }

    private static bool IsFree(ExperimentFolder root, string name, DiagnosticBag report)
    {
        var at = new SourceSpan(name, 0, 0);
        if (File.Exists(root.Root)) report.Error("RUN064", at, "is a file; --render writes into a folder", "name a new folder");
        else if (Directory.Exists(root.Root) && Directory.EnumerateFileSystemEntries(root.Root).Any()) report.Error("RUN064", at, "is not empty; --render writes over nothing", "name a new folder");
        else return true;
        return false;
    }

    private static async Task TryAsync(string name, DiagnosticBag report, Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            report.Error("RUN064", new(name, 0, 0), $"cannot be written: {e.Message}");
        }
    }

    /// <summary>What a monitor would submit at its first turn.</summary>
    private static List<Submission> FirstOf(Plan plan, DateTimeOffset now)
    {
        var state = ExperimentState.Empty;
        ImmutableArray<RunEvent> Decide(Observation seen)
        {
            var events = Decider.Decide(state, seen);
            state = state.Apply(new JournalEntry(state.Seq + 1, now, Decider.By(seen), Decider.Cause(seen), events));
            return events;
        }
        Decide(new Observation.PlanAccepted(now, "vigil", plan.Experiment, plan.Runs, []) { Rules = plan.RuleSets, Channels = plan.Channels });
        return [.. from requested in Decide(new Observation.Ticked(now)).OfType<RunEvent.EffectRequested>()
                   let submit = requested.Effect as Effect.Submit
                   where submit is not null
                   select EffectRunner.Submission(state, requested.Id, submit)];
    }

    private static async Task WriteAsync(CliContext context, ExperimentFolder root, Plan plan, LaunchRecord record)
    {
        var launch = Inbox.NewId(context.Time.GetUtcNow());
        PrivateFolder.Create(root.Root);
        PrivateFolder.Create(root.Provenance);
        LaunchRecord.Write(root, launch, record.Without(SecretValues.Together(plan.Runs.Select(static r => r.Secrets()))));
        FrozenConfigs.Write(root, launch, plan.Runs, plan.Runs.Select(r => plan.Configs.Find(r.Id)!));
        var planned = new ExperimentFolder(plan.Experiment.Dir);
        string Here(PlannedRun run, string path) => Path.Combine(root.Root, Path.GetRelativePath(planned.Root, planned.Here(run, path)));
        var provenance = new ProvenanceWriter(new FrozenConfigs(root), () => plan.Experiment, context.Time) { Here = Here };
        var submissions = FirstOf(plan, context.Time.GetUtcNow());
        var first = submissions.SelectMany(static s => s.Starts.Select(start => (Start: start, Token: s.Array is null ? s.Token : null))).ToDictionary(static s => s.Start.Attempt.Run);
        // One thread waits for the kernel most of the time: a run has eight files and five folders.
        await Parallel.ForEachAsync(plan.Runs, (run, _) =>
        {
            if (provenance.Freeze(run) is { } refused) throw new IOException(refused.Reason);
            // What waits for others is not submitted yet: nobody knows in whose company it will be.
            var (start, token) = first.TryGetValue(run.Id, out var known) ? known : (new AttemptStart(new AttemptId(run.Id, 1), LastCheckpoint: null), null);
            var request = EffectRunner.Request(run, start.Attempt, job: null);
            var folder = Here(run, request.Folder);
            PrivateFolder.Create(folder);
            var script = Encoding.UTF8.GetBytes(ScriptRenderer.Render(run, start, request.Folder, token));
            AtomicFile.WriteUnannounced(Path.Combine(folder, Path.GetFileName(request.ScriptPath)), script);
            if (ScriptCopy.PathOf(run) is { } copy) AtomicFile.WriteUnannounced(Here(run, copy), script);
            return ValueTask.CompletedTask;
        });
        foreach (var submission in submissions)
            if (submission.Array is { } place && ArrayFolder.Write(submission, place, root.Array(place.Name)) is { } refused) throw new IOException(refused.Reason);
    }
}

/// <summary>A document's plan for the folder that it is rendered into.</summary>
internal sealed record MovedPlan(PlanRequest Request, Plan Plan);
