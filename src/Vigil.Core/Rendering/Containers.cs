using System.Collections.Immutable;
using System.Text;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Rendering;

/// <summary>The insides that a command can run in: words before it, options of srun, or an environment that is activated.</summary>
internal static class Containers
{
    /// <summary>Variables of the job that a runtime with a fresh environment must be given.</summary>
    private const string Passed = "SLURM_*|MASTER_ADDR|MASTER_PORT|RANK|WORLD_SIZE|LOCAL_RANK|CUDA_VISIBLE_DEVICES|ROCR_VISIBLE_DEVICES|PYTHONUNBUFFERED|COLUMNS|TQDM_MININTERVAL|VIGIL_*|vigil_*";

    /// <summary>Words that stand before a program.</summary>
    public static ImmutableArray<string> Words(Container? container, PlannedRun run, JobCommand command) => container?.Runtime switch
    {
        ContainerRuntime.Apptainer => Apptainer("apptainer", container, run, command),
        ContainerRuntime.Singularity => Apptainer("singularity", container, run, command),
        ContainerRuntime.Enroot => Enroot(container, run, command),
        _ => [],
    };

    private static ImmutableArray<string> Apptainer(string program, Container container, PlannedRun run, JobCommand command) =>
    [
        program, "exec", .. Binds(container, run, command).SelectMany(static bind => new[] { "--bind", bind }),
        "--pwd", Folder(container, run, command), .. container.Options.Select(command.Word), command.Word(container.Place),
    ];

    /// <summary>enroot starts with the image's own environment and folder.</summary>
    private static ImmutableArray<string> Enroot(Container container, PlannedRun run, JobCommand command)
    {
        var names = string.Concat(Names(container, run).Select(static n => $"|{n}"));
        return
        [
            "bash", "-c", Bash.QuoteAlways($"vigil_env=(); for n in $(compgen -e); do case $n in {Passed}{names}) vigil_env+=(--env \"$n=${{!n}}\");; esac; done; exec enroot start \"${{vigil_env[@]}}\" \"$@\""), "vigil",
            .. Mounts(container, run, command).SelectMany(static bind => new[] { "--mount", bind }), .. container.Options.Select(command.Word), command.Word(container.Place),
            "bash", "-c", "'cd -- \"$1\" && shift && exec \"$@\"'", "vigil", Folder(container, run, command),
        ];
    }

    /// <summary>pyxis is a plugin of srun.</summary>
    public static IEnumerable<string> SrunWords(Container? container, PlannedRun run, JobCommand command)
    {
        if (container?.Runtime is not ContainerRuntime.Pyxis) yield break;
        yield return $"--container-image={command.Word(container.Place)}";
        yield return $"--container-mounts={string.Join(',', Mounts(container, run, command))}";
        yield return $"--container-workdir={Folder(container, run, command)}";
        // Where the image sets a variable too, the job's is to win.
        if (string.Join(',', Names(container, run)) is { Length: > 0 } names) yield return $"--container-env={names}";
        foreach (var option in container.Options) yield return command.Word(option);
    }

    /// <summary>Variables that the inside is to see, exported under the names by which the runtime passes them on.</summary>
    public static string Exports(Container? container, JobCommand command)
    {
        if (container is null) return "";
        var prefix = container.Runtime switch { ContainerRuntime.Apptainer => "APPTAINERENV_", ContainerRuntime.Singularity => "SINGULARITYENV_", _ => "" };
        var text = new StringBuilder();
        foreach (var (name, value) in container.Env) text.Append("export ").Append(prefix).Append(name).Append('=').Append(command.Word(value)).Append('\n');
        if (prefix.Length > 0)
            foreach (var name in container.PassedEnv) text.Append("[[ -v ").Append(name).Append(" ]] && export ").Append(prefix).Append(name).Append("=\"$").Append(name).Append("\"\n");
        return text.ToString();
    }

    /// <summary>Lines that change the shell itself, for environments that are no containers.</summary>
    public static string Activation(Container? container, JobCommand command) => container switch
    {
        { Runtime: ContainerRuntime.Conda, ActivateScript: { } script } => $". {command.Word(script)} || exit\nconda activate {command.Word(container.Place)} || exit\n",
        { Runtime: ContainerRuntime.Conda } => $"vigil_hook=$(\"${{CONDA_EXE:-conda}}\" shell.bash hook) || exit\neval \"$vigil_hook\"\nconda activate {command.Word(container.Place)} || exit\n",
        { Runtime: ContainerRuntime.Venv } => $". {command.Word(container.ActivateScript ?? $"{container.Place.TrimEnd('/')}/bin/activate")} || exit\n",
        _ => "",
    };

    /// <summary>The user's, and the two folders without which no run can read or write.</summary>
    private static IEnumerable<string> Binds(Container container, PlannedRun run, JobCommand command) =>
        new[] { run.WorkDir, run.OutputDir }.Distinct().Select(Bash.Quote).Concat(container.Binds.Select(command.Word));

    /// <summary>The same for runtimes that want both sides told.</summary>
    private static IEnumerable<string> Mounts(Container container, PlannedRun run, JobCommand command) =>
        new[] { run.WorkDir, run.OutputDir }.Distinct().Select(static path => Bash.Quote($"{path}:{path}"))
            .Concat(container.Binds.Select(bind => command.Word(bind.Contains(':', StringComparison.Ordinal) ? bind : $"{bind}:{bind}")));

    private static string Folder(Container container, PlannedRun run, JobCommand command) => container.Folder is { } folder ? command.Word(folder) : Bash.Quote(run.WorkDir);

    private static IEnumerable<string> Names(Container container, PlannedRun run) =>
        (run.Slurm?.Script?.Env ?? []).Select(static v => v.Name).Concat(run.Env.Keys).Concat(container.Env.Select(static v => v.Name)).Concat(container.PassedEnv).Distinct();
}
