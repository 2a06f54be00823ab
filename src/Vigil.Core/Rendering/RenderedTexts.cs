using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Rendering;

/// <summary>What lies beside the runs of a pipeline that was rendered: how a person submits it, and what is where.</summary>
public static class RenderedTexts
{
    /// <summary>Submits every script once, an evaluation behind the training whose checkpoint it looks at. One refusal stops it, and says what was submitted.</summary>
    public static string SubmitAll(Plan plan)
    {
        var text = new StringBuilder();
        text.Append("""
            #!/usr/bin/env bash
            # Submits every job of this folder once, by hand. 'vigil run' in this folder does the same, starts each evaluation with its own checkpoint,
            # and watches over all of them; jobs that were submitted here it takes over.
            set -euo pipefail
            cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
            submit() {   # submit SCRIPT [OPTION…]: the new job's id is in $job
              local script=$1
              shift
              job=$(sbatch --parsable "$@" -- "$script")
              job=${job%%;*}
              printf '%s: job %s\n' "$script" "$job"
            """).Append('\n');
        if (plan.Experiment.Slurm is { StaggerSeconds: > 0 and var seconds }) text.Append(CultureInfo.InvariantCulture, $"  sleep {seconds}\n");
        text.Append("}\n\n");
        var evaluations = plan.Runs.Where(static r => r.Evaluation is not null).ToLookup(static r => r.Evaluation!.Training?.Value ?? "");
        foreach (var run in plan.Runs.Where(static r => r.Evaluation is null)) Append(text, plan, run, evaluations[run.Id.Value]);
        foreach (var run in evaluations[""]) text.Append("submit ").Append(Script(plan, run)).Append('\n');
        return text.ToString();
    }

    private static void Append(StringBuilder text, Plan plan, PlannedRun training, IEnumerable<PlannedRun> evaluations)
    {
        text.Append("submit ").Append(Script(plan, training)).Append("\ntraining=$job\n");
        foreach (var run in evaluations.Where(static r => r.Evaluation!.Epoch is null)) text.Append("# ").Append(Script(plan, run)).Append(" looks at the best epoch: 'vigil run' finds it when the training has completed\n");
        foreach (var run in evaluations.Where(static r => r.Evaluation!.Epoch is not null)) text.Append("submit ").Append(Script(plan, run)).Append(" --dependency=\"afterok:$training\" --kill-on-invalid-dep=yes\n");
    }

    private static string Script(Plan plan, PlannedRun run) => Bash.Quote(Path.GetRelativePath(plan.Experiment.Dir, ScriptCopy.PathOf(run)!));

    public static string ReadMe(Plan plan)
    {
        var (trainings, evaluations) = (plan.Runs.Count(static r => r.Evaluation is null), plan.Runs.Count(static r => r.Evaluation is not null));
        var overrides = plan.Experiment.Overrides.IsEmpty ? "" : " " + string.Join(' ', plan.Experiment.Overrides.Select(Bash.Quote));
        var byHand = plan.Experiment.Slurm is null ? "" : "- by hand: `./submit_all.sh`; `vigil status . --update` then follows the jobs in `runs_status.yaml`\n";
        return string.Create(CultureInfo.InvariantCulture, $"""
            # {plan.Experiment.Name.ReplaceLineEndings(" ")}

            {trainings} trainings and {evaluations} evaluations, made of `runs_plan.md`. Nothing was submitted yet.

            - with Vigil, in this folder: `vigil run .{overrides}`
            {byHand}
            | | |
            |---|---|
            | `runs_plan.md` | the plan; all paths in it are absolute |
            | `runs_status.yaml` | how each run stands |
            | `RUN/finetune.yaml`, `RUN/setup_finetune.yaml` | what a training reads, and what is meant by it |
            | `RUN/finetune.slurm`, `RUN/eval/TASK_epochN.slurm` | the scripts of the jobs |
            | `RUN/eval/TASK_epochN/eval.yaml` | what an evaluation reads |
            | `RUN/attempts/1/` | the same script where the first attempt lives |

            """);
    }
}
