using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary><c>slurm</c>: what is asked of Slurm, and how its jobs are started.</summary>
/// <param name="SbatchOverrides">The same; it wins.</param>
/// <param name="SbatchExtraDirectives">Further <c>#SBATCH</c> lines, as they stand.</param>
/// <param name="SrunOpts">Further options of srun, as a text of the user's shell.</param>
/// <param name="EnvFile">Sourced by the job, and what it sets exported; a relative one lies beside the experiment file.</param>
/// <param name="Template">The job's script itself, or the path of its file.</param>
/// <param name="TemplatePath">A relative one lies beside the experiment file.</param>
/// <param name="Launcher">Null: <c>srun</c> where options of srun or a launcher_cmd are given, else <c>none</c>.</param>
/// <param name="LauncherCmd">Shell of the user's own that stands before the command.</param>
/// <param name="Host">Null: Slurm's commands run here.</param>
/// <param name="Dir">Absolute, on <paramref name="Host"/>: where the runs have their folders.</param>
/// <param name="Clusters">Another spelling of <paramref name="Cluster"/>.</param>
/// <param name="PollSeconds">The shortest and the longest time between two looks.</param>
/// <param name="ArrayAtOnce">Most tasks of one array that run at a time; null: as many as fit.</param>
/// <param name="ResubmitTime"><c>full</c>: each attempt asks for the run's whole time limit; <c>left</c>: an attempt that goes on from a checkpoint asks for what earlier ones have left.</param>
/// <param name="Dependencies">Who waits for what a run comes after: <c>auto</c> (Slurm where it can), or <c>monitor</c>.</param>
public sealed record SlurmSpec(
    FreeForm? Sbatch = null, FreeForm? SbatchOverrides = null, FreeForm? SbatchExtraDirectives = null, FreeForm? Srun = null, string? SrunOpts = null, FreeForm? Env = null,
    string? EnvFile = null, FreeForm? Modules = null, FreeForm? Setup = null, string? Template = null, string? TemplatePath = null, string? Launcher = null, FreeForm? LauncherArgs = null, string? LauncherCmd = null,
    bool Array = true, int ArraySize = 1000, int Chain = 1, string? Host = null, string? Dir = null, string? Cluster = null, string? Clusters = null, FreeForm? PollSeconds = null, double RequestsPerSecond = 1,
    double StuckAfterSeconds = 1800, double WaitSeconds = 120, double DoubtSeconds = 12, string? Dependencies = null, int? ArrayAtOnce = null, string? ResubmitTime = null,
    FreeForm? ClassName = null, FreeForm? Client = null, FreeForm? Command = null, FreeForm? Name = null, FreeForm? LogPath = null, FreeForm? LogDir = null, FreeForm? ScriptPath = null, FreeForm? ScriptDir = null,
    FreeForm? SubmitCmd = null, FreeForm? SqueueCmd = null, FreeForm? CancelCmd = null, FreeForm? ScancelCmd = null, FreeForm? SacctCmd = null, FreeForm? ScontrolCmd = null,
    FreeForm? LauncherEnvPassthrough = null, bool TestOnly = false)
{
    public static SlurmSpec Default { get; } = new();
}
