using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Looks for <c>{sibling.…}</c> and <c>${sibling.…}</c> in a tree.</summary>
internal static class SiblingScan
{
    public static bool Mentions(string text) => text.Contains("{sibling.", StringComparison.Ordinal);

    public static bool Mentions(ConfigNode node)
    {
        switch (node)
        {
            case ConfigNode.Scalar scalar: return Mentions(scalar.Text);
            case ConfigNode.Sequence list:
                foreach (var item in list.Items)
                    if (Mentions(item)) return true;
                return false;
            case ConfigNode.Mapping map:
                foreach (ref readonly var entry in map.Entries.AsSpan())
                    if (Mentions(entry.Value)) return true;
                return false;
            default: return false;
        }
    }
}
