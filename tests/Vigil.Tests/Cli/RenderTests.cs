namespace Vigil.Tests.Cli;

/// <summary><c>plan --render DIR</c>: the files of a launch, and no launch.</summary>
public sealed class RenderTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public RenderTests() => _vigil.Write("quick.yaml", Some.Quick);

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void What_is_rendered_is_what_a_launch_writes()
    {
        var rendered = _vigil.Run("plan", "quick.yaml", "--render", "shown");
        Assert.True(rendered.ExitCode == 0, rendered.ToString());
        Assert.Contains($"Rendered into {_vigil["shown"]}; nothing was submitted.", rendered.Errors, StringComparison.Ordinal);
        Assert.Equal(["shown"], Directory.GetDirectories(_vigil.Folder).Select(Path.GetFileName));

        Assert.Equal(0, _vigil.Run("run", "quick.yaml").ExitCode);

        var files = Below("shown");
        Assert.Equal(
            ["attempts/1/script.sh", "provenance/config_reference.json", "provenance/resolved_config.json", "provenance/resolved_config.yaml", "provenance/run_metadata.json", "provenance/unresolved_config.yaml"],
            files.Where(static f => f.StartsWith("x2/", StringComparison.Ordinal)).Select(static f => f[3..]));
        foreach (var file in files.Where(static f => f[0] == 'x' && !f.EndsWith("run_metadata.json", StringComparison.Ordinal)))
            Assert.Equal(File.ReadAllText(_vigil[$"outputs/quick/{file}"]), File.ReadAllText(_vigil[$"shown/{file}"]));
    }

    [Fact]
    public void All_of_it_is_private()
    {
        Assert.Equal(0, _vigil.Run("plan", "quick.yaml", "--render", "new/shown", "--only", "x=2").ExitCode);

        Assert.Equal(["provenance", "x2"], Directory.GetDirectories(_vigil["new/shown"]).Select(Path.GetFileName).Order());
        foreach (var path in Directory.EnumerateFileSystemEntries(_vigil["new"], "*", SearchOption.AllDirectories))
            Assert.Equal(Directory.Exists(path) ? UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute : UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void The_scripts_of_Slurm_jobs_are_rendered_as_well()
    {
        var rendered = _vigil.Run("plan", "quick.yaml", "scheduler=slurm", "--render", "shown");
        Assert.True(rendered.ExitCode == 0, rendered.ToString());
        Assert.StartsWith("#!/usr/bin/env bash\n#SBATCH --job-name=x2\n", File.ReadAllText(_vigil["shown/x2/attempts/1/script.sbatch"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("full", "full: error RUN064: is not empty; --render writes over nothing")]
    [InlineData("quick.yaml", "quick.yaml: error RUN064: is a file; --render writes into a folder")]
    [InlineData("outputs/quick", "outputs/quick: error RUN064: is the experiment's own folder")]
    [InlineData("quick.yaml/below", "quick.yaml/below: error RUN064: cannot be written")]
    public void Nothing_that_is_there_is_touched(string folder, string message)
    {
        Directory.CreateDirectory(_vigil["full"]);
        _vigil.Write("full/mine.txt", "mine\n");
        var before = _vigil.Fingerprint();

        var outcome = _vigil.Run("plan", "quick.yaml", "--render", folder);

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(before, _vigil.Fingerprint());
    }

    private List<string> Below(string folder) => [.. Directory.EnumerateFiles(_vigil[folder], "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_vigil[folder], f)).Order(StringComparer.Ordinal)];
}
