namespace Vigil.Documents;

/// <summary>How many runs and evaluations a plan comes to.</summary>
/// <param name="Others">Evaluations of base models and given checkpoints.</param>
public sealed record PlanTotals(int FineTunedRuns, int Controls, int EvalOnlyRuns, int FineTunedEvaluations, int Others)
{
    public int Runs => FineTunedRuns + Controls + EvalOnlyRuns;
    public int Evaluations => FineTunedEvaluations + Others;

    public static PlanTotals Of(PlanDocument plan)
    {
        var evaluations = DocumentJobs.Of(plan).OfType<DocumentJob.Evaluate>().ToList();
        var ofFineTuned = evaluations.Count(static e => e.Run.IsFineTuned);
        return new(plan.Runs.Count(static r => r.IsFineTuned), plan.Runs.Count(static r => r.Kind is DocumentRunKind.Control), plan.Runs.Count(static r => r.Kind is DocumentRunKind.EvalOnly), ofFineTuned, evaluations.Count - ofFineTuned);
    }
}
