using Vigil.Configuration;
using Vigil.Documents;
using Vigil.Tracking;

namespace Vigil.Core.Tests.Tracking;

/// <summary>The requirements A2 to A11, A13 and A15 of trackers; those that need a folder (A1, A12) and the report (A14) have tests of their own.</summary>
public sealed class TrackerRequirementTests
{
    private static readonly TrackerPlan TwoRuns = Some.Plan("rank4", "rank40");

    [Fact]
    public void A2_a_new_tracker_has_every_run_of_the_plan_pending_and_controls_skipped()
    {
        var report = new DiagnosticBag();
        var document = PlanDocuments.Read(new("runs_plan.md", "/runs_plan.md", Documents.Some.RunsPlan), report)!;
        var tracker = Some.Begin(TrackerPlan.Of(document, TimeSpan.Zero));

        Assert.Equal((document.Name, document.Runs.Length), (tracker.Group, tracker.Points.Length));
        Assert.Equal(document.Runs.Select(static r => r.Name), tracker.Points.Select(static p => p.Name));
        Assert.All(tracker.Points, point => Assert.Equal(point.Name.EndsWith("_base", StringComparison.Ordinal) ? TrackedStatus.Skipped : TrackedStatus.Pending, point[EntryKey.FineTune]!.Status));
        Assert.All(tracker.Points.SelectMany(static p => p.Entries).Where(static e => e.Key.IsEvaluation), static e => Assert.Equal(TrackedStatus.Pending, e.Status));
        Assert.Equal(DocumentJobs.Of(document).OfType<DocumentJob.Evaluate>().Select(static j => j.Key), tracker.Points.SelectMany(static p => p.Entries).Select(static e => e.Key.Evaluation).OfType<string>());
        Assert.Equal(TrackerForm.Nested, tracker.Form);
    }

    [Fact]
    public void A3_a_new_tracker_has_the_header_and_the_seven_keys_in_order()
    {
        Assert.Equal("""
            # Run Status Tracker
            # by a test
            # Last updated: 2025-10-19 10:00:00

            run_group: cap
            runs:
              rank4:
                finetune_status: pending
                finetune_job_id: null
                finetune_output: null
                eval_status: pending
                eval_job_id: null
                eval_output: null
                last_updated: "2025-10-19 10:00:00"

            """, TrackerText.Write(Some.Begin(Some.Plan("rank4"))));
    }

    [Theory]
    [InlineData("RUNNING", TrackedStatus.Running)]
    [InlineData("COMPLETING", TrackedStatus.Running)]
    [InlineData("SUSPENDED", TrackedStatus.Running)]
    [InlineData("STAGE_OUT", TrackedStatus.Running)]
    [InlineData("PENDING", TrackedStatus.Submitted)]
    [InlineData("CONFIGURING", TrackedStatus.Submitted)]
    [InlineData("REQUEUED", TrackedStatus.Submitted)]
    [InlineData("REQUEUE_HOLD", TrackedStatus.Submitted)]
    [InlineData("SPECIAL_EXIT", TrackedStatus.Submitted)]
    [InlineData("COMPLETED,COMPLETING", TrackedStatus.Running)]
    public void A4_a_job_in_the_queue_is_running_only_when_Slurm_says_so_and_is_submitted_otherwise(string state, TrackedStatus status)
    {
        var entry = Some.Look(Some.Begin(TwoRuns), TwoRuns, Some.Job("12", "rank4", state)).FineTune("rank4");

        Assert.Equal((status, "12", null), (entry.Status, entry.JobId, entry.Reason));
    }

    [Fact]
    public void A5_a_completed_job_has_its_id_and_what_was_found_on_disk()
    {
        var update = Some.Look(Some.Begin(TwoRuns), TwoRuns, Some.Job("12", "rank4", "COMPLETED"));

        Assert.Equal((TrackedStatus.Completed, "12", "/out/rank4/finetune"), (update.FineTune("rank4").Status, update.FineTune("rank4").JobId, update.FineTune("rank4").Output));
        Assert.Equal(Some.Stamp, update.Tracker["rank4"]!.LastUpdated);
        Assert.Contains($"# Last updated: {Some.Stamp}", update.Tracker.Header);
    }

