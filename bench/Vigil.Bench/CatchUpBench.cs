using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Vigil.Logs;
using Vigil.Spec;

namespace Vigil.Bench;

/// <summary>A monitor that was away for two days finds 20 GB of logs. They are one file of 500 MB under forty names, so that they fit into the page cache; each name is a run's log and is read for itself.</summary>
internal static class CatchUpBench
{
    private const int Names = 40, Lines = 1_400_000, BlockBytes = 256 << 10;

    public static void Run(string scratch)
    {
        var log = Path.Combine(scratch, "two-days.log");
        ScanLog.Write(log, Lines);
        File.AppendAllText(log, $"{WatchedRuns.Mark}1\n");
        ImmutableArray<string> logs = [.. Enumerable.Range(0, Names).Select(i => Path.Combine(scratch, string.Create(CultureInfo.InvariantCulture, $"away{i}.log")))];
        foreach (var name in logs) File.CreateSymbolicLink(name, log);
        var bytes = new FileInfo(log).Length * Names;
        Cat([log]);
        var cat = Cat(logs);
        Print("no metrics", bytes, RulesAlone(logs), cat, "reach: <= 12 s");

        var root = Path.Combine(scratch, "away");
        WatchedRuns.Create(root, logs, ScanLog.Twelve);
        using var monitor = new MonitorProcess(root);
        monitor.WaitForMarks(Names);
        var time = Stopwatch.GetElapsedTime(monitor.Began, monitor.Marks.Max(static m => m.Seen));
        Print("the monitor", bytes, time, cat, "reach: <= 30 s");
        Row.Print("the same: processor time, peak memory", string.Create(CultureInfo.InvariantCulture, $"{monitor.Cpu.TotalSeconds:0.0} s"), string.Create(CultureInfo.InvariantCulture, $"{monitor.Memory.Peak} MB"), "", "");
    }

    /// <summary>Every log by the scanner with twelve patterns and without a reader of metrics, as many at a time as there are processors.</summary>
    private static TimeSpan RulesAlone(ImmutableArray<string> logs)
    {
        var set = PatternSet.Of([.. ScanLog.Twelve.Select(static p => new LinePattern(PatternKind.Regex, p))]);
        var began = Stopwatch.GetTimestamp();
        long hits = 0;
        Parallel.ForEach(logs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, log => Interlocked.Add(ref hits, Scan(log, set)));
        if (hits != Names * ((Lines - 1L) / 50_000)) throw new InvalidOperationException($"{hits} hits");
        return Stopwatch.GetElapsedTime(began);
    }

    private static long Scan(string log, PatternSet set)
    {
        var (scanner, block, hits) = (new LogScanner(set), new byte[BlockBytes], 0L);
        using var file = File.OpenHandle(log);
        for (int read; (read = RandomAccess.Read(file, block, scanner.Position)) > 0;)
            foreach (var _ in scanner.Scan(block.AsSpan(0, read))) hits++;
        return hits;
    }

    private static TimeSpan Cat(IEnumerable<string> files)
    {
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start("sh", ["-c", "exec cat \"$@\" >/dev/null", "cat", .. files]);
        process.WaitForExit();
        return Stopwatch.GetElapsedTime(began);
    }

    private static void Print(string how, long bytes, TimeSpan ours, TimeSpan cat, string reach) => Row.Print(
        string.Create(CultureInfo.InvariantCulture, $"catch up {bytes / 1e9:0.0} GB (1 file, {Names} names), {how}"), string.Create(CultureInfo.InvariantCulture, $"{ours.TotalSeconds:0.0} s"),
        string.Create(CultureInfo.InvariantCulture, $"cat {cat.TotalSeconds:0.0} s"), string.Create(CultureInfo.InvariantCulture, $"{ours / cat:0.00} x"), reach);
}
