using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>What one run asks of Slurm. Kept in the journal with the run, so its fields are for ever; runs of one sweep share the object while it is planned.</summary>
public sealed record SlurmJob
{
    /// <summary><c>user@login</c>: where Slurm's commands run, over OpenSSH. Null: here.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Host { get; init; }

    /// <summary>The cluster among several behind one login node, as <c>--clusters</c> names it. Null: the default one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Cluster { get; init; }

    /// <summary>Options of <c>sbatch</c>, by their long names with dashes, in the order of the file; without those that Vigil itself sets.</summary>
    public ImmutableArray<SlurmOption> Sbatch { get; init; } = [];

    /// <summary>Runs with an equal key may be tasks of one array job; null: this run never is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PackKey { get; init; }

    /// <summary>So many jobs of the run are queued one behind the other, for runs longer than a time limit; 1: no chain.</summary>
    public int Chain { get; init; } = 1;

    /// <summary>Whether a further attempt asks only for the time that the ones before it have left.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AsksForTimeLeft { get; init; }

    /// <summary>Most tasks of one array that run at a time; null: as many as fit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ArrayAtOnce { get; init; }

    /// <summary>How long a vanished job's files must be silent before it counts as gone.</summary>
    public double FenceSeconds { get; init; } = 120;

    /// <summary>What the job's script holds beside the command; null: nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SlurmScript? Script { get; init; }

    /// <summary>The value of an option; null where it is not set, or a bare flag.</summary>
    public string? Option(string name)
    {
        foreach (var option in Sbatch)
            if (option.Name == name) return option.Value;
        return null;
    }

    public bool Has(string name)
    {
        foreach (var option in Sbatch)
            if (option.Name == name) return true;
        return false;
    }
}

/// <summary>What the script of a Slurm job does around the command. Texts may hold <c>{placeholders}</c>.</summary>
public sealed record SlurmScript
{
    public static SlurmScript Empty { get; } = new();

    /// <summary>Lines of the user's own among the <c>#SBATCH</c> lines, as they stand.</summary>
    public ImmutableArray<string> Directives { get; init; } = [];

    /// <summary>Environment variables, in the order of the file; values are literal text.</summary>
    public ImmutableArray<SlurmVariable> Env { get; init; } = [];

    /// <summary>A file of shell that is sourced, what it sets exported; a relative one lies beside the experiment file. Null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? EnvFile { get; init; }

    /// <summary>What <c>module load</c> is given.</summary>
    public ImmutableArray<string> Modules { get; init; } = [];

    /// <summary>Lines of the user's shell before the command; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Setup { get; init; }

    public Launcher Launcher { get; init; }

    /// <summary>Further options of the launcher, as words.</summary>
    public ImmutableArray<string> LauncherOptions { get; init; } = [];

    /// <summary>Shell of the user's own that stands before the command; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LauncherText { get; init; }

    /// <summary>Options of <c>srun</c>.</summary>
    public ImmutableArray<SlurmOption> Srun { get; init; } = [];

    /// <summary>Options of <c>srun</c> as a text of the user's shell; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SrunText { get; init; }

    /// <summary>Null: the command runs on the node as it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Container? Container { get; init; }

    /// <summary>The user's own script; null: ours.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Template { get; init; }

    /// <summary>Options that stand in the user's own <c>#SBATCH</c> lines, without those whose value only the shell or the renderer will know.</summary>
    public IEnumerable<SlurmOption> WrittenOptions() =>
        Directives.Concat(Template?.Split('\n') ?? []).SelectMany(SlurmOptions.OnLine).Where(static o => o.Value is null || o.Value.AsSpan().IndexOfAny('$', '{', '`') < 0);
}

/// <summary>One environment variable.</summary>
public readonly record struct SlurmVariable(string Name, string Value);

/// <summary>What starts the command.</summary>
[JsonConverter(typeof(SnakeCaseJson<Launcher>))]
public enum Launcher
{
    /// <summary>Once, on the job's first node, as it stands.</summary>
    None,
    /// <summary>The same, with the variables of a process group of one.</summary>
    Python,
    /// <summary>On every node, one process a GPU.</summary>
    Torchrun,
    /// <summary>As many tasks as the job asks for.</summary>
    Srun,
}

/// <summary>Where the command runs inside the job.</summary>
/// <param name="Place">The image; for conda the environment's name or its folder, for venv its folder.</param>
/// <param name="Binds"><c>SOURCE[:TARGET[:OPTIONS]]</c>.</param>
/// <param name="Env">Variables with values, beside what the job exports anyway.</param>
/// <param name="PassedEnv">Names of variables of the job that must reach the inside.</param>
/// <param name="Options">Further words for the runtime.</param>
public sealed record Container(ContainerRuntime Runtime, string Place, ImmutableArray<string> Binds, ImmutableArray<SlurmVariable> Env, ImmutableArray<string> PassedEnv, ImmutableArray<string> Options)
{
    /// <summary>The folder inside; null: the run's working folder.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Folder { get; init; }

    /// <summary>What is sourced to activate a conda or venv environment, where it is not the usual file; null: the usual one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ActivateScript { get; init; }
}

/// <summary>The programs that make an inside.</summary>
[JsonConverter(typeof(SnakeCaseJson<ContainerRuntime>))]
public enum ContainerRuntime { Apptainer, Singularity, Enroot, Pyxis, Conda, Venv }


/// <summary>One long option without its dashes; <c>Value</c> null: a bare flag.</summary>
public readonly record struct SlurmOption(string Name, string? Value);

/// <summary>How an experiment deals with a Slurm cluster. Kept in the journal.</summary>
/// <param name="MaxJobs">Most jobs of this experiment that are with the scheduler at a time; null: no cap.</param>
/// <param name="StaggerSeconds">At least so long between two submissions.</param>
/// <param name="ArraySize">Most tasks of one array job.</param>
/// <param name="ShortestPoll">Seconds between looks while jobs change.</param>
/// <param name="LongestPoll">Seconds between looks when nothing does.</param>
/// <param name="RequestsPerSecond">Slurm commands that one user's Vigil sends, in the long run.</param>
/// <param name="StuckAfterSeconds">A job that pends so long for a reason that does not pass by itself is called stuck.</param>
/// <param name="WaitSeconds">So long the first answer of the scheduler is waited for.</param>
/// <param name="DoubtSeconds">So long after a submission of unknown outcome its job may still appear; more than Slurm's MessageTimeout.</param>
public sealed record SlurmSettings(
    int? MaxJobs = null, double StaggerSeconds = 0, int ArraySize = 1000, double ShortestPoll = 5, double LongestPoll = 60,
    double RequestsPerSecond = 1, double StuckAfterSeconds = 1800, double WaitSeconds = 120, double DoubtSeconds = 12)
{
    public static SlurmSettings Default { get; } = new();

    public DependencyKeeper Dependencies { get; init; }
}

/// <summary>Who waits for the runs that a run comes after.</summary>
[JsonConverter(typeof(SnakeCaseJson<DependencyKeeper>))]
public enum DependencyKeeper
{
    /// <summary>Slurm, where it can know the whole of it.</summary>
    Auto,
    /// <summary>Always the monitor.</summary>
    Monitor,
}
