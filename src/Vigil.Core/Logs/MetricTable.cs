using System.Text;

namespace Vigil.Logs;

/// <summary>
/// The last value of each metric by name. Names become strings once; successive lines name the same metrics in the same order, so the
/// next place is tried first. A log cannot make it grow without bound.
/// </summary>
internal sealed class MetricTable
{
    private const int MaxNames = 64, MaxNameBytes = 128;

    private byte[][] _names = [];
    private Metric[] _last = [];
    private int[] _fresh = [];
    private int _count, _next, _freshCount;

    public ReadOnlySpan<Metric> All => _last.AsSpan(0, _count);

    /// <summary>The places of those that the newest line has set.</summary>
    public ReadOnlySpan<int> Fresh => _fresh.AsSpan(0, _freshCount);

    /// <summary>The name of one as it stands in logs.</summary>
    public ReadOnlySpan<byte> NameOf(int place) => _names[place];

    /// <summary>A new line begins.</summary>
    public void Begin() => (_next, _freshCount) = (0, 0);

    /// <param name="set">Empty, or what precedes the name and a slash.</param>
    public void Set(ReadOnlySpan<byte> set, MetricField field, long step)
    {
        var place = Find(set, field.Name);
        if (place < 0 && (place = Add(set, field.Name)) < 0) return;
        _next = place + 1;
        _last[place] = _last[place] with { Value = field.Value, Step = step };
        if (_freshCount < _fresh.Length) _fresh[_freshCount++] = place;
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
            Array.Resize(ref _last, _names.Length);
            Array.Resize(ref _fresh, _names.Length);
        }
        _names[_count] = set.IsEmpty ? name.ToArray() : [.. set, (byte)'/', .. name];
        _last[_count] = new Metric(Encoding.UTF8.GetString(_names[_count]), 0, 0);
        return _count++;
    }
}
