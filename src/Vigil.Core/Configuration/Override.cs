using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Vigil.Configuration;

/// <summary>What an override asks for: <c>key=</c>, <c>+key=</c>, <c>++key=</c>, <c>~key</c>.</summary>
public enum OverrideKind { Change, Add, Force, Delete }

/// <summary>One override of the command line, read but not applied.</summary>
/// <param name="Text">As typed.</param>
/// <param name="Value">Null only for a deletion without a value.</param>
public sealed partial record Override(OverrideKind Kind, ImmutableArray<string> Path, ConfigNode? Value, string Text)
{
    /// <summary>What overrides are called in diagnostics instead of a file.</summary>
    public const string File = "command line";

    private const int MaxParts = 64;

    public string Key => string.Join('.', Path);
    public SourceSpan At { get; } = new(File, 1, 1);

    /// <summary>Null with a diagnostic when the text is no override.</summary>
    public static Override? Parse(string text, DiagnosticBag report)
    {
        var (kind, start) = text switch
        {
            ['+', '+', ..] => (OverrideKind.Force, 2),
            ['+', ..] => (OverrideKind.Add, 1),
            ['~', ..] => (OverrideKind.Delete, 1),
            _ => (OverrideKind.Change, 0),
        };
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (!TextRules.IsWellFormed(text) || text.Contains('\0', StringComparison.Ordinal)) return Refuse(report, text, 0, "holds a character that no text can hold", null);
        if (equals < 0 && kind is not OverrideKind.Delete) return Refuse(report, text, 0, "is not an override", "overrides are key=value, +key=value, ++key=value or ~key");
        var key = text[start..(equals < 0 ? text.Length : equals)];
        if (key.Contains('/', StringComparison.Ordinal) || key.Contains('@', StringComparison.Ordinal))
            return Refuse(report, text, start, "chooses a config group, and groups are not in this version", "name a key of the file, its parts joined by dots");
        var parts = key.Split('.');
        if (parts.Length > MaxParts || !parts.All(static p => KeyPartForm.IsMatch(p)))
            return Refuse(report, text, start, $"has no usable key: '{key}'", "a key is words joined by dots, such as backend.args.lr");
        if (equals < 0) return new(kind, [.. parts], null, text);
        return ReadValue(text, equals + 1, report) is { } value ? new(kind, [.. parts], value, text) : null;
    }

    private static ConfigNode? ReadValue(string text, int at, DiagnosticBag report)
    {
        var origin = new SourceSpan(File, 1, 1);
        if (string.IsNullOrWhiteSpace(text[at..])) return new ConfigNode.Scalar(origin with { Column = at + 1 }, "", ScalarStyle.Quoted);
        var values = ValueGrammar.ReadValues(text, at, origin, out var mistake, out var place);
        if (mistake is not null) { Refuse(report, text, place, $"cannot be read: {mistake}", "quote the value twice, for the shell and for the override: 'key=\"a=b\"'"); return null; }
        if (values is [var one]) return one;
        var value = text[at..];
        report.Error("CFG032", origin with { Column = at + 1 }, $"'{text}' has several values", $"for a list write [{value}], for a text '\"{value}\"', for a sweep put the values under sweep: in the file");
        return null;
    }

    private static Override? Refuse(DiagnosticBag report, string text, int place, string what, string? hint)
    {
        report.Error("CFG030", new(File, 1, place + 1), $"'{text}' {what}", hint);
        return null;
    }

    [GeneratedRegex(@"^(?:[A-Za-z_$][A-Za-z0-9_$-]*|[0-9]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex KeyPartForm { get; }
}
