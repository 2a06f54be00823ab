using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Rendering;

/// <summary>One task of an array: a run's attempt.</summary>
/// <param name="Folder">Absolute: the attempt's folder; its own script lies in it.</param>
public sealed record ArrayMember(PlannedRun Run, AttemptStart Start, string Folder);

/// <summary>A symlink in the array's folder, named by the task's number.</summary>
/// <param name="Target">Absolute: the folder of the run's log.</param>
public readonly record struct ArrayLink(string Name, string Target);

/// <summary>The files of an array job, to be written into its folder before it is submitted.</summary>
/// <param name="Script"><c>script.sbatch</c>: each task finds its own script by its number.</param>
/// <param name="Index"><c>index.json</c>: which task is which run, for people and tools.</param>
/// <param name="Folders"><c>folders</c>: the attempts' folders in the order of the tasks, each ended by a NUL.</param>
/// <param name="Links">One a task, so that Slurm itself writes into the run's folder.</param>
public sealed record ArrayFiles(string Script, string Index, string Folders, ImmutableArray<ArrayLink> Links);

/// <summary>Packs attempts into one array job. They differ in everything but what Slurm is asked for: claims and all the rest happen in each member's own script.</summary>
public static class ArrayScript
{
    /// <param name="members">In the order of the tasks; their runs have one <see cref="SlurmJob.PackKey"/>.</param>
    /// <param name="folder">Absolute: <c>arrays/B</c>.</param>
    /// <param name="extras">What the submission adds beside the tasks; a range in it gives how many run at a time.</param>
    public static ArrayFiles Render(ImmutableArray<ArrayMember> members, string folder, string jobName, string token, SbatchExtras extras = default)
    {
        var first = members[0].Run;
        if (members.Any(m => m.Run.Slurm?.PackKey is not { } key || key != first.Slurm!.PackKey)) throw new ArgumentException("the tasks of an array ask for the same and write logs of the same name", nameof(members));
        extras = extras with { Array = new(members.Length, extras.Array?.AtOnce) };
        var script = new StringBuilder("#!/usr/bin/env bash\n")
            .Append(SbatchLines.Of(SbatchOptions.Of(first.Slurm!, jobName, token, Output(folder, first), extras, first.WorkDir)))
            .AppendJoin("", (first.Slurm!.Script?.Directives ?? []).Select(static d => d + "\n"))
            .Append("# Written by Vigil. Each task is one run; index.json says which.\n")
            .Append("cd -- ").Append(Bash.Quote(folder)).Append(" || exit 74\n").Append(Pick);
        return new(script.ToString(), IndexOf(members, jobName), string.Concat(members.Select(static m => m.Folder + "\0")),
            [.. members.Select(static (m, i) => new ArrayLink(i.ToString(CultureInfo.InvariantCulture), LogPattern.Folder(m.Run.LogPath)))]);
    }

    /// <summary>What <c>--output</c> is given: through the links of the tasks into the runs' own folders, whose logs have one name.</summary>
    /// <param name="folder">Absolute: <c>arrays/B</c>.</param>
    public static string Output(string folder, PlannedRun first) => $"{LogPattern.Escape(folder)}/%a/{Path.GetFileName(first.LogPath)}";

    private static string IndexOf(ImmutableArray<ArrayMember> members, string jobName)
    {
        var text = new StringBuilder($"{{\"schema\":1,\"job_name\":{Json(jobName)},\"tasks\":[\n");
        for (var i = 0; i < members.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $"{{\"task\":{i},\"run\":{Json(members[i].Run.Id.Value)},\"attempt\":{Json(members[i].Start.Attempt.ToString())},\"folder\":{Json(members[i].Folder)},\"log_folder\":{Json(LogPattern.Folder(members[i].Run.LogPath))}}}")
                .Append(i < members.Length - 1 ? ",\n" : "\n");
        return text.Append("]}\n").ToString();
    }

    private static string Json(string text) => $"\"{FencingWrapper.Json(text)}\"";

    private const string Pick = """
        if [[ ! ${SLURM_ARRAY_TASK_ID-} =~ ^[0-9]+$ ]]; then
          echo 'vigil: this script runs only as an array job of Slurm (SLURM_ARRAY_TASK_ID is not set)' >&2
          exit 64
        fi
        mapfile -d '' -t -s "$SLURM_ARRAY_TASK_ID" -n 1 vigil_folder <folders
        if [[ ! ${vigil_folder[0]-} ]]; then
          echo "vigil: the array has no task $SLURM_ARRAY_TASK_ID" >&2
          exit 74
        fi
        exec bash "${vigil_folder[0]}/script.sbatch"

        """;
}
