using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>What the sections <c>slurm</c> and <c>container</c> of a configuration mean. Runs that share them share the object.</summary>
/// <param name="Placeholders">Every <c>{name}</c> in the texts that the script holds.</param>
internal sealed record SlurmSections(SlurmJob Job, ImmutableArray<PlaceholderUse> Placeholders)
{
    /// <summary>Whether an option holds placeholders, which are filled for each run.</summary>
    public bool FillsOptions { get; } = Job.Sbatch.Concat(Job.Script?.Srun ?? []).Any(static o => o.Value?.Contains('{', StringComparison.Ordinal) == true);

    /// <summary>Whether its runs may be packed, as far as the sections say.</summary>
    public required bool IsPackable { get; init; }
}

/// <summary>A placeholder in a text, and where that stands.</summary>
internal sealed record PlaceholderUse(string Name, SourceSpan At, string Where)
{
    /// <summary>It stands on a <c>#SBATCH</c> line, which is read before the job starts and ends at the end of its line.</summary>
    public bool IsOption { get; init; }
}

/// <summary>Compiles what runs ask of Slurm.</summary>
internal sealed partial class SlurmJobs(PlanRequest request, DiagnosticBag report)
{
    private const int KnownAtMost = 256;

    private readonly Dictionary<(ConfigNode? Slurm, ConfigNode? Container), SlurmSections> _known = new(new ByReference());
    private readonly SlurmTemplates _templates = new(request, report);
    private readonly HashSet<string> _unfit = new(StringComparer.Ordinal);
    private (SlurmJob? Of, string LogName, SlurmJob Packed) _last;

    public SlurmSections Sections(ExperimentSpec spec)
    {
        var key = (spec.Tree["slurm"], spec.Tree["container"]);
        if (_known.TryGetValue(key, out var known)) return known;
        if (_known.Count >= KnownAtMost) _known.Clear();
        return _known[key] = Compile(spec);
    }

    /// <summary>The job of one run.</summary>
    /// <param name="fill">Fills the placeholders of an option's value.</param>
    public SlurmJob Of(SlurmSections sections, NamedRun run, string workDir, Func<string, string> fill)
    {
        CheckPlaces(run, workDir, sections.Job.Script?.Container);
        var job = sections.Job;
        if (sections.FillsOptions)
        {
            job = job with { Sbatch = Fill(job.Sbatch, fill) };
            if (job.Script is { } script) job = job with { Script = script with { Srun = Fill(script.Srun, fill) } };
        }
        var name = Path.GetFileName(run.LogPath);
        if (ReferenceEquals(_last.Of, job) && _last.LogName == name) return _last.Packed;
        var packed = sections.IsPackable ? job with { PackKey = KeyOf(job, name) } : job;
        _last = (job, name, packed);
        return packed;
    }

    /// <summary>How the experiment deals with the cluster; read from one run, as all share it.</summary>
    public static SlurmSettings Settings(ExperimentSpec spec, DiagnosticBag report)
    {
        var (shortest, longest) = Polls(Merging.Find(spec.Tree, ["slurm", "poll_seconds"]), report);
        if (spec.Slurm.Dependencies is not (null or "auto" or "monitor"))
            report.Error("SLM006", Merging.Find(spec.Tree, ["slurm", "dependencies"])!.At, $"'slurm.dependencies' is auto or monitor, not '{spec.Slurm.Dependencies}'");
        if (spec.Slurm.ResubmitTime is not (null or "full" or "left"))
            report.Error("SLM006", Merging.Find(spec.Tree, ["slurm", "resubmit_time"])!.At, $"'slurm.resubmit_time' is full or left, not '{spec.Slurm.ResubmitTime}'");
        return new(spec.Scheduler.MaxJobs, spec.Scheduler.StaggerSeconds, spec.Slurm.ArraySize, shortest, longest,
            spec.Slurm.RequestsPerSecond, spec.Slurm.StuckAfterSeconds, spec.Slurm.WaitSeconds, spec.Slurm.DoubtSeconds)
        {
            Dependencies = spec.Slurm.Dependencies == "monitor" ? DependencyKeeper.Monitor : DependencyKeeper.Auto,
        };
    }

