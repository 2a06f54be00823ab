using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Documents;
using Vigil.Tracking;

namespace Vigil.Core.Tests.Tracking;

/// <summary>Plans, trackers and jobs in one word.</summary>
internal static class Some
{
    public const string Dir = "/scratch/cap";

    public static DateTimeOffset Now { get; } = new(2025, 10, 20, 12, 0, 0, TimeSpan.Zero);

    public const string Stamp = "2025-10-20 12:00:00";

    /// <summary>A tracker as the document shows it, to the letter.</summary>
    public const string Flat = """
        # Run Status Tracker
        # Auto-generated and updated by update-run-status skill
        # Last updated: 2025-10-19 18:30:00

        run_group: cap
        runs:
          1B_rank4:
            finetune_status: completed
            finetune_job_id: "1234567"
            finetune_output: /scratch/gpfs/MSALGANIK/mjs3/ck-out-bright-horizon/epoch_2
            eval_status: running
            eval_job_id: "1234568"
            eval_output: null
            last_updated: "2025-10-19 18:30:00"
          1B_rank64:
            finetune_status: running
            finetune_job_id: "1234569"
            finetune_output: null
            eval_status: pending
            eval_job_id: null
            eval_output: null
            last_updated: "2025-10-19 18:25:00"

        """;

    public const string Nested = """
        # Run Status Tracker
        # Last updated: 2025-10-19 14:30:00

        run_group: cap
        runs:
          1B_rank4:
            finetune:
              status: submitted
              job_id: "0012"
              output: null
              last_updated: "2025-10-19 14:30:00"
            evaluations:
              capitalization_epoch_0: {status: pending, job_id: null, output: null, last_updated: null}
              capitalization_epoch_1: {status: pending, job_id: null, output: null, last_updated: null}
          1B_base:
            finetune: {status: skipped, job_id: null, output: null, last_updated: null, note: Base model - no fine-tuning required}
            evaluations:
              capitalization: {status: pending, job_id: null, output: null, last_updated: null}

        """;

    /// <summary>Fine-tuned runs without a word of evaluations.</summary>
    public static TrackerPlan Plan(params string[] runs) => new("cap", [.. runs.Select(static r => new TrackedRun(r, DocumentRunKind.FineTuned.Instance, []) { MayBeEvaluated = true })], null);

    /// <summary>Each fine-tuned run on one task at some epochs, and a base model.</summary>
    public static TrackerPlan PlanWithEvaluations(int epochs, params string[] runs) => new("cap",
    [
        .. runs.Select(r => new TrackedRun(r, DocumentRunKind.FineTuned.Instance, [.. Enumerable.Range(0, epochs).Select(e => new Vigil.Planning.PlannedEvaluation("capitalization", new(r), e))])),
        new TrackedRun("1B_base", DocumentRunKind.Control.Instance, [new("capitalization", null, null)]),
    ], null);

    public static RunTracker Begin(TrackerPlan plan) => plan.Begin("by a test", "2025-10-19 10:00:00");

    public static RunTracker Read(string text)
    {
        var report = new DiagnosticBag();
        var tracker = TrackerReader.Read(new("runs_status.yaml", "/runs_status.yaml", text), report);
        Assert.Empty(report.All);
        return tracker!;
    }

    public static ImmutableArray<Diagnostic> Mistakes(string text)
    {
        var report = new DiagnosticBag();
        TrackerReader.Read(new("runs_status.yaml", "/runs_status.yaml", text), report);
        return [.. report.All];
    }

    /// <param name="at">Minutes before <see cref="Now"/>.</param>
    public static SeenJob Job(string id, string name, string state, int at = 60, string? dir = Dir) => new(id, name, state, state == "PENDING" ? "Priority" : null, Now.AddMinutes(-at), dir);

    public static TrackerUpdate Look(RunTracker tracker, TrackerPlan plan, params SeenJob[] jobs) => LookAndFind(tracker, plan, static s => new($"/out/{s.Point}/{s.Key}", null), jobs);

    public static TrackerUpdate LookAndFind(RunTracker tracker, TrackerPlan plan, Func<TrackedSubject, OutputFound> output, params SeenJob[] jobs)
    {
        var subjects = TrackedSubject.Of(tracker, plan, static _ => null);
        return TrackerUpdate.Of(tracker, subjects, new JobMatcher(subjects, [Dir], plan.Created), jobs, output, Now);
    }

    public static TrackedEntry FineTune(this TrackerUpdate update, string run) => update.Tracker[run]![EntryKey.FineTune]!;

    public static TrackedEntry Eval(this TrackerUpdate update, string run, string? key = null) => update.Tracker[run]![new EntryKey(EntryKey.EvalStage, key)]!;
}
