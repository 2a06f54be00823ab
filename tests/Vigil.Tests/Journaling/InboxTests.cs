using System.Diagnostics;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Tests.Journaling;

public sealed class InboxTests : IDisposable
{
    private readonly JournalPlace _place = new();
    private readonly List<string> _said = [];
    private readonly Inbox _inbox;

    public InboxTests()
    {
        _inbox = new Inbox(_place.Folder, _said.Add);
        PrivateFolder.Create(_place.Folder.Inbox);
    }

    public void Dispose() => _place.Dispose();

    private string At(string name) => Path.Combine(_place.Folder.Inbox, name);
    private static Wish Wish(string id) => new(id, "user:ada", DateTimeOffset.UnixEpoch, new WishContent.Cancel([new RunId("a")]));
    private List<string> Read(ExperimentState? state = null) => [.. _inbox.Read(state ?? ExperimentState.Empty).Select(static w => w.Id)];

    [Fact]
    public void Wishes_are_read_oldest_first()
    {
        foreach (var id in (string[])["3", "1", "2"]) Inbox.Drop(_place.Folder, Wish(id));
        Assert.Equal(["1", "2", "3"], Read());
        Assert.Empty(_said);
    }

    [Fact]
    public void A_folder_that_is_not_there_holds_no_wish()
    {
        Directory.Delete(_place.Folder.Inbox);
        Assert.Empty(Read());
        _inbox.Forget(ExperimentState.Empty);
    }

    [Theory]
    [InlineData("link")]
    [InlineData("dangling")]
    [InlineData("folder")]
    [InlineData("pipe")]
    [InlineData("large")]
    [InlineData("foreign")]
    [InlineData("garbage")]
    [InlineData("empty")]
    [InlineData("null")]
    [InlineData("no type")]
    [InlineData("other type")]
    [InlineData("unknown member")]
    [InlineData("no runs")]
    [InlineData("null runs")]
    [InlineData("null in runs")]
    [InlineData("other id")]
    public void What_is_no_small_file_of_this_user_with_a_wish_of_that_name_is_refused_and_said_once(string kind)
    {
        if (kind == "foreign" && Environment.UserName != "root") Assert.Skip("only root can give a file away");
        Make(kind, At("x.json"));
        Inbox.Drop(_place.Folder, Wish("y"));
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 3; i++) Assert.Equal(["y"], Read());
        Assert.Contains(At("x.json"), Assert.Single(_said), StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), "it waited for a pipe");
    }

    private void Make(string kind, string path)
    {
        const string head = "{\"id\":\"x\",\"by\":\"user:ada\",\"at\":\"2026-11-22T03:00:00Z\",\"content\":";
        switch (kind)
        {
            case "link":
                Inbox.Drop(_place.Folder, Wish("x"));
                File.Move(path, Path.Combine(_place.Outside, "x.json"));
                File.CreateSymbolicLink(path, Path.Combine(_place.Outside, "x.json"));
                break;
            case "dangling": File.CreateSymbolicLink(path, "/nowhere"); break;
            case "folder": Directory.CreateDirectory(path); break;
            case "pipe": Run("mkfifo", path); break;
            case "large": using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write)) RandomAccess.SetLength(file, (64 << 20) + 1); break;
            case "foreign":
                Inbox.Drop(_place.Folder, Wish("x"));
                Run("chown", "65534", path);
                break;
            default:
                File.WriteAllText(path, kind switch
                {
                    "garbage" => "{\"id\":",
                    "empty" => "",
                    "null" => "null",
                    "no type" => head + "{\"runs\":[\"a\"]}}",
                    "other type" => head + "{\"type\":\"explode\",\"runs\":[\"a\"]}}",
                    "unknown member" => head + "{\"type\":\"cancel\",\"runs\":[\"a\"],\"force\":true}}",
                    "no runs" => head + "{\"type\":\"cancel\"}}",
                    "null runs" => head + "{\"type\":\"cancel\",\"runs\":null}}",
                    "null in runs" => head + "{\"type\":\"cancel\",\"runs\":[null]}}",
                    _ => head.Replace("\"x\"", "\"z\"", StringComparison.Ordinal) + "{\"type\":\"cancel\",\"runs\":[\"a\"]}}",
                });
                break;
        }
    }

    [Fact]
    public void A_granted_wish_is_not_read_again_and_its_file_goes()
    {
        Inbox.Drop(_place.Folder, Wish("a"));
        Inbox.Drop(_place.Folder, Wish("b"));
        var state = ExperimentState.Empty with { Wishes = ["a"] };
        Assert.Equal(["b"], Read(state));
        _inbox.Forget(state);
        Assert.False(File.Exists(At("a.json")));
        Assert.True(File.Exists(At("b.json")));
    }

    [Fact]
    public void A_file_that_cannot_be_removed_is_no_trouble()
    {
        Directory.CreateDirectory(At("a.json"));
        _inbox.Forget(ExperimentState.Empty with { Wishes = ["a"] });
        Assert.True(Directory.Exists(At("a.json")));
    }

    [Fact]
    public void Ids_of_wishes_are_unique_and_in_the_order_of_time()
    {
        var ids = Enumerable.Range(0, 100).Select(static i => Inbox.NewId(DateTimeOffset.UnixEpoch.AddMilliseconds(i))).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.NotEqual(Inbox.NewId(DateTimeOffset.UnixEpoch), Inbox.NewId(DateTimeOffset.UnixEpoch));
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
