using Vigil.Monitor;

namespace Vigil.Tests.Monitor;

/// <summary>A run's <c>monitor.log</c>: whole whatever happened to it, and nobody else's is destroyed.</summary>
public sealed class MonitorLogFileTests : IDisposable
{
    private static readonly string[] Lines = ["10:00:00 - INFO - planned a\n", "10:00:01 - INFO - submit a.1 \U0001F600\n", "10:00:02 - ERROR - a.1 ended\n"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Path => _folder["monitor.log"];

    /// <summary>As a monitor that starts anew writes it: from the journal's first entry on.</summary>
    private void WriteAnew(int lines)
    {
        var log = new MonitorLogFile();
        foreach (var line in Lines[..lines]) log.Add(line);
        log.Flush(Path);
    }

    [Fact]
    public void Cut_anywhere_it_becomes_whole_again()
    {
        WriteAnew(3);
        var whole = File.ReadAllBytes(Path);
        for (var cut = 0; cut <= whole.Length; cut++)
        {
            File.WriteAllBytes(Path, whole[..cut]);
            WriteAnew(3);
            Assert.Equal(whole, File.ReadAllBytes(Path));
        }
        Assert.Equal(["monitor.log"], Directory.GetFiles(_folder.Path).Select(System.IO.Path.GetFileName));
    }

    [Fact]
    public void It_grows_and_what_is_deleted_between_comes_back_whole()
    {
        var log = new MonitorLogFile();
        log.Add(Lines[0]);
        log.Flush(Path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        log.Add(Lines[1]);
        log.Flush(Path);
        Assert.Equal(Lines[0] + Lines[1], File.ReadAllText(Path));
        File.Delete(Path);
        log.Add(Lines[2]);
        log.Flush(Path);
        Assert.Equal(string.Concat(Lines), File.ReadAllText(Path));
    }

    [Fact]
    public void One_that_tells_more_than_the_journal_is_written_anew()
    {
        WriteAnew(3);
        WriteAnew(2);
        Assert.Equal(Lines[0] + Lines[1], File.ReadAllText(Path));
    }

    [Fact]
    public void Somebody_else_s_is_kept_aside_under_a_free_name()
    {
        File.WriteAllText(Path, "theirs");
        File.WriteAllText(_folder["monitor.log.before"], "older");
        WriteAnew(2);
        Assert.Equal((Lines[0] + Lines[1], "older", "theirs"), (File.ReadAllText(Path), File.ReadAllText(_folder["monitor.log.before"]), File.ReadAllText(_folder["monitor.log.before.2"])));
    }
}
