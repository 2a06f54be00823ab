namespace Vigil.Tests.Docs;

public sealed class ReaderOfDocsTests : IDisposable
{
    private readonly ReaderOfDocs _reader = new();

    public void Dispose() => _reader.Dispose();

    [Fact]
    public void Blocks_are_followed_in_order_in_a_copy_of_the_checkout() =>
        Assert.Null(_reader.Follow("page", """
            # A page
            ```bash
            test -f Vigil.slnx && echo one >made
            ```
            ```yaml
            not: shell
            ```
            ```console
            $ cat made && \
              echo two and three
            one
            two…three
            ```
            """));

    [Fact]
    public void A_block_that_fails_is_reported_with_its_line() =>
        Assert.StartsWith("page:2: exit 7", _reader.Follow("page", "\n```bash\nfalse || exit 7\n```\n"), StringComparison.Ordinal);

    [Fact]
    public void Output_that_the_page_shows_but_nobody_prints_is_reported() =>
        Assert.StartsWith("page:1: 'two' was not printed", _reader.Follow("page", "```console\n$ echo one\ntwo\n```\n"), StringComparison.Ordinal);

    [Fact]
    public void A_block_is_left_out_only_for_a_known_reason()
    {
        Assert.Null(_reader.Follow("page", "<!-- not run: installs packages -->\n```bash\nexit 1\n```\n"));
        Assert.Contains("no reason", _reader.Follow("page", "<!-- not run: too slow -->\n```bash\nexit 1\n```\n"), StringComparison.Ordinal);
        Assert.NotNull(_reader.Follow("page", "<!-- not run: installs packages -->\nsome text\n```bash\nexit 1\n```\n"));
    }

    [Fact]
    public void Every_link_to_a_file_in_the_pages_leads_somewhere()
    {
        var broken = from page in House.Repository.Files
                     where page.EndsWith(".md", StringComparison.Ordinal)
                     from target in MarkdownLinks.Of(File.ReadAllText(page))
                     where !target.Contains("://", StringComparison.Ordinal) && !Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target.Split('#')[0]))
                     select $"{House.Repository.Relative(page)}: {target}";

        Assert.Empty(broken);
    }
}
