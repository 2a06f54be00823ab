using System.Collections.Immutable;
using System.Text;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;
using Vigil.Tests.House;
using Vigil.Tests.Journaling;

namespace Vigil.Tests.Monitor;

public sealed class ProvenanceWriterTests : IDisposable
{
    private static readonly string[] Files = ["config_reference.json", "resolved_config.json", "resolved_config.yaml", "run_metadata.json", "unresolved_config.yaml"];

    private readonly JournalPlace _place = new();

    public ProvenanceWriterTests() => PrivateFolder.Create(_place.Folder.Provenance);

    public void Dispose() => _place.Dispose();

    private PlannedRun Run(string name, string hash = "h") => JournalPlace.Run(name) with { OutputDir = Path.Combine(_place.Folder.Root, name), ConfigHash = hash };
    private static string Of(PlannedRun run) => Path.Combine(run.OutputDir, "provenance");
    private ProvenanceWriter Writer() => new(new FrozenConfigs(_place.Folder), static () => JournalPlace.Experiment, _place.Time);

    private void Freeze(string name, string text, params PlannedRun[] runs) =>
        FrozenConfigs.Write(_place.Folder, name, [.. runs], runs.Select(r => new FrozenConfig(r.Id, $"{text}: {r.Id}\n", "{}", $"{text}: ${{x}}\n")));

    [Fact]
    public void A_run_s_configuration_is_written_beside_it_as_it_was_frozen()
    {
        var run = Run("a");
        Freeze("1", "first", run, Run("b"));
        Assert.Null(Writer().Freeze(run));
        Assert.Equal(Files, Directory.GetFiles(Of(run)).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("first: a\n", File.ReadAllText(Path.Combine(Of(run), "resolved_config.yaml")));
    }

    [Fact]
    public void The_same_name_with_another_hash_is_another_configuration()
    {
        var writer = Writer();
        Freeze("1", "first", Run("a"));
        Assert.Null(writer.Freeze(Run("a")));
        var changed = Run("a", "other");
        Freeze("2", "second", changed);
        Assert.Null(writer.Freeze(changed));
        Assert.Equal("second: a\n", File.ReadAllText(Path.Combine(Of(changed), "resolved_config.yaml")));
    }

    [Fact]
    public void A_run_whose_configuration_nobody_froze_does_not_start_however_often_it_is_tried()
    {
        var writer = Writer();
        for (var i = 0; i < 3; i++) Assert.False(writer.Freeze(Run("a"))!.Retryable);
        Freeze("1", "late", Run("a"));
        Assert.Null(writer.Freeze(Run("a")));
    }

    [Fact]
    public void What_a_disk_refused_is_written_when_it_is_tried_again()
    {
        var run = Run("a");
        Freeze("1", "first", run);
        File.WriteAllText(run.OutputDir, "in the way");
        var writer = Writer();
        Assert.ThrowsAny<IOException>(() => writer.Freeze(run));
        File.Delete(run.OutputDir);
        Assert.Null(writer.Freeze(run));
        Assert.Equal(Files.Length, Directory.GetFiles(Of(run)).Length);
    }

    [Fact]
    public void Files_that_are_there_for_this_configuration_are_left_alone_and_others_are_replaced()
    {
        var run = Run("a");
        Freeze("1", "first", run);
        Assert.Null(Writer().Freeze(run));
        var resolved = Path.Combine(Of(run), "resolved_config.yaml");
        File.WriteAllText(resolved, "a person's note\n");
        Assert.Null(Writer().Freeze(run));
        Assert.Equal("a person's note\n", File.ReadAllText(resolved));
        File.WriteAllText(Path.Combine(Of(run), "run_metadata.json"), "garbage");
        Assert.Null(Writer().Freeze(run));
        Assert.Equal("first: a\n", File.ReadAllText(resolved));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_pipe_or_a_link_where_a_file_of_the_run_goes_is_kept_as_it_stands_and_never_opened()
    {
        var run = Run("a");
        FrozenConfigs.Write(_place.Folder, "1", [run], [new FrozenConfig(run.Id, "x: 1\n", "{}", "x: 1\n") { Files = [new("pipe", "one"), new("link", "two"), new("mine", "three"), new("same", "four")] }]);
        PrivateFolder.Create(run.OutputDir);
        PrivateFolder.Create(Of(run));
        string At(string name) => Path.Combine(run.OutputDir, name);
        var outside = Path.Combine(_place.Folder.Root, "outside");
        foreach (var (name, text) in ((string, string)[])[(outside, "theirs"), (At("mine"), "other"), (At("same"), "four")]) File.WriteAllText(name, text);
        File.CreateSymbolicLink(At("link"), outside);
        Shell.Run(run.OutputDir, "mkfifo", "pipe", "provenance/run_metadata.json");

        Assert.Null(await Task.Run(() => Writer().Freeze(run), TestContext.Current.CancellationToken));

        Assert.Equal(["one", "two", "three", "four"], ((string[])["pipe", "link", "mine", "same"]).Select(name => File.ReadAllText(At(name))));
        Assert.Equal((outside, "theirs"), (new FileInfo(At("link.before")).LinkTarget, File.ReadAllText(outside)));
        Assert.True(FileStatus.Of(At("pipe.before")) is { IsRegular: false });
        Assert.Equal("other", File.ReadAllText(At("mine.before")));
        Assert.False(File.Exists(At("same.before")));
    }

    [Fact]
    public void A_damaged_line_of_frozen_configurations_costs_its_run_only()
    {
        Freeze("1", "first", Run("a"), Run("b"));
        var file = Directory.GetFiles(_place.Folder.Provenance)[0];
        var lines = File.ReadAllText(file).Split('\n');
        File.WriteAllText(file, string.Join('\n', lines.Select(static (l, i) => i == 0 ? l[..^5] : l)), Encoding.UTF8);
        File.WriteAllText(Path.Combine(_place.Folder.Provenance, "configs-2.jsonl"), "null\n{}\ngarbage\n");
        Assert.NotNull(Writer().Freeze(Run("a")));
        Assert.Null(Writer().Freeze(Run("b")));
    }
}