    private static (double, double) Polls(ConfigNode? node, DiagnosticBag report)
    {
        if (node is null || ScalarValue.IsNull(node)) return (SlurmSettings.Default.ShortestPoll, SlurmSettings.Default.LongestPoll);
        if (node is ConfigNode.Sequence { Items: [ConfigNode.Scalar first, ConfigNode.Scalar last] } && Seconds(first) is { } a && Seconds(last) is { } b && a <= b) return (a, b);
        report.Error("SLM006", node.At, $"'slurm.poll_seconds' must be the shortest and the longest time between two looks, each from 1 to 3600, not {Binder.Describe(node)}", "slurm.poll_seconds: [5, 60]");
        return (SlurmSettings.Default.ShortestPoll, SlurmSettings.Default.LongestPoll);
    }

    private static double? Seconds(ConfigNode.Scalar node) => ScalarValue.Of(node) switch
    {
        ScalarValue.Whole { Value: var whole } when whole >= 1 && whole <= 3600 => (double)whole,
        ScalarValue.Real { Value: >= 1 and <= 3600 and var real } => real,
        _ => null,
    };

    private SlurmSections Compile(ExperimentSpec spec)
    {
        var slurm = spec.Tree["slurm"] as ConfigNode.Mapping ?? new ConfigNode.Mapping(spec.Tree.At, []);
        CheckWords(spec.Slurm, slurm);
        var template = _templates.Of(spec.Slurm, slurm);
        var script = new SlurmScripts(report).Read(spec, slurm, template);
        var job = new SlurmJob
        {
            Host = spec.Slurm.Host,
            Cluster = spec.Slurm.Cluster ?? spec.Slurm.Clusters,
            Sbatch = SlurmOptions.ReadSbatch(slurm["sbatch"], slurm["sbatch_overrides"], report),
            Chain = Math.Max(1, spec.Slurm.Chain),
            ArrayAtOnce = spec.Slurm.ArrayAtOnce,
            AsksForTimeLeft = spec.Slurm.ResubmitTime == "left",
            FenceSeconds = spec.Job.FenceSeconds,
            Script = script,
        };
        CheckSignal(job, slurm);
        return new(job, [.. SlurmScripts.Placeholders(job, slurm, template)]) { IsPackable = template is null && spec.Slurm.Array && job.Chain == 1 && spec.Scheduler.StaggerSeconds <= 0 };
    }

    private void CheckWords(SlurmSpec spec, ConfigNode.Mapping slurm)
    {
        if (spec.Host is { } host && !HostForm.IsMatch(host))
            report.Error("SLM007", slurm["host"]!.At, $"'slurm.host: {host}' is no name of a host that ssh may be given", "slurm: {host: user@login.example.org}, or a name from ~/.ssh/config");
        if (spec is { Dir: not null, Host: null }) report.Warning("SLM043", slurm["dir"]!.At, "'slurm.dir' has no effect without 'slurm.host': the runs' folders lie in project.base_output_dir", "take it out, or name the login node: slurm.host: user@login");
        if (spec is { Host: not null, EnvFile: [not '/', ..] file }) report.Error("SLM044", slurm["env_file"]!.At, $"'slurm.env_file: {file}' must be an absolute path on {spec.Host}: the job sources it there");
        if ((spec.Cluster ?? spec.Clusters) is { } cluster && !ClusterForm.IsMatch(cluster))
            report.Error("SLM007", (slurm["cluster"] ?? slurm["clusters"])!.At, $"'{cluster}' is not the name of one cluster", "a run is submitted to one cluster; runs of one sweep may name different ones");
        if (spec.TestOnly) report.Error("SLM008", slurm["test_only"]!.At, "with 'slurm.test_only: true' no job would ever run", "take it out; 'vigil plan' checks without submitting");
    }

