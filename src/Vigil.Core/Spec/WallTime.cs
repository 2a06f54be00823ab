using System.Globalization;
using System.Text.RegularExpressions;

namespace Vigil.Spec;

/// <summary>A time limit as Slurm writes it: minutes, MM:SS, HH:MM:SS, D-HH, D-HH:MM or D-HH:MM:SS.</summary>
public static partial class WallTime
{
    public const string Forms = "minutes, \"MM:SS\", \"HH:MM:SS\" or \"D-HH:MM:SS\"";

    public static bool TryParse(string text, out TimeSpan time)
    {
        time = default;
        if (Form.Match(text) is not { Success: true } match) return false;
        var parts = match.Groups["part"].Captures.Select(static c => long.Parse(c.Value, CultureInfo.InvariantCulture)).ToArray();
        var hasDays = match.Groups["days"].Success;
        var days = hasDays ? long.Parse(match.Groups["days"].Value, CultureInfo.InvariantCulture) : 0;
        var (hours, minutes, seconds) = (hasDays, parts) switch
        {
            (true, [var h]) => (h, 0L, 0L),
            (true, [var h, var m]) => (h, m, 0L),
            (false, [var m]) => (0L, m, 0L),
            (false, [var m, var s]) => (0L, m, s),
            (_, [var h, var m, var s]) => (h, m, s),
            _ => (0L, 0L, 0L),
        };
        time = TimeSpan.FromSeconds(days * 86400 + hours * 3600 + minutes * 60 + seconds);
        return time > TimeSpan.Zero;
    }

    /// <summary>As Slurm itself writes it: <c>02:00:00</c>, <c>1-00:00:00</c>. It reads that as well.</summary>
    public static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(time.Days > 0 ? $"{time.Days}-" : "")}{time.Hours:00}:{time.Minutes:00}:{time.Seconds:00}");

    [GeneratedRegex(@"^(?:(?<days>[0-9]{1,5})-)?(?<part>[0-9]{1,8})(?::(?<part>[0-9]{1,8})){0,2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form { get; }
}
