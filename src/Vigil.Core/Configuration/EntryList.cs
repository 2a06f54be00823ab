using System.Collections.Immutable;

namespace Vigil.Configuration;

/// <summary>The entries of a mapping while it is made. A key that comes again keeps its place and gets the new value, as in a Python dict.</summary>
internal sealed class EntryList
{
    private readonly List<ConfigEntry> _entries;
    private Dictionary<(bool, string), int>? _index;

    public EntryList() => _entries = [];
    public EntryList(ImmutableArray<ConfigEntry> entries) => _entries = [.. entries];

    public int Count => _entries.Count;
    public ConfigEntry this[int at] => _entries[at];

    public int IndexOf(in ConfigEntry key)
    {
        if (_entries.Count > 12) return (_index ??= Index()).GetValueOrDefault(key.Identity, -1);
        for (var i = 0; i < _entries.Count; i++)
            if (_entries[i].HasKeyOf(key)) return i;
        return -1;
    }

    public void Set(in ConfigEntry entry)
    {
        var at = IndexOf(entry);
        if (at >= 0) Replace(at, entry);
        else Add(entry);
    }

    /// <summary>Adds an entry whose key is known to be new.</summary>
    public void Add(in ConfigEntry entry)
    {
        _index?.Add(entry.Identity, _entries.Count);
        _entries.Add(entry);
    }

    /// <summary>Gives the key at a place a new value, set there.</summary>
    public void Replace(int at, in ConfigEntry entry) => _entries[at] = _entries[at] with { KeyAt = entry.KeyAt, Value = entry.Value };

    public ImmutableArray<ConfigEntry> ToImmutable() => [.. _entries];

    private Dictionary<(bool, string), int> Index()
    {
        var index = new Dictionary<(bool, string), int>(_entries.Count * 2);
        for (var i = 0; i < _entries.Count; i++) index.TryAdd(_entries[i].Identity, i);
        return index;
    }
}
