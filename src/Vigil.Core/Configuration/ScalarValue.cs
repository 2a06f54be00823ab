using System.Numerics;

namespace Vigil.Configuration;

/// <summary>What a scalar means once it is typed.</summary>
public abstract record ScalarValue
{
    private ScalarValue() { }

    public sealed record Null : ScalarValue { public static Null Instance { get; } = new(); }

    /// <summary><c>???</c>: someone has to set it.</summary>
    public sealed record Missing : ScalarValue { public static Missing Instance { get; } = new(); }

    public sealed record Bool(bool Value) : ScalarValue
    {
        public static Bool True { get; } = new(true);
        public static Bool False { get; } = new(false);
    }

    public sealed record Whole(BigInteger Value) : ScalarValue;
    public sealed record Real(double Value) : ScalarValue;
    public sealed record Text(string Value) : ScalarValue;

    /// <summary>The meaning of a scalar node: quoted text is never typed, but <c>'???'</c> is missing too.</summary>
    public static ScalarValue Of(ConfigNode.Scalar scalar) => scalar.Value;

    internal static ScalarValue Read(ConfigNode.Scalar scalar) => scalar switch
    {
        { Text: "???" } => Missing.Instance,
        { Style: ScalarStyle.Plain } => YamlScalar.Read(scalar.Text),
        _ => new Text(scalar.Text),
    };

    public static bool IsNull(ConfigNode? node) => node is ConfigNode.Scalar { Style: ScalarStyle.Plain, Text: "" or "~" or "null" or "Null" or "NULL" };
}
