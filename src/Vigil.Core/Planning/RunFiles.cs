using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Makes the files that <c>backend.files</c> asks for: a text as it stands, a mapping or list in the form of the path's ending; <c>{placeholders}</c> of the plan are filled.</summary>
internal sealed class RunFiles(ExperimentHeader experiment, DiagnosticBag report)
{
    /// <summary>What Vigil itself writes into a run's folder.</summary>
    private static readonly string[] Ours = ["attempts", "provenance", "current.log", "experiment.link", "finetune.slurm"];

    /// <summary>What it writes there for FluxGym.</summary>
    private static readonly string[] ForFluxGym = ["training.log", "monitor.log", "ui_state.json"];

    private readonly YamlEmitter _yaml = new();

    /// <summary>Null when there are none.</summary>
    /// <param name="tree">Resolved; secrets stay references, as in everything that is frozen.</param>
    /// <param name="compat">Which other tool's files the folder has beside ours; null: none.</param>
    public ImmutableArray<RunFile>? Of(NamedRun run, ConfigNode.Mapping tree, string? compat)
    {
        if (Merging.Find(tree, ["backend", "files"]) is not { } given || ScalarValue.IsNull(given)) return null;
        if (given is not ConfigNode.Mapping map)
        {
            report.Error("PLN060", given.At, $"'backend.files' must be a mapping of paths, not {Binder.Describe(given)}", "backend: {files: {config.yaml: {lr: 1e-3}}}");
            return null;
        }
        var files = ImmutableArray.CreateBuilder<RunFile>();
        foreach (var entry in map.Entries)
            if (!ScalarValue.IsNull(entry.Value) && IsPlace(entry, compat is null ? Ours : [.. Ours, .. ForFluxGym]) && Text(entry, tree, Fill(run, tree)) is { } text) files.Add(new(entry.Key, text));
        return files.DrainToImmutable();
    }

    /// <summary>The settings as FluxGym's form knows them; null when something in them is wrong, which is reported.</summary>
    public string? Form(NamedRun run, ConfigNode.Mapping tree) => FluxGymForm.Of(tree, run.Name, Fill(run, tree).Text, report);

    private Filling Fill(NamedRun run, ConfigNode.Mapping tree) => new(new(run, tree, experiment, report));

    private bool IsPlace(ConfigEntry entry, string[] ours)
    {
        var parts = entry.Key.Split('/');
        var why = entry.Key switch
        {
            _ when parts.Any(static p => p is "" or "." or "..") => "is no path below the run's folder",
            _ when entry.Key.Any(char.IsControl) => "holds a control character",
            _ when ours.Contains(parts[0]) => $"would be where Vigil writes '{parts[0]}'",
            _ => null,
        };
        if (why is not null) report.Error("PLN061", entry.KeyAt, $"the path '{entry.Key}' of 'backend.files' {why}", "a relative path such as config/train.yaml");
        return why is null;
    }

    private string? Text(ConfigEntry entry, ConfigNode.Mapping tree, Filling filling)
    {
        if (entry.Value is ConfigNode.Scalar scalar) return Ended(filling.Text(scalar));
        var dot = entry.Key.LastIndexOf('.');
        var ending = dot < 0 ? "" : entry.Key[dot..];
        if (entry.Value is ConfigNode.Sequence list && ending == ".sh") return new CommandScript(entry.Key, report).Of(list, WorkDir(tree), filling.Text);
        var value = filling.Node(entry.Value);
        switch (ending)
        {
            case ".yaml" or ".yml": return _yaml.Emit(value);
            case ".json": return JsonEmitter.Emit(value);
            case ".toml" when value is ConfigNode.Mapping map: return TomlText.Of(map, report);
            default:
                report.Error("PLN062", entry.Value.At, $"'{entry.Key}' of 'backend.files' is {Binder.Describe(entry.Value)}, and its ending names no form for that", "a path that ends with .yaml or .json (a mapping also with .toml, a list of words with .sh), or a text");
                return null;
        }
    }

    /// <summary>Null where a container says itself where its command starts.</summary>
    private static string? WorkDir(ConfigNode.Mapping tree) =>
        Merging.Find(tree, ["container", "pwd"]) is { } inside && !ScalarValue.IsNull(inside) ? null : (Merging.Find(tree, ["project", "work_dir"]) as ConfigNode.Scalar)?.Text;

    private static string Ended(string text) => text is [.., '\n'] ? text : text + "\n";

    /// <summary>Fills what the plan knows into the texts of one run's files.</summary>
    private sealed class Filling(PlanFilling plan)
    {
        public ConfigNode Node(ConfigNode node) => node switch
        {
            ConfigNode.Mapping map => new ConfigNode.Mapping(map.At, [.. map.Entries.Select(e => e with { Value = Node(e.Value) })]),
            ConfigNode.Sequence list => new ConfigNode.Sequence(list.At, [.. list.Items.Select(Node)]),
            ConfigNode.Scalar scalar when scalar.Text.Contains('{', StringComparison.Ordinal) && Text(scalar) is var text && text != scalar.Text => ConfigNode.Scalar.Made(scalar.At, text),
            var other => other,
        };

        public string Text(ConfigNode.Scalar scalar) => plan.Fill(scalar, FilledPlace.Files);
    }
}
