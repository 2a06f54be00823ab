using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Vigil.Bench;

/// <summary>Writes to many logs at once, each so many lines a second, evenly spread; and marks in any of them.</summary>
internal sealed class LogWriter : IDisposable
{
    private const int SlicesPerSecond = 100;

    private readonly SafeFileHandle[] _logs;
    private readonly long[] _lengths;
    private readonly Random _random = new(5);
    private readonly Thread _thread;
    private readonly int _linesPerSecond, _marksPerSecond;
    private volatile bool _isOver;
    private uint _seed = 3;

    /// <param name="marksPerSecond">In all.</param>
    public LogWriter(IEnumerable<string> logs, int linesPerSecond, int marksPerSecond = 0)
    {
        _logs = [.. logs.Select(static log => File.OpenHandle(log, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite))];
        _lengths = new long[_logs.Length];
        (_linesPerSecond, _marksPerSecond) = (linesPerSecond, marksPerSecond);
        _thread = new Thread(Write) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>How many marks were written.</summary>
    public int Marks { get; private set; }

    private void Write()
    {
        var (began, perSlice) = (Stopwatch.GetTimestamp(), _logs.Length * _linesPerSecond / SlicesPerSecond);
        long written = 0;
        for (long slice = 0; !_isOver; slice++)
        {
            for (var i = 0; i < perSlice; i++, written++) Append((int)(written % _logs.Length), Encoding.ASCII.GetBytes(ScanLog.Line(ref _seed, 1 + (int)(written / _logs.Length))));
            // At times that no interval of a reader knows.
            if (_marksPerSecond > 0 && _random.Next(SlicesPerSecond) < _marksPerSecond)
            {
                Append(_random.Next(_logs.Length), Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{WatchedRuns.Mark}{Stopwatch.GetTimestamp()}\n")));
                Marks++;
            }
            var left = TimeSpan.FromSeconds((slice + 1.0) / SlicesPerSecond) - Stopwatch.GetElapsedTime(began);
            if (left > TimeSpan.Zero) Thread.Sleep(left);
        }
    }

    private void Append(int log, byte[] line)
    {
        RandomAccess.Write(_logs[log], line, _lengths[log]);
        _lengths[log] += line.Length;
    }

    /// <summary>Stops writing.</summary>
    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
        foreach (var log in _logs) log.Dispose();
    }
}
