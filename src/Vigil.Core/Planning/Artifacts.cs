using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Reads <c>job.artifacts</c>: what must be there for a completed job to be a completed run.</summary>
internal sealed class Artifacts(ExperimentHeader experiment, DiagnosticBag report)
{
    private const string Forms = "job: {artifacts: [{checkpoint: \"{output_dir}/epoch_0\"}, {evaluation: \"{output_dir}/logs\", task: math}, {file: results.json}]}";

    private static readonly string[] Kinds = ["checkpoint", "evaluation", "file"];

    /// <summary>Null when none are asked for.</summary>
    public ImmutableArray<Artifact>? Of(NamedRun run, ConfigNode.Mapping tree)
    {
        if (Merging.Find(tree, ["job", "artifacts"]) is not { } given || ScalarValue.IsNull(given)) return null;
        if (given is not ConfigNode.Sequence list)
        {
            report.Error("PLN063", given.At, $"'job.artifacts' must be a list, not {Binder.Describe(given)}", Forms);
            return null;
        }
        if (Merging.Find(tree, ["slurm", "host"]) is { } host && !ScalarValue.IsNull(host) && experiment.Scheduler == "slurm")
            report.Error("PLN064", given.At, "'job.artifacts' cannot be looked for on a cluster behind a login node: the folders there are not mirrored", "start Vigil on the cluster itself");
        var artifacts = ImmutableArray.CreateBuilder<Artifact>(list.Items.Length);
        foreach (var item in list.Items)
            if (Read(item, run, tree) is { } artifact) artifacts.Add(artifact);
        return artifacts.Count == 0 ? null : artifacts.DrainToImmutable();
    }

    private Artifact? Read(ConfigNode item, NamedRun run, ConfigNode.Mapping tree)
    {
        if (item is ConfigNode.Mapping map && map.Entries.Where(static e => Kinds.Contains(e.Key)).ToList() is [{ Key: var kind, Value: ConfigNode.Scalar path }]
            && map.Entries.All(e => e.Key == kind || kind == "evaluation" && e is { Key: "task", Value: ConfigNode.Scalar }))
        {
            var filling = new PlanFilling(run, tree, experiment, report);
            var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(filling.Fill(path, FilledPlace.Artifacts), run.OutputDir));
            return kind switch { "checkpoint" => new Artifact.Weights(full), "file" => new Artifact.Document(full), _ => new Artifact.Evaluation(full, map["task"] is ConfigNode.Scalar task ? filling.Fill(task, FilledPlace.Artifacts) : null) };
        }
        report.Error("PLN063", item.At, $"an entry of 'job.artifacts' is a mapping with one of {string.Join(", ", Kinds)}, not {Binder.Describe(item)}", Forms);
        return null;
    }
}
