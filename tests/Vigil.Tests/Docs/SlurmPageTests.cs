using Vigil.Tests.House;
using Vigil.Tests.Slurm;

namespace Vigil.Tests.Docs;

/// <summary>The guide to Slurm is followed on a real cluster.</summary>
[Collection(Testbed.Tests)]
public sealed class SlurmPageTests(Testbed testbed)
{
    private const string Page = "docs/slurm.md";

    [Fact]
    public async Task Every_shell_block_of_the_guide_to_Slurm_runs_on_a_cluster()
    {
        await testbed.StartAsync();
        var built = Shell.Run(Repository.Root, Path.Combine(Repository.Root, "vigil"), "--version");
        Assert.True(built.ExitCode == 0, built.ToString());
        Assert.True(PageTests.NeedsSlurm(Page));
        using var reader = new ReaderOfDocs { Extra = { ["SLURM_CONF"] = testbed.ConfigurationFile } };
        try
        {
            Assert.Null(reader.Follow(Page, File.ReadAllText(Path.Combine(Repository.Root, Page))));
        }
        finally
        {
            await testbed.AskAsync("scancel", "--me");
        }
    }
}
