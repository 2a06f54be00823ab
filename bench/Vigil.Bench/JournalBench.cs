using System.Diagnostics;
using System.Globalization;
using Vigil.Journaling;

namespace Vigil.Bench;

/// <summary>How long it takes to know what was, after a crash.</summary>
internal static class JournalBench
{
    private const int Many = 1_000_000, SnapshotTail = 19_999;

    public static async Task RestartAsync(string scratch)
    {
        Warm(scratch);
        var folder = new ExperimentFolder(Path.Combine(scratch, "million"));
        LongJournal.Write(folder, Many, SnapshotTail);
        var segments = Directory.GetFiles(folder.Journal, "*.jsonl");
        var bytes = segments.Sum(static f => new FileInfo(f).Length);
        var reading = Row.Median(3, () => Row.ReadBytes(segments));
        var size = string.Create(CultureInfo.InvariantCulture, $"{Many:N0} entries, {bytes >> 20} MB");
        Row.Print($"restart, {size}", Row.Median(3, () => Restart(folder)), "its bytes", reading, "reach: <= 2 s");
        File.Move(folder.Snapshot, folder.Snapshot + ".away");
        Row.Print("the same without the snapshot", Row.Median(3, () => Restart(folder)), "wc -l", await LineCountAsync(segments), "");
        Row.Print("its entries, one by one (events)", Row.Median(3, () => JournalFollower.ReadEntries(folder, 0, static _ => { })), "its bytes", reading, "");
        Row.Print("peak memory of all this", string.Create(CultureInfo.InvariantCulture, $"{Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB"), $"journal {bytes >> 20} MB", "", "");
    }

    public static void Replay(string scratch)
    {
        Warm(scratch);
        var folder = new ExperimentFolder(Path.Combine(scratch, "replay"));
        LongJournal.Write(folder, 20_000, 20_000);
        File.Delete(folder.Snapshot);
        var reading = Row.Median(5, () => Row.ReadBytes(Directory.GetFiles(folder.Journal, "*.jsonl")));
        Row.Print("replay of 20,000 decisions", Row.Median(5, () => new JournalFollower(folder).Read()), "its bytes", reading, "reach: <= 300 ms");
    }

    private static void Restart(ExperimentFolder folder)
    {
        var opened = LongJournal.Open(folder);
        opened.Journal.Dispose();
        if (opened.State.Seq != Many) throw new InvalidOperationException($"{opened.State.Seq} entries were found");
    }

    private static void Warm(string scratch)
    {
        var folder = new ExperimentFolder(Path.Combine(scratch, "warm"));
        LongJournal.Write(folder, 5_000, 100);
        for (var i = 0; i < 3; i++) LongJournal.Open(folder).Journal.Dispose();
        File.Delete(folder.Snapshot);
        for (var i = 0; i < 3; i++) new JournalFollower(folder).Read();
    }

    private static async Task<TimeSpan> LineCountAsync(string[] files)
    {
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("wc", ["-l", .. files]) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return Stopwatch.GetElapsedTime(began);
    }
}
