using System.Diagnostics;
using Vigil.Journaling;
using Vigil.Monitoring;

namespace Vigil.Tests.Journaling;

public sealed class JournalTests : IDisposable
{
    private readonly JournalPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    public void However_many_decisions_are_committed_together_it_is_one_write_and_one_flush(int entries)
    {
        using var journal = _place.Open().Journal;
        var writes = 0;
        journal.BeforeWrite = (_, _, _) => writes++;
        for (var i = 0; i < entries; i++) Stage(journal, $"{i}");
        Assert.True(journal.HasStaged);
        Assert.True(journal.TryCommit());
        Assert.True(journal.TryCommit());
        Assert.Equal((1, 1L, false), (writes, journal.Flushes, journal.HasStaged));
        Assert.Equal(entries, _place.Texts().Count);
        Assert.Equal((_place.Bytes(1).Length, _place.Follow().Checksum), (journal.Length, journal.LastChecksum));
    }

    [Theory]
    [InlineData("No space left on device")]
    [InlineData("Input/output error")]
    public void A_write_that_fails_half_way_leaves_no_trace_and_is_made_good_when_the_disk_takes_it(string error)
    {
        using var journal = _place.Open().Journal;
        _place.Commit(journal, "good");
        var good = _place.Bytes(1);
        journal.BeforeWrite = (file, at, lines) =>
        {
            RandomAccess.Write(file, lines.Span[..(lines.Length / 2)], at);
            throw new IOException(error);
        };
        Stage(journal, "first");
        Stage(journal, "second");
        for (var i = 0; i < 3; i++)
        {
            Assert.False(journal.TryCommit());
            Assert.Equal(error, journal.Failure);
            Assert.True(journal.HasStaged);
            Assert.Equal(good, _place.Bytes(1));
        }
        journal.BeforeWrite = null;
        Stage(journal, "third");
        Assert.True(journal.TryCommit());
        Assert.Null(journal.Failure);
        Assert.Equal(["good", "first", "second", "third"], _place.Texts());
    }

    [Fact]
    public void A_flush_that_fails_does_not_count_as_written()
    {
        using var journal = _place.Open().Journal;
        journal.BeforeFlush = static () => throw new IOException("Input/output error");
        Stage(journal, "once");
        Assert.False(journal.TryCommit());
        Assert.Equal(_place.LineStart(1, 1), _place.Bytes(1).Length);
        Assert.Equal(0, journal.Flushes);
        journal.BeforeFlush = null;
        Assert.True(journal.TryCommit());
        Assert.Equal(["once"], _place.Texts());
    }

    [Fact]
    public void A_journal_that_somebody_removed_takes_no_more_decisions()
    {
        using var journal = _place.Open().Journal;
        File.Delete(_place.Folder.Segment(1));
        Stage(journal, "lost");
        Assert.False(journal.TryCommit());
        Assert.Contains("is gone", journal.Failure, StringComparison.Ordinal);
        Assert.False(journal.TryCommit());
    }

    /// <summary>A full disk as the kernel has it: the write takes what fits and then refuses.</summary>
    [Fact]
    public void On_a_disk_that_is_really_full_nothing_is_lost_or_doubled()
    {
        if (Environment.UserName != "root") Assert.Skip("only root can mount a small disk");
        using var disk = TinyDisk.TryMount(Path.Combine(_place.Outside, "disk"));
        if (disk is null) Assert.Skip("this machine lets nobody mount a tmpfs");
        var folder = new ExperimentFolder(Path.Combine(disk.Path, "out"));
        var opened = Assert.IsType<Opening.Ready>(_place.TryOpen(elsewhere: folder));
        using var journal = opened.Journal;
        var text = new string('x', 10_000);
        var committed = 0;
        do Stage(journal, $"{text}{committed}");
        while (journal.TryCommit() && ++committed < 1_000);

        Assert.InRange(committed, 1, 100);
        Assert.Contains("space", journal.Failure, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(journal.Length, new FileInfo(folder.Segment(1)).Length);
        Assert.False(journal.TryCommit());
        disk.Grow();
        Assert.True(journal.TryCommit());
        List<long> seqs = [];
        var follower = new JournalFollower(folder);
        follower.Read((e, _) => seqs.Add(e.Seq));
        Assert.Equal(Enumerable.Range(1, committed + 1).Select(static i => (long)i), seqs);
        Assert.Equal((null, 0L), (follower.Damage, follower.TornBytes));
    }

    private void Stage(Journal journal, string text) => journal.Stage(_place.Time.GetUtcNow(), "vigil", "wish-read", [new RunEvent.WishGranted(text, text)]);
}

/// <summary>256 KB of disk, which root can enlarge.</summary>
internal sealed class TinyDisk : IDisposable
{
    private TinyDisk(string path) => Path = path;

    public string Path { get; }

    /// <summary>Null where mounting is not allowed.</summary>
    public static TinyDisk? TryMount(string path)
    {
        Directory.CreateDirectory(path);
        return Run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", path) == 0 ? new(path) : null;
    }

    public void Grow() => Assert.Equal(0, Run("mount", "-o", "remount,size=16m", Path));

    public void Dispose() => Assert.Equal(0, Run("umount", "-l", Path));

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