    /// <summary>A signal before the time limit goes to the steps of <c>srun</c> unless it names the batch script, and without a step nobody hears it.</summary>
    private void CheckSignal(SlurmJob job, ConfigNode.Mapping slurm)
    {
        if (job.Option("signal") is not { } signal || signal.AsSpan(0, signal.IndexOf(':') + 1).Contains('B')) return;
        if (job.Script is { Template: not null } or { Launcher: Launcher.Srun or Launcher.Torchrun } or { Container.Runtime: ContainerRuntime.Pyxis }) return;
        var at = Merging.Find(slurm, ["sbatch", "signal"]) ?? Merging.Find(slurm, ["sbatch_overrides", "signal"]) ?? slurm;
        report.Warning("SLM009", at.At, $"Slurm sends 'signal: {signal}' only to what srun started, and this command is started without it", $"signal: \"B:{signal}\" reaches the command; or slurm.launcher: srun");
    }

    private void CheckPlaces(NamedRun run, string workDir, Container? container)
    {
        if (container?.Runtime is not (null or ContainerRuntime.Conda or ContainerRuntime.Venv) && Array.Find([run.OutputDir, workDir], static path => path.AsSpan().IndexOfAny(':', ',') >= 0) is { } mixed)
            report.Error("SLM025", run.Draft.Tree["container"]!.At, $"the folder {TextRules.Shorten(mixed, 200)} cannot be bound into a container: ':' and ',' separate folders there", "choose another project.base_output_dir or project.work_dir");
        // Slurm reads a backslash in a log's path as "no patterns here", and no line of a script holds a line break.
        string[] places = [run.LogPath, run.OutputDir, workDir];
        if (Array.Find(places, static path => path.AsSpan().IndexOfAny(Unfit) >= 0) is not { } path) return;
        // As far as the name that cannot be: all runs may share it, and one remark is enough then.
        var end = path.IndexOf('/', path.AsSpan().IndexOfAny(Unfit));
        if (end >= 0) path = path[..end];
        if (_unfit.Add(path))
            report.Error("SLM022", (Merging.Find(run.Draft.Tree, ["project", "log_path"]) ?? Merging.Find(run.Draft.Tree, ["project", "base_output_dir"]) ?? run.Draft.Tree).At,
                $"Slurm cannot use the path {TextRules.Shorten(path.ReplaceLineEndings("\\n"), 200)}: a backslash or a line break stands in it", "choose another project.base_output_dir, project.log_path or project.work_dir");
    }

    private static ImmutableArray<SlurmOption> Fill(ImmutableArray<SlurmOption> options, Func<string, string> fill) =>
        [.. options.Select(o => o.Value?.Contains('{', StringComparison.Ordinal) == true ? o with { Value = fill(o.Value) } : o)];

    /// <summary>Everything that the tasks of one array have in common.</summary>
    private static string KeyOf(SlurmJob job, string logName)
    {
        var text = new StringBuilder().Append(job.Host).Append('\n').Append(job.Cluster).Append('\n').Append(logName).Append('\n').Append(job.ArrayAtOnce).Append('\n');
        foreach (var option in job.Sbatch.OrderBy(static o => o.Name, StringComparer.Ordinal)) text.Append(option.Name).Append(option.Value is null ? ' ' : '=').Append(option.Value).Append('\n');
        foreach (var line in job.Script?.Directives ?? []) text.Append('#').Append(line).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 6));
    }

    private static readonly System.Buffers.SearchValues<char> Unfit = System.Buffers.SearchValues.Create("\\\n\r");

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:@[A-Za-z0-9_][A-Za-z0-9_.-]*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex HostForm { get; }

    [GeneratedRegex(@"^(?!all\z)[A-Za-z0-9_][A-Za-z0-9_.-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ClusterForm { get; }

    /// <summary>Sections are the same when they are one object: nothing is compared that a sweep did not touch.</summary>
    private sealed class ByReference : IEqualityComparer<(ConfigNode? Slurm, ConfigNode? Container)>
    {
        public bool Equals((ConfigNode? Slurm, ConfigNode? Container) x, (ConfigNode? Slurm, ConfigNode? Container) y) => ReferenceEquals(x.Slurm, y.Slurm) && ReferenceEquals(x.Container, y.Container);
        public int GetHashCode((ConfigNode? Slurm, ConfigNode? Container) key) => HashCode.Combine(
            System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Slurm), System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Container));
    }
}
