using System.Diagnostics;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Rendering;

namespace Vigil.Core.Tests.Rendering;

internal static class Some
{
    public static PlannedRun Run(CommandTemplate command, string dir) => new()
    {
        Id = new("lr1e-3"),
        Point = "lr1e-3",
        Index = 0,
        OutputDir = $"{dir}/lr1e-3",
        LogPath = $"{dir}/lr1e-3/slurm-%j.out",
        LogPathCurrent = $"{dir}/lr1e-3/current.log",
        Command = command,
        WorkDir = dir,
    };

    public static CommandTemplate Line(string text) => new CommandTemplate.Line(text);
    public static CommandTemplate Words(params string[] words) => new CommandTemplate.Words([.. words]);
    public static AttemptStart First(PlannedRun run, string? checkpoint = null) => new(new(run.Id, 1), checkpoint);
}

/// <summary>A folder of its own for one test, with real bash in it.</summary>
internal sealed class Workplace : IDisposable
{
    public string Dir { get; } = Directory.CreateTempSubdirectory("vigil-").FullName;
    public string Folder(int attempt = 1) => Directory.CreateDirectory($"{Dir}/lr1e-3/attempts/{attempt}").FullName;
    public string Read(string file) => File.ReadAllText(Path.Combine(Folder(), file));
    public bool Has(string file) => File.Exists(Path.Combine(Folder(), file));

    public (int Code, string Output, string Errors) Run(PlannedRun run, string? checkpoint = null, string job = "17")
    {
        File.WriteAllText($"{Folder()}/script.sh", ScriptRenderer.Render(run, Some.First(run, checkpoint), Folder()));
        return Bash([$"{Folder()}/script.sh"], job);
    }

    public static (int Code, string Output, string Errors) Bash(string[] words, string job = "17") => Program("bash", words, job);

    public static (int Code, string Output, string Errors) Program(string program, string[] words, string job = "17")
    {
        var start = new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        start.Environment["VIGIL_JOB_ID"] = job;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    public void Dispose() => Directory.Delete(Dir, recursive: true);
}
