using System.Collections.Immutable;
using System.Globalization;

namespace Vigil.Tracking;

/// <summary>The comment above a tracker.</summary>
public static class TrackerHeader
{
    private const string Title = "# Run Status Tracker", Stamp = "# Last updated:";

    /// <param name="writer">Who keeps the file, as the second line says it, without the <c>#</c>.</param>
    public static ImmutableArray<string> New(string writer, string time) => [Title, $"# {writer}", $"{Stamp} {time}", ""];

    /// <summary>A time as the file shows it.</summary>
    public static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>The same lines with another time: further remarks of a person's stay where they are.</summary>
    public static ImmutableArray<string> WithTime(this ImmutableArray<string> header, string time)
    {
        var line = $"{Stamp} {time}";
        var at = header.IndexOf(header.FirstOrDefault(static l => l.StartsWith(Stamp, StringComparison.OrdinalIgnoreCase)) ?? line);
        if (at >= 0) return header.SetItem(at, line);
        var comments = header.TakeWhile(static l => l.Length > 0).Count();
        return header.IsEmpty ? [line, ""] : header.Insert(comments, line);
    }

    /// <summary>The lines above the content, and those below it where some say something.</summary>
    internal static (ImmutableArray<string> Header, ImmutableArray<string> Footer) Of(string text)
    {
        var lines = text.TrimStart('\uFEFF').Split('\n').Select(static l => l.TrimEnd('\r', ' ')).ToImmutableArray();
        if (lines is [.., ""]) lines = lines[..^1];
        var above = lines.TakeWhile(IsRemark).Count();
        var below = lines[above..].Reverse().TakeWhile(IsRemark).Count();
        ImmutableArray<string> footer = [.. lines.TakeLast(below)];
        return ([.. lines.Take(above)], footer.All(static l => l.Length == 0) ? [] : footer);
    }

    private static bool IsRemark(string line) => line.Length == 0 || line[0] == '#';
}
