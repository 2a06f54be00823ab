using System.Globalization;
using System.Text.RegularExpressions;

namespace Vigil.Spec;

/// <summary>A span of time as rules write it: seconds, or <c>90s</c>, <c>15m</c>, <c>2h</c>, <c>1d</c>, <c>1h30m</c>.</summary>
public static partial class Duration
{
    public const string Forms = "seconds, or 90s, 15m, 2h, 1d, 1h30m";

    private const double Longest = 365.0 * 86400 * 10;

    public static bool TryParse(string text, out TimeSpan span)
    {
        span = default;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)) return TryMake(seconds, out span);
        if (Form.Match(text) is not { Success: true } match) return false;
        var (amounts, units) = (match.Groups["n"].Captures, match.Groups["u"].Captures);
        double sum = 0;
        for (var i = 0; i < amounts.Count; i++) sum += double.Parse(amounts[i].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * Seconds(units[i].ValueSpan[0]);
        return TryMake(sum, out span);
    }

    /// <summary>In the largest units: <c>1h30m</c>, <c>20s</c>.</summary>
    public static string Text(TimeSpan span)
    {
        if (span < TimeSpan.FromSeconds(1)) return string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###}s");
        var text = string.Create(CultureInfo.InvariantCulture, $"{(span.Days > 0 ? $"{span.Days}d" : "")}{(span.Hours > 0 ? $"{span.Hours}h" : "")}{(span.Minutes > 0 ? $"{span.Minutes}m" : "")}");
        return span.Seconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"{text}{span.Seconds}s") : text;
    }

    private static bool TryMake(double seconds, out TimeSpan span)
    {
        span = seconds is >= 0 and <= Longest ? TimeSpan.FromSeconds(seconds) : default;
        return seconds is >= 0 and <= Longest;
    }

    private static double Seconds(char unit) => unit switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 86400 };

    [GeneratedRegex(@"^(?:(?<n>[0-9]{1,9}(?:\.[0-9]{1,6})?)(?<u>[smhd]))+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form { get; }
}
