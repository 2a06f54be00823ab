using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Vigil.Documents;

/// <summary>How long something takes, as plans write it. What can be read in two ways is not read at all: <c>20</c> and <c>1:30</c> are mistakes.</summary>
public static partial class DocumentDuration
{
    /// <summary>The forms that are read, for messages.</summary>
    public const string Forms = "such as '20 min', '~45 minutes', '2h', '1h 30m', '00:15:00' (hours, minutes, seconds), '1-00:00:00' (with days), or 'eval only', 'N/A', '-' for none";

    /// <summary>Whether a text is a duration; null is the answer to one that says there is none.</summary>
    public static bool TryParse(string text, out TimeSpan? duration)
    {
        duration = null;
        var rest = text.Trim();
        if (DocumentText.IsNothing(rest) || rest.Equals("eval only", StringComparison.OrdinalIgnoreCase) || rest.Equals("eval-only", StringComparison.OrdinalIgnoreCase)) return true;
        if (rest is ['~' or '≈', ..]) rest = rest[1..].TrimStart();
        if (Clock.Match(rest) is { Success: true } clock) duration = OfClock(clock);
        else if (Units.Match(rest) is { Success: true } units) duration = OfUnits(units);
        return duration is not null;
    }

    /// <summary>Whole seconds in the units of plans: <c>20 min</c>, <c>2h</c>, <c>1h 30m</c>.</summary>
    public static string Text(TimeSpan duration)
    {
        if (duration is { Days: 0, Hours: 0, Seconds: 0, Minutes: > 0 and var only }) return string.Create(CultureInfo.InvariantCulture, $"{only} min");
        var text = new StringBuilder();
        foreach (var (number, unit) in (ReadOnlySpan<(int, char)>)[(duration.Days, 'd'), (duration.Hours, 'h'), (duration.Minutes, 'm'), (duration.Seconds, 's')])
            if (number > 0) text.Append(text.Length > 0 ? " " : "").Append(CultureInfo.InvariantCulture, $"{number}{unit}");
        return text.ToString();
    }

    private static TimeSpan? OfClock(Match clock)
    {
        var (hours, minutes, seconds) = (Number(clock, "hours"), Number(clock, "minutes"), Number(clock, "seconds"));
        if (minutes > 59 || seconds > 59 || clock.Groups["days"].Success && hours > 23) return null;
        return Positive(TimeSpan.FromSeconds((double)(Number(clock, "days") * 86400 + hours * 3600 + minutes * 60 + seconds)));
    }

    private static TimeSpan? OfUnits(Match units)
    {
        var seconds = Number(units, "days") * 86400 + Number(units, "hours") * 3600 + Number(units, "minutes") * 60 + Number(units, "seconds");
        return decimal.IsInteger(seconds) ? Positive(TimeSpan.FromSeconds((double)seconds)) : null;
    }

    private static TimeSpan? Positive(TimeSpan duration) => duration > TimeSpan.Zero ? duration : null;

    private static decimal Number(Match match, string group) => match.Groups[group] is { Success: true, Value: var digits } ? decimal.Parse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?:(?<days>[0-9]{1,4})-)?(?<hours>[0-9]{1,4}):(?<minutes>[0-9]{2}):(?<seconds>[0-9]{2})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Clock { get; }

    [GeneratedRegex(
        @"^(?=[0-9])(?:(?<days>[0-9]{1,4}(?:\.[0-9]{1,4})?) ?(?:d|days?)(?![a-z]) ?)?(?:(?<hours>[0-9]{1,6}(?:\.[0-9]{1,4})?) ?(?:h|hrs?|hours?)(?![a-z]) ?)?"
        + @"(?:(?<minutes>[0-9]{1,6}(?:\.[0-9]{1,4})?) ?(?:m|mins?|minutes?)(?![a-z]) ?)?(?:(?<seconds>[0-9]{1,8}) ?(?:s|secs?|seconds?)(?![a-z]))?\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Units { get; }
}
