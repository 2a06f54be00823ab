using Vigil.Tests.House;

namespace Vigil.Tests.Release;

/// <summary>What people copy to a login node. Slow: it is published and trimmed here.</summary>
public sealed class ReleaseTests(ReleaseBuild release) : IClassFixture<ReleaseBuild>
{
    [Fact]
    public void The_release_is_one_file_without_a_warning_of_the_trimmer()
    {
        Assert.True(release.Made.ExitCode == 0, release.Made.ToString());
        Assert.DoesNotContain("warning", release.Made.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal([release.Program], Directory.GetFileSystemEntries(release.Folder));
        Assert.InRange(new FileInfo(release.Program).Length, 1, 80_000_000);
    }

    [Fact]
    public void It_starts_without_dotnet_and_HOME_in_little_address_space_and_unpacks_nothing()
    {
        var outcome = release.StartOnLoginNode("/", "--version");

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Equal("", outcome.Errors);
        Assert.Matches(@"^\d+\.\d+\.\d+", outcome.Output);
        Assert.Empty(Directory.GetFileSystemEntries(release.TemporaryFolder));
    }

    [Fact]
    public void It_completes_an_experiment_on_a_login_node()
    {
        var folder = Path.Combine(release.Scratch.Path, "experiment");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "experiment.yaml"), """
            project: {name: small}
            scheduler: local
            backend: {command: "echo ${word} from {name} >{output_dir}/said"}
            word: hello
            sweep: {type: product, groups: [{params: {word: [good, fine]}}]}
            """);

        var outcome = release.StartOnLoginNode(folder, "run", "experiment.yaml", "--yes");

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Equal(["fine from wordfine\n", "good from wordgood\n"],
            Directory.EnumerateFiles(Path.Combine(folder, "outputs/small"), "said", SearchOption.AllDirectories).Select(File.ReadAllText).Order(StringComparer.Ordinal));
        var status = release.StartOnLoginNode(folder, "status", "outputs/small", "--json");
        Assert.True(status.ExitCode == 0, status.ToString());
        Assert.Contains("\"completed\"", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_serves_the_page()
    {
        using var served = release.Begin("/", "serve", release.Scratch.Path, "--listen", "0");
        var link = new Uri((await served.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!["to look:  ".Length..]);
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", link.Query["?token=".Length..]);

        Assert.Contains("<div id=\"app\">", await client.GetStringAsync(new Uri(link, "/"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("\"total\":", await client.GetStringAsync(new Uri(link, "/api/runs"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.True((await client.GetByteArrayAsync(new Uri(link, "/app.js"), TestContext.Current.CancellationToken)).Length > 10_000);
        Shell.Run("/", "kill", "-s", "TERM", $"{served.Id}");
        await served.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
