using System.Globalization;
using System.Text;
using Vigil.Monitor;
using Vigil.Monitoring;

namespace Vigil.Tests.Monitor;

/// <summary>
/// A job that writes its log on a misbehaving file system, and a monitor that looks at it now and then and is killed at times. Numbered lines must be
/// told: each once at most, in order, word for word; and once at least, where the file stayed what it was until it was looked at undisturbed.
/// </summary>
internal sealed class LogWalk : IDisposable
{
    private const string Rules = "rules: [{name: r, when: 'event (?P<n>\\d+)', do: {log: '{n}'}}]";

    private static readonly string[] Ends = ["\n", "\n", "\r\n", "\r"];
    private static readonly string[] Others = ["  said é, 漢字 and 🚀", "[data] worker 0 waits", "", " iteration 7/ 9000 | lm loss: 2.5 |"];

    private readonly LogPlace _place = new();
    private readonly UnrulyFiles _files = new();
    private readonly Random _random;
    private readonly Dictionary<long, string> _written = [];
    private readonly List<long> _complete = [];   // of the file that stands under the name now
    private readonly Queue<(byte Byte, long Completes)> _ahead = new();
    private AttemptLogs _logs;
    private readonly List<string> _did = [];
    private double _second;
    private long _number;
    private ulong _inode;
    private int _hole, _file;
    private bool _shownOld;

    public LogWalk(int seed)
    {
        _random = new(seed);
        _place.Open(Rules);
        _logs = LogPlace.Logs(files: _files);
        Begin(new(++_inode));
    }

    /// <summary>Numbered lines that were told, in order.</summary>
    public IEnumerable<long> Told => _place.Events.Select(static e => e switch
    {
        RunEvent.RuleFired fired => long.Parse(fired.Fields["n"], CultureInfo.InvariantCulture),
        RunEvent.CheckpointSaved saved => saved.Step,
        _ => (long?)null,
    }).OfType<long>();

    public long Written => _number;

    public void Go(int steps)
    {
        for (var step = 0; step < steps; step++)
            switch (_random.Next(100))
            {
                case < 58: Append(); break;
                case < 62 when _hole == 0: Hole(); break;
                case < 80: Look(null); break;
                case < 92: Look(Any()); break;
                case < 95: Die(); break;
                default: Replace(); break;
            }
        Settle();
    }

    public void Dispose() => _place.Dispose();

    /// <summary>A piece of what is to be written, which may end inside a line or a character.</summary>
    private void Append()
    {
        if (_ahead.Count == 0) Think();
        for (var left = _random.Next(3) == 0 ? _ahead.Count : _random.Next(1, 20); left > 0 && _ahead.Count > 0; left--) Write();
    }

    private void Write()
    {
        var (written, completes) = _ahead.Dequeue();
        var bytes = _files.Log!.Bytes;
        if (_hole > 0) bytes[^_hole--] = written;
        else bytes.Add(written);
        if (completes > 0) _complete.Add(completes);
    }

    /// <summary>Bytes whose place is known and that are not there yet: they are seen as NULs.</summary>
    private void Hole()
    {
        if (_ahead.Count == 0) Think();
        _hole = _ahead.Count;
        _files.Log!.Bytes.AddRange(new byte[_hole]);
    }

    /// <summary>The next line.</summary>
    private void Think()
    {
        var end = Ends[_random.Next(Ends.Length)];
        switch (_random.Next(12))
        {
            case < 4: Ahead($"ü event {++_number} größer als 漢字 🚀{new string('.', _random.Next(40))}", end, _number); break;
            case < 5: Ahead($"  successfully saved checkpoint from iteration {++_number,8} to /out/a/ckpt", end, _number); break;
            case 5 when _random.Next(8) == 0: Ahead(new string('x', 150_000), end, 0); break;
            default: Ahead(Others[_random.Next(Others.Length)], end, 0); break;
        }
    }

    private void Ahead(string line, string end, long completes)
    {
        if (completes > 0) _written[completes] = line;
        foreach (var b in Encoding.UTF8.GetBytes(line)) _ahead.Enqueue((b, 0));
        foreach (var (i, b) in Encoding.UTF8.GetBytes(end).Index()) _ahead.Enqueue((b, i == 0 ? completes : 0));
    }

    /// <summary>The monitor is killed, and another begins.</summary>
    private void Die()
    {
        _did.Add("another monitor");
        _logs = LogPlace.Logs(files: _files);
    }

    private Misbehaviour Any()
    {
        // A size that stays old for longer than a moment cannot be told from a file that was cut.
        var kind = _random.Next(_shownOld ? 4 : 5);
        _shownOld |= kind == 4;
        return kind switch
        {
            0 => new Misbehaviour.NotOpened(_random.Next(4) switch { 0 => UnrulyFiles.NoEntry, 1 => UnrulyFiles.Io, 2 => UnrulyFiles.NoAccess, _ => UnrulyFiles.Stale }),
            1 => new Misbehaviour.NotAsked(UnrulyFiles.Stale),
            2 => new Misbehaviour.NotRead(_random.Next(2) == 0 ? UnrulyFiles.Io : UnrulyFiles.Stale, _random.Next(3)),
            3 => new Misbehaviour.LittleAtATime(_random.Next(1, 50)),
            _ => new Misbehaviour.OldSize(_random.NextDouble()),
        };
    }

    private void Look(Misbehaviour? wrong)
    {
        (_files.Wrong, _second) = (wrong, _second + 5);
        _did.Add($"look {wrong} at {_files.Log?.Bytes.Count}");
        if (wrong is null) _shownOld = false;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var seen = _place.Read(_logs, _second);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);
        foreach (var one in seen) _place.See(one);
    }

    /// <summary>Cut and written anew, moved away, deleted and made again with the inode that has just come free, or a link that leads elsewhere.</summary>
    private void Replace()
    {
        if (_random.Next(2) == 0) Settle();
        var old = _files.Log!;
        var kind = _random.Next(4);
        _did.Add($"replaced ({kind})");
        _files.Log = null;
        if (kind is 1 or 2)
            for (var looks = _random.Next(3); looks > 0; looks--) Look(null);
        Begin(new(kind is 0 or 2 ? old.Inode : ++_inode));
    }

    private void Begin(LogContent log)
    {
        _files.Log = log;
        _ahead.Clear();
        _complete.Clear();
        _hole = 0;
        Ahead($"#{++_file}", "\n", 0);
    }

    /// <summary>The file stays what it is until it was looked at in peace: then everything in it has been told.</summary>
    private void Settle()
    {
        while (_ahead.Count > 0) Write();
        for (var round = 0; round < 2; round++)
        {
            Ahead("all is well", "\n", 0);
            while (_ahead.Count > 0) Write();
            for (var look = 0; look < 3; look++) Look(null);
        }
        Assert.Subset(Told.ToHashSet(), _complete.ToHashSet());
        AssertOnceAndInOrder();
    }

    private void AssertOnceAndInOrder()
    {
        long last = 0;
        foreach (var number in Told)
        {
            Assert.True(number > last, $"{number} was told after {last}: {string.Join(", ", _did.TakeLast(60))}");
            last = number;
        }
        foreach (var fired in _place.Events.OfType<RunEvent.RuleFired>())
            Assert.Equal(_written[long.Parse(fired.Fields["n"], CultureInfo.InvariantCulture)], fired.Evidence.Text);
    }
}
