using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Reads one mapping of a rule key by key; what nobody asked for is unknown.</summary>
/// <param name="what">What the mapping is, for messages: <c>FileExistsCondition</c>.</param>
internal sealed class RuleKeys(ConfigNode.Mapping map, string what, DiagnosticBag report)
{
    private readonly List<string> _asked = ["class_name"];

    public ConfigNode.Mapping Map { get; } = map;
    public SourceSpan At => Map.At;

    /// <summary>The value at a key; null when it is left out or null.</summary>
    public ConfigNode? Node(string key)
    {
        _asked.Add(key);
        return Map[key] is { } node && !ScalarValue.IsNull(node) ? node : null;
    }

    /// <summary>Reads the key, without effect.</summary>
    public void Ignore(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys) _asked.Add(key);
    }

    public ConfigNode.Scalar? Scalar(string key)
    {
        if (Node(key) is not { } node) return null;
        if (node is ConfigNode.Scalar scalar) return scalar;
        Refuse(key, node, "a single value");
        return null;
    }

    public string? Text(string key) => Scalar(key)?.Text;

    /// <summary>Empty, with a diagnostic, when it is left out.</summary>
    public string Needed(string key)
    {
        if (Text(key) is { Length: > 0 } text) return text;
        if (Map[key] is null or ConfigNode.Scalar) report.Error("RUL004", At, $"{what} needs the key '{key}'");
        return "";
    }

    public int Whole(string key, int whenAbsent, int least)
    {
        if (Scalar(key) is not { } scalar) return whenAbsent;
        if (ScalarValue.Of(scalar) is ScalarValue.Whole { Value: var number } && number >= least && number <= int.MaxValue) return (int)number;
        Refuse(key, scalar, $"a whole number, at least {least}");
        return whenAbsent;
    }

    /// <summary>Null when it is left out.</summary>
    public double? Number(string key)
    {
        if (Scalar(key) is not { } scalar) return null;
        switch (ScalarValue.Of(scalar))
        {
            case ScalarValue.Whole { Value: var whole }: return (double)whole;
            case ScalarValue.Real { Value: var real } when double.IsFinite(real): return real;
        }
        Refuse(key, scalar, "a number");
        return null;
    }

    /// <summary>Null when it is left out.</summary>
    public TimeSpan? Span(string key) => Scalar(key) is { } scalar ? Span(scalar, key) : null;

    public TimeSpan? Span(ConfigNode.Scalar scalar, string key)
    {
        if (ScalarValue.Of(scalar) is not ScalarValue.Bool && Duration.TryParse(scalar.Text, out var span)) return span;
        Refuse(key, scalar, $"a span of time ({Duration.Forms})");
        return null;
    }

    public bool Flag(string key, bool whenAbsent)
    {
        if (Scalar(key) is not { } scalar) return whenAbsent;
        if (ScalarValue.Of(scalar) is ScalarValue.Bool { Value: var flag }) return flag;
        Refuse(key, scalar, "true or false");
        return whenAbsent;
    }

    /// <summary>A list of texts; a single one counts as a list of one.</summary>
    public ImmutableArray<ConfigNode.Scalar> List(string key)
    {
        switch (Node(key))
        {
            case null: return [];
            case ConfigNode.Scalar one: return [one];
            case ConfigNode.Sequence list when list.Items.All(static i => i is ConfigNode.Scalar): return [.. list.Items.Cast<ConfigNode.Scalar>()];
            case { } other:
                Refuse(key, other, "a list of texts");
                return [];
        }
    }

    /// <summary>The entries of a mapping of single values.</summary>
    public IEnumerable<(string Key, ConfigNode.Scalar Value)> Entries(string key)
    {
        if (Node(key) is not { } node) yield break;
        if (node is not ConfigNode.Mapping inner)
        {
            Refuse(key, node, "a mapping");
            yield break;
        }
        foreach (var entry in inner.Entries)
            if (entry.Value is ConfigNode.Scalar scalar) yield return (entry.Key, scalar);
            else Refuse($"{key}.{entry.Key}", entry.Value, "a single value");
    }

    /// <summary>One of a few words; null when it is left out or another one, which is reported.</summary>
    public string? Word(string key, params ImmutableArray<string> known)
    {
        if (Scalar(key) is not { } scalar) return null;
        if (known.Contains(scalar.Text)) return scalar.Text;
        report.Error("RUL005", scalar.At, $"'{key}: {TextRules.Shorten(scalar.Text, 60)}' of {what} is none of {string.Join(", ", known)}", Suggestion.Hint(scalar.Text, known));
        return null;
    }

    /// <summary>Reports the keys that nobody asked for.</summary>
    public void Finish()
    {
        foreach (var entry in Map.Entries)
            if (!_asked.Contains(entry.Key)) report.Error("RUL006", entry.KeyAt, $"{what} knows no key '{entry.Key}'", Suggestion.Hint(entry.Key, [.. _asked.Skip(1)]));
    }

    public void Refuse(string key, ConfigNode node, string expected) => report.Error("RUL005", node.At, $"'{key}' of {what} must be {expected}, not {Binder.Describe(node)}");
}
