using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Reads resolved trees as specs. A section that the next tree shares is not read again.</summary>
/// <param name="isReferenced">Whether some <c>${…}</c> refers to a dotted key.</param>
public sealed class SpecReader(DiagnosticBag report, Func<string, bool> isReferenced)
{
    private readonly Binder _binder = new(report, isReferenced);
    private readonly Dictionary<(string Section, Type Type), (ConfigNode Node, object? Spec)> _last = [];

    /// <summary>The spec of a tree; a section that did not fit stands as its default, and its mistakes are reported.</summary>
    public ExperimentSpec Read(ConfigNode.Mapping tree)
    {
        var backend = Section(tree, "backend", SpecJson.Default.BackendSpec, new());
        var local = Section(tree, "local", SpecJson.Default.LocalSpec, new());
        var job = Section(tree, "job", SpecJson.Default.JobSpec, new());
        var slurmSpec = Section(tree, "slurm", SpecJson.Default.SlurmSpec, SlurmSpec.Default);
        var container = tree["container"] is ConfigNode.Mapping { Entries.IsEmpty: false } ? Section(tree, "container", SpecJson.Default.ContainerSpec, new()) : null;
        foreach (var section in new[] { "container", "monitoring", "metadata" }) RequireMapping(tree, section);
        foreach (var section in new[] { "job", "local", "slurm" })
            if (tree[section] is { } node) Once(section, node, typeof(NumberTraps), () => { NumberTraps.Report(node, section, report); return null; });
        if (tree["local"] is { } here) Once("local", here, typeof(Limits), () => { Limits.CheckLocal(here, report); return null; });
        if (tree["project"] is { } named) Once("project", named, typeof(Limits), () => { Limits.CheckProject(named, report); return null; });
        if (tree["job"] is { } kept) Once("job", kept, typeof(Limits), () => { Limits.CheckJob(kept, report); return null; });
        if (tree["slurm"] is { } cluster) Once("slurm", cluster, typeof(Limits), () => { Limits.CheckSlurm(cluster, report); return null; });
        var scheduler = Scheduler(tree);
        var slurm = scheduler.Type == "slurm" ? SlurmRequest.Of(tree, report) : null;
        return new(
            Section(tree, "project", SpecJson.Default.ProjectSpec, new()) ?? new(), scheduler, backend ?? new(), local ?? new(), job ?? new())
        {
            Tree = tree,
            Slurm = slurmSpec ?? SlurmSpec.Default,
            Container = container,
            Stage = Text(tree["stage"], "stage"),
            Command = CommandReader.Read(tree, backend, report),
            TimeLimit = slurm is null ? Time(tree) : slurm.TimeLimit,
            Gpus = slurm is null ? local?.GpusPerRun ?? 0 : slurm.Gpus,
            Env = EnvReader.Read(tree, report),
            DependsOn = Names(Merging.Find(tree, ["job", "depends_on"])),
        };
    }

    /// <summary>What names and places a run.</summary>
    public (ProjectSpec Project, string? Stage) ReadHead(ConfigNode.Mapping head) =>
        (Section(head, "project", SpecJson.Default.ProjectSpec, new()) ?? new(), Text(head["stage"], "stage"));

    private T? Section<T>(ConfigNode.Mapping tree, string name, JsonTypeInfo<T> contract, T whenAbsent) where T : class =>
        tree[name] is { } node ? (T?)Once(name, node, typeof(T), () => _binder.Bind(node, name, contract)) : whenAbsent;

    private object? Once(string section, ConfigNode node, Type type, Func<object?> read)
    {
        if (_last.TryGetValue((section, type), out var last) && ReferenceEquals(last.Node, node)) return last.Spec;
        var spec = read();
        _last[(section, type)] = (node, spec);
        return spec;
    }

    private SchedulerSpec Scheduler(ConfigNode.Mapping tree)
    {
        if (tree["scheduler"] is not { } node) return new();
        var spec = node is ConfigNode.Scalar name && !ScalarValue.IsNull(node) ? new SchedulerSpec(name.Text) : Section(tree, "scheduler", SpecJson.Default.SchedulerSpec, new()) ?? new();
        if (spec.Type is not ("local" or "slurm")) report.Error("CFG051", node.At, $"there is no scheduler '{spec.Type}'", Suggestion.Hint(spec.Type, ["local", "slurm"]));
        if (spec.StaggerSeconds > 0 && spec.Type == "local") report.Warning("CFG052", node.At, "scheduler.stagger_seconds has no effect with the local scheduler");
        if (spec.MaxJobs is < 1) report.Error("CFG053", node.At, "scheduler.max_jobs must be at least 1");
        return spec;
    }

    private TimeSpan? Time(ConfigNode.Mapping tree)
    {
        if (Merging.Find(tree, ["local", "time"]) is not { } node || ScalarValue.IsNull(node)) return null;
        if (node is ConfigNode.Scalar scalar && ScalarValue.Of(scalar) is not ScalarValue.Bool && WallTime.TryParse(scalar.Text, out var time)) return time;
        if (node is not ConfigNode.Scalar { Style: ScalarStyle.Plain, Text: var plain } || !YamlScalar.IsSurprisingNumber(plain))
            report.Error("CFG054", node.At, $"'local.time' must be a time limit above zero, not {Binder.Describe(node)}", $"forms: {WallTime.Forms}");
        return null;
    }

    private ImmutableArray<ConfigNode.Scalar> Names(ConfigNode? node)
    {
        if (node is null || ScalarValue.IsNull(node)) return [];
        if (node is ConfigNode.Scalar one) return [one];
        if (node is ConfigNode.Sequence list && list.Items.All(static i => i is ConfigNode.Scalar)) return [.. list.Items.Cast<ConfigNode.Scalar>()];
        report.Error("CFG041", node.At, $"'job.depends_on' must be a name or a list of names of stages or runs, not {Binder.Describe(node)}");
        return [];
    }

    private string? Text(ConfigNode? node, string key)
    {
        if (node is null || ScalarValue.IsNull(node)) return null;
        if (node is ConfigNode.Scalar { Text: { Length: > 0 } text }) return text;
        report.Error("CFG041", node.At, $"'{key}' must be a text, not {Binder.Describe(node)}");
        return null;
    }

    private void RequireMapping(ConfigNode.Mapping tree, string section)
    {
        if (tree[section] is { } node and not ConfigNode.Mapping && !ScalarValue.IsNull(node))
            report.Error("CFG041", node.At, $"'{section}' must be a mapping, not {Binder.Describe(node)}");
    }
}