    [Theory]
    [InlineData("FAILED")]
    [InlineData("CANCELLED by 1001")]
    [InlineData("CANCELLED+")]
    [InlineData("TIMEOUT")]
    [InlineData("OUT_OF_MEMORY")]
    [InlineData("OUT_OF_ME+")]
    [InlineData("NODE_FAIL")]
    [InlineData("BOOT_FAIL")]
    [InlineData("DEADLINE")]
    [InlineData("PREEMPTED")]
    public void A6_a_job_that_did_not_complete_is_failed_with_Slurm_s_exact_words(string state)
    {
        var entry = Some.Look(Some.Begin(TwoRuns), TwoRuns, Some.Job("12", "rank4", state)).FineTune("rank4");

        Assert.Equal((TrackedStatus.Failed, "12", state), (entry.Status, entry.JobId, entry.Reason));
    }

    [Fact]
    public void A7_a_run_without_a_job_stays_as_it_is()
    {
        var tracker = Some.Begin(TwoRuns);
        var update = Some.Look(tracker, TwoRuns, Some.Job("12", "rank4", "RUNNING"));

        Assert.Same(tracker["rank40"], update.Tracker["rank40"]);
    }

    [Theory]
    [InlineData("eval_rank4")]
    [InlineData("eval-rank4")]
    [InlineData("rank4_eval")]
    [InlineData("inspect_rank4")]
    public void A8_an_evaluation_is_followed_by_itself(string name)
    {
        var update = Some.Look(Some.Begin(TwoRuns), TwoRuns, Some.Job("12", "rank4", "FAILED"), Some.Job("13", name, "RUNNING"));

        Assert.Equal((TrackedStatus.Failed, TrackedStatus.Running, "13"), (update.FineTune("rank4").Status, update.Eval("rank4").Status, update.Eval("rank4").JobId));
    }

    [Theory]
    [InlineData("eval-capitalization_epoch1-rank4")]
    [InlineData("rank4/capitalization/epoch1")]
    [InlineData("rank4_capitalization_epoch1")]
    [InlineData("rank4_capitalization_epoch_1")]
    [InlineData("eval_capitalization_rank4_ep1")]
    public void A8_each_evaluation_of_the_nested_form_has_its_own_job(string name)
    {
        var plan = Some.PlanWithEvaluations(2, "rank4");
        var update = Some.Look(Some.Begin(plan), plan, Some.Job("13", name, "COMPLETED"), Some.Job("14", "eval-capitalization-1B_base", "RUNNING"));

        Assert.Equal((TrackedStatus.Pending, TrackedStatus.Completed, "13"), (update.Eval("rank4", "capitalization_epoch_0").Status, update.Eval("rank4", "capitalization_epoch_1").Status, update.Eval("rank4", "capitalization_epoch_1").JobId));
        Assert.Equal((TrackedStatus.Running, TrackedStatus.Skipped), (update.Eval("1B_base", "capitalization").Status, update.FineTune("1B_base").Status));
        Assert.Empty(update.Issues);
    }

    [Fact]
    public void A9_a_second_look_that_shows_the_same_changes_nothing()
    {
        SeenJob[] jobs = [Some.Job("12", "rank4", "COMPLETED"), Some.Job("13", "rank40", "PENDING"), Some.Job("14", "eval_rank4", "TIMEOUT")];
        var first = Some.Look(Some.Begin(TwoRuns), TwoRuns, jobs);
        var second = Some.Look(Some.Read(TrackerText.Write(first.Tracker)), TwoRuns, jobs);

        Assert.NotEmpty(first.Changes);
        Assert.Empty(second.Changes);
        Assert.Equal(TrackerText.Write(first.Tracker), TrackerText.Write(second.Tracker));
    }

