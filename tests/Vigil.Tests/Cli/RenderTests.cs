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

    [Fact]
    public void The_array_that_would_be_submitted_is_rendered_with_its_index_and_links()
    {
        var rendered = _vigil.Run("plan", "quick.yaml", "scheduler=slurm", "slurm.sbatch.partition=gpu", "--render", "shown");
        Assert.True(rendered.ExitCode == 0, rendered.ToString());

        var array = Assert.Single(Directory.GetDirectories(_vigil["shown/arrays"]));
        var (name, runs) = (Path.GetFileName(array), Directory.GetDirectories(_vigil["shown"], "x*").Select(static f => Path.GetFileName(f)!).Order(StringComparer.Ordinal).ToList());
        Assert.Matches("^[0-9a-f]{6}$", name);
        var script = File.ReadAllText(Path.Combine(array, "script.sbatch"));
        Assert.StartsWith($"#!/usr/bin/env bash\n#SBATCH --job-name=quick.{name}\n", script, StringComparison.Ordinal);
        // What is named is where the files of a launch lie; the links lead there from the array's own folder.
        Assert.Contains($"--output={_vigil["outputs/quick"]}/arrays/{name}/%a/slurm-%j.out\n", script, StringComparison.Ordinal);
        Assert.Matches("#SBATCH --comment=\"?vigil:[0-9a-f]{20}", script);
        var index = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(array, "index.json"))).RootElement;
        Assert.Equal(runs, index.GetProperty("tasks").EnumerateArray().Select(static t => t.GetProperty("run").GetString()!).Order(StringComparer.Ordinal));
        foreach (var task in index.GetProperty("tasks").EnumerateArray())
            Assert.Equal($"../../{task.GetProperty("run").GetString()}", new FileInfo(Path.Combine(array, task.GetProperty("task").GetInt32().ToString(System.Globalization.CultureInfo.InvariantCulture))).LinkTarget);
        foreach (var run in runs) Assert.True(File.Exists(_vigil[$"shown/{run}/attempts/1/script.sbatch"]));
    }

    [Fact]
    public void Runs_that_are_submitted_alone_have_no_array_and_their_token()
    {
        var rendered = _vigil.Run("plan", "quick.yaml", "scheduler=slurm", "slurm.array=false", "--render", "shown");
        Assert.True(rendered.ExitCode == 0, rendered.ToString());
        Assert.False(Directory.Exists(_vigil["shown/arrays"]));
        Assert.Matches("#SBATCH --comment=\"?vigil:[0-9a-f]{20}", File.ReadAllText(_vigil["shown/x2/attempts/1/script.sbatch"]));
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
