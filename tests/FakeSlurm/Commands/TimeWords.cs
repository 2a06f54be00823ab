using System.Globalization;
using System.Text.RegularExpressions;

namespace FakeSlurm.Commands;

/// <summary>How Slurm reads and prints times.</summary>
internal static partial class TimeWords
{
    /// <summary>A limit in minutes, seconds rounded up; null where it is none at all, <see cref="int.MaxValue"/> for no limit.</summary>
    public static int? Minutes(string text)
    {
        if (text.ToUpperInvariant() is "UNLIMITED" or "INFINITE" or "-1") return int.MaxValue;
        var match = Limit().Match(text);
        if (!match.Success) return null;
        long days = Number("d"), first = Number("a"), second = Number("b"), third = Number("c");
        var seconds = match.Groups["d"].Success ? ((days * 24 + first) * 60 + second) * 60 + third
            : match.Groups["c"].Success ? (first * 60 + second) * 60 + third
            : first * 60 + second;
        return seconds == 0 ? int.MaxValue : (int)((seconds + 59) / 60);

        long Number(string group) => match.Groups[group].Success ? long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>A limit as squeue's %l and sinfo's %l print it.</summary>
    public static string Shown(int? minutes, string unlimited)
    {
        if (minutes is not { } limit) return unlimited;
        var (days, hours, rest) = (limit / 1440, limit / 60 % 24, limit % 60);
        return days > 0 ? $"{days}-{hours:00}:{rest:00}:00" : hours > 0 ? $"{hours}:{rest:00}:00" : $"{rest}:00";
    }

    /// <summary>A length of time as scontrol and sacct print it: all fields, two digits each.</summary>
    public static string Full(TimeSpan time)
    {
        var clock = $"{time.Hours:00}:{time.Minutes:00}:{time.Seconds:00}";
        return time.Days > 0 ? $"{time.Days}-{clock}" : clock;
    }

    /// <summary>A moment: <c>now</c>, <c>now+1hour</c>, <c>now-30</c>, <c>today</c>, <c>2026-11-22</c>, <c>2026-11-22T10:00[:00]</c>, <c>10:00</c>; null where it is none.</summary>
    public static DateTimeOffset? Moment(string text, ClusterState state)
    {
        var zone = state.Zone;
        var local = TimeZoneInfo.ConvertTime(state.Now, zone);
        if (Relative().Match(text) is { Success: true } match) return state.Now + Distance(match);
        switch (text)
        {
            case "today" or "midnight": return At(local.Date);
            case "tomorrow": return At(local.Date.AddDays(1));
        }
        string[] forms = ["yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd"];
        if (DateTime.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return At(time);
        if (!TimeOnly.TryParseExact(text, ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var clock)) return null;
        var today = local.Date + clock.ToTimeSpan();
        return At(today >= local.DateTime ? today : today.AddDays(1));

        DateTimeOffset At(DateTime when) => new(when, zone.GetUtcOffset(when));
    }

    private static TimeSpan Distance(Match match)
    {
        if (!match.Groups["count"].Success) return TimeSpan.Zero;
        var count = double.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture) * (match.Groups["sign"].Value == "-" ? -1 : 1);
        return match.Groups["unit"].Value switch
        {
            var unit when unit.StartsWith("min", StringComparison.Ordinal) => TimeSpan.FromMinutes(count),
            var unit when unit.StartsWith("hour", StringComparison.Ordinal) => TimeSpan.FromHours(count),
            var unit when unit.StartsWith("day", StringComparison.Ordinal) => TimeSpan.FromDays(count),
            var unit when unit.StartsWith("week", StringComparison.Ordinal) => TimeSpan.FromDays(count * 7),
            _ => TimeSpan.FromSeconds(count),
        };
    }

    [GeneratedRegex(@"^((?<d>\d+)-)?(?<a>\d+)(:(?<b>\d+)(:(?<c>\d+))?)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Limit();

    [GeneratedRegex(@"^now((?<sign>[+-])(?<count>\d+)(?<unit>s\w*|min\w*|hour\w*|day\w*|week\w*)?)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Relative();
}
