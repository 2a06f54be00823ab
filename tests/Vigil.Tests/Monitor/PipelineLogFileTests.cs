using System.Collections.Immutable;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Views;

namespace Vigil.Tests.Monitor;

/// <summary>A log and its twin after a crash at any byte.</summary>
public sealed class PipelineLogFileTests : IDisposable
{
    private static readonly DateTimeOffset Time = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static ImmutableArray<PipelineRecord> Group(long seq, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new PipelineRecord(seq, Time.AddSeconds(seq), "STATE_CHANGE", $"r{seq}/{i}", "PENDING → RUNNING", "Training started"))];

    private static readonly ImmutableArray<PipelineRecord>[] All = [Group(1, 2), Group(2, 1), Group(4, 3), [new(4, Time.AddMinutes(1), "STATUS_CHECK", null, "squeue", "All 4 jobs RUNNING")], Group(5, 2)];

    private PipelineLogFile Open() => PipelineLogFile.Open(new ExperimentFolder(_folder.Path), "run-torchtune");

    private string Log => _folder["run-torchtune.log"];

    private string Twin => _folder["run-torchtune.jsonl"];

    [Fact]
    public void Cut_anywhere_both_become_whole_again()
    {
        Write(Open(), All);
        var (log, twin) = (File.ReadAllBytes(Log), File.ReadAllBytes(Twin));
        for (var cut = 0; cut <= twin.Length; cut += 7)
        {
            File.WriteAllBytes(Log, log[..(int)((long)log.Length * cut / twin.Length)]);
            File.WriteAllBytes(Twin, twin[..cut]);

            // The look at the clock stands nowhere else: what a crash took of it is gone.
            Write(Open(), [.. All.Where(static g => g[0].Action != "STATUS_CHECK")]);

            var text = File.ReadAllText(Log);
            Assert.Equal(8, Count(text, "STATE_CHANGE"));
            Assert.InRange(Count(text, "STATUS_CHECK"), 0, 1);
            Assert.Equal(Count(text, "["), File.ReadAllLines(Twin).Length);
        }
    }

    [Fact]
    public void A_log_that_was_lost_is_written_again_from_its_twin()
    {
        Write(Open(), All);
        var log = File.ReadAllText(Log);
        File.Delete(Log);

        Open();

        Assert.Equal(log, File.ReadAllText(Log));
    }

    [Fact]
    public void What_was_written_is_not_written_again()
    {
        Write(Open(), All);
        var log = File.ReadAllText(Log);

        var again = Open();
        Write(again, [All[0], All[1], All[2], All[4]]);

        Assert.Equal(log, File.ReadAllText(Log));
        Assert.Equal(Time.AddMinutes(1), again.LastCheck);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Log));
    }

    private static void Write(PipelineLogFile file, ImmutableArray<PipelineRecord>[] groups)
    {
        foreach (var group in groups)
        {
            file.Add(group);
            file.Flush();
        }
    }

    private static int Count(string text, string word) => text.Split(word).Length - 1;
}
