using System.Collections.Immutable;
using Vigil.Tracking;

namespace Vigil.Core.Tests.Tracking;

/// <summary>A14: the report in Markdown.</summary>
public sealed class TrackerReportTests
{
    [Fact]
    public void A14_the_report_has_counts_a_table_what_went_wrong_and_what_to_do()
    {
        var plan = Some.Plan("1B_rank4", "1B_rank64", "3B_rank4", "3B_rank64", "8B|x");
        var update = Some.LookAndFind(Some.Begin(plan), plan, static s => s.Point == "3B_rank4" ? new("/o", null) : new(null, "completed, and there is no epoch_N in /o"),
            Some.Job("1", "1B_rank4", "COMPLETED"), Some.Job("2", "eval_1B_rank4", "RUNNING"), Some.Job("3", "1B_rank64", "PENDING"), Some.Job("4", "3B_rank4", "COMPLETED"), Some.Job("5", "3B_rank4_eval", "COMPLETED"), Some.Job("6", "8B|x", "OUT_OF_MEMORY"));

        Assert.Equal("""
            ## Run Status Update - 2025-10-20 12:00:00

            ### Overall Progress
            - **Pending**: 1 run
            - **Running**: 2 runs
            - **Completed**: 1 run
            - **Failed**: 1 run

            Each run counts once: as failed if any of its jobs failed; else as running if any is submitted or runs; else as completed if all are completed or skipped; else as pending.

            - Finetune: 1 pending, 1 submitted, 2 completed, 1 failed
            - Eval: 3 pending, 1 running, 1 completed

            ### Details by Run
            | Run Name | Finetune | Eval | Notes |
            |----------|----------|----------|-------|
            | 1B_rank4 | ✓ completed | → running | Finetune: no output found; Eval job 2 |
            | 1B_rank64 | submitted | pending | Finetune job 3 waits (Priority) |
            | 3B_rank4 | ✓ completed | ✓ completed | All done! |
            | 3B_rank64 | pending | pending | Not started |
            | 8B\|x | ✗ failed | pending | Finetune job 6: OUT_OF_MEMORY |

            ### Issues
            - **8B\|x**: ✗ finetune failed: job 6 OUT_OF_MEMORY
            - **1B_rank4**: finetune: completed, and there is no epoch_N in /o. When it is there, update again; or write its path into runs_status.yaml

            ### Next Actions
            - Monitor running jobs: `squeue -u $USER`
            - 1 finetune job in progress
            - 1 eval job in progress
            - Look at 1 failed job and submit again what is worth it: 8B\|x (`sacct -j 6 --format=JobID,JobName%40,State,ExitCode,Elapsed,End -X`)
            - 1 run not yet started

            """, new TrackerReport(update.Tracker, update.Issues, update.Waiting, TrackedJobs.Slurm).Write(Some.Now));
    }

    [Fact]
    public void A14_evaluations_of_the_nested_form_are_one_cell()
    {
        var plan = Some.PlanWithEvaluations(2, "rank4");
        var update = Some.Look(Some.Begin(plan), plan, Some.Job("1", "rank4", "COMPLETED"), Some.Job("2", "rank4_capitalization_epoch0", "COMPLETED"));
        var report = new TrackerReport(update.Tracker, update.Issues, update.Waiting, TrackedJobs.Slurm).Write(Some.Now);

        Assert.Contains("| rank4 | ✓ completed | pending (1/2 completed) |  |\n| 1B_base | skipped | pending | Not started |\n", report, StringComparison.Ordinal);
        Assert.Contains("- Evaluate what is trained: rank4\n- 1 run not yet started\n", report, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_completed_without_an_output_is_an_issue_also_when_nobody_asked_the_scheduler()
    {
        var tracker = Some.Read(Some.Flat.Replace("/scratch/gpfs/MSALGANIK/mjs3/ck-out-bright-horizon/epoch_2", "null", StringComparison.Ordinal));
        var report = new TrackerReport(tracker, [], ImmutableDictionary<string, string>.Empty, TrackedJobs.Slurm).Write(Some.Now);

        Assert.Contains("- **1B_rank4**: finetune: completed, and nobody found its output. Write its path into runs_status.yaml\n", report, StringComparison.Ordinal);
    }
}
