using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

namespace Vigil.Bench;

/// <summary>How long a line waits, from the moment it is written to the moment the journal holds the action that a rule takes for it. Beside it <c>tail</c> on the same files at the same time.</summary>
internal static class LatencyBench
{
    private const int Logs = 200, LinesPerSecond = 5, MarksPerSecond = 20, Seconds = 30;

    public static void Run(string scratch)
    {
        ImmutableArray<string> logs = [.. Enumerable.Range(0, Logs).Select(i => Path.Combine(scratch, string.Create(CultureInfo.InvariantCulture, $"hot{i}.log")))];
        foreach (var log in logs) File.WriteAllText(log, "");
        var root = Path.Combine(scratch, "hot");
        WatchedRuns.Create(root, logs, ScanLog.Twelve);
        using var monitor = new MonitorProcess(root);
        monitor.WaitUntilReady();
        using var tail = new Tail(logs);
        int written;
        using (var writer = new LogWriter(logs, LinesPerSecond, MarksPerSecond))
        {
            Thread.Sleep(TimeSpan.FromSeconds(Seconds));
            written = writer.Marks;
        }
        monitor.WaitForMarks(written);
        var (ours, theirs) = (Latencies(monitor.Marks), Latencies(tail.Marks));
        Print($"{Logs} hot logs: line to action, p50", 0.5, ours, theirs, "reach: <= 400 ms");
        Print("the same, p99", 0.99, ours, theirs, "reach: <= 1500 ms");
        foreach (var log in logs) File.Delete(log);
    }

    private static double[] Latencies((long Number, long Seen)[] marks) => [.. marks.Select(static m => Stopwatch.GetElapsedTime(m.Number, m.Seen).TotalMilliseconds).Order()];

    private static void Print(string what, double share, double[] ours, double[] theirs, string reach)
    {
        var (a, b) = (At(ours, share), At(theirs, share));
        Row.Print(string.Create(CultureInfo.InvariantCulture, $"{what}, {ours.Length} lines"), string.Create(CultureInfo.InvariantCulture, $"{a:0} ms"), string.Create(CultureInfo.InvariantCulture, $"tail -F -s 0.25 {b:0} ms"),
            string.Create(CultureInfo.InvariantCulture, $"{a / b:0.00} x"), reach);
    }

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];

    /// <summary>Looks at each file four times a second, as whoever does not write on this machine must; it tells nobody but us.</summary>
    private sealed class Tail : IDisposable
    {
        private readonly Process _process;
        private readonly List<(long, long)> _marks = [];

        public Tail(IEnumerable<string> logs)
        {
            _process = Process.Start(new ProcessStartInfo("tail", ["-F", "-q", "-n", "0", "-s", "0.25", "---disable-inotify", .. logs]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            new Thread(Listen) { IsBackground = true }.Start();
        }

        public (long, long)[] Marks
        {
            get
            {
                lock (_marks) return [.. _marks];
            }
        }

        private void Listen()
        {
            while (_process.StandardOutput.ReadLine() is { } line)
                if (line.StartsWith(WatchedRuns.Mark, StringComparison.Ordinal))
                    lock (_marks) _marks.Add((long.Parse(line.AsSpan(WatchedRuns.Mark.Length), CultureInfo.InvariantCulture), Stopwatch.GetTimestamp()));
        }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}
