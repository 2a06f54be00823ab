namespace FakeSlurm;

/// <summary>Nodes are n1, n2, …</summary>
internal static class NodeNames
{
    public static IEnumerable<string> All(Site site) => Enumerable.Range(1, site.NodeCount).Select(number => $"n{number}");

    /// <summary><c>n[1-2,4]</c>.</summary>
    public static string Shown(IReadOnlyCollection<string> nodes) => nodes.Count switch
    {
        0 => "",
        1 => nodes.First(),
        _ => $"n[{ArrayIds.Shown(nodes.Select(node => int.Parse(node[1..], System.Globalization.CultureInfo.InvariantCulture)), 0)}]",
    };

    /// <summary>Null where one of them is no node of this cluster.</summary>
    public static List<string>? Parse(Site site, string text)
    {
        var nodes = new List<string>();
        var rest = text.Trim();
        if (rest.Length == 0) return nodes;
        if (rest.StartsWith("n[", StringComparison.Ordinal) && rest.EndsWith(']'))
        {
            if (ArrayIds.Parse(rest[2..^1], int.MaxValue) is not { } range) return null;
            nodes.AddRange(range.Tasks.Select(number => $"n{number}"));
        }
        else nodes.AddRange(rest.Split(','));
        return nodes.TrueForAll(node => All(site).Contains(node)) ? nodes : null;
    }
}
