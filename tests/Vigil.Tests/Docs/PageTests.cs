using Vigil.Tests.House;

namespace Vigil.Tests.Docs;

/// <summary>Every page is followed from its first shell block to its last. Slow: the examples really train.</summary>
public sealed class PageTests
{
    public static TheoryData<string> Pages => [.. Repository.Files.Select(Repository.Relative)
        .Where(page => page.EndsWith(".md", StringComparison.Ordinal) && !NeedsSlurm(page) && !ShellBlock.Of(File.ReadAllText(Path.Combine(Repository.Root, page))).IsEmpty)];

    /// <summary>It is followed by <see cref="SlurmPageTests"/>.</summary>
    internal static bool NeedsSlurm(string page) => page == "docs/slurm.md";

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_shell_block_of_a_page_runs_in_a_fresh_copy(string page)
    {
        // Built before the page is followed: a reader's home has no package cache, and the first build is not what the page is about.
        var built = Shell.Run(Repository.Root, Path.Combine(Repository.Root, "vigil"), "--version");
        Assert.True(built.ExitCode == 0, built.ToString());
        using var reader = new ReaderOfDocs();

        Assert.Null(reader.Follow(page, File.ReadAllText(Path.Combine(Repository.Root, page))));
    }
}
