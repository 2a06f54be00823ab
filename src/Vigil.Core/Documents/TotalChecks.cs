using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>Compares the numbers that a document prints with what its tables come to.</summary>
internal static class TotalChecks
{
    public static void Run(PlanDocument plan, ImmutableArray<PrintedTotal> printed, DiagnosticBag report)
    {
        // While something does not fit, wrong numbers follow from it and would say nothing new.
        if (report.HasErrors) return;
        var totals = PlanTotals.Of(plan);
        foreach (var total in printed)
        {
            var (number, what) = total.Kind is TotalKind.Epochs ? (SavedEpochs(plan) ?? total.Number, "epochs") : Counted(totals, total.Kind);
            if (number != total.Number)
                report.Warning("DOC017", total.At, $"the document says {total.Number} {what} here, and its tables come to {number}", "the tables are what is run; correct this number, or the table it was meant for");
        }
    }

    private static int? SavedEpochs(PlanDocument plan) => plan.Training.Epochs is { } epochs ? EpochSelection.All.Instance.Resolve(epochs.Value, plan.Training.SavedEpochs?.Value).Epochs.Length : null;

    private static (int Number, string What) Counted(PlanTotals totals, TotalKind kind) => kind switch
    {
        TotalKind.Runs => (totals.Runs, "runs"),
        TotalKind.FineTunedRuns => (totals.FineTunedRuns, "fine-tuned runs"),
        TotalKind.Controls => (totals.Controls, "controls"),
        TotalKind.EvalOnlyRuns => (totals.EvalOnlyRuns, "runs that are only evaluated"),
        TotalKind.Evaluations => (totals.Evaluations, "evaluations"),
        TotalKind.FineTunedEvaluations => (totals.FineTunedEvaluations, "evaluations of fine-tuned runs"),
        _ => (totals.Others, "evaluations of runs that are not fine-tuned"),
    };
}
