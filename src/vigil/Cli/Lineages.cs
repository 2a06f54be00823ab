using System.Collections.Immutable;
using Vigil.Monitoring;

namespace Vigil.Cli;

/// <summary>Runs that were started from others, as tables show them.</summary>
internal static class Lineages
{
    /// <summary>Every run behind the one that it comes from where that one is among them too; the others in the order that they have.</summary>
    public static IEnumerable<(RunRecord Run, int Depth)> InTree(ImmutableArray<RunRecord> runs)
    {
        if (runs.All(static r => r.Plan.Lineage is null)) return runs.Select(static r => (r, 0));
        var shown = runs.Select(static r => r.Id).ToHashSet();
        var children = runs.Where(IsChild).ToLookup(static r => r.Plan.Lineage!.Parent);
        return runs.Where(r => !IsChild(r)).SelectMany(r => Below(r, 0));

        // A run that was planned anew may only look like its own ancestor.
        bool IsChild(RunRecord run) => run.Plan.Lineage is { } lineage && lineage.Parent != run.Id && shown.Contains(lineage.Parent);

        IEnumerable<(RunRecord, int)> Below(RunRecord run, int depth) => children[run.Id].SelectMany(child => Below(child, depth + 1)).Prepend((run, depth));
    }

    /// <summary>The checkpoint that a run was started from, else the run; empty for one that a file asked for.</summary>
    public static string From(RunRecord run) => run.Plan.Lineage switch
    {
        { Checkpoint: { } checkpoint } => Path.GetFileName(checkpoint.TrimEnd('/')),
        { Parent: var parent } => parent.Value,
        null => "",
    };
}
