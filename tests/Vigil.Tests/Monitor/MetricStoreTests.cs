using System.Text;
using Vigil.Logs;
using Vigil.Monitor;
using Vigil.Planning;

namespace Vigil.Tests.Monitor;

public sealed class MetricStoreTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly RunId Run = new("lr3e-4_stable");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_deleted_is_made_again_from_the_logs_byte_for_byte()
    {
        var log = WriteLog(1, 500);
        var store = new MetricStore(_folder.Path);
        Follow(store, log, 1000, Noon);
        store.Close(Run);
        var before = File.ReadAllBytes(store.FileOf(Run));
        Directory.Delete(Path.GetDirectoryName(store.FileOf(Run))!, recursive: true);

        var again = new MetricStore(_folder.Path);
        Follow(again, log, int.MaxValue, Noon.AddDays(2));
        again.Flush();

        Assert.Equal(before, File.ReadAllBytes(store.FileOf(Run)));
        var losses = again.Read(Run, "lm loss");
        Assert.Equal([.. Enumerable.Range(1, 500).Select(static i => (long)i)], losses.Select(static p => p.Step));
        Assert.All(losses, p => Assert.StartsWith("iteration", Encoding.ASCII.GetString(log.AsSpan((int)p.Offset)), StringComparison.Ordinal));
        Assert.Equal(["lm loss", "grad norm"], again.Names(Run));
    }

    [Fact]
    public void A_torn_end_is_written_over_and_no_value_is_lost_or_doubled()
    {
        var log = WriteLog(1, 300);
        var store = new MetricStore(_folder.Path);
        Follow(store, log[..(log.Length / 2)], 4000, Noon);
        store.Close(Run);
        var file = store.FileOf(Run);
        var whole = File.ReadAllBytes(file);
        File.WriteAllBytes(file, [.. whole[..^3], 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);

        var next = new MetricStore(_folder.Path);
        Assert.InRange(next.EndOf(new AttemptId(Run, 1)), 1, log.Length);
        Follow(next, log, 4000, Noon);
        next.Close(Run);

        Assert.Equal([.. Enumerable.Range(1, 300).Select(static i => (long)i)], next.Read(Run, "lm loss").Select(static p => p.Step));
    }

    [Fact]
    public void Values_wait_ten_seconds_before_the_file_is_opened()
    {
        var store = new MetricStore(_folder.Path);
        Follow(store, WriteLog(1, 3), int.MaxValue, Noon);
        store.Tick(Run, Noon.AddSeconds(9));
        Assert.False(File.Exists(store.FileOf(Run)));
        store.Tick(Run, Noon.AddSeconds(10));
        Assert.Equal(3, store.Read(Run, "lm loss").Length);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_trouble_and_no_error_and_is_written_later()
    {
        var place = Path.Combine(_folder.Path, "views");
        File.WriteAllText(place, "in the way");
        var store = new MetricStore(place);
        Follow(store, WriteLog(1, 3), int.MaxValue, Noon);
        store.Flush();
        Assert.NotNull(store.Trouble);
        File.Delete(place);
        store.Flush();
        Assert.Null(store.Trouble);
        Assert.Equal(3, store.Read(Run, "lm loss").Length);
    }

    [Fact]
    public void Evaluations_are_the_loss_on_held_out_data_and_of_a_repeated_step_the_later_one()
    {
        var store = new MetricStore(_folder.Path);
        store.Append(Run, "file metrics.jsonl", 100, 0, [new("loss", 9), new("eval_loss", 3)]);
        store.Append(Run, "file metrics.jsonl", 200, 10, [new("eval_loss", 2), new("eval_accuracy", 0.5)]);
        store.Append(Run, "file metrics.jsonl", 100, 20, [new("eval_loss", 1)]);
        Assert.Equal([(100, 1), (200, 2)], store.Evaluations(Run).OrderBy(static e => e.Key).Select(static e => ((int)e.Key, (int)e.Value)));
    }

    [Fact]
    public void Metric_files_of_a_run_are_followed_while_they_grow_and_when_they_are_written_anew()
    {
        var output = Path.Combine(_folder.Path, "out");
        Directory.CreateDirectory(Path.Combine(output, "tb"));
        var (jsonl, store) = (Path.Combine(output, "metrics.jsonl"), new MetricStore(_folder.Path));
        var files = new MetricFiles(store);
        File.WriteAllText(jsonl, "{\"step\": 1, \"loss\": 0.5}\n{\"step\": 2, \"lo");
        files.Look(Run, output, Noon);
        File.AppendAllText(jsonl, "ss\": 0.25}\n");
        files.Look(Run, output, Noon.AddSeconds(1));     // too soon
        Assert.Empty(store.Read(Run, "loss"));
        files.Look(Run, output, Noon.AddSeconds(20));
        store.Flush();
        Assert.Equal([(1, 0.5), (2, 0.25)], store.Read(Run, "loss").Select(static p => ((int)p.Step, p.Value)));

        File.WriteAllText(jsonl, "{\"step\": 2, \"loss\": 0.2}\n");
        files = new MetricFiles(store);                   // a monitor that was started anew
        files.Look(Run, output, Noon.AddSeconds(40));
        files.Close(Run, output, Noon.AddSeconds(60));
        store.Close(Run);
        Assert.Equal([(1, 0.5, "file metrics.jsonl"), (2, 0.25, "file metrics.jsonl"), (2, 0.2, "file metrics.jsonl#1")], store.Read(Run, "loss").Select(static p => ((int)p.Step, p.Value, p.Source)));
    }

    private static byte[] WriteLog(int first, int last) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(first, last - first + 1)
        .Select(static i => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"iteration {i,8}/{1000,8} | lm loss: {5.0 / i:E6} | grad norm: 0.5 |\n"))));

    private static void Follow(MetricStore store, byte[] log, int piece, DateTimeOffset now)
    {
        var (lines, progress) = (new LogLines(), new RunProgress());
        for (var at = 0; at < log.Length; at += Math.Min(piece, log.Length - at))
        {
            store.Follow(new AttemptId(Run, 1), progress, 0);
            foreach (var line in lines.Cut(log.AsSpan(at, Math.Min(piece, log.Length - at)))) progress.Read(line);
            store.Tick(Run, now);
            now = now.AddSeconds(7);
        }
    }
}
