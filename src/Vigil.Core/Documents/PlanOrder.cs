using System.Collections.Immutable;

namespace Vigil.Documents;

/// <summary>Puts what a document may write in any order into one, so that the same plan is the same whichever form it came in.</summary>
internal static class PlanOrder
{
    public static PlanDocument Of(PlanDocument plan)
    {
        var parameters = Names(plan.Runs.Select(static r => r.Parameters));
        var compute = Names(plan.Runs.Select(static r => r.Compute));
        var overrides = Names(plan.Runs.Select(static r => r.SlurmOverrides));
        var ofTasks = Names(plan.Tasks.Select(static t => t.Parameters));
        var tasks = Tasks(plan);
        return plan with
        {
            Runs = [.. plan.Runs.Select(r => r with { Parameters = Sorted(r.Parameters, parameters), Compute = Sorted(r.Compute, compute), SlurmOverrides = Sorted(r.SlurmOverrides, overrides) })],
            Tasks = [.. plan.Tasks.Select(t => t with { Parameters = Sorted(t.Parameters, ofTasks) })],
            Matrix = [.. plan.Matrix.Select(row => row with { Cells = [.. row.Cells.OrderBy(c => tasks.IndexOf(c.Task))] })],
            Notes = [.. plan.Notes.OrderBy(static n => PlanSections.Order(n))],
            Sections = [.. plan.Sections.OrderBy(static s => PlanSections.Order(s))],
        };
    }

    /// <summary>The names of settings in the order in which they first come.</summary>
    public static ImmutableArray<string> Names(IEnumerable<ImmutableArray<DocumentParameter>> lists) => [.. lists.SelectMany(static l => l).Select(static p => p.Name).Distinct()];

    /// <summary>The tasks of the table, and behind them those that only the matrix knows.</summary>
    public static ImmutableArray<string> Tasks(PlanDocument plan) => [.. plan.Tasks.Select(static t => t.Name).Concat(plan.Matrix.SelectMany(static r => r.Cells).Select(static c => c.Task)).Distinct()];

    private static ImmutableArray<DocumentParameter> Sorted(ImmutableArray<DocumentParameter> parameters, ImmutableArray<string> names) => parameters.Length < 2 ? parameters : [.. parameters.OrderBy(p => names.IndexOf(p.Name))];
}
