using System.Collections.Frozen;
using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Brings the short spelling of an action or condition into the long one: <c>cancel</c> and <c>{log: text}</c> into a mapping with <c>class_name</c>.</summary>
/// <param name="shorts">Short word → class, and the key that a bare value stands for.</param>
internal sealed class ClassNames(string what, FrozenDictionary<string, (string Class, string Key)> shorts, ImmutableArray<string> classes)
{
    public ImmutableArray<string> Classes => classes;

    public ImmutableArray<string> Words { get; } = [.. shorts.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The class and its mapping; null, with a diagnostic, when there is none.</summary>
    public (string Class, ConfigNode.Mapping Map)? Read(ConfigNode node, ImmutableArray<string> beside, DiagnosticBag report)
    {
        switch (node)
        {
            case ConfigNode.Scalar word when shorts.TryGetValue(word.Text, out var bare): return (bare.Class, new(word.At, []));
            case ConfigNode.Mapping map when map["class_name"] is ConfigNode.Scalar name:
                if (classes.Contains(name.Text)) return (name.Text, map);
                report.Error("RUL003", name.At, $"there is no {what} '{name.Text}'", Suggestion.Nearest(name.Text, classes) is { } near ? $"did you mean '{near}'?" : $"known here: {string.Join(", ", classes)}");
                return null;
            case ConfigNode.Mapping map when map.Entries.Where(e => !beside.Contains(e.Key)).ToList() is [var only] && shorts.TryGetValue(only.Key, out var form):
                return (form.Class, only.Value is ConfigNode.Mapping inner && !HoldsOthers(form.Key, inner) ? inner : ScalarValue.IsNull(only.Value) ? new(only.KeyAt, []) : new(only.KeyAt, [new(form.Key, only.KeyAt, only.Value)]));
            case ConfigNode.Scalar word:
                report.Error("RUL003", word.At, $"there is no {what} '{TextRules.Shorten(word.Text, 60)}'", Suggestion.Hint(word.Text, Words));
                return null;
            default:
                report.Error("RUL003", node.At, $"this names no {what}: it is {Binder.Describe(node)} without 'class_name'", Meant(node, beside) is { } meant ? $"did you mean '{meant}'?" : $"either 'class_name: …' or one of {string.Join(", ", Words)}");
                return null;
        }
    }

    /// <summary>The word that a mistyped key was meant to be; null: none is near.</summary>
    private string? Meant(ConfigNode node, ImmutableArray<string> beside) =>
        node is ConfigNode.Mapping map ? map.Entries.Where(e => !beside.Contains(e.Key)).Select(e => Suggestion.Nearest(e.Key, [.. Words, "class_name"])).FirstOrDefault(static near => near is not null) : null;

    /// <summary>What stands below <c>not</c>, <c>all</c> and <c>any</c> is a condition itself.</summary>
    private static bool HoldsOthers(string key, ConfigNode.Mapping inner) => key is "condition" or "conditions" && inner[key] is null;
}
