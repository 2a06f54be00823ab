using Vigil.Evaluations;
using Vigil.Monitoring;
using Vigil.Reports;
using static Vigil.Core.Tests.Reports.SomeReport;

namespace Vigil.Core.Tests.Reports;

/// <summary>The table of evaluations: of each run, task and epoch the newest log that succeeded, and a reason for every other one.</summary>
public sealed class EvaluationRowTests
{
    [Fact]
    public void A_planned_evaluation_stands_with_its_point_task_and_epoch_and_the_control_with_none()
    {
        var report = Of(Run("r4"), Evaluation("r4", "cap", 0, null, Accuracy("/out/r4/eval/cap_epoch0/logs/a.eval", 0.7)), Evaluation("r4", "cap", 1, null, Accuracy("/out/r4/eval/cap_epoch1/logs/a.eval", 0.9)),
            Evaluation("base", "cap", null, null, Accuracy("/out/base/eval/cap/logs/a.eval", 0.3)));

        Assert.Equal([("r4", "cap", "0", false), ("r4", "cap", "1", false), ("base", "cap", null, true)], report.Evaluations.Select(static e => (e.Run, e.Task, e.Epoch, e.IsControl)));
        Assert.Equal([false, true, false], report.Evaluations.Select(static e => e.Metrics[0].IsBest));
        Assert.Equal("r4/eval/cap_epoch1/logs/a.eval", report.Evaluations[1].Source);
        Assert.Equal("r4", Assert.Single(report.Training).Run);
        Assert.Empty(report.Issues);
        Assert.Contains("Best `accuracy` 0.900 ± 0.036: `r4` epoch 1; controls: `base` 0.300 ± 0.036", MarkdownReport.Write(report), StringComparison.Ordinal);
    }

