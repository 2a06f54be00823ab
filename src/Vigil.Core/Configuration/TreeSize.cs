namespace Vigil.Configuration;

/// <summary>Bounds trees whose parts are shared: a few lines of aliases or interpolations can stand for billions of nodes.</summary>
public static class TreeSize
{
    public const int MaxNodes = 100_000;
    public const int MaxDepth = 200;

    /// <summary>What aliases may make of a file, and from <see cref="MaxUncheckedNodes"/> on how many times the size that is written. OmegaConf has the same bounds.</summary>
    public const int MaxAliasedNodes = 10_000;
    public const int MaxAliasGrowth = 100;
    private const int MaxUncheckedNodes = 1_000;

    /// <summary>Whether a file of so many nodes stays within the bounds of its aliases.</summary>
    public static bool IsWithinAliases(ConfigNode node, int written)
    {
        var left = (int)Math.Min(MaxAliasedNodes, Math.Max(MaxUncheckedNodes, written * (long)MaxAliasGrowth));
        return Count(node, 0, ref left);
    }

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
