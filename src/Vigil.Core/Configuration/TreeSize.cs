namespace Vigil.Configuration;

/// <summary>Bounds trees whose parts are shared: a few lines of aliases or interpolations can stand for billions of nodes.</summary>
public static class TreeSize
{
    public const int MaxNodes = 100_000;
    public const int MaxDepth = 200;

    /// <summary>Whether the tree, written out, stays within the bounds. Stops counting where it does not.</summary>
    public static bool IsWithin(ConfigNode node)
    {
        var left = MaxNodes;
        return Count(node, 0, ref left);
    }

    private static bool Count(ConfigNode node, int depth, ref int left)
    {
        if (--left < 0 || depth > MaxDepth) return false;
        switch (node)
        {
            case ConfigNode.Mapping map:
                foreach (var entry in map.Entries)
                    if (!Count(entry.Value, depth + 1, ref left)) return false;
                return true;
            case ConfigNode.Sequence list:
                foreach (var item in list.Items)
                    if (!Count(item, depth + 1, ref left)) return false;
                return true;
            default:
                return true;
        }
    }
}
