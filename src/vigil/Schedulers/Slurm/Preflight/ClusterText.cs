using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Vigil.Spec;

namespace Vigil.Schedulers.Slurm.Preflight;

/// <summary>Reads what <c>scontrol</c>, <c>sinfo</c> and <c>sacctmgr</c> print. What is not understood counts as not said: nobody is refused for it.</summary>
internal static partial class ClusterText
{
    /// <summary><c>scontrol show config</c>: one <c>Name = value</c> a line.</summary>
    public static Dictionary<string, string> Config(string text)
    {
        var config = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in text.Split('\n'))
            if (line.IndexOf('=', StringComparison.Ordinal) is var at and > 0) config.TryAdd(line[..at].Trim(), line[(at + 1)..].Trim());
        return config;
    }

    /// <summary><c>scontrol show partition -o</c>: one partition a line, as words <c>Key=value</c>.</summary>
    public static ImmutableArray<Partition> Partitions(string text)
    {
        var found = ImmutableArray.CreateBuilder<Partition>();
        foreach (var line in text.Split('\n'))
        {
            var words = KeyValue.Matches(line).DistinctBy(static m => m.Groups["key"].Value).ToDictionary(static m => m.Groups["key"].Value, static m => m.Groups["value"].Value);
            if (!words.TryGetValue("PartitionName", out var name)) continue;
            string? Of(string key) => words.GetValueOrDefault(key);
            found.Add(new(
                name, Of("Default") == "YES", Of("State") ?? "UP", Time(Of("MaxTime")), Number(Of("MaxNodes")), Number(Of("TotalNodes")) ?? 0, Number(Of("TotalCPUs")) ?? 0,
                Names(Of("AllowAccounts")), Names(Of("DenyAccounts")) ?? [], Names(Of("AllowQos")), Names(Of("DenyQos")) ?? []));
        }
        return found.ToImmutable();
    }

    /// <summary><c>sinfo -h -e -o '%R|%D|%c|%m|%G|%T'</c>.</summary>
    public static ImmutableArray<NodeKind> Nodes(string text)
    {
        var found = ImmutableArray.CreateBuilder<NodeKind>();
        foreach (var line in text.Split('\n'))
            if (line.Split('|') is [var partition, var count, var cpus, var memory, var gres, var state, ..])
                found.Add(new(partition, Number(count) ?? 0, Number(cpus.TrimEnd('+')) ?? 0, Number(memory.TrimEnd('+')) ?? 0, Gres(gres), state));
        return found.ToImmutable();
    }

    /// <summary><c>gpu:a100:4(S:0-1),nvme:1</c>: each counts for its name, and for its name with its type.</summary>
    public static ImmutableDictionary<string, int> Gres(string text)
    {
        var found = ImmutableDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        if (text is "(null)" or "N/A") return found.ToImmutable();
        foreach (Match match in GresItem.Matches(text))
        {
            var count = match.Groups["count"] is { Success: true } digits && int.TryParse(digits.ValueSpan, CultureInfo.InvariantCulture, out var number) ? number : 1;
            var (name, type) = (match.Groups["name"].Value, match.Groups["type"]);
            found[name] = found.GetValueOrDefault(name) + count;
            if (type.Success) found[$"{name}:{type.Value}"] = found.GetValueOrDefault($"{name}:{type.Value}") + count;
        }
        return found.ToImmutable();
    }

    /// <summary><c>sacctmgr -n -P show assoc … format=</c><see cref="AssociationFormat"/>.</summary>
    public static ImmutableArray<Association> Associations(string text)
    {
        var found = ImmutableArray.CreateBuilder<Association>();
        foreach (var line in text.Split('\n'))
            if (line.Split('|') is [{ Length: > 0 } account, var partition, var qos, var defaultQos, var jobs, var submit, var wall])
                found.Add(new(account, Some(partition), Names(qos) ?? [], Some(defaultQos), Number(jobs), Number(submit), Time(wall)));
        return found.ToImmutable();
    }

    public const string AssociationFormat = "account,partition,qos,defaultqos,maxjobs,maxsubmit,maxwall";

    /// <summary><c>sacctmgr -n -P show qos format=</c><see cref="QosFormat"/>.</summary>
    public static ImmutableArray<Qos> Qualities(string text)
    {
        var found = ImmutableArray.CreateBuilder<Qos>();
        foreach (var line in text.Split('\n'))
            if (line.Split('|') is [{ Length: > 0 } name, var wall, var submit, var jobs, var flags])
                found.Add(new(name, Time(wall), Number(submit), Number(jobs), flags.Contains("DenyOnLimit", StringComparison.OrdinalIgnoreCase) ? OverLimit.Refused : OverLimit.Waits));
        return found.ToImmutable();
    }

    public const string QosFormat = "name,maxwall,maxsubmitpu,maxjobspu,flags";

    /// <summary><c>id</c>: <c>uid=1000(ada) gid=…</c>; null: it says something else.</summary>
    public static string? User(string text) => Uid.Match(text) is { Success: true } match ? match.Groups["name"].Value : null;

    /// <summary>Null: no limit, or nothing was said.</summary>
    private static TimeSpan? Time(string? text) => text is not null && WallTime.TryParse(text, out var time) ? time : null;

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Some(string text) => text.Length > 0 ? text : null;

    /// <summary>Null: all, or nothing was said.</summary>
    private static ImmutableArray<string>? Names(string? text) => text is null or "" or "ALL" or "(null)" ? null : [.. text.Split(',')];

    // A value ends at the next key: some hold spaces.
    [GeneratedRegex(@"(?<key>[A-Za-z][A-Za-z0-9_/]*)=(?<value>.*?)(?=\s+[A-Za-z][A-Za-z0-9_/]*=|\s*$)", RegexOptions.CultureInvariant)]
    private static partial Regex KeyValue { get; }

    [GeneratedRegex(@"(?<name>[A-Za-z][A-Za-z0-9_-]*)(?::(?<type>[A-Za-z][A-Za-z0-9_.-]*))?(?::(?<count>[0-9]{1,8}))?(?:\([^)]*\))?(?:,|\)|$)", RegexOptions.CultureInvariant)]
    private static partial Regex GresItem { get; }

    [GeneratedRegex(@"^uid=[0-9]+\((?<name>[^)]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Uid { get; }
}
