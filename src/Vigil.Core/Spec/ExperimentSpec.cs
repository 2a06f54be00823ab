using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>What one resolved configuration asks for: one run of an experiment.</summary>
public sealed record ExperimentSpec(ProjectSpec Project, SchedulerSpec Scheduler, BackendSpec Backend, LocalSpec Local, JobSpec Job)
{
    public SlurmSpec Slurm { get; init; } = SlurmSpec.Default;

    /// <summary>Null: none is asked for, or a mistake in it was reported.</summary>
    public ContainerSpec? Container { get; init; }

    /// <summary>The resolved tree it was read from: the user's own keys and the free ones are there.</summary>
    public required ConfigNode.Mapping Tree { get; init; }

    /// <summary>The run's stage; null without stages.</summary>
    public string? Stage { get; init; }

    /// <summary>Null when a mistake was reported.</summary>
    public CommandSpec? Command { get; init; }

    /// <summary>Null: no limit.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>All GPUs that the run takes, on all its nodes; 0: none, or not known.</summary>
    public int Gpus { get; init; }

    /// <summary><c>job.env</c> and <c>backend.env</c>, in the order of the file; the backend's win.</summary>
    public ImmutableSortedDictionary<string, string> Env { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary><c>job.depends_on</c>: names of stages or runs.</summary>
    public ImmutableArray<ConfigNode.Scalar> DependsOn { get; init; } = [];
}

/// <summary><c>project</c>: what the experiment is called and where its files go.</summary>
/// <param name="Name">Null: the experiment is called after its file.</param>
/// <param name="BaseOutputDir">Null: <c>outputs/NAME</c>.</param>
/// <param name="LoadBaseDir">Read by the documents' configs; without effect here.</param>
/// <param name="MonitoringStateDir">Read, without effect: the state is the journal.</param>
/// <param name="LogPath">Null: <c>OUTPUT_DIR/slurm-%j.out</c>. May hold placeholders.</param>
/// <param name="LogPathCurrent">Left out: <c>current.log</c> beside the log; null: no link is kept.</param>
/// <param name="WorkDir">Null: the folder of the experiment file.</param>
/// <param name="Share"><c>group</c>: the user's group may read. Null: nobody else.</param>
/// <param name="Compat">Which other tool's files a run's folder has beside ours; null: those that the backend brings.</param>
/// <param name="MaxGpuHours">Above it, <c>run</c> asks.</param>
/// <param name="StatusCheckSeconds">Between two entries that say how all jobs stand.</param>
/// <param name="RunName">What this run is called; null: after what varies.</param>
/// <param name="Evaluation">What this run evaluates, and of which point; null: it is no evaluation.</param>
public sealed record ProjectSpec(
    string? Name = null, string? BaseOutputDir = null, string? LoadBaseDir = null, string? MonitoringStateDir = null, string? LogPath = null,
    FreeForm? LogPathCurrent = null, string? WorkDir = null, string? Share = null, string? Compat = null, double MaxGpuHours = 1000,
    string? RunName = null, EvaluationSpec? Evaluation = null, double? StatusCheckSeconds = null);

/// <summary><c>project.evaluation</c>: a run that evaluates lies in its point's folder and is called after it.</summary>
/// <param name="Point">The name of the point.</param>
/// <param name="Training">The run whose checkpoint is evaluated; null: the model exists already.</param>
/// <param name="Epoch">Of that training, from 0; null: its best one, or there is no training.</param>
public sealed record EvaluationSpec(string Point, string Task, string? Training = null, int? Epoch = null);

/// <summary><c>scheduler</c>: a name, or its long form.</summary>
/// <param name="MaxJobs">Null: no cap but the machine's.</param>
/// <param name="StaggerSeconds">Between submissions to a shared scheduler.</param>
public sealed record SchedulerSpec(string Type = "local", int? MaxJobs = null, double StaggerSeconds = 0);

/// <summary><c>backend</c>: what is run.</summary>
/// <param name="ClassName">Another spelling of <paramref name="Type"/>: <c>XBackend</c> is type <c>x</c>.</param>
/// <param name="Args">Another spelling of <paramref name="Megatron"/>.</param>
/// <param name="LauncherScript">The program that takes the Megatron arguments, with arguments of its own; null: <c>scripts/run_megatron.sh</c>.</param>
/// <param name="ExtraCliArgs">Words at the end, as they are.</param>
/// <param name="PythonCmd">What starts <c>torch.distributed.run</c>.</param>
/// <param name="KnownArgs">Arguments that another version of Megatron or a fork knows: names, or names with their kinds.</param>
/// <param name="FullValidation">Read, without effect: the arguments are checked against those that are known, and no Megatron is started for it.</param>
/// <param name="FullSchemaValidation">As <paramref name="FullValidation"/>.</param>
/// <param name="DifferentialCmd">Arguments that equal the default of the Megatron that is known are left out.</param>
/// <param name="BaseCommand">What the <c>null</c> backend runs; left out: <c>echo</c>.</param>
/// <param name="UiState">The settings of a run as FluxGym's form knows them.</param>
/// <param name="Files">Path below the run's folder → what is written there before the first attempt.</param>
public sealed record BackendSpec(
    string? Type = null, string? ClassName = null, FreeForm? Command = null, FreeForm? Args = null, FreeForm? Megatron = null, FreeForm? Env = null,
    string? LauncherScript = null, FreeForm? ExtraCliArgs = null, bool UseTorchrun = false, FreeForm? TorchrunArgs = null, string PythonCmd = "python",
    FreeForm? KnownArgs = null, FreeForm? FullValidation = null, FreeForm? FullSchemaValidation = null, bool DifferentialCmd = false, FreeForm? BaseCommand = null,
    FreeForm? Files = null, FreeForm? Planning = null, FreeForm? UiState = null);

/// <summary><c>local</c>: what a run takes of this machine.</summary>
/// <param name="Slots">Most runs of this experiment at a time; null: as many as fit.</param>
/// <param name="Time">The run's time limit, as Slurm writes it; null: none.</param>
/// <param name="GraceSeconds">Between TERM and KILL.</param>
/// <param name="Priority">Larger starts first.</param>
public sealed record LocalSpec(
    int? Slots = null, int CpusPerRun = 1, int GpusPerRun = 0, bool ShareGpus = false, FreeForm? Time = null, double GraceSeconds = 10, int Priority = 0);

/// <summary><c>job</c>: how a run is kept going.</summary>
/// <param name="Artifacts">What a completed job must have left: checkpoints, logs of evaluations, files.</param>
/// <param name="FenceSeconds">How long a vanished job's files must be silent before it counts as gone.</param>
public sealed record JobSpec(
    RestartSpec? Restart = null, FreeForm? Env = null, bool EnvDefaults = true, FreeForm? DependsOn = null, double FenceSeconds = 120,
    FreeForm? CancelConditions = null, FreeForm? StartConditions = null, FreeForm? StartConditionCmd = null,
    FreeForm? StartConditionIntervalSeconds = null, FreeForm? TerminationString = null, FreeForm? TerminationCommand = null,
    FreeForm? InactivityThresholdSeconds = null, FreeForm? NoProgressThresholdSeconds = null, FreeForm? Log = null,
    FreeForm? Artifacts = null);

/// <summary><c>job.restart</c>.</summary>
/// <param name="MaxAttempts">Caps all attempts of a run.</param>
/// <param name="Causes">Null: infrastructure only.</param>
/// <param name="Budgets">Cause → most restarts after attempts that failed of it.</param>
/// <param name="MaxGpuHours">No restart once the attempts have taken so many; null: whatever they take.</param>
public sealed record RestartSpec(int MaxAttempts = 3, double DelaySeconds = 60, ImmutableArray<string>? Causes = null, FreeForm? Budgets = null, double? MaxGpuHours = null)
{
    /// <summary>The words of <c>causes</c>, <c>user_error</c> aside, which never restarts.</summary>
    public static ImmutableArray<string> KnownCauses { get; } = ["infrastructure", "timeout", "hang", "numeric", "crash"];

    /// <summary>The word of a cause.</summary>
    public static string Word(FailureCause cause) => cause switch
    {
        FailureCause.Infrastructure => "infrastructure",
        FailureCause.Timeout => "timeout",
        FailureCause.Hang => "hang",
        FailureCause.Numeric => "numeric",
        FailureCause.Crash => "crash",
        FailureCause.UserError => "user_error",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary><c>backend.command</c> as it was written.</summary>
public abstract record CommandSpec(ConfigNode At)
{
    /// <summary>One line of bash.</summary>
    public sealed record Line(ConfigNode At, string Text) : CommandSpec(At);

    /// <summary>A program and its arguments.</summary>
    public sealed record Words(ConfigNode At, ImmutableArray<string> Items) : CommandSpec(At)
    {
        /// <summary>Of its words those that stand there only with a checkpoint.</summary>
        public ImmutableArray<WordGroup> Groups { get; init; } = [];
    }
}
