using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>
/// An override of an action. It is parsed as it was written, and only then are its placeholders filled, as literal text:
/// what a log says is never grammar, interpolation or template.
/// </summary>
public static partial class ActionOverride
{
    /// <summary>How a time of firing is written: what the documents ask <c>date</c> for. No shell ever sees it.</summary>
    private const string Time = "yyyyMMdd_HHmmss";

    public static string TimeOf(DateTimeOffset fired) => fired.ToString(Time, CultureInfo.InvariantCulture);

    /// <summary>Reports what cannot be parsed, and shell that nobody would run.</summary>
    public static void Check(string text, SourceSpan at, DiagnosticBag report)
    {
        if (ShellForm.Match(WithTime(text, "0")) is { Success: true } shell)
            report.Error("RUL010", at, $"'{TextRules.Shorten(shell.Value, 60)}' in an override is shell, and no shell reads it", "the time of firing is {timestamp} or $(date +%Y%m%d_%H%M%S)");
        else Fill(text, static _ => "0", "0", at, report);
    }

    /// <summary>The override with its values in it, written so that reading it gives them again as they are; null with a diagnostic when it cannot be parsed.</summary>
    /// <param name="value">Null for a name that nobody fills: it stays as it is written.</param>
    public static string? Fill(string text, Func<string, string?> value, string time, SourceSpan at, DiagnosticBag report)
    {
        var fills = new List<(string Mark, string Value)>();
        var marked = Mark(WithTime(text, time), value, fills);
        if (Override.Parse(marked, at, report) is not { } parsed) return null;
        if (parsed.IsSweep || fills.Exists(f => parsed.KeyElement.Contains(f.Mark, StringComparison.Ordinal)))
        {
            report.Error("RUL011", at, $"'{TextRules.Shorten(text, 100)}' {(parsed.IsSweep ? "is a sweep, and an action starts one run" : "has a placeholder in its key, and keys are fixed")}", parsed.IsSweep ? "write one action for each value" : "only the value behind the = may hold one");
            return null;
        }
        if (fills.Count == 0 || parsed.Value is not OverrideValue.Element { Value: var written }) return marked;
        if (Filled(written, fills) is { } filled) return parsed.With(filled).Text;
        report.Error("RUL011", at, $"'{TextRules.Shorten(text, 100)}' has a placeholder inside an interpolation or a key, and no text of a log becomes grammar", "put it beside the ${…}, not into it");
        return null;
    }

    /// <summary>The text with a word for each placeholder that no grammar takes apart and that does not occur in it.</summary>
    private static string Mark(string text, Func<string, string?> value, List<(string Mark, string Value)> fills)
    {
        var stem = "vigilfill";
        while (text.Contains(stem, StringComparison.OrdinalIgnoreCase)) stem += "x";
        return PlaceholderText.Fill(text, name =>
        {
            if (value(name) is not { } filled) return null;
            var mark = string.Create(CultureInfo.InvariantCulture, $"{stem}q{fills.Count}z");
            fills.Add((mark, filled));
            return mark;
        });
    }

    /// <summary>Null when a mark stands where it would be grammar.</summary>
    private static HydraValue? Filled(HydraValue value, List<(string Mark, string Value)> fills)
    {
        switch (value)
        {
            case HydraValue.Plain: return value;
            case HydraValue.List list:
                var items = list.Items.Select(i => Filled(i, fills)).ToImmutableArray();
                return items.Contains(null) ? null : list with { Items = items! };
            case HydraValue.Dict dict:
                if (dict.Pairs.Any(p => fills.Exists(f => p.Key.Text.Contains(f.Mark, StringComparison.Ordinal)))) return null;
                var pairs = dict.Pairs.Select(p => (p.Key, Value: Filled(p.Value, fills))).ToImmutableArray();
                return pairs.Any(static p => p.Value is null) ? null : dict with { Pairs = [.. pairs.Select(static p => new HydraPair(p.Key, p.Value!))] };
            default:
                if (!fills.Exists(f => value.Unquoted!.Contains(f.Mark, StringComparison.Ordinal))) return value;
                return Filled(value.Unquoted!, fills) is { } text ? new HydraValue.Quoted(value.At, text, '\'') : null;
        }
    }

    private static string? Filled(string text, List<(string Mark, string Value)> fills)
    {
        if (IsInsideInterpolation(text, fills)) return null;
        var (filled, isFill) = (new StringBuilder(), new List<bool>());
        for (var at = 0; at < text.Length;)
        {
            var fill = fills.Find(f => string.CompareOrdinal(text, at, f.Mark, 0, f.Mark.Length) == 0);
            var part = fill.Mark is null ? text.Substring(at, 1) : fill.Value;
            filled.Append(part);
            isFill.AddRange(Enumerable.Repeat(fill.Mark is not null, part.Length));
            at += fill.Mark?.Length ?? 1;
        }
        return Escaped(filled.ToString(), isFill);
    }

    /// <summary>An interpolation that a value brings, or begins or ends, is text.</summary>
    private static string Escaped(string text, List<bool> isFill)
    {
        var escaped = new StringBuilder(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '$' && i + 1 < text.Length && text[i + 1] is '{' && (isFill[i] || isFill[i + 1]))
            {
                var slashes = 0;
                while (slashes < i && text[i - slashes - 1] is '\\') slashes++;
                escaped.Append('\\', slashes + 1);
            }
            escaped.Append(text[i]);
        }
        return escaped.ToString();
    }

    private static bool IsInsideInterpolation(string text, List<(string Mark, string Value)> fills)
    {
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '{' && i > 0 && text[i - 1] is '$') depth++;
            else if (text[i] is '}' && depth > 0) depth--;
            else if (depth > 0 && fills.Exists(f => string.CompareOrdinal(text, i, f.Mark, 0, f.Mark.Length) == 0)) return true;
        }
        return false;
    }

    private static string WithTime(string text, string time) => text.Replace("$(date +%Y%m%d_%H%M%S)", time, StringComparison.Ordinal);

    [GeneratedRegex(@"\$\([^)]*\)?|`[^`]*`?", RegexOptions.CultureInvariant)]
    private static partial Regex ShellForm { get; }
}
