using System.Text;
using Vigil.Logs;
using Vigil.Monitor;

namespace Vigil.Tests.Monitor;

public sealed class LogTailTests : IDisposable
{
    private const string Saved100 = "  successfully saved checkpoint from iteration     100 to /run/checkpoints\n";
    private const string Saved200 = "  successfully saved checkpoint from iteration     200 to /run/checkpoints\n";

    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("vigil-tail-").FullName;
    private readonly string _log;

    public LogTailTests() => _log = Path.Combine(_folder, "slurm-1.out");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_log_that_is_not_there_yet_is_no_news()
    {
        var tail = new LogTail(_log);
        Assert.Equal(TailRead.Nothing, tail.Read(Noon));
        Write("iteration 1/ 9 | lm loss: 2 |\n");
        Assert.Equal(30, tail.Read(Noon).Bytes);
        Assert.Equal((1, 0), (tail.Progress.Step, tail.Generation));
    }

    [Theory]
    [InlineData("of this machine", 2)]
    [InlineData("of the network", 5)]
    public void A_silent_log_is_opened_at_each_look_only_where_others_may_write_to_it(string where, int openings)
    {
        var files = new UnrulyFiles { IsOfThisMachine = where == "of this machine", Log = new LogContent(7) };
        var tail = new LogTail("/log") { Files = files };
        files.Log.Bytes.AddRange(Encoding.ASCII.GetBytes("iteration 1/ 9 | lm loss: 2 |\n"));
        for (var look = 0; look < 5; look++) tail.Read(Noon);
        Assert.Equal(openings, files.Openings);
        files.Log.Bytes.AddRange(Encoding.ASCII.GetBytes("iteration 2/ 9 | lm loss: 2 |\n"));
        tail.Read(Noon);
        Assert.Equal(2, tail.Progress.Step);
        files.Log = new LogContent(8);
        files.Log.Bytes.AddRange(Encoding.ASCII.GetBytes("iteration 5/ 9 | lm loss: 2 | and just as long as it was\n"));
        tail.Read(Noon);
        Assert.Equal((5, 1), (tail.Progress.Step, tail.Generation));
    }

    [Fact]
    public void Each_line_is_told_once_when_it_is_complete()
    {
        var tail = new LogTail(_log);
        Write(Saved100[..30]);
        Assert.Empty(tail.Read(Noon).Checkpoints);
        Assert.Equal(0, tail.Cursor);
        Append(Saved100[30..] + "tail");
        Assert.Equal([new LogFinding.Checkpoint(100, "/run/checkpoints", 0)], tail.Read(Noon).Checkpoints);
        Assert.Equal(Saved100.Length, tail.Cursor);
        Assert.Equal(TailRead.Nothing, tail.Read(Noon));
        Append("\n" + Saved200);
        Assert.Equal([new LogFinding.Checkpoint(200, "/run/checkpoints", Saved100.Length + 5)], tail.Read(Noon).Checkpoints);
    }

    [Fact]
    public void After_a_restart_known_findings_are_not_told_again_but_the_progress_is_known()
    {
        Write("iteration 100/ 300 | lm loss: 2 |\n" + Saved100);
        var first = new LogTail(_log);
        Assert.Single(first.Read(Noon).Checkpoints);

        var second = new LogTail(_log, first.Cursor);
        Assert.Equal(first.Cursor, second.Cursor);
        Assert.Empty(second.Read(Noon).Checkpoints);
        Assert.Equal((100, 100), (second.Progress.Step, second.Progress.Checkpoint?.Step));
        Append(Saved200);
        Assert.Equal([200L], Steps(second.Read(Noon)));
    }

    [Fact]
    public void After_a_restart_a_huge_log_is_not_read_from_its_beginning()
    {
        var lines = string.Concat(Enumerable.Repeat("just some line of the log\n", 100_000));
        Write(Saved100 + lines + Saved200);
        var tail = new LogTail(_log, Saved100.Length + lines.Length);
        var read = tail.Read(Noon);
        Assert.Equal([200L], Steps(read));
        Assert.InRange(read.Bytes, Saved200.Length, 100_000);
    }

    [Fact]
    public void A_backlog_is_read_in_bounded_looks()
    {
        var lines = string.Concat(Enumerable.Repeat("just some line of the log\n", 400_000));
        Write(Saved100 + lines + Saved200);
        var tail = new LogTail(_log);
        List<TailRead> looks = [];
        do looks.Add(tail.Read(Noon)); while (looks[^1].More);
        Assert.All(looks, static look => Assert.InRange(look.Bytes, 1, LogTail.MaxBytesPerRead));
        Assert.Equal(3, looks.Count);
        Assert.Equal([100L, 200L], looks.SelectMany(Steps));
    }

