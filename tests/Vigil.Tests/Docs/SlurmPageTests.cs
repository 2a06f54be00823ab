using Vigil.Tests.House;
using Vigil.Tests.Slurm;

namespace Vigil.Tests.Docs;

/// <summary>The pages about Slurm are followed on a real cluster.</summary>
[Collection(Testbed.Tests)]
public sealed class SlurmPageTests(Testbed testbed)
{
    public static TheoryData<string> Pages => [.. Repository.Files.Select(Repository.Relative)
        .Where(static page => PageTests.NeedsSlurm(page) && !ShellBlock.Of(File.ReadAllText(Path.Combine(Repository.Root, page))).IsEmpty)];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_shell_block_of_a_page_about_Slurm_runs_on_a_cluster(string page)
    {
        await testbed.StartAsync();
        var built = Shell.Run(Repository.Root, Path.Combine(Repository.Root, "vigil"), "--version");
        Assert.True(built.ExitCode == 0, built.ToString());
        using var reader = new ReaderOfDocs { Extra = { ["SLURM_CONF"] = testbed.ConfigurationFile } };
        try
        {
            Assert.Null(reader.Follow(page, File.ReadAllText(Path.Combine(Repository.Root, page))));
        }
        finally
        {
            await testbed.AskAsync("scancel", "--me");
        }
    }
}
