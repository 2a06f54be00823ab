using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Vigil.Reports;

/// <summary>Texts and numbers as people read them in a report. Names come from files of others: nothing in them is taken for a form of Markdown or HTML.</summary>
internal static partial class ReportText
{
    public const string Nothing = "–";

    /// <summary>One line: what drives a terminal, ends a line or changes the direction of reading becomes a mark.</summary>
    public static string OneLine(string text)
    {
        if (!text.EnumerateRunes().Any(IsStrange)) return text;
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) safe.Append(IsStrange(rune) ? "\uFFFD" : rune.ToString());
        return safe.ToString();
    }

    /// <summary>Markdown that shows the text as it is, within a table, too.</summary>
    public static string Markdown(string text) => MarkdownForm.Replace(OneLine(text), static m => m.Value switch { "<" => "&lt;", ">" => "&gt;", "&" => "&amp;", var other => $"\\{other}" });

    /// <summary>Markdown of a name or path: as code where that can show it, since it is copied from there.</summary>
    public static string Code(string text) => text.Length > 0 && text.AsSpan().IndexOfAny("|`\\\n\r") < 0 && text.Trim() == text && OneLine(text) == text ? $"`{text}`" : Markdown(text);

    /// <summary>Text within HTML, in quotes too.</summary>
    public static string Html(string text) => HtmlForm.Replace(OneLine(text), static m => m.Value switch { "<" => "&lt;", ">" => "&gt;", "&" => "&amp;", "\"" => "&quot;", _ => "&#39;" });

    /// <summary>A result of an evaluation, or a loss.</summary>
    public static string Number(double value, int decimals) => value switch
    {
        double.NaN => "NaN",
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        0 => value.ToString($"F{decimals}", CultureInfo.InvariantCulture),
        _ when Math.Abs(value) < Math.Pow(10, -decimals) || Math.Abs(value) >= 1e9 => value.ToString("0.###e+0", CultureInfo.InvariantCulture),
        _ when Math.Abs(value) >= 1000 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString($"F{decimals}", CultureInfo.InvariantCulture),
    };

    public static string Loss(Figure? figure) => figure is null ? Nothing : Number(figure.Value, 4);

    /// <summary>With at most so many decimals, and no more than it needs.</summary>
    public static string Short(double? value, int decimals = 1) =>
        value is { } number ? double.IsFinite(number) ? Math.Round(number, decimals).ToString(CultureInfo.InvariantCulture) : Number(number, decimals) : Nothing;

    public static string Count(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? Nothing;

    public static string Duration(double? seconds) => seconds switch
    {
        null => Nothing,
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0}s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 60)}m{seconds % 60:00}s"),
        < 86400 => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 3600)}h{(int)(seconds % 3600 / 60):00}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 86400)}d{(int)(seconds % 86400 / 3600):00}h"),
    };

    public static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);

    private static bool IsStrange(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    // Between letters and digits '_' means nothing; everywhere else it may begin or end something.
    [GeneratedRegex(@"[\\`*{}\[\]<>|~&$#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex MarkdownForm { get; }

    [GeneratedRegex("[<>&\"']", RegexOptions.CultureInvariant)]
    private static partial Regex HtmlForm { get; }
}
