using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Tests.Journaling;

/// <summary>One experiment's folder with a real journal in it, and writers that come and go.</summary>
internal sealed class JournalPlace : IDisposable
{
    private readonly TempFolder _temp = TempFolder.InMemory();
    private int _pids;

    public JournalPlace() => Folder = new ExperimentFolder(_temp["out"]);

    public ExperimentFolder Folder { get; }
    public ImpatientTime Time { get; } = new();
    public string Outside => _temp.Path;

    public Writer Me() => new("here", "machine", "boot", "ns", ++_pids, 1);

    public Opening TryOpen(Func<Writer, bool>? isAlive = null, Writer? me = null, Action<string>? say = null, ExperimentFolder? elsewhere = null) =>
        new JournalOpening(elsewhere ?? Folder, me ?? Me(), isAlive ?? (static _ => false), Time).OpenAsync(say ?? (static _ => { }), CancellationToken.None).GetAwaiter().GetResult();

    public Opening.Ready Open(Writer? me = null) => Assert.IsType<Opening.Ready>(TryOpen(me: me));

    /// <summary>One writer's life: so many entries, each committed by itself.</summary>
    public void Write(int entries)
    {
        using var journal = Open().Journal;
        for (var i = 0; i < entries; i++) Commit(journal, $"entry {i}");
    }

    public void Commit(Journal journal, string text)
    {
        journal.Stage(Time.GetUtcNow(), "vigil", "wish-read", [new RunEvent.WishGranted($"w-{text}", text)]);
        Assert.True(journal.TryCommit(), journal.Failure);
    }

    public JournalFollower Follow(Action<JournalEntry, ExperimentState>? seen = null)
    {
        var follower = new JournalFollower(Folder);
        follower.Read(seen);
        return follower;
    }

    /// <summary>What a full reading tells.</summary>
    public List<string> Texts() => [.. Entries().SelectMany(static e => e.Events).OfType<RunEvent.WishGranted>().Select(static w => w.Text)];

    public List<JournalEntry> Entries()
    {
        List<JournalEntry> entries = [];
        Assert.Null(Follow((entry, _) => entries.Add(entry)).Damage);
        return entries;
    }

    public byte[] Bytes(int epoch) => File.ReadAllBytes(Folder.Segment(epoch));

    public void Append(int epoch, string text) => File.AppendAllText(Folder.Segment(epoch), text);

    /// <summary>The offset of a line, counted from 0 (the header).</summary>
    public long LineStart(int epoch, int line)
    {
        var bytes = Bytes(epoch);
        var at = 0;
        for (var i = 0; i < line; i++) at = Array.IndexOf(bytes, (byte)'\n', at) + 1;
        return at;
    }

    public void Flip(int epoch, long at)
    {
        var bytes = Bytes(epoch);
        bytes[at] ^= 1;
        File.WriteAllBytes(Folder.Segment(epoch), bytes);
    }

    /// <summary>Another line in the place of one that is there, with a right checksum.</summary>
    public void Rewrite(int epoch, int line, Func<string, string> change)
    {
        var lines = Encoding.UTF8.GetString(Bytes(epoch)).TrimEnd('\n').Split('\n');
        lines[line] = Line(change(lines[line][9..]));
        File.WriteAllText(Folder.Segment(epoch), string.Join('\n', lines) + "\n");
    }

    public static string Line(string json) => Encoding.UTF8.GetString(JournalLine.Write(Encoding.UTF8.GetBytes(json))).TrimEnd('\n');

    public static string Text(ExperimentState state) => JsonSerializer.Serialize(state with { Wishes = [] }, JournalJson.Plain.ExperimentState) + string.Join(' ', state.Wishes.Order(StringComparer.Ordinal));

    public static PlannedRun Run(string name, int index = 0) => new()
    {
        Id = new RunId(name),
        Point = name,
        Index = index,
        OutputDir = $"/out/{name}",
        LogPath = $"/out/{name}/slurm-%j.out",
        WorkDir = "/exp",
        Command = new CommandTemplate.Line("true"),
        ConfigHash = "h",
        Restart = new RestartPolicy(3, 1, [FailureCause.Crash, FailureCause.Infrastructure]),
    };

    public static ExperimentHeader Experiment { get; } = new() { Name = "tiny", Dir = "/out", File = "/exp/experiment.yaml", Scheduler = "local" };

    public void Dispose() => _temp.Dispose();
}
