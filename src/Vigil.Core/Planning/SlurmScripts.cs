using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>Reads what a job's script holds beside the command.</summary>
internal sealed class SlurmScripts(DiagnosticBag report)
{
    /// <summary>Filled when a script is made, beside those that every command knows.</summary>
    public static readonly string[] OfTemplates =
    [
        "sbatch_directives", "srun_opts", "launcher_cmd", "launcher", "backend_cmd", "command", "job_name", "log_symlink_cmd", "env_exports", "task_env", "project_name", "launcher_env_flags",
        "launcher_env_passthrough", "work_dir", "point",
    ];

    public const string OfTheTemplate = "slurm.template";

    /// <summary>Filled in a launcher_cmd.</summary>
    private static readonly string[] OfLaunchers = ["bind_flags", "env_flags", "env_exports", "work_dir", "point", "project_name"];

    /// <summary>Null: there is nothing but the command.</summary>
    public SlurmScript? Read(ExperimentSpec spec, ConfigNode.Mapping slurm, SlurmTemplate? template)
    {
        var srun = SlurmOptions.Read(slurm["srun"], "slurm.srun", report);
        var lines = SlurmTexts.List(slurm["setup"], "slurm.setup", report);
        var script = new SlurmScript
        {
            Directives = Directives(slurm["sbatch_extra_directives"]),
            Env = SlurmTexts.Variables(slurm["env"], "slurm.env", report),
            EnvFile = EnvFile(spec.Slurm, slurm),
            Modules = [.. SlurmTexts.List(slurm["modules"], "slurm.modules", report).SelectMany(static m => m.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))],
            Setup = lines.IsEmpty ? null : string.Join('\n', lines).TrimEnd('\n'),
            Srun = srun,
            SrunText = spec.Slurm.SrunOpts is { } opts && !string.IsNullOrWhiteSpace(opts) ? opts.Trim() : null,
            LauncherText = spec.Slurm.LauncherCmd is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null,
            LauncherOptions = LauncherOptions(slurm["launcher_args"]),
            Container = ContainerReader.Read(spec.Container, spec.Tree["container"], report),
            Template = template?.Text,
        };
        if (script.Modules.FirstOrDefault(static m => m[0] is '-') is { } module) report.Error("SLM018", slurm["modules"]!.At, $"'{module}' under 'slurm.modules' is not the name of a module", "options of 'module' go into a line under slurm.setup");
        script = script with { Launcher = LauncherOf(spec, script, slurm) };
        CheckUse(script, slurm);
        CheckNodes(spec, script, slurm);
        return IsEmpty(script) ? null : script;
    }

    /// <summary>Every placeholder in a text of the script, and who knows it beside the run.</summary>
    public static IEnumerable<PlaceholderUse> Placeholders(SlurmJob job, ConfigNode.Mapping slurm, SlurmTemplate? template)
    {
        if (job.Script is not { } script) yield break;
        foreach (var (text, key) in Texts(script))
            foreach (var name in PlaceholderText.Parse(text).Names)
                if (!(key is "launcher_cmd" && OfLaunchers.Contains(name)) && name is not ("work_dir" or "point" or "job_name"))
                    yield return new(name, (Merging.Find(slurm, [key]) ?? slurm).At, key.StartsWith("container", StringComparison.Ordinal) ? key : $"slurm.{key}");
        if (template is null) yield break;
        foreach (var name in PlaceholderText.Parse(template.Text).Names)
            if (name is "project_name" || !OfTemplates.Contains(name)) yield return new(name, template.Place(name), OfTheTemplate) { IsOption = template.IsOption(name) };
    }

    private static IEnumerable<(string Text, string Key)> Texts(SlurmScript script)
    {
        foreach (var variable in script.Env) yield return (variable.Value, "env");
        if (script.EnvFile is { } file) yield return (file, "env_file");
        if (script.Setup is { } setup) yield return (setup, "setup");
        if (script.SrunText is { } srun) yield return (srun, "srun_opts");
        if (script.LauncherText is { } launcher) yield return (launcher, "launcher_cmd");
        foreach (var option in script.LauncherOptions) yield return (option, "launcher_args");
        if (script.Container is not { } container) yield break;
        foreach (var text in (IEnumerable<string>)[container.Place, container.Folder ?? "", .. container.Binds, .. container.Options, .. container.Env.Select(static v => v.Value)]) yield return (text, "container");
    }

    private ImmutableArray<string> Directives(ConfigNode? node)
    {
        var lines = SlurmTexts.List(node, "slurm.sbatch_extra_directives", report).SelectMany(static t => t.Split('\n')).Where(static l => l.Trim().Length > 0).Select(static l => l.TrimEnd()).ToList();
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].StartsWith("--", StringComparison.Ordinal)) lines[i] = $"#SBATCH {lines[i]}";
            SlurmOptions.CheckLine(lines[i], node!.At, report);
            if (!lines[i].StartsWith('#') || lines[i].Any(char.IsControl))
                report.Error("SLM015", node!.At, $"'{TextRules.Shorten(lines[i], 60)}' under 'slurm.sbatch_extra_directives' is no #SBATCH line, and would end them", "shell goes under slurm.setup");
        }
        return [.. lines];
    }

    private string? EnvFile(SlurmSpec spec, ConfigNode.Mapping slurm)
    {
        if (spec.EnvFile is not { Length: > 0 } path) return null;
        if (path.Any(char.IsControl)) report.Error("SLM004", slurm["env_file"]!.At, "'slurm.env_file' holds a line break or another control character");
        return path;
    }

    private ImmutableArray<string> LauncherOptions(ConfigNode? node) => node is ConfigNode.Mapping
        ? [.. SlurmOptions.Read(node, "slurm.launcher_args", report).Select(static o => o.Value is null ? $"--{o.Name.Replace('-', '_')}" : $"--{o.Name.Replace('-', '_')}={o.Value}")]
        : SlurmTexts.List(node, "slurm.launcher_args", report);

    private Launcher LauncherOf(ExperimentSpec spec, SlurmScript script, ConfigNode.Mapping slurm)
    {
        switch (spec.Slurm.Launcher)
        {
            case null: return !script.Srun.IsEmpty || script.SrunText is not null || script.LauncherText is not null || Planning.Placeholders.IsPerNode(spec) ? Launcher.Srun : Launcher.None;
            case "none": return Launcher.None;
            case "python": return Launcher.Python;
            case "torchrun": return Launcher.Torchrun;
            case "srun": return Launcher.Srun;
            default:
                report.Error("SLM016", slurm["launcher"]!.At, $"there is no launcher '{spec.Slurm.Launcher}'", Suggestion.Hint(spec.Slurm.Launcher, SlurmWords.Launchers));
                return Launcher.None;
        }
    }

    private void CheckUse(SlurmScript script, ConfigNode.Mapping slurm)
    {
        if (script.Template is not null) return;
        if (script.Launcher is Launcher.None or Launcher.Python && script.Container?.Runtime is not ContainerRuntime.Pyxis && (!script.Srun.IsEmpty || script.SrunText is not null))
            report.Warning("SLM017", (slurm["srun"] is ConfigNode.Mapping { Entries.IsEmpty: false } srun ? srun : slurm["srun_opts"] ?? slurm).At, "options of srun have no effect: the launcher starts the command without it", "slurm.launcher: srun");
        if (!script.LauncherOptions.IsEmpty && script.Launcher is not Launcher.Torchrun)
            report.Warning("SLM017", slurm["launcher_args"]!.At, "'slurm.launcher_args' are options of torchrun, which is not used", "slurm.launcher: torchrun; options of srun go under slurm.srun");
    }

    /// <summary>Without srun the command runs on the first node alone, and the processes of the other nodes never come to meet it.</summary>
    private void CheckNodes(ExperimentSpec spec, SlurmScript script, ConfigNode.Mapping slurm)
    {
        if (script is not { Launcher: Launcher.None or Launcher.Python, Template: null, LauncherText: null } || !Planning.Placeholders.IsPerNode(spec)) return;
        if (Merging.Find(slurm, ["sbatch", "nodes"]) is ConfigNode.Scalar nodes && !ScalarValue.IsNull(nodes) && nodes.Text is not "1")
            report.Warning("SLM017", (slurm["launcher"] ?? slurm).At, $"the command holds {{node_rank}}, and launcher {spec.Slurm.Launcher} starts it on the first of its {nodes.Text} nodes alone: it would wait there for the others", "slurm.launcher: srun, or leave it out: then srun starts the command once on each node");
    }

    private static bool IsEmpty(SlurmScript script) =>
        script is { EnvFile: null, Setup: null, SrunText: null, LauncherText: null, Container: null, Template: null, Launcher: Launcher.None }
        && script.Directives.IsEmpty && script.Env.IsEmpty && script.Modules.IsEmpty && script.Srun.IsEmpty && script.LauncherOptions.IsEmpty;
}
