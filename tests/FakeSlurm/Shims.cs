namespace FakeSlurm;

/// <summary>A folder of programs named like Slurm's, all of which are this one.</summary>
public static class Shims
{
    private static readonly string[] Programs = ["sbatch", "squeue", "sacct", "scancel", "scontrol", "sinfo", "sacctmgr", "fake"];

    /// <summary>Makes <c>bin/</c> and the cluster's state file in the folder; returns an environment in which Slurm's commands are the fake ones.</summary>
    public static IReadOnlyDictionary<string, string> Write(string folder)
    {
        var bin = Directory.CreateDirectory(Path.Combine(folder, "bin")).FullName;
        var program = Path.Combine(AppContext.BaseDirectory, "FakeSlurm");
        foreach (var name in Programs)
        {
            var shim = Path.Combine(bin, name);
            File.WriteAllText(shim, $"#!/bin/bash\nexec '{program.Replace("'", "'\\''", StringComparison.Ordinal)}' {name} \"$@\"\n");
            File.SetUnixFileMode(shim, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
        environment["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}";
        environment["FAKE_SLURM_STATE"] = Path.Combine(folder, "slurm.json");
        return environment;
    }
}
