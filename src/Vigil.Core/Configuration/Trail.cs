namespace Vigil.Configuration;

/// <summary>Where a node hangs: its container, its key there, and the container's own trail. Trees know no parents, because their parts are shared.</summary>
internal sealed record Trail(Trail? Up, ConfigNode Container, string Key)
{
    public string Path => Up is null ? Key : Container is ConfigNode.Sequence ? $"{Up.Path}[{Key}]" : $"{Up.Path}.{Key}";

    /// <summary>The same place: the same keys from the root. (Containers may be shared between places.)</summary>
    public bool IsSamePlaceAs(Trail? other)
    {
        Trail? mine = this;
        for (; mine is not null && other is not null; (mine, other) = (mine.Up, other.Up))
        {
            if (ReferenceEquals(mine, other)) return true;
            if (mine.Key != other.Key) return false;
        }
        return mine is null && other is null;
    }
}
