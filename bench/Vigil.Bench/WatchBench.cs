using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Vigil.Platform;

namespace Vigil.Bench;

/// <summary>What watching ten thousand running jobs costs, beside a loop that looks at the same files as often and does nothing with what it reads.</summary>
internal static class WatchBench
{
    private const int Logs = 10_000, WarmUp = 28, Seconds = 12, Passes = 3;

    public static void Run(string scratch)
    {
        var folder = Directory.CreateDirectory(Path.Combine(scratch, "logs")).FullName;
        ImmutableArray<string> logs = [.. Enumerable.Range(0, Logs).Select(i => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{i}.log")))];
        foreach (var log in logs) File.WriteAllText(log, "");
        var root = Path.Combine(scratch, "watched");
        WatchedRuns.Create(root, logs, ScanLog.Twelve);
        using var monitor = new MonitorProcess(root);
        monitor.WaitUntilReady();
        double busy, bare;
        using (new LogWriter(logs, 1))
        {
            Thread.Sleep(TimeSpan.FromSeconds(WarmUp));
            busy = Share(monitor);
            bare = new BareLooks(logs).Share(Passes);
        }
        var (now, peak) = monitor.Memory;
        Thread.Sleep(TimeSpan.FromSeconds(2));
        var silent = Share(monitor);
        var bareSilent = new BareLooks(logs).Share(Passes);
        Print("10,000 runs (no scheduler), 1 line/s: CPU", busy, bare, "reach: <= 12 %");
        Row.Print("the same: memory", $"{now} MB", $"peak {peak} MB", "", "reach: <= 150 MB");
        Print("10,000 silent logs, a look a second: CPU", silent, bareSilent, "reach: <= 4 %");
        Directory.Delete(folder, recursive: true);
    }

    private static double Share(MonitorProcess monitor)
    {
        var (began, before) = (Stopwatch.GetTimestamp(), monitor.Cpu);
        Thread.Sleep(TimeSpan.FromSeconds(Seconds));
        return (monitor.Cpu - before) / Stopwatch.GetElapsedTime(began);
    }

    private static void Print(string what, double ours, double bare, string reach) => Row.Print(what, string.Create(CultureInfo.InvariantCulture, $"{100 * ours:0.0} %"),
        string.Create(CultureInfo.InvariantCulture, $"open+stat+read+close {100 * bare:0.0} %"), string.Create(CultureInfo.InvariantCulture, $"{ours / bare:0.0} x"), reach);

    /// <summary>One thread, system calls, nothing else.</summary>
    private sealed class BareLooks(ImmutableArray<string> logs)
    {
        private readonly long[] _lengths = new long[logs.Length];
        private readonly byte[] _block = new byte[64 << 10];

        /// <summary>The share of a second that a look at all of them takes.</summary>
        public double Share(int passes)
        {
            Pass();
            var times = new List<double>();
            for (var i = 0; i < passes; i++)
            {
                Thread.Sleep(TimeSpan.FromSeconds(1));
                var before = Cpu();
                Pass();
                times.Add(Cpu() - before);
            }
            return times.Order().ElementAt(passes / 2);
        }

        /// <summary>Seconds that this thread has had a processor.</summary>
        private static double Cpu() => long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1e9;

        private unsafe void Pass()
        {
            for (var i = 0; i < logs.Length; i++)
            {
                var handle = Libc.Open(logs[i], Libc.OpenReadOnly | Libc.OpenCloseOnExec, 0);
                _ = Statx.Call(handle, "", Statx.OfDescriptor, Statx.Basic, out var status);
                if ((long)status.Size > _lengths[i])
                    fixed (byte* block = _block) _lengths[i] += Libc.ReadAt(handle, block, _block.Length, _lengths[i]);
                _ = Libc.Close(handle);
            }
        }
    }
}
