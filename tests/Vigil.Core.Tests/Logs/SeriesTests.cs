using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Vigil.Logs;
using static Vigil.Core.Tests.Logs.LogReading;

namespace Vigil.Core.Tests.Logs;

public sealed class SeriesTests
{
    private static readonly byte[] Megatron = Bytes(string.Concat(Enumerable.Range(1, 400).Select(static i => string.Create(CultureInfo.InvariantCulture,
        $" [2026-11-22 00:00:01] iteration {i,8}/{1000,8} | consumed samples: {i * 512} | elapsed time per iteration (ms): {900 + i * 0.1:F1} | learning rate: {3e-4 / i:E6} | lm loss: {(i % 97 == 0 ? "NAN" : (10.0 / i).ToString("E6", CultureInfo.InvariantCulture))} | grad norm: 0.5 |\n"))));

    [Fact]
    public void Every_value_of_every_line_comes_back_with_its_step_its_place_and_its_source()
    {
        var writer = Write(Megatron);
        var reader = new SeriesReader(writer.Pending);
        for (var i = 1; i <= 400; i++)
        {
            Assert.True(reader.TryNext());
            Assert.Equal(["consumed samples", "elapsed time per iteration (ms)", "learning rate", "lm loss", "grad norm"], Enumerable.Range(0, reader.Count).Select(Name(reader)));
            var loss = reader.Point(3);
            Assert.Equal((i, "log 1"), (loss.Step, loss.Source));
            Assert.Equal(i % 97 == 0 ? double.NaN : double.Parse((10.0 / i).ToString("E6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), loss.Value);
            Assert.StartsWith(" [2026", System.Text.Encoding.ASCII.GetString(Megatron.AsSpan((int)loss.Offset)), StringComparison.Ordinal);
        }
        Assert.False(reader.TryNext());
        Assert.Equal(writer.Pending.Length, reader.Sound);
        Assert.True(writer.Pending.Length * 6 < Megatron.Length, $"{writer.Pending.Length} bytes of points for a log of {Megatron.Length}");
    }

    [Fact]
    public void The_same_log_makes_the_same_bytes_however_it_arrives_and_however_often_it_is_taken_up_again() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, 3000).ListOf()), Arb.From(Gen.Choose(1, Megatron.Length)), static (pieces, stop) =>
        {
            var whole = Write(Megatron).Pending.ToArray();
            Assert.Equal(whole, Write(Megatron, pieces).Pending.ToArray());

            // A monitor that was killed: what it had written, torn in the last record; then a new one that reads from the beginning.
            var before = Write(Megatron[..stop]).Pending.ToArray();
            var torn = before[..(int)(before.Length * 0.9)];
            var again = SeriesWriter.After(torn, out var sound);
            Feed(again, Megatron, []);
            byte[] joined = [.. torn.AsSpan(0, sound), .. again.Pending];
            Assert.Equal(whole, joined);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_file_cut_or_spoilt_anywhere_gives_its_sound_beginning_and_no_error()
    {
        var whole = Write(Megatron.AsSpan(0, 3000).ToArray()).Pending.ToArray();
        for (var cut = 0; cut < whole.Length; cut++)
        {
            _ = SeriesWriter.After(whole.AsSpan(0, cut), out var sound);
            Assert.InRange(sound, 0, cut);
            byte[] spoilt = [.. whole];
            spoilt[cut] ^= 0x40;
            _ = SeriesWriter.After(spoilt, out sound);
            Assert.InRange(sound, 0, cut);
        }
    }

    [Fact]
    public void Attempts_follow_each_other_and_one_that_is_read_twice_counts_once()
    {
        var writer = new SeriesWriter();
        Feed(writer, Megatron[..2000], [], "log 1");
        Feed(writer, Megatron[..1000], [], "log 2");
        Feed(writer, Megatron[..2000], [], "log 1");
        List<(string, long)> seen = [];
        var reader = new SeriesReader(writer.Pending);
        while (reader.TryNext()) seen.Add((reader.Point(0).Source, reader.Point(0).Step));
        var (first, second) = (Megatron.AsSpan(0, 2000).Count((byte)'\n'), Megatron.AsSpan(0, 1000).Count((byte)'\n'));
        Assert.Equal([.. Enumerable.Range(1, first).Select(static i => ("log 1", (long)i)), .. Enumerable.Range(1, second).Select(static i => ("log 2", (long)i))], seen);
    }

    [Fact]
    public void A_log_and_a_metric_file_that_take_turns_keep_their_places_also_after_a_restart()
    {
        var writer = new SeriesWriter();
        var progress = new RunProgress { Points = writer.From("log 1") };
        var lines = new LogLines();
        for (var at = 0; at < 4000; at += 1000)
        {
            foreach (var line in lines.Cut(Megatron.AsSpan(at, 1000))) progress.Read(line);
            for (var i = 0; i < 5; i++) writer.Add("file metrics.jsonl", at + i, at * 10 + i, [new NamedValue("loss", i)]);
        }
        var first = writer.Pending.ToArray();

        var again = SeriesWriter.After(first, out _);
        Assert.Equal(30_004, again.EndOf("file metrics.jsonl"));
        again.Add("file metrics.jsonl", 3004, 30_004, [new NamedValue("loss", 4)]);   // known
        Feed(again, Megatron, []);
        byte[] all = [.. first, .. again.Pending];
        List<(string Source, long Step)> seen = [];
        var reader = new SeriesReader(all);
        while (reader.TryNext()) seen.Add((reader.Point(0).Source, reader.Point(0).Step));
        Assert.Equal([.. Enumerable.Range(1, 400).Select(static i => (long)i)], seen.Where(static r => r.Source == "log 1").Select(static r => r.Step));
        Assert.Equal([0L, 1, 2, 3, 4, 1000, 1001, 1002, 1003, 1004, 2000, 2001, 2002, 2003, 2004, 3000, 3001, 3002, 3003, 3004], seen.Where(static r => r.Source == "file metrics.jsonl").Select(static r => r.Step));
        Assert.Equal(420, seen.Count);
    }

    [Fact]
    public void A_writer_that_refuses_grows_no_more_and_a_log_that_missed_something_adds_nothing_behind_the_gap()
    {
        var (writer, half) = (new SeriesWriter(), Megatron.Length / 2);
        var (lines, progress) = (new LogLines(), new RunProgress { Points = writer.From("log 1") });
        foreach (var line in lines.Cut(Megatron.AsSpan(0, half))) progress.Read(line);
        writer.Refuse();
        var (waiting, end) = (writer.Pending.ToArray(), writer.EndOf("log 1"));
        foreach (var line in lines.Cut(Megatron.AsSpan(half, 2000))) progress.Read(line);
        writer.Add("file metrics.jsonl", 1, 1, [new NamedValue("loss", 1)]);
        Assert.Equal(waiting, writer.Pending.ToArray());

        writer.Written();
        foreach (var line in lines.Cut(Megatron.AsSpan(half + 2000))) progress.Read(line);
        Assert.True(progress.Points.HasMissed);
        Assert.True(writer.Pending.IsEmpty);
        Assert.Equal(end, writer.EndOf("log 1"));

        Feed(writer, Megatron, []);
        Assert.Equal(Write(Megatron).Pending.ToArray(), (byte[])[.. waiting, .. writer.Pending]);
    }

    [Fact]
    public void A_bar_that_is_drawn_again_adds_nothing()
    {
        var once = Write(Bytes("\r 10%|#  | 20/200 [01:00<09:00,  3.00s/it, loss=0.52]\r 20%|## | 40/200 [02:00<08:00,  3.00s/it, loss=0.41]\r"));
        var often = new SeriesReader(Write(Bytes(string.Concat(Enumerable.Repeat("\r 10%|#  | 20/200 [01:00<09:00,  3.00s/it, loss=0.52]", 9)) + "\r 20%|## | 40/200 [02:00<08:00,  3.00s/it, loss=0.41]\r")).Pending);
        var rows = 0;
        var reader = new SeriesReader(once.Pending);
        while (reader.TryNext()) rows++;
        while (often.TryNext()) rows--;
        Assert.Equal(0, rows);
    }

    [Fact]
    public void Any_number_comes_back_exactly() =>
        Prop.ForAll<double[]>(static numbers =>
        {
            var writer = new SeriesWriter();
            for (var i = 0; i < numbers.Length; i++) writer.Add("file x", i * 7919, i, [new NamedValue("x", numbers[i])]);
            var reader = new SeriesReader(writer.Pending);
            foreach (var number in numbers)
            {
                Assert.True(reader.TryNext());
                Assert.Equal(BitConverter.DoubleToInt64Bits(number), BitConverter.DoubleToInt64Bits(reader.Point(0).Value));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Few_stretches_keep_every_spike_and_stay_where_they_are_while_the_series_grows()
    {
        List<SeriesPoint> points = [.. Enumerable.Range(0, 10_000).Select(static i => new SeriesPoint(i, i == 4321 ? 99 : i == 77 ? double.NaN : 1 + i % 3, "log 1", i))];
        var buckets = SeriesBucket.Of(points, 100);
        Assert.InRange(buckets.Length, 50, 100);
        Assert.Equal(10_000, buckets.Sum(static b => b.Count));
        Assert.Equal(1, buckets.Sum(static b => b.NotNumbers));
        Assert.Equal(99, buckets.Max(static b => b.Max));
        Assert.Equal(1, buckets.Min(static b => b.Min));
        Assert.Equal(points[^1].Value, buckets[^1].Last);
        points.Add(new SeriesPoint(10_000, 5, "log 1", 10_000));
        Assert.Equal(buckets[..^1], SeriesBucket.Of(points, 100)[..(buckets.Length - 1)]);
    }

    private static SeriesWriter Write(byte[] log, IEnumerable<int>? pieces = null)
    {
        var writer = new SeriesWriter();
        Feed(writer, log, pieces ?? []);
        return writer;
    }

    private static void Feed(SeriesWriter writer, byte[] log, IEnumerable<int> pieces, string source = "log 1")
    {
        Progress(log, pieces, new RunProgress { Points = writer.From(source) });
    }

    private static Func<int, string> Name(SeriesReader reader)
    {
        var names = new string[reader.Count];
        for (var i = 0; i < names.Length; i++) names[i] = reader.NameOf(i);
        return i => names[i];
    }
}
