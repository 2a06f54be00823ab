using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary>Below a table of runs, what the word <c>deviates</c> in it means.</summary>
internal static class DeviationLines
{
    private const int Most = 10;

    public static void Print(TextWriter output, IEnumerable<RunRecord> runs)
    {
        var deviating = runs.Where(static r => r.Plan.Deviations is not null).ToList();
        foreach (var run in deviating.Take(Most)) output.WriteLine(LogText.Safe($"{run.Id} deviates from plan: {Deviations.Text(run.Plan.Deviations!.Value)}"));
        if (deviating.Count > Most) output.WriteLine($"… and {Quantity.Of(deviating.Count - Most, "more run")} that deviate: vigil status --json");
    }
}
