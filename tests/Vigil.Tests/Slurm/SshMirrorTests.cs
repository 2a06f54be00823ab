using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Vigil.Logs;
using Vigil.Monitor;
using Vigil.Schedulers.Slurm.Ssh;

namespace Vigil.Tests.Slurm;

/// <summary>Copies of a cluster's logs: at every moment the beginning of the log, byte for byte.</summary>
public sealed class SshMirrorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void A_copy_grows_by_what_is_new_and_a_later_monitor_goes_on_where_it_ends()
    {
        using var folder = new TempFolder();
        var here = folder["run", "slurm-17.out"];
        var log = new MirroredLog("/there", here);

        Assert.Equal(new LogRange("/there", 0, 0, 100), log.Wanted(100));
        Assert.Equal(Growth.None, log.Take(null));
        Assert.Equal(Growth.Some, Take(log, "step 1\n", 0));
        Assert.Equal(Growth.More, log.Take(new LogPart(20, Bytes("step 1\nst"))));
        var later = new MirroredLog("/there", here);
        Assert.Equal(new LogRange("/there", 9, 0, 109), later.Wanted(100));
        Assert.Equal(Growth.Some, Take(later, "step 1\nstep 2\n", 0));
        Assert.Equal(Growth.None, later.Take(new LogPart(14, default)));

        Assert.Equal("step 1\nstep 2\n", File.ReadAllText(here));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(here));
    }

    [Fact]
    public void Only_a_little_of_what_is_known_comes_again()
    {
        using var folder = new TempFolder();
        var log = new MirroredLog("/there", folder["log"]);
        _ = log.Wanted(1);
        Take(log, new string('a', 1000), 0);

        Assert.Equal(new LogRange("/there", 1000, 936, 164), log.Wanted(100));
        Assert.Equal(new LogRange("/there", 1000, 936, 164), new MirroredLog("/there", folder["log"]).Wanted(100));
    }

    [Fact]
    public void A_log_that_was_emptied_begins_a_new_copy_and_the_old_one_keeps_a_name()
    {
        using var folder = new TempFolder();
        var log = new MirroredLog("/there", folder["log"]);
        _ = log.Wanted(1);
        Take(log, "the first life\n", 0);

        // Network file systems show an old size for a moment.
        Assert.Equal((Growth.None, true), (log.Take(new LogPart(3, default)), log.WasShorter));
        Assert.Equal((Growth.None, false), (log.Take(new LogPart(15, default)), log.WasShorter));
        log.Take(new LogPart(3, default));
        log.Take(new LogPart(3, default));
        Assert.Equal(new LogRange("/there", 0, 0, 10), log.Wanted(10));
        Take(log, "new", 0);

        Assert.Equal(("the first life\n", "new"), (File.ReadAllText(folder["log.1"]), File.ReadAllText(folder["log"])));
    }

    [Fact]
    public void A_log_that_was_written_anew_and_is_longer_is_noticed_as_well()
    {
        using var folder = new TempFolder();
        var log = new MirroredLog("/there", folder["log"]);
        _ = log.Wanted(1);
        Take(log, "the first life\n", 0);
        File.WriteAllText(folder["log.1"], "an older one");

        Assert.Equal(Growth.More, Take(log, "quite another life\n", 0));
        Take(log, "quite another life\n", 0);

        Assert.Equal(("an older one", "the first life\n", "quite another life\n"), (File.ReadAllText(folder["log.1"]), File.ReadAllText(folder["log.2"]), File.ReadAllText(folder["log"])));
    }

    [Fact]
    public void A_reader_of_the_copy_sees_a_log_that_began_anew_as_such()
    {
        using var folder = new TempFolder();
        var log = new MirroredLog("/there", folder["log"]);
        _ = log.Wanted(1);
        Take(log, "first\n", 0);
        var tail = new LogTail(folder["log"]);
        tail.Read(DateTimeOffset.UnixEpoch);

        Take(log, "second life\n", 0);
        Take(log, "second life\n", 0);
        var read = tail.Read(DateTimeOffset.UnixEpoch);

        Assert.Equal((1, 12L, 12L), (tail.Generation, read.Bytes, tail.Cursor));
    }

    [Fact]
    public void Zeros_at_the_end_of_a_log_are_still_to_be_written()
    {
        using var folder = new TempFolder();
        var log = new MirroredLog("/there", folder["log"]);
        _ = log.Wanted(1);

        Assert.Equal(Growth.Some, Take(log, "a\0b\0\0\0", 0));
        Assert.Equal("a\0b", File.ReadAllText(folder["log"]));
        Assert.Equal(Growth.Some, Take(log, "a\0bcd\n", 0));
        Assert.Equal("a\0bcd\n", File.ReadAllText(folder["log"]));
    }

    [Fact]
    public async Task A_log_of_fifty_megabytes_comes_whole_while_it_is_written()
    {
        using var place = await OpenAsync();
        var (there, here) = ($"{place.Root}/slurm-1.out", place["here", "slurm-1.out"]);
        var text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 27_000).Select(static i => $" iteration {i}/27000 | lm loss: 1.234567E+00 |{new string('.', 1960)}\n")));
        Assert.True(text.Length > 50 << 20);
        File.WriteAllBytes(there, text[..(40 << 20)]);
        var mirror = new LogMirror(place.Site, TimeProvider.System);
        mirror.Follow(there, here);
        await UntilAsync(mirror, () => File.Exists(here) && new FileInfo(here).Length >= 4 << 20);
        using (var file = new FileStream(there, FileMode.Append)) file.Write(text, 40 << 20, text.Length - (40 << 20));

        var rss = Process.GetCurrentProcess().PrivateMemorySize64;
        await UntilAsync(mirror, () => mirror.IsWhole(there));

        Assert.Equal(SHA256.HashData(text), SHA256.HashData(File.ReadAllBytes(here)));
        Assert.True(Process.GetCurrentProcess().PrivateMemorySize64 - rss < 400 << 20);
        Assert.Null(mirror.Witness!.Trouble);
    }

    [Fact]
    public async Task Many_logs_grow_together_a_missing_one_is_no_trouble_and_an_emptied_one_begins_anew()
    {
        using var place = await OpenAsync();
        string There(int i) => $"{place.Root}/it's log\n{i}";
        string Here(int i) => place["here", $"{i}", "log"];
        var mirror = new LogMirror(place.Site, TimeProvider.System);
        for (var i = 0; i < 40; i++)
        {
            mirror.Follow(There(i), Here(i));
            if (i > 0) File.WriteAllText(There(i), $"first words of {i}\n");
        }
        await UntilAsync(mirror, () => Enumerable.Range(1, 39).All(i => File.Exists(Here(i))));

        for (var i = 1; i < 40; i++)
            if (i % 10 == 0) File.WriteAllText(There(i), "anew\n");
            else File.AppendAllText(There(i), "more\n");
        await UntilAsync(mirror, () => Enumerable.Range(0, 40).Count(i => mirror.IsWhole(There(i))) == 40);

        Assert.False(File.Exists(Here(0)));
        for (var i = 1; i < 40; i++) Assert.Equal(i % 10 == 0 ? "anew\n" : $"first words of {i}\nmore\n", File.ReadAllText(Here(i)));
        Assert.Equal("first words of 10\n", File.ReadAllText($"{Here(10)}.1"));
    }

    [Fact]
    public async Task While_the_connection_is_gone_nothing_is_whole_and_the_copies_go_on_when_it_is_back()
    {
        using var place = await OpenAsync();
        var (there, here) = ($"{place.Root}/log", place["here", "log"]);
        File.WriteAllText(there, "before\n");
        var mirror = new LogMirror(place.Site, TimeProvider.System);
        mirror.Follow(there, here);
        await UntilAsync(mirror, () => File.Exists(here));

        place.KillMaster();
        File.AppendAllText(there, "meanwhile\n");
        await UntilAsync(mirror, () => !mirror.IsWhole(there) && mirror.Witness is { Trouble: not null });
        Assert.StartsWith("lost the connection to cluster: type  ", mirror.Witness!.Trouble, StringComparison.Ordinal);
        Assert.NotNull(mirror.Witness.Answered);
        await place.OpenAsync(Stop);
        await UntilAsync(mirror, () => mirror.IsWhole(there));

        Assert.Equal("before\nmeanwhile\n", File.ReadAllText(here));
        Assert.Null(mirror.Witness.Trouble);
    }

    private static async Task<SshPlace> OpenAsync()
    {
        var place = SshPlace.Start();
        await place.OpenAsync(Stop);
        Directory.CreateDirectory(place.Root);
        return place;
    }

    private static async Task UntilAsync(LogMirror mirror, Func<bool> enough)
    {
        var began = Stopwatch.StartNew();
        do
        {
            Assert.True(began.Elapsed < Patience, $"{mirror.Witness}");
            await mirror.TurnAsync(Stop);
            await Task.Delay(20, Stop);
        }
        while (!enough());
    }

    private static Growth Take(MirroredLog log, string text, int from) => log.Take(new LogPart(from + text.Length, Bytes(text)));

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
