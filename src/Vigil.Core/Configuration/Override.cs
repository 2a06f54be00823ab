using System.Collections.Immutable;

namespace Vigil.Configuration;

/// <summary>What an override asks for: <c>key=</c>, <c>+key=</c>, <c>++key=</c>, <c>~key</c>.</summary>
public enum OverrideKind { Change, Add, Force, Delete }

/// <summary>One override of the command line, read but not applied.</summary>
/// <param name="Key">A config group (<c>db</c>, <c>server/db</c>) or a dotted key: which one only the config folders tell.</param>
/// <param name="Package">What stands behind <c>@</c>, where the group's choice goes; null without it.</param>
/// <param name="Value">Null only for a deletion without a value.</param>
/// <param name="Text">As typed.</param>
public sealed record Override(OverrideKind Kind, string Key, string? Package, OverrideValue? Value, string Text)
{
    /// <summary>What overrides are called in diagnostics instead of a file.</summary>
    public const string File = "command line";

    private const int MaxParts = 64;

    public ImmutableArray<string> Path { get; } = [.. Key.Split('.')];
    public SourceSpan At { get; init; } = new(File, 1, 1);

    /// <summary>The one value as a part of a configuration; null for a sweep and for a deletion without a value.</summary>
    public ConfigNode? Node => Value is OverrideValue.Element element ? element.Value.ToNode() : null;

    /// <summary>The one value as text, as it would stand behind the <c>=</c>; null for a sweep and for a deletion without a value.</summary>
    public string? ValueText => Value is OverrideValue.Element element ? element.Value.Text : null;

    public bool IsSweep => Value is not (null or OverrideValue.Element);

    /// <summary>What this override is about, without its value: <c>db@src</c>, <c>+lr</c>. A later override with the same one takes an earlier one's place in a sweep.</summary>
    public string KeyElement => Sign + Target;

    /// <summary>The key or group with its package.</summary>
    public string Target => Package is null ? Key : $"{Key}@{Package}";

    private string Sign => Kind switch
    {
        OverrideKind.Add => "+",
        OverrideKind.Force => "++",
        OverrideKind.Delete => "~",
        _ => "",
    };

    /// <summary>The same override with one value, as a sweep makes it for each of its runs.</summary>
    public Override With(HydraValue value) => this with { Value = new OverrideValue.Element(value), Text = $"{KeyElement}={value.Text}" };

    /// <summary>The values of a sweep, in Hydra's order; shuffling starts from the override's text.</summary>
    /// <param name="options">The options of the config group that the key names; empty when it names none.</param>
    public SweepExpansion Expand(ImmutableArray<string> options) => Value is null ? new([], "a deletion has no values") : SweepExpansion.Of(Value, options, SweepExpansion.SeedOf(Text));

    /// <summary>Null with a diagnostic when the text is no override.</summary>
    public static Override? Parse(string text, DiagnosticBag report) => Parse(text, new(File, 1, 1), report);

    /// <param name="origin">The place of the text's first character.</param>
    public static Override? Parse(string text, SourceSpan origin, DiagnosticBag report)
    {
        var (kind, start) = text switch
        {
            ['+', '+', ..] => (OverrideKind.Force, 2),
            ['+', ..] => (OverrideKind.Add, 1),
            ['~', ..] => (OverrideKind.Delete, 1),
            _ => (OverrideKind.Change, 0),
        };
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (!TextRules.IsWellFormed(text) || text.Contains('\0', StringComparison.Ordinal)) return Refuse("CFG030", report, text, origin, "holds a character that no text can hold", null);
        if (equals < 0 && kind is not OverrideKind.Delete) return Refuse("CFG030", report, text, origin, "is not an override", "overrides are key=value, +key=value, ++key=value or ~key");
        var key = text[start..(equals < 0 ? text.Length : equals)];
        if (OverrideKey.Read(key) is not { } name || name.Key.Count(static c => c == '.') >= MaxParts)
            return Refuse("CFG030", report, text, origin with { Column = origin.Column + start }, $"has no usable key: '{Short(key)}'", OverrideKey.Remedy(key));
        var read = new Override(kind, name.Key, name.Package, null, text) { At = origin };
        if (equals < 0) return read;
        var value = OverrideGrammar.Read(text, equals + 1, origin, out var mistake, out var place);
        if (mistake is null) return read with { Value = value };
        return Refuse("CFG036", report, text, origin with { Column = origin.Column + place }, $"cannot be read: {mistake}", "quotes must reach the program: 'key=\"a=b\"' in a shell");
    }

    private static Override? Refuse(string code, DiagnosticBag report, string text, SourceSpan at, string what, string? hint)
    {
        report.Error(code, at, $"'{Short(text)}' {what}", hint);
        return null;
    }

    private static string Short(string text) => TextRules.Shorten(text, 200);
}
