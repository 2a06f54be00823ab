namespace Vigil.Configuration;

/// <summary>Whether two trees are equal to Python: <c>1</c>, <c>1.0</c> and <c>true</c> are, and the order of keys does not count.</summary>
internal static class NodeEquality
{
    public static bool Holds(ConfigNode a, ConfigNode b) => (a, b) switch
    {
        (ConfigNode.Scalar left, ConfigNode.Scalar right) => Holds(ScalarValue.Of(left), ScalarValue.Of(right)),
        (ConfigNode.Sequence left, ConfigNode.Sequence right) => left.Items.Length == right.Items.Length && left.Items.Zip(right.Items, Holds).All(static same => same),
        (ConfigNode.Mapping left, ConfigNode.Mapping right) => left.Entries.Length == right.Entries.Length && left.Entries.All(e => MergeConflict.Same(right, e) is { } other && Holds(e.Value, other)),
        _ => false,
    };

    private static bool Holds(ScalarValue a, ScalarValue b) => Number(a) is { } left && Number(b) is { } right ? left.Equals(right) : a == b;

    private static double? Number(ScalarValue value) => value switch
    {
        ScalarValue.Bool flag => flag.Value ? 1 : 0,
        ScalarValue.Whole whole => (double)whole.Value,
        ScalarValue.Real real => real.Value,
        _ => null,
    };
}
