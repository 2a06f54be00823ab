using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Spec;
using Vigil.Tests.House;

namespace Vigil.Tests.Monitor;

/// <summary>What conditions see of a file that somebody else writes.</summary>
public sealed class FileSearchTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly string _path;

    public FileSearchTests() => _path = _temp["status.txt"];

    public void Dispose() => _temp.Dispose();

    private FileSearch Search(string regex, int lines = FileSearch.WholeFile) => new(_path, new(PatternKind.Regex, regex), lines);

    [Theory]
    [InlineData("1000", true)]
    [InlineData("1000\n", true)]
    [InlineData("1000\0\0\0", true)]
    [InlineData("step\n1000", true)]
    [InlineData("100", false)]
    [InlineData("", false)]
    public void A_last_line_counts_with_and_without_a_line_end(string content, bool matches)
    {
        File.WriteAllText(_path, content);

        Assert.Equal(matches, Search("^1000$").Look() is ProbeAnswer.Matched { Line: "1000" });
        Assert.Equal(matches, Search("^1000$", lines: 1).Look() is ProbeAnswer.Matched { Line: "1000" });
    }

    [Theory]
    [InlineData(FileSearch.WholeFile)]
    [InlineData(5)]
    public void What_an_unfinished_line_said_does_not_count_any_more_once_it_goes_on(int lines)
    {
        var search = Search("^loss 1$", lines);
        File.WriteAllText(_path, "loss 1");
        Assert.IsType<ProbeAnswer.Matched>(search.Look());

        File.AppendAllText(_path, "0\n");
        Assert.IsType<ProbeAnswer.Unmatched>(search.Look());

        File.AppendAllText(_path, "loss 1\nloss 2\n");
        Assert.Equal("loss 1", Assert.IsType<ProbeAnswer.Matched>(search.Look()).Line);
    }

    [Fact]
    public void A_whole_file_that_is_written_again_in_its_place_is_looked_through_from_its_beginning()
    {
        var search = Search("finished");
        File.WriteAllText(_path, "state: pending\n");
        Assert.IsType<ProbeAnswer.Unmatched>(search.Look());

        File.WriteAllText(_path, "state: finished\n");
        Assert.IsType<ProbeAnswer.Matched>(search.Look());

        File.WriteAllText(_path, "state: pending, since it was started again\n");
        Assert.IsType<ProbeAnswer.Unmatched>(search.Look());
    }

    [Fact]
    public void A_large_whole_file_is_looked_through_again_when_its_time_changes()
    {
        var search = Search("finished");
        File.WriteAllText(_path, "state: pending!\n" + new string('x', 1 << 20) + "\n");
        File.SetLastWriteTimeUtc(_path, DateTime.UnixEpoch);
        Assert.IsType<ProbeAnswer.Unmatched>(search.Look());

        using (var file = File.OpenWrite(_path)) file.Write("state: finished"u8);
        Assert.IsType<ProbeAnswer.Matched>(search.Look());
    }

    [Fact]
    public void What_the_last_lines_said_stays_found_however_much_follows()
    {
        var search = Search("ready", lines: 2);
        File.WriteAllText(_path, "not yet\n");
        Assert.IsType<ProbeAnswer.Unmatched>(search.Look());
        File.AppendAllText(_path, "ready\n" + string.Concat(Enumerable.Repeat("on and on\n", 100)));
        Assert.IsType<ProbeAnswer.Matched>(search.Look());
        File.AppendAllText(_path, "more\n");
        Assert.IsType<ProbeAnswer.Matched>(search.Look());
    }

    [Theory]
    [InlineData(FileSearch.WholeFile)]
    [InlineData(5)]
    public async Task A_pipe_holds_nothing_up_and_proves_nothing(int lines)
    {
        Assert.Equal(0, Shell.Run(_temp.Path, ["mkfifo", _path]).ExitCode);
        var look = Task.Run(() => Search("x", lines).Look(), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Contains("is no regular file", (await Assert.ThrowsAnyAsync<IOException>(() => look)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_is_looked_behind_and_nothing_at_all_is_an_answer()
    {
        Assert.IsType<ProbeAnswer.Absent>(Search("x").Look());
        File.WriteAllText(_temp["real"], "x");
        File.CreateSymbolicLink(_path, _temp["real"]);
        Assert.IsType<ProbeAnswer.Matched>(Search("x").Look());
    }
}
