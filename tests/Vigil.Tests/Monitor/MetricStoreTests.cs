using System.Text;
using Vigil.Logs;
using Vigil.Monitor;
using Vigil.Planning;
using Vigil.Tests.House;

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
        files.Close(Run, output);
        store.Close(Run);
        Assert.Equal([(1, 0.5, "file metrics.jsonl"), (2, 0.25, "file metrics.jsonl"), (2, 0.2, "file metrics.jsonl#1")], store.Read(Run, "loss").Select(static p => ((int)p.Step, p.Value, p.Source)));
    }

    [Fact]
    public void A_log_and_a_metric_file_of_one_run_do_not_mix_also_when_the_monitor_is_started_anew()
    {
        var output = Directory.CreateDirectory(Path.Combine(_folder.Path, "out")).FullName;
        var (log, seconds) = (WriteLog(1, 200), 0);
        for (var restart = 0; restart < 2; restart++)
        {
            var store = new MetricStore(_folder.Path);
            var (files, lines, progress) = (new MetricFiles(store), new LogLines(), new RunProgress());
            store.Follow(new AttemptId(Run, 1), progress, 0);
            for (var at = 0; at < log.Length; at += log.Length / 4)
            {
                foreach (var line in lines.Cut(log.AsSpan(at, log.Length / 4))) progress.Read(line);
                AppendSteps(output, seconds + 1, seconds + 20);
                files.Look(Run, output, Noon.AddSeconds(seconds += 20));
            }
            files.Close(Run, output);
            store.Close(Run);
        }

        var kept = new MetricStore(_folder.Path);
        Assert.Equal([.. Enumerable.Range(1, 200).Select(static i => (i, "log 1"))], kept.Read(Run, "lm loss").Select(static p => ((int)p.Step, p.Source)));
        Assert.Equal([.. Enumerable.Range(1, 160).Select(static i => (i, "file metrics.jsonl"))], kept.Read(Run, "loss").Select(static p => ((int)p.Step, p.Source)));
    }

    [Fact]
    public void A_metric_file_that_was_written_anew_and_has_grown_since_is_read_on_where_it_was()
    {
        var store = new MetricStore(_folder.Path);
        var output = Directory.CreateDirectory(Path.Combine(_folder.Path, "out")).FullName;
        AppendSteps(output, 1, 3);
        Look(Noon);
        File.Delete(Path.Combine(output, "metrics.jsonl"));
        AppendSteps(output, 11, 11);
        Look(Noon.AddMinutes(1));
        AppendSteps(output, 12, 19);
        Look(Noon.AddMinutes(2));
        store.Close(Run);
        Assert.Equal([1L, 2, 3, 11, 12, 13, 14, 15, 16, 17, 18, 19], store.Read(Run, "loss").Select(static p => p.Step));

        void Look(DateTimeOffset now) => new MetricFiles(store).Look(Run, output, now);
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    public void A_metric_file_that_is_deleted_holds_up_no_other(string gone, string left)
    {
        var (store, output) = (new MetricStore(_folder.Path), Path.Combine(_folder.Path, "out"));
        var files = new MetricFiles(store);
        AppendSteps(Path.Combine(output, gone), 1, 1);
        AppendSteps(Path.Combine(output, left), 1, 1);
        files.Look(Run, output, Noon);
        File.Delete(Path.Combine(output, gone, "metrics.jsonl"));
        AppendSteps(Path.Combine(output, left), 2, 2);
        files.Look(Run, output, Noon.AddSeconds(20));
        store.Flush();
        Assert.Equal([1L, 2], store.Read(Run, "loss").Where(p => p.Source == $"file {left}/metrics.jsonl").Select(static p => p.Step));
    }

    [Fact]
    public void What_a_run_wrote_at_its_end_or_while_nobody_watched_is_read_when_it_is_closed()
    {
        var (store, unseen) = (new MetricStore(_folder.Path), new RunId("unseen"));
        var files = new MetricFiles(store);
        var (seenOutput, unseenOutput) = (Path.Combine(_folder.Path, "out"), Path.Combine(_folder.Path, "unseen"));
        files.Look(Run, seenOutput, Noon);                // there is nothing yet
        AppendSteps(seenOutput, 1, 3);
        AppendSteps(unseenOutput, 1, 2);
        files.Close(Run, seenOutput);
        files.Close(unseen, unseenOutput);
        store.Flush();
        Assert.Equal([1L, 2, 3], store.Read(Run, "loss").Select(static p => p.Step));
        Assert.Equal([1L, 2], store.Read(unseen, "loss").Select(static p => p.Step));
    }

    [Fact]
    public async Task A_pipe_of_the_name_of_a_metric_file_holds_nothing_up()
    {
        var (store, output) = (new MetricStore(_folder.Path), Path.Combine(_folder.Path, "out"));
        AppendSteps(Path.Combine(output, "a"), 1, 1);
        Assert.Equal(0, Shell.Run(output, ["mkfifo", Path.Combine(output, "metrics.jsonl"), Path.Combine(output, "events.out.tfevents.1")]).ExitCode);
        await Task.Run(() => new MetricFiles(store).Look(Run, output, Noon), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        store.Flush();
        Assert.Single(store.Read(Run, "loss"));
    }

    [Fact]
    public void A_large_metric_file_is_read_in_several_looks_and_holds_up_no_other()
    {
        var (store, output) = (new MetricStore(_folder.Path), Path.Combine(_folder.Path, "out"));
        var files = new MetricFiles(store);
        foreach (var name in (string[])["a", "b"]) AppendSteps(Path.Combine(output, name), 1, 10_000, new string('x', 1000));
        var (looks, read) = (0, new List<int>());
        for (; read is [] || read[^1] < 20_000; looks++)
        {
            Assert.True(looks < 20, string.Join(' ', read));
            files.Look(Run, output, Noon.AddSeconds(looks));
            store.Flush();
            read.Add(store.Read(Run, "loss").Length);
            if (looks == 1) Assert.Equal(2, store.Read(Run, "loss").Select(static p => p.Source).Distinct().Count());
        }
        Assert.InRange(looks, 5, 8);
        Assert.InRange(read[0], 3000, 5000);
    }

    [Fact]
    public void A_file_that_cannot_be_read_for_a_moment_is_not_cut_and_gets_its_values_later()
    {
        var (log, attempt) = (WriteLog(1, 300), new AttemptId(Run, 1));
        var store = new MetricStore(_folder.Path);
        Follow(store, log[..(log.Length / 2)], int.MaxValue, Noon);
        store.Close(Run);
        var file = store.FileOf(Run);
        File.Move(file, file + ".aside");
        Directory.CreateDirectory(file);                  // what stands there cannot be read

        store = new MetricStore(_folder.Path);
        Follow(store, log, int.MaxValue, Noon);
        Assert.False(store.Takes(Run));
        Assert.NotNull(store.Trouble);
        Directory.Delete(file);
        File.Move(file + ".aside", file);
        store.Flush();
        store.Tick(Run, Noon.AddSeconds(1));
        store.Tick(Run, Noon.AddSeconds(20));
        Assert.True(store.Takes(Run));
        Assert.InRange(store.EndOf(attempt), log.Length / 3, log.Length / 2);
        Follow(store, log, int.MaxValue, Noon.AddSeconds(20));
        store.Close(Run);
        Assert.Equal([.. Enumerable.Range(1, 300).Select(static i => (long)i)], store.Read(Run, "lm loss").Select(static p => p.Step));
    }

    private static void AppendSteps(string folder, int first, int last, string note = "")
    {
        Directory.CreateDirectory(folder);
        File.AppendAllLines(Path.Combine(folder, "metrics.jsonl"), Enumerable.Range(first, last - first + 1).Select(i => $"{{\"step\": {i}, \"loss\": {i}.5, \"note\": \"{note}\"}}"));
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
