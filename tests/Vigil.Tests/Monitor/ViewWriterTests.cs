using System.Diagnostics;
using Vigil.Configuration;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Tests.Journaling;
using Vigil.Views;

namespace Vigil.Tests.Monitor;

public sealed class ViewWriterTests : IDisposable
{
    private readonly JournalPlace _place = new();
    private readonly Journal _journal;
    private ExperimentState _state = ExperimentState.Empty;
    private ViewWriter _views;

    public ViewWriterTests()
    {
        _journal = _place.Open().Journal;
        _views = new ViewWriter(_place.Folder, _place.Time);
    }

    public void Dispose()
    {
        _journal.Dispose();
        _place.Dispose();
    }

    private string Log => File.ReadAllText(_place.Folder.RunLog);
    private string Expected => string.Concat(_place.Entries().Select(RunLog.Block));

    private void Turn(params string[] texts)
    {
        List<JournalEntry> committed = [];
        foreach (var text in texts) committed.Add(_journal.Stage(_place.Time.GetUtcNow(), "vigil", "wish-read", [new RunEvent.WishGranted($"w{_state.Seq + committed.Count}", text)]));
        Assert.True(_journal.TryCommit());
        foreach (var entry in committed) _state = _state.Apply(entry);
        _views.Update(_journal, _state, committed);
        _place.Time.Advance(TimeSpan.FromSeconds(2));
    }

    private void Restart() => _views = new ViewWriter(_place.Folder, _place.Time);

