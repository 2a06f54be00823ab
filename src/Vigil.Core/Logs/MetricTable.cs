using System.Runtime.CompilerServices;
using System.Text;

namespace Vigil.Logs;

/// <summary>
/// The last value of each metric by name. Names become strings once; successive lines name the same metrics in the same order, so the
/// next place is tried first. A log cannot make it grow without bound.
/// </summary>
internal sealed class MetricTable
{
    private const int MaxNames = 64, MaxNameBytes = 128, NamesAtATime = 4;

    private byte[][] _names = [];
    private Metric[] _last = [];     // made when somebody asks: nobody does of most runs
    private double[] _values = [];
    private long[] _steps = [];
    private bool _isBehind;
    private FieldShape[] _shapes = [];
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Keep(int place, double value, long step)
    {
        _next = place + 1;
        _values[place] = value;
        _steps[place] = step;
        _isBehind = true;
        if (_freshCount < _fresh.Length) _fresh[_freshCount++] = place;
    }

    /// <summary>Reads the next <c>name: number |</c> when it is the metric that followed the last one before, as in nearly every line. Otherwise nothing is done.</summary>
    public bool TrySetNext(ref ReadOnlySpan<byte> fields, long step, out int place)
    {
        place = _next;
        if (place >= _count) return false;
        ref var shape = ref _shapes[place];
        var at = shape.Lead(fields);
        if (at < 0)
        {
            at = LeadOf(fields, _names[place]);
            if (at < 0) return false;
            shape.RememberLead(fields[..at]);
        }
        var length = shape.Read(fields[at..], out var value);
        if (length == 0) return false;
        fields = fields[(at + length)..];
        Keep(place, value, step);
        return true;
    }

    /// <summary>Where the number of a field with this name stands; -1: it has another name.</summary>
    private static int LeadOf(ReadOnlySpan<byte> field, ReadOnlySpan<byte> name)
    {
        var at = Blanks(field, 0);
        if (!field[at..].StartsWith(name) || (at += name.Length) == field.Length || field[at] != ':') return -1;
        return Blanks(field, at + 1);
    }

    private static int Blanks(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && text[at] == ' ') at++;
        return at;
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
            Array.Resize(ref _names, _count + NamesAtATime);
            Array.Resize(ref _fresh, _names.Length);
            Array.Resize(ref _values, _names.Length);
            Array.Resize(ref _steps, _names.Length);
            Array.Resize(ref _shapes, _names.Length);
        }
        _names[_count] = SharedBytes.Of(set.IsEmpty ? name : [.. set, (byte)'/', .. name]);
        return _count++;
    }
}
