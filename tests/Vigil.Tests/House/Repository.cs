using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;

namespace Vigil.Tests.House;

/// <summary>The checkout that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Absolute paths of everything that git tracks and of what is new and not ignored; deleted files are left out.</summary>
    public static ImmutableArray<string> Files { get; } =
        [.. Shell.Run(Root, "git", "ls-files", "--cached", "--others", "--exclude-standard", "-z").Output
            .Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct().Select(path => Path.Combine(Root, path)).Where(File.Exists)];

    public static string Relative(string path) => Path.GetRelativePath(Root, path);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Vigil.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"no Vigil.slnx above {AppContext.BaseDirectory}");
    }
}

/// <summary>What a finished program said.</summary>
internal sealed record ShellOutcome(int ExitCode, string Output, string Errors)
{
    public override string ToString() => $"exit {ExitCode}\n{Output}\n{Errors}";
}

/// <summary>Starts programs for tests; with an environment of its own when one is given.</summary>
internal static class Shell
{
    public static ShellOutcome Run(string folder, params string[] words) => Run(folder, null, words);

    public static ShellOutcome Run(string folder, IReadOnlyDictionary<string, string>? onlyEnvironment, params string[] words)
    {
        using var process = Start(folder, onlyEnvironment, words);
        return Finish(process);
    }

    public static Process Start(string folder, IReadOnlyDictionary<string, string>? onlyEnvironment, params string[] words)
    {
        var start = new ProcessStartInfo(words[0], words[1..]) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (onlyEnvironment is not null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in onlyEnvironment) start.Environment[name] = value;
        }
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{words[0]} did not start");
        process.StandardInput.Close();
        return process;
    }

    public static ShellOutcome Finish(Process process)
    {
        // Both pipes are drained at once: a program that fills the other one would wait for ever.
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) => { if (line.Data is not null) errors.Append(line.Data).Append('\n'); };
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ShellOutcome(process.ExitCode, output, errors.ToString());
    }
}

/// <summary>A folder that is gone when the test is over.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public ScratchFolder(string prefix = "vigil-test-") => Path = Directory.CreateTempSubdirectory(prefix).FullName;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
