using System.Collections.Immutable;

namespace Vigil.Schedulers.Slurm;

/// <summary>One run of a job as <c>sacct</c> shows it: a job that was queued again has one row each time.</summary>
/// <param name="State">The exact words: <c>CANCELLED by 1000</c>.</param>
/// <param name="Exit">As <c>code:signal</c>; null: <c>0:0</c>.</param>
/// <param name="Comment">Null: none, or not kept in accounting.</param>
/// <param name="Last">What the format asks for behind the others: the line that was typed, or the folder that this was done in. Null: nothing, or it is not kept.</param>
internal sealed record AccountingRow(
    string Id, string RawId, string State, DateTimeOffset? Submit, DateTimeOffset? Start, DateTimeOffset? End, string? Nodes, string? Exit, string Name, string? Comment, string? Last = null);

/// <summary>Writes and reads the fixed format of <c>sacct</c>.</summary>
internal static class AccountingText
{
    // The last field of a record holds no line end, whatever the name and the comment hold.
    private static readonly string[] Fields = ["JobID", "JobIDRaw", "State", "Submit", "Start", "End", "NodeList", "JobName", "Comment", "ExitCode"];

    public static string Format { get; } = string.Join(',', Fields);

    /// <summary>With the line that was typed, to look for one submission.</summary>
    public static string FormatWithLine { get; } = string.Join(',', Fields[..9].Append("SubmitLine").Append("ExitCode"));

    /// <summary>With the folder that the job was submitted in, to tell other people's jobs apart.</summary>
    public static string FormatWithFolder { get; } = string.Join(',', Fields[..9].Append("WorkDir").Append("ExitCode"));

    /// <summary>One row for each run of each job, in the order of accounting.</summary>
    public static ImmutableArray<AccountingRow> Parse(string text, string format)
    {
        // While accounting catches up, a row of waiting tasks still names some that have rows of their own by now: it is no other run of theirs.
        List<(AccountingRow Row, bool IsOfMany)> rows = [];
        var count = format.AsSpan().Count(',') + 1;
        var rest = text.AsSpan();
        var fields = new string[count];
        while (TryTake(ref rest, fields))
        {
            var id = fields[0][(fields[0].LastIndexOf('\n') + 1)..];
            if (fields[2].Length == 0) continue;
            var isOfMany = id.EndsWith(']');
            foreach (var job in SlurmIds.Expand(id))
                rows.Add((new(job, fields[1], fields[2], SlurmText.Time(fields[3]), SlurmText.Time(fields[4]), SlurmText.Time(fields[5]), SlurmText.Word(fields[6]),
                    fields[^1] is "0:0" or "" ? null : fields[^1], fields[7], SlurmText.Word(fields[8]), count > Fields.Length ? SlurmText.Word(fields[9]) : null), isOfMany));
        }
        var alone = rows.Where(static r => !r.IsOfMany).Select(static r => r.Row.Id).ToHashSet(StringComparer.Ordinal);
        return [.. rows.Where(r => !r.IsOfMany || !alone.Contains(r.Row.Id)).Select(static r => r.Row)];
    }

    private static bool TryTake(ref ReadOnlySpan<char> rest, string[] fields)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            var end = rest.IndexOf(i < fields.Length - 1 ? SlurmText.Unit : '\n');
            if (end < 0 && (i < fields.Length - 1 || rest.IsEmpty)) return false;
            fields[i] = (end < 0 ? rest : rest[..end]).ToString();
            rest = end < 0 ? [] : rest[(end + 1)..];
        }
        return true;
    }
}
