using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>Reads <c>container</c> as what a job's script needs of it.</summary>
internal static class ContainerReader
{
    /// <summary>Null when there is none, or a mistake was reported.</summary>
    public static Container? Read(ContainerSpec? spec, ConfigNode? node, DiagnosticBag report)
    {
        if (spec is null || node is not ConfigNode.Mapping map || Runtime(spec, map, report) is not { } runtime) return null;
        if (Place(spec, runtime) is not { Length: > 0 } place)
        {
            // A container without an image is how a shared configuration leaves it open.
            if (map.Entries.Any(static e => e.Key is "binds" or "bind" or "options" or "path" or "name") || spec.Runtime is not null && map["image"] is null)
                report.Error("SLM020", map.At, $"the container has no {Noun(runtime)}", $"container.{Key(runtime)}");
            return null;
        }
        if (place.Any(char.IsControl)) report.Error("SLM004", (map[Key(runtime)] ?? map).At, $"'container.{Key(runtime)}' holds a line break or another control character");
        var (env, passed) = Env(map["env"], report);
        return new(runtime, place, [.. ListOf(map["binds"], "container.binds", report), .. ListOf(map["bind"], "container.bind", report)], env, passed, ListOf(map["options"], "container.options", report))
        {
            Folder = spec.Pwd,
            ActivateScript = spec.ActivateScript ?? (runtime is ContainerRuntime.Conda && spec.CondaPrefix is { } prefix ? $"{prefix.TrimEnd('/')}/etc/profile.d/conda.sh" : null),
        };
    }

    private static ContainerRuntime? Runtime(ContainerSpec spec, ConfigNode.Mapping map, DiagnosticBag report)
    {
        var word = spec.Runtime ?? spec.ClassName switch
        {
            "Conda" => "conda",
            "Venv" => "venv",
            _ when spec.VenvPath is not null => "venv",
            _ when spec.EnvName is not null || spec.CondaPrefix is not null => "conda",
            _ => "apptainer",
        };
        switch (word)
        {
            case "apptainer": return ContainerRuntime.Apptainer;
            case "singularity": return ContainerRuntime.Singularity;
            case "enroot": return ContainerRuntime.Enroot;
            case "pyxis": return ContainerRuntime.Pyxis;
            case "conda": return ContainerRuntime.Conda;
            case "venv": return ContainerRuntime.Venv;
            default:
                report.Error("SLM021", (map["runtime"] ?? map).At, $"there is no container runtime '{word}' here", Suggestion.Hint(word, SlurmWords.Runtimes));
                return null;
        }
    }

    private static string? Place(ContainerSpec spec, ContainerRuntime runtime) => runtime switch
    {
        ContainerRuntime.Conda => spec.Name ?? spec.EnvName ?? spec.Path,
        ContainerRuntime.Venv => spec.Path ?? spec.VenvPath,
        _ => spec.Image ?? spec.Path,
    };

    private static string Key(ContainerRuntime runtime) => runtime switch { ContainerRuntime.Conda => "name", ContainerRuntime.Venv => "path", _ => "image" };

    private static string Noun(ContainerRuntime runtime) => runtime switch { ContainerRuntime.Conda => "environment", ContainerRuntime.Venv => "folder", _ => "image" };

    /// <summary>A mapping gives values; a list names variables that are to be passed on.</summary>
    private static (ImmutableArray<SlurmVariable>, ImmutableArray<string>) Env(ConfigNode? node, DiagnosticBag report)
    {
        if (node is not ConfigNode.Sequence) return (SlurmTexts.Variables(node, "container.env", report), []);
        var names = ListOf(node, "container.env", report);
        foreach (var name in names.Where(static n => !SlurmTexts.IsVariableName(n)))
            report.Error("CFG058", node.At, $"'{name}' cannot be the name of an environment variable", "letters, digits and _; no digit first");
        return ([], names);
    }

    private static ImmutableArray<string> ListOf(ConfigNode? node, string path, DiagnosticBag report) => SlurmTexts.List(node, path, report);
}
