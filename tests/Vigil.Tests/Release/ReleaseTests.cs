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
        Assert.InRange(new FileInfo(release.Program).Length, 1, 60_000_000);
    }

    [Fact]
    public void It_starts_without_dotnet_and_HOME_in_little_address_space_and_unpacks_nothing()
    {
        var outcome = release.StartOnLoginNode("/", "--version");

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Equal("", outcome.Errors);
        Assert.Empty(Directory.GetFileSystemEntries(release.TemporaryFolder));
    }
}
