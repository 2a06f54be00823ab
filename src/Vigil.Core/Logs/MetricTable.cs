using System.Text;

namespace Vigil.Logs;

/// <summary>
/// The last value of each metric by name. Names become strings once; successive lines name the same metrics in the same order, so the
/// next place is tried first. A log cannot make it grow without bound.
/// </summary>
internal sealed class MetricTable
{
    private const int MaxNames = 64, MaxNameBytes = 128, MaxRepeatedBytes = 160;

    private byte[][] _names = [];
    private Metric[] _last = [];     // made when somebody asks: nobody does of most runs
    private double[] _values = [];
    private long[] _steps = [];
    private bool _isBehind;
    private RepeatedField[] _repeated = [];
    private int[] _fresh = [];
    private int _count, _next, _freshCount;

    public ReadOnlySpan<Metric> All
    {
        get
        {
            if (_last.Length < _count) Array.Resize(ref _last, _count);
            if (_isBehind)
                for (var i = 0; i < _count; i++) _last[i] = new Metric(_last[i].Name ?? Encoding.UTF8.GetString(_names[i]), _values[i], _steps[i]);
            _isBehind = false;
            return _last.AsSpan(0, _count);
        }
    }

    public double ValueOf(int place) => _values[place];

    public long StepOf(int place) => _steps[place];

    /// <summary>The places of those that the newest line has set.</summary>
    public ReadOnlySpan<int> Fresh => _fresh.AsSpan(0, _freshCount);

    /// <summary>The name of one as it stands in logs.</summary>
    public byte[] NameOf(int place) => _names[place];

    /// <summary>A new line begins.</summary>
    public void Begin() => (_next, _freshCount) = (0, 0);

    /// <param name="set">Empty, or what precedes the name and a slash.</param>
    /// <returns>The metric's place; -1 when there is no room for another.</returns>
    public int Set(ReadOnlySpan<byte> set, MetricField field, long step)
    {
        var place = Find(set, field.Name);
        if (place < 0 && (place = Add(set, field.Name)) < 0) return -1;
        Keep(place, field.Value, step);
        return place;
    }

    private void Keep(int place, double value, long step)
    {
        _next = place + 1;
        _values[place] = value;
        _steps[place] = step;
        _isBehind = true;
        if (_freshCount < _fresh.Length) _fresh[_freshCount++] = place;
    }

    /// <summary>
    /// Reads the next <c>name: number |</c> when it is the metric that followed the last one before, as in nearly every line: one look at the
    /// bytes instead of four searches. Otherwise nothing is done.
    /// </summary>
    public bool TrySetNext(ref ReadOnlySpan<byte> fields, long step, out int place)
    {
        place = _next;
        if (place >= _count) return false;
        ref var repeated = ref _repeated[place];
        if (repeated.Length > 0)
        {
            if (fields.StartsWith(repeated.Text))
            {
                fields = fields[repeated.Length..];
                Keep(place, repeated.Value, step);
                return true;
            }
            repeated.Length = 0;
        }
        var name = _names[place].AsSpan();
        var blanks = 0;
        while (blanks < fields.Length && fields[blanks] == ' ') blanks++;
        var rest = fields[blanks..];
        if (rest.Length < name.Length + 2 || rest[name.Length] != ':' || !rest.StartsWith(name)) return false;
        var at = name.Length + 1;
        while (at < rest.Length && rest[at] == ' ') at++;
        var length = ByteScan.TryLeadingNumber(rest[at..], out var value);
        if (length == 0) return false;
        for (at += length; at < rest.Length && rest[at] == ' '; at++) { }
        if (at < rest.Length)
        {
            if (rest[at++] != '|') return false;
            if (value == _values[place] && blanks + at <= MaxRepeatedBytes) repeated.Remember(fields[..(blanks + at)], value);
        }
        fields = rest[at..];
        Keep(place, value, step);
        return true;
    }

    public bool Knows(ReadOnlySpan<byte> name) => Find([], name) >= 0;

    private int Find(ReadOnlySpan<byte> set, ReadOnlySpan<byte> name)
    {
        if (_next < _count && Same(_names[_next], set, name)) return _next;
        for (var i = 0; i < _count; i++)
            if (Same(_names[i], set, name)) return i;
        return -1;
    }

    private static bool Same(ReadOnlySpan<byte> known, ReadOnlySpan<byte> set, ReadOnlySpan<byte> name) =>
        set.IsEmpty ? known.SequenceEqual(name) : known.Length == set.Length + 1 + name.Length && known[set.Length] == '/' && known.StartsWith(set) && known.EndsWith(name);

    private int Add(ReadOnlySpan<byte> set, ReadOnlySpan<byte> name)
    {
        if (_count == MaxNames || name.Length > MaxNameBytes) return -1;
        if (_count == _names.Length)
        {
            Array.Resize(ref _names, Math.Max(4, _count * 2));
            Array.Resize(ref _fresh, _names.Length);
            Array.Resize(ref _values, _names.Length);
            Array.Resize(ref _steps, _names.Length);
            Array.Resize(ref _repeated, _names.Length);
        }
        _names[_count] = set.IsEmpty ? name.ToArray() : [.. set, (byte)'/', .. name];
        return _count++;
    }

    /// <summary>A whole field, up to the bar behind it, whose value was the same twice: settings that stand in every line are compared and not read again.</summary>
    private struct RepeatedField
    {
        private byte[]? _bytes;

        public int Length { get; set; }

        public double Value { get; private set; }

        public readonly ReadOnlySpan<byte> Text => _bytes.AsSpan(0, Length);

        public void Remember(ReadOnlySpan<byte> text, double value)
        {
            if (_bytes is null || _bytes.Length < text.Length) _bytes = new byte[text.Length];
            text.CopyTo(_bytes);
            (Length, Value) = (text.Length, value);
        }
    }
}
