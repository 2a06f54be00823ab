using System.Diagnostics;
using System.Globalization;

namespace Vigil.Bench;

/// <summary>A measure beside its yardstick.</summary>
internal static class Row
{
    public static void Print(string measure, string ours, string beside, string ratio, string reach) => Console.WriteLine(string.Join('\t', measure, ours, beside, ratio, reach));

    public static void Print(string measure, TimeSpan ours, string yardstick, TimeSpan theirs, string reach) =>
        Print(measure, Text(ours), $"{yardstick} {Text(theirs)}", string.Create(CultureInfo.InvariantCulture, $"{ours / theirs:0.00} x"), reach);

    public static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms");

    /// <summary>The median of some runs.</summary>
    public static TimeSpan Median(int runs, Action action)
    {
        var times = new List<TimeSpan>();
        for (var i = 0; i < runs; i++)
        {
            GC.Collect();
            var began = Stopwatch.GetTimestamp();
            action();
            times.Add(Stopwatch.GetElapsedTime(began));
        }
        return times.Order().ElementAt(runs / 2);
    }

    /// <summary>The median of the processor time of some runs: what others do on the machine counts less than in the time that passes.</summary>
    public static TimeSpan MedianCpu(int runs, Action action)
    {
        var times = new List<TimeSpan>();
        for (var i = 0; i < runs; i++)
        {
            GC.Collect();
            var before = Environment.CpuUsage.TotalTime;
            action();
            times.Add(Environment.CpuUsage.TotalTime - before);
        }
        return times.Order().ElementAt(runs / 2);
    }

    /// <summary>The yardstick of everything that reads a journal: its bytes, in blocks, and nothing done with them.</summary>
    public static void ReadBytes(IEnumerable<string> files)
    {
        var block = new byte[1 << 20];
        foreach (var file in files)
        {
            using var handle = File.OpenHandle(file);
            for (long at = 0, read; (read = RandomAccess.Read(handle, block, at)) > 0; at += read) { }
        }
    }
}
