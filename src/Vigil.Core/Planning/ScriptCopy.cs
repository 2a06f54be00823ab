namespace Vigil.Planning;

/// <summary>The name under which people look for a job's script: beside the run, not below its attempts.</summary>
public static class ScriptCopy
{
    /// <summary>Absolute: <c>RUN/finetune.slurm</c>, <c>RUN/eval/TASK_epochN.slurm</c>. Null: the run is no part of such a pipeline, or no job of Slurm.</summary>
    public static string? PathOf(PlannedRun run) => run switch
    {
        { Slurm: null } => null,
        { Evaluation: not null } => $"{run.OutputDir}.slurm",
        { Stage: "finetune", Artifacts: not null } => Path.Combine(run.OutputDir, "finetune.slurm"),
        _ => null,
    };
}
