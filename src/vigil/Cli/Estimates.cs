using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Documents;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary>How long the runs of a plan will take: from earlier ones that are like them, else from their document.</summary>
internal static class Estimates
{
    /// <summary>The plan with them.</summary>
    public static Plan Into(CliContext context, Plan plan, LoadedExperiment loaded)
    {
        if (plan.Trainings.IsEmpty) return plan;
        var runs = plan.Runs.ToDictionary(static r => r.Id);
        var (past, note) = PastRuns.Find(context, plan);
        var said = Said(loaded);
        ImmutableArray<RunEstimate> estimates = [.. plan.Trainings.Select(t => Estimating.Of(runs[t.Training.Run], t.Training, t.Steps, past, said.TryGetValue(t.Training.Run.Value, out var time) ? time : null))];
        return plan with { Estimates = estimates, EstimateNote = note };
    }

    /// <summary>What the document says of its trainings, by the run's name.</summary>
    private static Dictionary<string, TimeSpan> Said(LoadedExperiment loaded) =>
        loaded is { Request: { } request, Saved: null } && PlanDocuments.Claims(request.Experiment) && PlanDocuments.Read(request.Experiment, new DiagnosticBag()) is { } document
            ? document.Runs.Where(static r => r.Estimate is not null).DistinctBy(static r => r.Name).ToDictionary(static r => r.Name, static r => r.Estimate!.Value) : [];
}
