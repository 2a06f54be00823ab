using System.Globalization;

namespace Vigil.Schedulers.Slurm;

/// <summary>How fields are told apart in the answers that we ask for, and what stands in them.</summary>
internal static class SlurmText
{
    /// <summary>Between fields: no name or comment that a person types holds it.</summary>
    public const char Unit = '\x1f';

    /// <summary>At the end of a record of <c>squeue</c>, since names and comments may hold line ends.</summary>
    public const char Record = '\x1e';

    /// <summary>Of the programs that only ask: no translation, no time zone, times in seconds.</summary>
    public static readonly string[] Plain = ["env", "LC_ALL=C", "TZ=UTC", "SLURM_TIME_FORMAT=%s"];

    /// <summary>Null: Slurm knows none. Versions that do not know <c>%s</c> write the time out, in the zone that we asked for.</summary>
    public static DateTimeOffset? Time(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !char.IsAsciiDigit(text[0])) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return seconds is > 0 and < 253402300800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        return DateTimeOffset.TryParseExact(text, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }

    /// <summary>As <c>sacct -S</c> reads it, in the zone of <see cref="Plain"/>.</summary>
    public static string ForQuery(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Null where Slurm has nothing to say.</summary>
    public static string? Word(ReadOnlySpan<char> text) => text is "" or "(null)" or "None" or "N/A" or "None assigned" ? null : text.ToString();

    /// <summary>The last line that is not empty: where Slurm's commands say what was the matter.</summary>
    public static string LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault("");
}
