namespace Vigil.Logs;

/// <summary>Which of the bars of a log go on. Bars stand in bars: a few are remembered, each by its name and length.</summary>
internal sealed class BarCounts
{
    private const int MaxBars = 8;

    private (uint Bar, long Count)[] _known = [];
    private int _next;

    /// <summary>Whether this bar has counted further since it was seen last. One that is new or begins anew has not yet.</summary>
    public bool GoesOn(in BarLine bar)
    {
        var name = NameOf(bar);
        for (var i = 0; i < _known.Length; i++)
        {
            if (_known[i].Bar != name) continue;
            var goesOn = bar.Count > _known[i].Count;
            _known[i].Count = bar.Count;
            return goesOn;
        }
        if (_known.Length < MaxBars) Array.Resize(ref _known, _known.Length + 1);
        _known[_next] = (name, bar.Count);
        _next = (_next + 1) % MaxBars;
        return false;
    }

    private static uint NameOf(in BarLine bar)
    {
        var name = 2166136261u ^ (uint)bar.Total;
        foreach (var b in bar.Label) name = (name ^ b) * 16777619u;
        return name;
    }
}
