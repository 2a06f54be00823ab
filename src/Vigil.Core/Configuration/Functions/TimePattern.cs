using System.Globalization;
using System.Text;

namespace Vigil.Configuration.Functions;

/// <summary>Python's <c>strftime</c> in the C locale, with the flags of Linux: <c>%-d</c>, <c>%_d</c>, <c>%0d</c>, <c>%^a</c>.</summary>
internal static class TimePattern
{
    /// <summary>Null when the pattern holds something unknown.</summary>
    public static string? Fill(string pattern, DateTimeOffset now, out string? unknown)
    {
        var text = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '%') { text.Append(pattern[i]); continue; }
            var start = i++;
            var flag = i < pattern.Length && pattern[i] is '-' or '_' or '0' or '^' or '#' ? pattern[i++] : '\0';
            if (i >= pattern.Length || Directive(pattern[i], now) is not { } part) { unknown = pattern[start..Math.Min(i + 1, pattern.Length)]; return null; }
            text.Append(Flagged(part, flag));
        }
        unknown = null;
        return text.ToString();
    }

    private static string? Directive(char directive, DateTimeOffset now) => Date(directive, now) ?? Time(directive, now) ?? Whole(directive, now);

    private static string? Date(char directive, DateTimeOffset now) => directive switch
    {
        'a' => Named(now, "ddd"),
        'A' => Named(now, "dddd"),
        'b' or 'h' => Named(now, "MMM"),
        'B' => Named(now, "MMMM"),
        'w' => Padded((int)now.DayOfWeek, 1),
        'u' => Padded(now.DayOfWeek is DayOfWeek.Sunday ? 7 : (int)now.DayOfWeek, 1),
        'd' => Padded(now.Day, 2),
        'e' => Padded(now.Day, 2, ' '),
        'm' => Padded(now.Month, 2),
        'y' => Padded(now.Year % 100, 2),
        'Y' => Padded(now.Year, 1),
        'C' => Padded(now.Year / 100, 2),
        'G' => Padded(ISOWeek.GetYear(now.DateTime), 1),
        'g' => Padded(ISOWeek.GetYear(now.DateTime) % 100, 2),
        'V' => Padded(ISOWeek.GetWeekOfYear(now.DateTime), 2),
        'j' => Padded(now.DayOfYear, 3),
        'U' => Padded((now.DayOfYear + 6 - (int)now.DayOfWeek) / 7, 2),
        'W' => Padded((now.DayOfYear + 6 - ((int)now.DayOfWeek + 6) % 7) / 7, 2),
        _ => null,
    };

    private static string? Time(char directive, DateTimeOffset now) => directive switch
    {
        'H' => Padded(now.Hour, 2),
        'k' => Padded(now.Hour, 2, ' '),
        'I' => Padded((now.Hour + 11) % 12 + 1, 2),
        'l' => Padded((now.Hour + 11) % 12 + 1, 2, ' '),
        'p' => now.Hour < 12 ? "AM" : "PM",
        'P' => now.Hour < 12 ? "am" : "pm",
        'M' => Padded(now.Minute, 2),
        'S' => Padded(now.Second, 2),
        's' => now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'z' => (now.Offset < TimeSpan.Zero ? "-" : "+") + now.Offset.ToString("hhmm", CultureInfo.InvariantCulture),
        'Z' => now.Offset == TimeSpan.Zero ? "UTC" : null,
        _ => null,
    };

    private static string? Whole(char directive, DateTimeOffset now) => directive switch
    {
        '%' => "%",
        'n' => "\n",
        't' => "\t",
        'D' or 'x' => Fill("%m/%d/%y", now, out _),
        'F' => Fill("%Y-%m-%d", now, out _),
        'T' or 'X' => Fill("%H:%M:%S", now, out _),
        'R' => Fill("%H:%M", now, out _),
        'r' => Fill("%I:%M:%S %p", now, out _),
        'c' => Fill("%a %b %e %H:%M:%S %Y", now, out _),
        _ => null,
    };

    private static string Named(DateTimeOffset now, string form) => now.ToString(form, CultureInfo.InvariantCulture);

    private static string Padded(int number, int width, char with = '0') => number.ToString(CultureInfo.InvariantCulture).PadLeft(width, with);

    private static string Flagged(string part, char flag) => flag switch
    {
        '-' when char.IsAsciiDigit(part[^1]) => part.TrimStart('0', ' ') is { Length: > 0 } bare ? bare : "0",
        '_' when char.IsAsciiDigit(part[^1]) => part.TrimStart('0').PadLeft(part.Length) is var padded && padded.Trim().Length > 0 ? padded : "0".PadLeft(part.Length),
        '0' => part.Replace(' ', '0'),
        '^' => part.ToUpperInvariant(),
        '#' => part.Any(char.IsAsciiLetterLower) ? part.ToUpperInvariant() : part.ToLowerInvariant(),
        _ => part,
    };
}