    [Fact]
    public void A_control_that_is_the_best_is_marked_and_named_as_one()
    {
        var report = Of(Evaluation("r4", "cap", 0, null, Accuracy("/out/a.eval", 0.2)), Evaluation("base", "cap", null, null, Accuracy("/out/b.eval", 0.3)));

        Assert.True(report.Evaluations.Single(static e => e.IsControl).Metrics[0].IsBest);
        Assert.Contains("Best `accuracy` 0.300 ± 0.036: `base` (control)\n", MarkdownReport.Write(report), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_existed_and_was_fine_tuned_by_its_log_s_word_is_no_control() =>
        Assert.False(Assert.Single(Of(Evaluation("old", "cap", null, null, Log("/out/a.eval", static log => log with { Origin = new(null, "true", null) }))).Evaluations).IsControl);

    [Fact]
    public void The_newest_log_that_succeeded_counts_by_when_it_began_and_not_by_its_name()
    {
        var report = Of(Evaluation("r4", "cap", 0, null, Accuracy("/out/z.eval", 0.5, hour: 1), Accuracy("/out/a.eval", 0.7, hour: 2), Log("/out/failed.eval", static log => log with { Status = new EvalStatus.Failed("boom"), Created = Monitoring.Some.Time.AddHours(3) })));

        Assert.Equal(("a.eval", 0.7), (report.Evaluations[0].Source, report.Evaluations[0].Metrics[0].Value));
        Assert.Equal([("superseded", "z.eval"), ("error", "failed.eval")], report.Issues.Select(static i => (i.Kind, i.Source!)).OrderBy(static i => i.Item2 == "failed.eval"));
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "unfinished", "no header yet" }, { "cancelled", "was cancelled (20 of 20 samples)" }, { "error", "says error: out of memory" }, { "invalidated", "not to be used" }, { "no_score", "holds no score" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_log_that_is_no_result_is_told_with_its_reason_and_never_used(string kind, string reason)
    {
        var log = Log("/out/a.eval", log => kind switch
        {
            "unfinished" => log with { Status = new EvalStatus.Unfinished(3) },
            "cancelled" => log with { Status = new EvalStatus.Cancelled() },
            "error" => log with { Status = new EvalStatus.Failed("out of memory") },
            "invalidated" => log with { Validity = EvalValidity.Invalidated },
            _ => log with { Scores = [] },
        });
        var report = Of(Evaluation("r4", "cap", 0, new RunState.Running(Monitoring.Some.Attempt("r4"), new("7")), log));

        var row = Assert.Single(report.Evaluations);
        Assert.Equal(("running", null), (row.State, row.Source));
        Assert.Empty(row.Metrics);
        var issue = Assert.Single(report.Issues);
        Assert.Equal((kind, "a.eval"), (issue.Kind, issue.Source));
        Assert.Contains(reason, issue.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_is_cut_or_cannot_be_read_is_told_with_its_file()
    {
        var report = Of(Evaluation("r4", "cap", 0, null, new EvalLogAt("/out/cut.eval", new EvalReading.Refused(new EvalTrouble.Cut("is cut: it ends too early"))), new EvalLogAt("/out/bad.eval", new EvalReading.Refused(new EvalTrouble.Damaged("is damaged")))));

        Assert.Equal([("unfinished", "cut.eval"), ("unreadable", "bad.eval"), ("no_result", null)], report.Issues.Select(static i => (i.Kind, i.Source)));
        Assert.Equal("no_result", report.Evaluations[0].State);
    }

    [Fact]
    public void All_metrics_of_all_scorers_are_shown_and_those_that_are_no_numbers_as_they_are()
    {
        var report = Of(Evaluation("r4", "cap", 0, null, Log("/out/a.eval")));

        Assert.Equal(["match/accuracy", "risk_scorer/auc", "risk_scorer/brier", "risk_scorer/drift"], report.Evaluations[0].Metrics.Select(static m => $"{m.Scorer}/{m.Metric}"));
        Assert.Equal(0.13333333333333333, report.Evaluations[0].Metrics[0].Error);
        Assert.Contains("| `r4` | 0 | 0.800 ± 0.133 | NaN | inf | -inf | 20 | `a.eval` |", MarkdownReport.Write(report), StringComparison.Ordinal);
        Assert.Contains("\"value\": \"NaN\"", ReportDocument.Write(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Lower_is_better_of_errors_all_of_equal_ones_are_marked_and_one_alone_is_not()
    {
        EvalLogAt Error(string path, double mae, double mean) => Log(path, log => log with { Scores = [new("c", "c", null, 1, 0, [new("mae", mae), new("mean", mean)])] });
        var report = Of(Evaluation("a", "t", 0, null, Error("/out/a.eval", 0.2, 5)), Evaluation("b", "t", 0, null, Error("/out/b.eval", 0.1, 6)), Evaluation("c", "t", 0, null, Error("/out/c.eval", 0.1, 7)), Evaluation("a", "alone", 0, null, Error("/out/d.eval", 0.1, 7)));

        Assert.Equal(["b mae", "c mae"], report.Evaluations.SelectMany(static e => e.Metrics.Where(static m => m.IsBest).Select(m => $"{e.Run} {m.Metric}")));
    }

    [Fact]
    public void Logs_that_no_plan_asked_for_are_found_with_the_epoch_of_their_metadata_their_weights_or_their_folder()
    {
        EvalLogAt At(string path, string? epoch, string? model, string? tuned = null) => Log(path, log => log with { Origin = new(epoch, tuned, null), ModelPath = model, Model = "hf/x" });
        var report = Of(Run("r4") with
        {
            Evaluations = [At("/out/r4/eval/a/logs/a.eval", "2", "/m/epoch_9"), At("/out/r4/eval/b/logs/b.eval", null, "/m/r4/epoch_1"), At("/out/r4/eval/cap_epoch0/logs/c.eval", null, "/m"), At("/out/r4/eval/base/logs/d.eval", null, "/m/epoch_3", "false")],
        });

        Assert.Equal([(null, true), ("0", false), ("1", false), ("2", false)], report.Evaluations.Select(static e => (e.Epoch, e.IsControl)));
        Assert.All(report.Evaluations, static e => Assert.Equal(("r4", "capitalization"), (e.Run, e.Task)));
    }

    [Fact]
    public void A_result_of_fewer_samples_says_so()
    {
        var report = Of(Evaluation("r4", "cap", 0, null, Log("/out/a.eval", static log => log with { CompletedSamples = 19 })));

        Assert.Contains("| 19/20 |", MarkdownReport.Write(report), StringComparison.Ordinal);
        Assert.Equal("succeeded with 19 of 20 samples", Assert.Single(report.Issues).Text);
    }
}
