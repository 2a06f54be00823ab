using System.Diagnostics;
using System.Globalization;

namespace Vigil.Bench;

/// <summary>The monitor of <see cref="WatchedRuns"/> as a process of its own, so that its time and memory are nobody else's.</summary>
internal sealed class MonitorProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly SemaphoreSlim _ready = new(0);
    private readonly List<(long Number, long Seen)> _marks = [];

    public MonitorProcess(string root)
    {
        _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["watch", root]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        new Thread(Listen) { IsBackground = true }.Start();
    }

    public long Began { get; } = Stopwatch.GetTimestamp();

    /// <summary>The numbers of the lines whose action is in the journal, and when that was heard.</summary>
    public (long Number, long Seen)[] Marks
    {
        get
        {
            lock (_marks) return [.. _marks];
        }
    }

    /// <summary>Until its first turn is over.</summary>
    public void WaitUntilReady()
    {
        if (!_ready.Wait(Patience)) throw new InvalidOperationException("the monitor does not begin");
    }

    public void WaitForMarks(int count)
    {
        for (var began = Stopwatch.GetTimestamp(); Marks.Length < count; Thread.Sleep(5))
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > Patience) throw new InvalidOperationException($"{Marks.Length} of {count} actions are in the journal");
    }

    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>In MB: now, and at most so far.</summary>
    public (long Now, long Peak) Memory
    {
        get
        {
            _process.Refresh();
            return (_process.WorkingSet64 >> 20, _process.PeakWorkingSet64 >> 20);
        }
    }

    private void Listen()
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            var now = Stopwatch.GetTimestamp();
            if (line == "ready") _ready.Release();
            else if (line.StartsWith("mark ", StringComparison.Ordinal))
                lock (_marks) _marks.Add((long.Parse(line.AsSpan(5), CultureInfo.InvariantCulture), now));
        }
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(30))) _process.Kill();
        _process.Dispose();
        _ready.Dispose();
    }
}