    [Theory]
    [InlineData(TrackedStatus.Submitted)]
    [InlineData(TrackedStatus.Running)]
    [InlineData(TrackedStatus.Completed)]
    [InlineData(TrackedStatus.Failed)]
    public void A10_a_job_that_nobody_shows_stays_as_it_was_and_a_person_is_told_when_it_should_be_there(TrackedStatus status)
    {
        var tracker = Some.Begin(TwoRuns);
        tracker = tracker with { Points = tracker.Points.SetItem(0, tracker.Points[0] with { Entries = [new(EntryKey.FineTune, status) { JobId = "12", Output = "/x" }] }) };
        var update = Some.Look(tracker, TwoRuns);

        Assert.Same(tracker, update.Tracker);
        Assert.Equal(status.IsLive(), update.Issues.Any(static i => i.Text.Contains("neither squeue nor sacct knows job 12", StringComparison.Ordinal)));
    }

    [Fact]
    public void A10_what_is_completed_stays_completed_whatever_is_said_later()
    {
        var completed = Some.Look(Some.Begin(TwoRuns), TwoRuns, Some.Job("12", "rank4", "COMPLETED")).Tracker;

        Assert.Same(completed, Some.Look(completed, TwoRuns, Some.Job("12", "rank4", "RUNNING")).Tracker);
        var newer = Some.Look(completed, TwoRuns, Some.Job("12", "rank4", "COMPLETED"), Some.Job("20", "rank4", "FAILED", at: 5));
        Assert.Same(completed, newer.Tracker);
        Assert.Contains("job 20 of the same name is newer", Assert.Single(newer.Issues).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rank4", "rank4")]
    [InlineData("rank40", "rank40")]
    [InlineData("finetune_rank4", "rank4")]
    [InlineData("finetune_rank40", "rank40")]
    [InlineData("rank4_finetune", "rank4")]
    [InlineData("rank400", null)]
    [InlineData("xrank4", null)]
    [InlineData("rank4-b", null)]
    [InlineData("rank4.1", null)]
    [InlineData("rank", null)]
    public void A11_a_run_is_meant_by_its_whole_name_or_by_a_word_of_the_job_s(string name, string? run)
    {
        var update = Some.Look(Some.Begin(TwoRuns), TwoRuns, Some.Job("12", name, "RUNNING"));

        Assert.Equal(run, update.Changes.SingleOrDefault()?.Point);
        Assert.Empty(update.Issues);
    }

    [Fact]
    public void A11_the_longest_name_of_a_run_wins()
    {
        var plan = Some.Plan("1B", "1B_rank4");
        Assert.Equal("1B_rank4", Assert.Single(Some.Look(Some.Begin(plan), plan, Some.Job("12", "finetune_1B_rank4", "RUNNING")).Changes).Point);
    }

    [Fact]
    public void A11_a_name_that_fits_two_runs_is_told_and_given_to_none()
    {
        var plan = Some.Plan("1B_r4", "3B_r4");
        var update = Some.Look(Some.Begin(plan), plan, Some.Job("12", "1B_r4_3B_r4", "RUNNING"));

        Assert.Empty(update.Changes);
        Assert.StartsWith("ambiguous: job 12 is called '1B_r4_3B_r4', which fits 1B_r4 (finetune) and 3B_r4 (finetune)", Assert.Single(update.Issues).Text, StringComparison.Ordinal);
        Assert.Equal("3B_r4", Assert.Single(Some.Look(Some.Begin(plan), plan, Some.Job("12", "1B_r4_3B_r4", "RUNNING", dir: $"{Some.Dir}/3B_r4")).Changes).Point);
    }

    [Fact]
    public void A11_an_evaluation_that_does_not_say_its_epoch_is_ambiguous()
    {
        var plan = Some.PlanWithEvaluations(2, "rank4");
        var update = Some.Look(Some.Begin(plan), plan, Some.Job("12", "eval-capitalization-rank4", "RUNNING"));

        Assert.Empty(update.Changes);
        Assert.Contains("rank4 (eval capitalization_epoch_0) and rank4 (eval capitalization_epoch_1)", Assert.Single(update.Issues).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A11_a_job_of_another_folder_is_told_and_not_counted()
    {
        var elsewhere = Some.Look(Some.Begin(TwoRuns), TwoRuns, Some.Job("12", "rank4", "RUNNING", dir: "/scratch/cap2"));
        Assert.Empty(elsewhere.Changes);
        Assert.Contains("outside of this folder", Assert.Single(elsewhere.Issues).Text, StringComparison.Ordinal);

        var ofAnother = Some.Look(Some.Begin(TwoRuns), TwoRuns, Some.Job("12", "rank4", "RUNNING", dir: $"{Some.Dir}/rank40"));
        Assert.Empty(ofAnother.Changes);
        Assert.Contains("was submitted in the folder of rank40", Assert.Single(ofAnother.Issues).Text, StringComparison.Ordinal);

        Assert.Single(Some.Look(Some.Begin(TwoRuns), TwoRuns, Some.Job("12", "rank4", "RUNNING", dir: null)).Changes);
    }

    [Fact]
    public void A11_a_job_from_before_the_plan_is_not_the_plan_s_unless_its_id_is_recorded()
    {
        var plan = TwoRuns with { Created = Some.Now.AddDays(-1) };
        var old = Some.Job("12", "rank4", "FAILED", at: 3 * 24 * 60);
        var update = Some.Look(Some.Begin(plan), plan, old);
        Assert.Empty(update.Changes);
        Assert.Contains("before the day on which the plan was created", Assert.Single(update.Issues).Text, StringComparison.Ordinal);
        Assert.Empty(Some.Look(Some.Begin(plan), plan, old with { WorkDir = "/elsewhere" }).Issues);

        var tracker = Some.Begin(plan);
        tracker = tracker with { Points = [tracker.Points[0] with { Entries = [new(EntryKey.FineTune, TrackedStatus.Submitted) { JobId = "12" }] }] };
        Assert.Equal(TrackedStatus.Failed, Some.Look(tracker, plan, old).FineTune("rank4").Status);
    }

    [Fact]
    public void A11_tasks_of_an_array_with_one_name_are_ambiguous()
    {
        var update = Some.Look(Some.Begin(TwoRuns), TwoRuns, Some.Job("12_0", "rank4", "RUNNING"), Some.Job("12_1", "rank4", "RUNNING"));

        Assert.Empty(update.Changes);
        Assert.Contains("an array of which 2 tasks", Assert.Single(update.Issues).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A13_a_completed_job_without_its_output_is_completed_with_null_and_an_issue_until_it_is_found()
    {
        var missing = Some.LookAndFind(Some.Begin(TwoRuns), TwoRuns, static _ => new(null, "completed, and there is no epoch_N"), Some.Job("12", "rank4", "COMPLETED"));
        Assert.Equal((TrackedStatus.Completed, null), (missing.FineTune("rank4").Status, missing.FineTune("rank4").Output));
        Assert.Contains("there is no epoch_N", Assert.Single(missing.Issues).Text, StringComparison.Ordinal);

        Assert.Equal("/out/rank4/finetune", Some.Look(missing.Tracker, TwoRuns).FineTune("rank4").Output);
    }

    [Fact]
    public void A15_a_run_is_followed_from_job_to_job()
    {
        var tracker = Some.Begin(TwoRuns);
        foreach (var (jobs, status, id) in ((SeenJob[], TrackedStatus, string)[])
        [
            ([Some.Job("12", "rank4", "PENDING")], TrackedStatus.Submitted, "12"),
            ([Some.Job("12", "rank4", "RUNNING")], TrackedStatus.Running, "12"),
            ([Some.Job("12", "rank4", "TIMEOUT")], TrackedStatus.Failed, "12"),
            ([Some.Job("12", "rank4", "TIMEOUT"), Some.Job("20", "rank4", "PENDING", at: 30)], TrackedStatus.Submitted, "20"),
            // Accounting does not know the new job yet.
            ([Some.Job("12", "rank4", "TIMEOUT")], TrackedStatus.Submitted, "20"),
            ([Some.Job("12", "rank4", "TIMEOUT"), Some.Job("20", "rank4", "COMPLETED", at: 30)], TrackedStatus.Completed, "20"),
        ])
        {
            tracker = Some.Read(TrackerText.Write(Some.Look(tracker, TwoRuns, jobs).Tracker));
            Assert.Equal((status, id), (tracker["rank4"]![EntryKey.FineTune]!.Status, tracker["rank4"]![EntryKey.FineTune]!.JobId));
        }
    }

    [Fact]
    public void Of_several_jobs_of_one_name_the_newest_counts()
    {
        SeenJob[] jobs = [Some.Job("12", "rank4", "FAILED", at: 60), Some.Job("14", "rank4", "RUNNING", at: 20), Some.Job("13", "finetune_rank4", "FAILED", at: 40)];
        Assert.Equal("14", Some.Look(Some.Begin(TwoRuns), TwoRuns, jobs).FineTune("rank4").JobId);
        Assert.Equal("14", Some.Look(Some.Begin(TwoRuns), TwoRuns, [.. jobs.Select(static j => j with { Submit = null })]).FineTune("rank4").JobId);
    }

    [Fact]
    public void Of_the_rows_of_one_job_the_queue_s_counts_and_else_the_newest_of_accounting()
    {
        SeenJob[] accounts = [Some.Job("12", "a", "PREEMPTED", at: 60), Some.Job("12", "a", "NODE_FAIL", at: 30), Some.Job("13", "b", "RUNNING")];

        Assert.Equal(["NODE_FAIL", "RUNNING"], SeenJob.OnePerId([], accounts).Select(static j => j.State));
        Assert.Equal(["PENDING", "RUNNING"], SeenJob.OnePerId([Some.Job("12", "a", "PENDING", at: 30)], accounts).Select(static j => j.State));
    }

    [Fact]
    public void A_word_of_Slurm_s_that_nobody_knows_changes_nothing_and_is_told()
    {
        var update = Some.Look(Some.Begin(TwoRuns), TwoRuns, Some.Job("12", "rank4", "HIBERNATING"));

        Assert.Empty(update.Changes);
        Assert.Contains("HIBERNATING", Assert.Single(update.Issues).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tracker_that_is_there_gets_what_the_plan_has_more_and_keeps_what_it_has_itself()
    {
        var plan = new TrackerPlan("cap", [.. Some.PlanWithEvaluations(3, "1B_rank4").Runs, .. Some.Plan("new").Runs], null);
        var whole = plan.Complete(Some.Read(Some.Nested.Replace("capitalization_epoch_1", "capitalization_epoch1", StringComparison.Ordinal)), "now");

        Assert.Equal(["1B_rank4", "1B_base", "new"], whole.Points.Select(static p => p.Name));
        Assert.Equal(["finetune", "eval capitalization_epoch_0", "eval capitalization_epoch1", "eval capitalization_epoch_2"], whole["1B_rank4"]!.Entries.Select(static e => e.Key.ToString()));
        Assert.Equal("0012", whole["1B_rank4"]![EntryKey.FineTune]!.JobId);

        var strange = TrackerPlan.Strangers(Some.Read(Some.Flat), Some.Plan("1B_rank4"));
        Assert.Equal("1B_rank64", Assert.Single(strange).Point);
    }
}
