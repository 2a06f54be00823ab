using System.Collections.Immutable;
using System.Globalization;
using Vigil.Monitoring;

namespace Vigil.Schedulers.Slurm;

/// <summary>Asks for and reads what jobs used: rows of <c>sacct</c>, one for a job and one for each of its steps, and those of <c>sstat</c> for jobs that run.</summary>
internal sealed class UsageText
{
    private static readonly string[] Fields = ["JobID", "JobIDRaw", "State", "ElapsedRaw", "TimelimitRaw", "AllocCPUS", "AllocNodes", "ReqMem", "TotalCPU", "TRESUsageInTot"];
    private static readonly string[] LiveFields = ["JobID", "TRESUsageInTot"];

    public static string Format { get; } = string.Join(',', Fields);

    public static string LiveFormat { get; } = string.Join(',', LiveFields);

    private readonly Dictionary<string, JobUse> _uses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _running = new(StringComparer.Ordinal);

    /// <param name="accounting">What <c>sacct</c> answered.</param>
    public UsageText(string accounting)
    {
        foreach (var row in Rows(accounting, Fields.Length))
        {
            if (Whole(row[0]) is var id && id != row[0]) AddStep(id, row[^1]);
            else if ((_uses[id] = OfJob(row)).IsRunning) _running[row[1]] = id;
        }
    }

    /// <summary>By the job's id, as people name it.</summary>
    public IReadOnlyDictionary<string, JobUse> Uses => _uses;

    /// <summary>Jobs that run, by the numbers that <c>sstat</c> knows them by: tasks of an array have numbers of their own.</summary>
    public IReadOnlyCollection<string> Running => _running.Keys;

    /// <param name="live">What <c>sstat</c> answered.</param>
    public void AddLive(string live)
    {
        foreach (var row in Rows(live, LiveFields.Length))
        {
            if (!_running.TryGetValue(Whole(row[0]), out var id)) continue;
            AddStep(id, row[^1]);
            if (Seconds(Named(row[^1], "cpu")) is { } seconds) _uses[id] = _uses[id] with { CpuSeconds = (_uses[id].CpuSeconds ?? 0) + seconds };
        }
    }

    private void AddStep(string id, string tres)
    {
        if (_uses.TryGetValue(id, out var job) && Bytes(Named(tres, "mem")) is { } bytes && bytes > (job.MemoryBytes ?? -1)) _uses[id] = job with { MemoryBytes = bytes };
    }

    private static IEnumerable<string[]> Rows(string text, int fields) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(SlurmText.Unit)).Where(row => row.Length == fields);

    /// <summary>The job that a step belongs to: <c>17.batch</c> is 17's.</summary>
    private static string Whole(string id) => id.IndexOf('.') is >= 0 and var cut ? id[..cut] : id;

    private static JobUse OfJob(string[] row)
    {
        var (cpus, nodes) = (Whole<int>(row[5]), Whole<int>(row[6]));
        var isRunning = row[2] is "RUNNING";
        return new(row[0], row[2].Split(' ')[0], $"{(isRunning ? "sstat" : "sacct")} -j {row[0]}")
        {
            WallSeconds = Whole<long>(row[3]),
            LimitSeconds = Whole<long>(row[4]) is { } minutes ? minutes * 60 : null,
            Cpus = cpus,
            MemoryAskedBytes = Asked(row[7], cpus, nodes),
            // Of a job that runs Slurm knows it only where it runs.
            CpuSeconds = isRunning ? null : Seconds(row[8]),
            IsRunning = isRunning,
        };
    }

    private static string? Named(string tres, string name) =>
        tres.Split(',').FirstOrDefault(part => part.StartsWith($"{name}=", StringComparison.Ordinal))?[(name.Length + 1)..];

    /// <summary><c>200M</c>; older versions add <c>n</c> for each node and <c>c</c> for each CPU. 0 is all of the node.</summary>
    private static long? Asked(string text, int? cpus, int? nodes) => text switch
    {
        [.. var each, 'c'] => Bytes(each) * cpus,
        [.. var each, 'n'] => Bytes(each) * nodes,
        _ => Bytes(text),
    } is > 0 and var bytes ? bytes : null;

    /// <summary>In Slurm's units, which are powers of 1024.</summary>
    private static long? Bytes(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        var power = "KMGTP".IndexOf(text[^1], StringComparison.Ordinal) + 1;
        return double.TryParse(power > 0 ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and < 1e18 ? (long)(number * Math.Pow(1024, power)) : null;
    }

    /// <summary><c>[days-]hours:minutes:seconds</c>, or <c>minutes:seconds.thousandths</c>.</summary>
    private static double? Seconds(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        var (days, rest) = text.IndexOf('-') is >= 0 and var cut ? (text[..cut], text[(cut + 1)..]) : ("0", text);
        if (!long.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)) return null;
        var seconds = 0.0;
        foreach (var part in rest.Split(':'))
        {
            if (!double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
            seconds = seconds * 60 + number;
        }
        return whole * 86_400 + seconds;
    }

    private static T? Whole<T>(string text) where T : struct, IParsable<T> => T.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
}
