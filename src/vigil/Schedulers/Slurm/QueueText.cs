using System.Collections.Immutable;
using System.Globalization;

namespace Vigil.Schedulers.Slurm;

/// <summary>One job, task or part as <c>squeue</c> shows it.</summary>
/// <param name="RawId">What <c>%j</c> stands for in file names; of a task that still waits, the array's.</param>
/// <param name="State">The exact word.</param>
/// <param name="Restarts">So often it was queued again.</param>
/// <param name="Reason">The exact word; null: none.</param>
/// <param name="Start">Of a waiting job: when Slurm expects it to start.</param>
/// <param name="Nodes">As Slurm lists them; null: it has none.</param>
/// <param name="Comment">Null: none, or dropped by the site.</param>
/// <param name="Last">What the format asks for behind the others: the script that was submitted, or the folder that this was done in. Null: nothing.</param>
internal sealed record QueueRow(
    string Id, string RawId, string State, int Restarts, string? Reason, DateTimeOffset? Start, DateTimeOffset? End, DateTimeOffset? Submit,
    string? Nodes, string Name, string? Comment, string? Last = null);

/// <summary>Writes and reads the fixed format of <c>squeue</c>. A suffix without a width makes it print fields whole and unpadded.</summary>
internal static class QueueText
{
    private static readonly string[] Fields = ["JobArrayID", "JobID", "State", "RestartCnt", "Reason", "StartTime", "EndTime", "SubmitTime", "NodeList", "Name", "Comment"];

    public static string Format { get; } = FormatOf(Fields);

    /// <summary>With the script's path, to look for one submission.</summary>
    public static string FormatWithCommand { get; } = FormatOf([.. Fields, "Command"]);

    /// <summary>With the folder that the job was submitted in, to tell other people's jobs apart.</summary>
    public static string FormatWithFolder { get; } = FormatOf([.. Fields, "WorkDir"]);

    private static string FormatOf(string[] fields) => string.Join(',', fields.Select((field, i) => $"{field}:{(i == fields.Length - 1 ? SlurmText.Record : SlurmText.Unit)}"));

    /// <param name="wanted">Rows of other ids are not made; null: every row is.</param>
    /// <param name="oddities">Records that are none of ours: noise of a site, or a name that holds our separator.</param>
    public static ImmutableArray<QueueRow> Parse(ReadOnlySpan<char> text, HashSet<string>? wanted, out int oddities)
    {
        var rows = ImmutableArray.CreateBuilder<QueueRow>();
        var words = new WordCache();
        Span<Range> parts = stackalloc Range[Fields.Length + 2];
        oddities = 0;
        while (text.IndexOf(SlurmText.Record) is >= 0 and var end)
        {
            var record = text[..end];
            text = text[(end + 1)..];
            var count = record.Split(parts, SlurmText.Unit);
            if (count < Fields.Length || count > Fields.Length + 1) { oddities++; continue; }
            // Whatever a site prints before the first record ends in a line of its own.
            var id = record[parts[0]];
            id = id[(id.LastIndexOf('\n') + 1)..];
            if (wanted is not null && !IsWanted(id, wanted)) continue;
            if (Row(id, record, parts[..count], words) is { } row) rows.Add(row);
            else oddities++;
        }
        return rows.DrainToImmutable();
    }

    private static bool IsWanted(ReadOnlySpan<char> id, HashSet<string> wanted)
    {
        var ids = wanted.GetAlternateLookup<ReadOnlySpan<char>>();
        // The first part of a heterogeneous job goes by the job's own id.
        return ids.Contains(id) || id.EndsWith("+0", StringComparison.Ordinal) && ids.Contains(id[..^2]) || id.IndexOf("_[", StringComparison.Ordinal) >= 0;
    }

    /// <summary>The rows by every job that they stand for; of several with one number, the last.</summary>
    public static Dictionary<string, QueueRow> ById(ImmutableArray<QueueRow> rows)
    {
        var found = new Dictionary<string, QueueRow>(rows.Length, StringComparer.Ordinal);
        foreach (var row in rows)
            foreach (var id in IdsOf(row)) found[id] = row;
        return found;
    }

    /// <summary>The first part of a heterogeneous job goes by the job's own id.</summary>
    private static IEnumerable<string> IdsOf(QueueRow row) => row.Id.EndsWith(']') ? SlurmIds.Expand(row.Id) : [row.Id.EndsWith("+0", StringComparison.Ordinal) ? row.Id[..^2] : row.Id];

    private static QueueRow? Row(ReadOnlySpan<char> id, ReadOnlySpan<char> record, ReadOnlySpan<Range> parts, WordCache words)
    {
        if (!int.TryParse(record[parts[3]], NumberStyles.None, CultureInfo.InvariantCulture, out var restarts) || record[parts[2]].IsEmpty) return null;
        if (!SlurmIds.IsOne(id) && id.IndexOf("_[", StringComparison.Ordinal) < 0) return null;
        return new(id.ToString(), record[parts[1]].ToString(), words.Of(record[parts[2]])!, restarts, words.Of(record[parts[4]]),
            SlurmText.Time(record[parts[5]]), SlurmText.Time(record[parts[6]]), SlurmText.Time(record[parts[7]]),
            words.Of(record[parts[8]]), record[parts[9]].ToString(), words.Of(record[parts[10]]), parts.Length > 11 ? SlurmText.Word(record[parts[11]]) : null);
    }

    /// <summary>Ten thousand rows hold a handful of words.</summary>
    private sealed class WordCache
    {
        private readonly Dictionary<string, string?> _words = new(StringComparer.Ordinal);

        public string? Of(ReadOnlySpan<char> text)
        {
            var words = _words.GetAlternateLookup<ReadOnlySpan<char>>();
            if (words.TryGetValue(text, out var known)) return known;
            return words[text] = SlurmText.Word(text);
        }
    }
}