    [Fact]
    public void Run_log_holds_one_block_a_decision()
    {
        Turn("one", "two");
        Turn();
        Turn("three");
        Assert.Equal(Expected, Log);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_place.Folder.RunLog));
    }

    [Fact]
    public void After_a_crash_at_any_byte_of_a_block_the_log_goes_on_with_no_block_lost_or_doubled()
    {
        Turn("one", "tw\u00f6 \U0001F600", "three");
        var whole = File.ReadAllBytes(_place.Folder.RunLog);
        for (var length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(_place.Folder.RunLog, whole[..length]);
            Restart();
            _views.Update(_journal, _state, []);
            Assert.Equal(whole, File.ReadAllBytes(_place.Folder.RunLog));
        }
        File.WriteAllBytes(_place.Folder.RunLog, whole[..^30]);
        Restart();
        Turn("four");
        Assert.Equal(Expected, Log);
    }

    [Fact]
    public void A_log_that_was_deleted_is_written_anew()
    {
        Turn("one", "two");
        File.Delete(_place.Folder.RunLog);
        Restart();
        Turn();
        Assert.Equal(Expected, Log);
    }

    [Fact]
    public void A_log_that_tells_of_entries_which_do_not_count_is_written_anew()
    {
        Turn("one", "two");
        File.AppendAllText(_place.Folder.RunLog, RunLog.Block(new JournalEntry(3, default, "vigil", "wish-read", [new RunEvent.WishGranted("x", "a writer that had lost the experiment")])));
        Restart();
        Turn("three");
        Assert.Equal(Expected, Log);
    }

    [Fact]
    public void Text_of_others_cannot_forge_a_block()
    {
        const string forged = "x\n\n[2026-01-01 00:00:00] CANCEL: all\nDetails: nothing\nBy: vigil, ticked, journal entry 999\n\n";
        Turn(forged, $"\r\n{forged}");
        Restart();
        Turn("after");
        Assert.Equal(Expected, Log);
        Assert.Equal(3, Log.Split("\n\n").Length - 1);
        Assert.Equal(3, Log.Split('\n').Count(static l => l.StartsWith("By: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_view_that_cannot_be_written_costs_freshness_and_nothing_else()
    {
        Turn("one");
        File.Delete(_place.Folder.RunLog);
        Directory.CreateDirectory(_place.Folder.RunLog);
        Turn("two");
        Assert.NotNull(_views.Lag);
        Turn("three");
        Directory.Delete(_place.Folder.RunLog);
        Turn("four");
        Assert.Null(_views.Lag);
        Assert.Equal(Expected, Log);
        Assert.Equal(["one", "two", "three", "four"], _place.Texts());
    }

    [Fact]
    public void On_a_full_disk_the_log_lags_and_catches_up_without_a_block_lost_or_doubled()
    {
        if (Environment.UserName != "root") Assert.Skip("only root can mount a small disk");
        using var disk = TinyDisk.TryMount(Path.Combine(_place.Outside, "disk"));
        if (disk is null) Assert.Skip("this machine lets nobody mount a tmpfs");
        File.CreateSymbolicLink(_place.Folder.RunLog, Path.Combine(disk.Path, "run.log"));
        for (var i = 0; i < 60; i++) Turn($"{i} {new string('x', 10_000)}");
        Assert.NotNull(_views.Lag);
        Assert.True(Log.Length < 300_000);
        disk.Grow();
        Turn("space again");
        Assert.Null(_views.Lag);
        Assert.Equal(Expected, Log);
    }

    [Fact]
    public void What_is_not_on_disk_is_not_shown_when_the_watch_ends()
    {
        Turn("one");
        var status = File.ReadAllText(_place.Folder.StatusFile);
        _state = _state.Apply(_journal.Stage(_place.Time.GetUtcNow(), "vigil", "wish-read", [new RunEvent.ExperimentPlanned(JournalPlace.Experiment)]));
        _views.Finish(_journal, _state);
        Assert.Equal(status, File.ReadAllText(_place.Folder.StatusFile));
        Assert.False(File.Exists(_place.Folder.Snapshot));
        Assert.True(_journal.TryCommit());
        _views.Finish(_journal, _state);
        Assert.Contains("run_group: tiny", File.ReadAllText(_place.Folder.StatusFile), StringComparison.Ordinal);
        Assert.True(File.Exists(_place.Folder.Snapshot));
        Assert.Equal(JournalPlace.Text(_state), JournalPlace.Text(_place.Follow().State));
    }

    [Fact]
    public void The_status_file_is_read_the_same_by_our_reader_and_by_Python_s()
    {
        string[] names = ["1e-3", "yes", "null", "a: b", "- x", "#c", "'q'", "\"d\"", "\u00fc", "*x", "plain", "0123", "a\nb", "trailing:", "~"];
        _state = _state.Apply(new JournalEntry(1, _place.Time.GetUtcNow(), "vigil", "plan-accepted",
            [new RunEvent.ExperimentPlanned(JournalPlace.Experiment with { Name = "007: x" }), .. names.Select((n, i) => new RunEvent.RunPlanned(JournalPlace.Run(n, i)))]));
        var text = RunsStatus.Write(_state);
        Assert.Equal("007: x|" + string.Join('|', names), Keys(text));

        var file = Path.Combine(_place.Outside, "status.yaml");
        File.WriteAllText(file, text);
        using var python = Process.Start(new ProcessStartInfo("python3", ["-c", "import sys\ntry: import yaml\nexcept ImportError: sys.exit(77)\nd=yaml.safe_load(open(sys.argv[1],encoding='utf8'))\nsys.stdout.buffer.write('|'.join([d['run_group'],*map(str,d['runs'])]).encode())", file]) { RedirectStandardOutput = true })!;
        var read = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        if (python.ExitCode == 77) Assert.Skip("this machine's Python has no yaml");
        Assert.Equal("007: x|" + string.Join('|', names), read);
    }

    private static string Keys(string yaml)
    {
        var root = Assert.IsType<ConfigNode.Mapping>(YamlReader.Read(new SourceFile("status.yaml", "/status.yaml", yaml), new DiagnosticBag()));
        var runs = Assert.IsType<ConfigNode.Mapping>(root.Entries.Single(static e => e.Key == "runs").Value);
        return string.Join('|', [((ConfigNode.Scalar)root.Entries.Single(static e => e.Key == "run_group").Value).Text, .. runs.Entries.Select(static e => e.Key)]);
    }
}
