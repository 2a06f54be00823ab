using System.Text;
using Vigil.Platform;

namespace Vigil.Tests.Platform;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _dir = Directory.CreateTempSubdirectory("vigil-atomic-").FullName;
    public void Dispose() => Directory.Delete(_dir, recursive: true);

    private static uint Mode(string path) => FileStatus.Of(path)!.Value.Permissions;

    [Fact]
    public void A_file_is_replaced_whole_with_the_mode_asked_for_and_nothing_is_left_aside()
    {
        var path = $"{_dir}/it's a file";
        AtomicFile.Write(path, "one");
        Assert.Equal(0x180u, Mode(path));
        AtomicFile.Write(path, "zwei é", UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Equal(("zwei é", 0x120u), (File.ReadAllText(path), Mode(path)));
        AtomicFile.WriteDurable(path, Encoding.UTF8.GetBytes(new string('x', 100_000)));
        Assert.Equal((100_000, 0x180u), (File.ReadAllText(path).Length, Mode(path)));
        Assert.Equal([path], Directory.GetFileSystemEntries(_dir));
    }

    [Fact]
    public void A_write_that_fails_says_why_and_leaves_the_old_file_and_nothing_aside()
    {
        Directory.CreateDirectory($"{_dir}/folder");
        var refusal = Assert.Throws<IOException>(() => AtomicFile.Write($"{_dir}/folder", "x"));
        Assert.Contains($"{_dir}/folder", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([$"{_dir}/folder"], Directory.GetFileSystemEntries(_dir));
        Assert.Contains("No such file", Assert.Throws<IOException>(() => AtomicFile.Write($"{_dir}/none/x", "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unannounced_file_is_made_in_its_place_and_replaces_one_that_is_there()
    {
        var path = $"{_dir}/f";
        AtomicFile.WriteUnannounced(path, "a longer one");
        Assert.Equal(("a longer one", 0x180u), (File.ReadAllText(path), Mode(path)));
        var reader = File.OpenText(path);
        AtomicFile.WriteUnannounced(path, "two");
        Assert.Equal(("two", "a longer one"), (File.ReadAllText(path), reader.ReadToEnd()));
        Assert.Equal([path], Directory.GetFileSystemEntries(_dir));
        Assert.Contains("No such file", Assert.Throws<IOException>(() => AtomicFile.WriteUnannounced($"{_dir}/none/x", "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readers_never_see_half_a_file()
    {
        var path = $"{_dir}/f";
        string[] whole = [new('a', 20_000), new('b', 30_000)];
        AtomicFile.Write(path, whole[0]);
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() => { for (var i = 0; !stop.IsCancellationRequested; i++) AtomicFile.Write(path, whole[i % 2]); }, TestContext.Current.CancellationToken);
        for (var i = 0; i < 500; i++) Assert.Contains(File.ReadAllText(path), whole);
        await stop.CancelAsync();
        await writer;
    }
}
