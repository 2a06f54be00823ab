using System.Globalization;

namespace Vigil.Schedulers.Slurm;

/// <summary>Slurm's forms of a job id: <c>123</c>, a task <c>123_4</c>, waiting tasks <c>123_[5-7%2]</c>, a part of a heterogeneous job <c>123+0</c>; with <c>;cluster</c> from <c>sbatch</c>.</summary>
internal static class SlurmIds
{
    /// <summary>More waiting tasks than any cluster allows in one array.</summary>
    private const int MostTasks = 4_000_001;

    /// <summary>The whole text is the id of one job, one task or one part.</summary>
    public static bool IsOne(ReadOnlySpan<char> text)
    {
        var cut = text.IndexOfAny('_', '+');
        return cut < 0 ? IsNumber(text) : IsNumber(text[..cut]) && IsNumber(text[(cut + 1)..]);
    }

    /// <summary>The array's or heterogeneous job's own id.</summary>
    public static string Base(string id) => id.AsSpan().IndexOfAny('_', '+') is var cut && cut < 0 ? id : id[..cut];

    public static string Task(string array, int task) => string.Create(CultureInfo.InvariantCulture, $"{array}_{task}");

    /// <summary>What one line of <c>sbatch</c> names as the job; null: it is no such line.</summary>
    public static string? OfSubmission(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        const string sentence = "Submitted batch job ";
        if (line.StartsWith(sentence, StringComparison.Ordinal))
        {
            line = line[sentence.Length..];
            var end = line.IndexOf(' ');
            if (end >= 0) line = line[end..].StartsWith(" on cluster ", StringComparison.Ordinal) ? line[..end] : [];
        }
        else if (line.IndexOf(';') is > 0 and var cut && IsName(line[(cut + 1)..])) line = line[..cut];
        return IsNumber(line) ? line.ToString() : null;
    }

    /// <summary>Every job that an id of <c>squeue</c> or <c>sacct</c> stands for; none when it is no id.</summary>
    public static IEnumerable<string> Expand(string id)
    {
        var open = id.IndexOf("_[", StringComparison.Ordinal);
        if (open < 0) return IsOne(id) ? [id] : [];
        return IsNumber(id.AsSpan(0, open)) && id.EndsWith(']') ? Tasks(id[..open], id[(open + 2)..^1]) : [];
    }

    private static IEnumerable<string> Tasks(string array, string list)
    {
        if (list.IndexOf('%', StringComparison.Ordinal) is >= 0 and var throttle) list = list[..throttle];
        foreach (var part in list.Split(','))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            var (range, step) = colon < 0 ? (part, 1) : (part[..colon], Number(part.AsSpan(colon + 1)));
            var dash = range.IndexOf('-', StringComparison.Ordinal);
            var first = Number(dash < 0 ? range : range.AsSpan(0, dash));
            var last = dash < 0 ? first : Number(range.AsSpan(dash + 1));
            if (first < 0 || last < first || last > MostTasks || step < 1) continue;
            for (var task = first; task <= last; task += step) yield return Task(array, task);
        }
    }

    private static bool IsNumber(ReadOnlySpan<char> text) => text.Length is > 0 and < 19 && !text.ContainsAnyExceptInRange('0', '9');

    private static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.')) return false;
        return text.Length > 0;
    }

    private static int Number(ReadOnlySpan<char> text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