    [Fact]
    public void A_log_that_was_cut_and_written_anew_is_a_new_generation()
    {
        var tail = new LogTail(_log);
        Write("iteration 7/ 9 | lm loss: 2 |\n" + Saved100);
        tail.Read(Noon);
        using (var file = new FileStream(_log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(0);
        Append("fresh\n");
        Assert.Equal(TailRead.Nothing, tail.Read(Noon));        // a network file system may only seem so
        Assert.Equal(6, tail.Read(Noon).Bytes);
        Assert.Equal((1, null, 6), (tail.Generation, tail.Progress.Step, tail.Cursor));
        Append(Saved100);
        Assert.Equal([6L], tail.Read(Noon).Checkpoints.Select(static f => f.Offset));
    }

    [Fact]
    public void A_size_that_goes_backwards_for_a_moment_repeats_nothing()
    {
        var tail = new LogTail(_log);
        Write(Saved100 + Saved200);
        tail.Read(Noon);
        Write(Saved100);                            // the stale view …
        Assert.Equal(TailRead.Nothing, tail.Read(Noon));
        Append(Saved200 + "iteration 201/ 300 | lm loss: 2 |\n");   // … and the true one again
        Assert.Empty(tail.Read(Noon).Checkpoints);
        Assert.Equal((0, 201), (tail.Generation, tail.Progress.Step));
    }

    [Fact]
    public void A_rewritten_log_is_known_by_its_first_bytes_even_when_it_is_longer()
    {
        var tail = new LogTail(_log);
        Write("attempt one\n" + Saved100);
        tail.Read(Noon);
        Write("attempt two\n" + Saved100 + Saved200);
        Assert.Equal([100L, 200L], Steps(tail.Read(Noon)));
        Assert.Equal(1, tail.Generation);
    }

    [Fact]
    public void A_rotated_log_is_read_from_the_beginning_of_the_new_file()
    {
        var tail = new LogTail(_log);
        Write(Saved100);
        tail.Read(Noon);
        File.Move(_log, _log + ".1");
        Assert.Equal(TailRead.Nothing, tail.Read(Noon));
        Write(Saved100 + Saved200);                 // begins like the old one: only the inode differs
        Assert.Equal([100L, 200L], Steps(tail.Read(Noon)));
        Assert.Equal(1, tail.Generation);
    }

    [Fact]
    public void A_symlink_that_is_moved_to_the_next_log_is_followed()
    {
        var link = Path.Combine(_folder, "current.log");
        Write(Saved100);
        File.CreateSymbolicLink(link, "slurm-1.out");
        var tail = new LogTail(link);
        Assert.Equal([100L], Steps(tail.Read(Noon)));
        File.WriteAllText(Path.Combine(_folder, "slurm-2.out"), Saved200);
        File.Delete(link);
        File.CreateSymbolicLink(link, "slurm-2.out");
        Assert.Equal([200L], Steps(tail.Read(Noon)));
        Assert.Equal(1, tail.Generation);
    }

    [Fact]
    public void A_log_that_is_twice_seen_shorter_than_its_cursor_is_another_log()
    {
        Write(Saved100);
        var tail = new LogTail(_log, known: 10_000);
        Assert.Empty(Steps(tail.Read(Noon)));
        Assert.Equal([100L], Steps(tail.Read(Noon)));
        Assert.Equal((1, Saved100.Length), (tail.Generation, tail.Cursor));
    }

    [Fact]
    public void NULs_at_the_end_are_read_again_once_they_are_written()
    {
        var tail = new LogTail(_log);
        Write("first\n" + new string('\0', Saved100.Length));
        Assert.Equal(6, tail.Read(Noon).Bytes);
        Assert.Equal(0, tail.Read(Noon).Bytes);
        Write("first\n" + Saved100);
        Assert.Equal([100L], Steps(tail.Read(Noon)));
        Assert.Equal(0, tail.Generation);
    }

    [Fact]
    public void A_hole_inside_the_log_hides_nothing_behind_it()
    {
        using (var file = File.Create(_log))
        {
            file.Write(Encoding.UTF8.GetBytes(Saved100));
            file.Position = 20_000_000;
            file.Write(Encoding.UTF8.GetBytes(Saved200));
        }
        var tail = new LogTail(_log);
        List<LogFinding> found = [];
        TailRead look;
        do found.AddRange((look = tail.Read(Noon)).Checkpoints); while (look.More);
        Assert.Equal([0L, 20_000_000L], found.Select(static f => f.Offset));
    }

    [Fact]
    public void A_preallocated_log_is_read_as_it_fills()
    {
        using (var file = File.Create(_log)) file.SetLength(20_000_000);
        var tail = new LogTail(_log);
        Assert.Equal(0, tail.Read(Noon).Bytes);
        using (var file = new FileStream(_log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.Write(Encoding.UTF8.GetBytes(Saved100));
        Assert.Equal([100L], Steps(tail.Read(Noon)));
        Assert.Equal(0, tail.Generation);
    }

    [Fact]
    public void What_cannot_be_read_is_trouble_and_not_an_exception()
    {
        Directory.CreateDirectory(_log);
        Assert.Contains("not a regular file", new LogTail(_log).Read(Noon).Trouble, StringComparison.Ordinal);
        var loop = Path.Combine(_folder, "loop");
        File.CreateSymbolicLink(loop, "loop");
        Assert.StartsWith($"cannot open {loop}: ", new LogTail(loop).Read(Noon).Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public void No_handle_is_kept()
    {
        Write(Saved100);
        var tail = new LogTail(_log);
        tail.Read(Noon);
        tail.Read(Noon);
        Assert.DoesNotContain(Directory.EnumerateFiles("/proc/self/fd"), fd => new FileInfo(fd).LinkTarget == _log);
    }

    private static IEnumerable<long> Steps(TailRead read) => read.Checkpoints.Select(static c => c.Step);

    /// <summary>In place: the file keeps its inode.</summary>
    private void Write(string text)
    {
        using var file = new FileStream(_log, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.Write(Encoding.UTF8.GetBytes(text));
        file.SetLength(Encoding.UTF8.GetByteCount(text));
    }

    private void Append(string text) => File.AppendAllText(_log, text);
}
