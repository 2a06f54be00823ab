namespace Vigil.Documents;

/// <summary>A plan that means the same wherever it lies.</summary>
public static class AbsolutePaths
{
    /// <summary>The plan with every path written out from its document's folder.</summary>
    public static PlanDocument In(PlanDocument plan, string folder)
    {
        Written<string>? Full(Written<string>? path) => path is null ? null : path with { Value = Of(path.Value, folder) };
        return plan with
        {
            ModelFolder = Full(plan.ModelFolder),
            Models = [.. plan.Models.Select(m => m with { Path = Full(m.Path) })],
            Data = plan.Data with { Path = Full(plan.Data.Path) },
            Tasks = [.. plan.Tasks.Select(t => t with { Script = Full(t.Script), Dataset = t.Dataset is TaskDataset.AtPath at ? at with { Path = Of(at.Path, folder) } : t.Dataset })],
            Runs = [.. plan.Runs.Select(r => r.Kind is DocumentRunKind.EvalOnly { Checkpoint: { } checkpoint } ? r with { Kind = new DocumentRunKind.EvalOnly(Full(checkpoint)) } : r)],
            Output = plan.Output with { CheckpointFolder = Full(plan.Output.CheckpointFolder) },
        };
    }

    /// <summary>A path as a document writes it: from the document's own folder. What stands behind <c>@</c> in a script's path is its task.</summary>
    internal static string Of(string path, string folder) => path is "" or ['~', ..] ? path : Path.GetFullPath(path, folder);
}
