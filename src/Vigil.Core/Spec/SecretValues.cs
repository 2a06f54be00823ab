using System.Collections.Immutable;

namespace Vigil.Spec;

/// <summary>Values that are hidden wherever they stand in a text that people read. What must run keeps them.</summary>
public sealed class SecretValues
{
    /// <summary>What is shorter stands in texts by chance.</summary>
    private const int Shortest = 6;

    /// <summary>Where a text was shortened.</summary>
    private const char Cut = '…';

    private readonly ImmutableArray<string> _longestFirst;

    private SecretValues(IEnumerable<string> values) =>
        _longestFirst = [.. values.SelectMany(static v => v.Split('\n', StringSplitOptions.TrimEntries)).Where(static v => v.Length >= Shortest).Distinct(StringComparer.Ordinal).OrderByDescending(static v => v.Length).ThenBy(static v => v, StringComparer.Ordinal)];

    public static SecretValues None { get; } = new([]);

    public bool IsEmpty => _longestFirst.IsEmpty;

    /// <summary>These values, whatever they are called. Of a text of several lines each line counts.</summary>
    public static SecretValues Of(IEnumerable<string> values) => Made(new(values));

    /// <summary>Those of the variables whose names say that they hold a secret.</summary>
    public static SecretValues OfVariables(IEnumerable<KeyValuePair<string, string>> variables) => Of(variables.Where(static v => Secrets.IsSecretName(v.Key)).Select(static v => v.Value));

    /// <summary>Those of all of them.</summary>
    public static SecretValues Together(IEnumerable<SecretValues> all) => Made(new(all.SelectMany(static a => a._longestFirst)));

    /// <summary>The text with <c>***</c> for each value, also for the beginning of one that the text was shortened in.</summary>
    public string Hide(string text)
    {
        foreach (var value in _longestFirst) text = HideCut(text.Replace(value, Secrets.Masked, StringComparison.Ordinal), value);
        return text;
    }

    private static SecretValues Made(SecretValues values) => values.IsEmpty ? None : values;

    private static string HideCut(string text, string value)
    {
        if (text is not [.., Cut]) return text;
        var kept = text.AsSpan(0, text.Length - 1);
        for (var length = Math.Min(value.Length - 1, kept.Length); length >= Shortest; length--)
            if (kept.EndsWith(value.AsSpan(0, length), StringComparison.Ordinal)) return $"{kept[..^length]}{Secrets.Masked}{Cut}";
        return text;
    }
}
