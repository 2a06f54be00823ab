using System.Globalization;
using System.Numerics;

namespace Vigil.Configuration;

/// <summary>What a key is. References and overrides name text keys alone, as in OmegaConf: <c>1: x</c> is not the key that <c>${1}</c> asks for.</summary>
public enum KeyKind
{
    Text,
    Whole,
    Real,
    Bool,

    /// <summary>Only in what a function made: a file cannot hold it.</summary>
    Null,
}

/// <summary>One key of a mapping with the place of the key itself.</summary>
/// <param name="Key">As Python writes it: <c>True</c>, <c>1</c>, <c>0.5</c>.</param>
public sealed record ConfigEntry(string Key, SourceSpan KeyAt, ConfigNode Value)
{
    private string? _written;

    public KeyKind Kind { get; init; }

    // A copy with another value has the same key, and so keeps what was worked out for it.
    public string Key { get; } = Key;

    /// <summary>How YAML writes the key, worked out once.</summary>
    internal string Written => _written ??= YamlText.OfKey(this);

    public bool Equals(ConfigEntry? other) => other is not null && Key == other.Key && Kind == other.Kind && KeyAt == other.KeyAt && Value.Equals(other.Value);
    public override int GetHashCode() => HashCode.Combine(Key, Kind, KeyAt, Value);

    /// <summary>An entry whose key has the type of a value.</summary>
    public static ConfigEntry Of(ScalarValue key, SourceSpan at, ConfigNode value) => new(PythonText.Of(key), at, value)
    {
        Kind = key switch
        {
            ScalarValue.Whole => KeyKind.Whole,
            ScalarValue.Real => KeyKind.Real,
            ScalarValue.Bool => KeyKind.Bool,
            ScalarValue.Null => KeyKind.Null,
            _ => KeyKind.Text,
        },
    };

    /// <summary>Whether both stand for one key. As in Python, numbers and bools that are equal do: <c>1</c>, <c>1.0</c> and <c>true</c>.</summary>
    public bool HasKeyOf(in ConfigEntry other) =>
        Kind == other.Kind ? Key == other.Key : Kind is not (KeyKind.Text or KeyKind.Null) && other.Kind is not (KeyKind.Text or KeyKind.Null) && Number(this) == Number(other);

    /// <summary>Equal exactly for keys that are one.</summary>
    internal (bool IsText, string Text) Identity => Kind switch
    {
        KeyKind.Text => (true, Key),
        KeyKind.Null => (false, Key),
        _ => (false, Number(this)),
    };

    /// <summary>The typed key.</summary>
    internal ScalarValue KeyValue => Kind switch
    {
        KeyKind.Whole => new ScalarValue.Whole(BigInteger.Parse(Key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)),
        KeyKind.Real => new ScalarValue.Real(PythonText.ParseReal(Key)),
        KeyKind.Bool => Key == "True" ? ScalarValue.Bool.True : ScalarValue.Bool.False,
        KeyKind.Null => ScalarValue.Null.Instance,
        _ => new ScalarValue.Text(Key),
    };

    private static string Number(in ConfigEntry entry) => entry.Kind switch
    {
        KeyKind.Bool => entry.Key == "True" ? "1" : "0",
        KeyKind.Real when PythonText.ParseReal(entry.Key) is var real && double.IsInteger(real) => new BigInteger(real).ToString(CultureInfo.InvariantCulture),
        _ => entry.Key,
    };
}
