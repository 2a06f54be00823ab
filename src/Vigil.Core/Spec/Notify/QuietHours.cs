using System.Globalization;

namespace Vigil.Spec;

/// <summary>A time of every day, by the monitor's clock on the wall; it may pass midnight.</summary>
/// <param name="To">The first minute after it.</param>
public sealed record QuietHours(TimeOnly From, TimeOnly To)
{
    public const string Form = "two times of day, such as \"22:00-07:00\"";

    public static QuietHours? Parse(string text) =>
        text.Split('-') is [var from, var to] && TryRead(from, out var start) && TryRead(to, out var end) && start != end ? new(start, end) : null;

    public bool Holds(TimeOnly time) => time.IsBetween(From, To);

    /// <summary>How long they still last; zero when they do not hold.</summary>
    public TimeSpan Left(TimeOnly time) => Holds(time) ? To - time : TimeSpan.Zero;

    private static bool TryRead(string text, out TimeOnly time) => TimeOnly.TryParseExact(text.Trim(), ["H:mm", "HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}
