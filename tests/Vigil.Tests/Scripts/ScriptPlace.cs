using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Vigil.Core.Tests.Rendering;
using Vigil.Planning;
using Vigil.Rendering;

namespace Vigil.Tests.Scripts;

/// <summary>A run's folder and what a Slurm node would do with its script: a session of its own, and the variables of a job.</summary>
internal sealed class ScriptPlace : IDisposable
{
    public string Dir { get; } = Directory.CreateTempSubdirectory("vigil-").FullName;

    public string Folder(string attempt = "1") => Directory.CreateDirectory($"{Dir}/lr1e-3/attempts/{attempt}").FullName;
    public bool Has(string file, string attempt = "1") => File.Exists($"{Folder(attempt)}/{file}");
    public string Read(string file, string attempt = "1") => File.ReadAllText($"{Dir}/lr1e-3/attempts/{attempt}/{file}");
    public JsonElement Json(string file, string attempt = "1") => JsonDocument.Parse(Read(file, attempt)).RootElement;

    /// <summary>What the scripts that are written from now on look at before their command; null: nothing.</summary>
    public ImmutableArray<NeededAttempt>? Needs { get; set; }

    public PlannedRun Run(string line) => Run(new CommandTemplate.Line(line));
    public PlannedRun Run(CommandTemplate command, SlurmScript? script = null, params SlurmOption[] options) =>
        Some.Run(command, Dir) with { Slurm = new() { Sbatch = [.. options], Script = script } };

    public string Write(PlannedRun run, int attempt = 1, Func<string, string>? change = null, int? after = null)
    {
        var folder = Folder(attempt.ToString(CultureInfo.InvariantCulture));
        var start = new AttemptStart(new(run.Id, attempt), null) { After = after is { } before ? new AttemptId(run.Id, before) : null, Needs = Needs };
        var script = ScriptRenderer.Render(run, start, folder, "vigil:0123456789");
        File.WriteAllText($"{folder}/script.sbatch", change is null ? script : change(script));
        return $"{folder}/script.sbatch";
    }

    /// <summary>Writes the script and starts it as the job does.</summary>
    public JobRun Start(PlannedRun run, int attempt = 1, string job = "17", int restart = 0, string? array = null, Func<string, string>? change = null, int? after = null) =>
        Start(Write(run, attempt, change, after), job, restart, array);

    public JobRun Start(string script, string job = "17", int restart = 0, string? array = null)
    {
        Directory.CreateDirectory($"{Dir}/lr1e-3");
        var log = $"{Dir}/lr1e-3/slurm-{job}.out";
        var start = new ProcessStartInfo("bash", ["-c", "exec setsid -w bash \"$1\" >>\"$2\" 2>&1 </dev/null", "x", script, log]) { WorkingDirectory = Dir };
        start.Environment.Clear();
        start.Environment["PATH"] = $"{Dir}/bin:/usr/local/bin:/usr/bin:/bin";
        start.Environment["SLURM_JOB_ID"] = job;
        start.Environment["SLURMD_NODENAME"] = "n1";
        if (array is not null) (start.Environment["SLURM_ARRAY_JOB_ID"], start.Environment["SLURM_ARRAY_TASK_ID"]) = (array.Split('_')[0], array.Split('_')[1]);
        if (restart > 0) start.Environment["SLURM_RESTART_COUNT"] = restart.ToString(CultureInfo.InvariantCulture);
        return new(Process.Start(start)!, log);
    }

    /// <summary>A program of its own on the job's PATH.</summary>
    public void Program(string name, string body)
    {
        var path = $"{Directory.CreateDirectory($"{Dir}/bin").FullName}/{name}";
        File.WriteAllText(path, "#!/usr/bin/env bash\n" + body);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public static void Until(Func<bool> holds, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"waited in vain: {what}");
            Thread.Yield();
        }
    }

    public void Dispose() => Directory.Delete(Dir, recursive: true);
}

/// <summary>A job that was started.</summary>
internal sealed record JobRun(Process Process, string LogPath)
{
    public string Log => File.Exists(LogPath) ? File.ReadAllText(LogPath) : "";

    public int End()
    {
        Assert.True(Process.WaitForExit(TimeSpan.FromSeconds(20)), $"the job did not end: {Log}");
        return Process.ExitCode;
    }
}
