using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Schedulers.Slurm.Preflight;

/// <summary>What a job asks of its cluster, as far as a cluster can be asked about it. Null: not said, so the cluster decides.</summary>
/// <param name="Partitions">Comma between several: the first that has room.</param>
/// <param name="Time"><see cref="TimeSpan.MaxValue"/>: no limit.</param>
/// <param name="CpusOfANode">The least that one of its nodes must have.</param>
/// <param name="Cpus">In all.</param>
/// <param name="Gres">Generic resources that one of its nodes must have, as <c>gpu:4,nvme:1</c>.</param>
/// <param name="Gpus">In all.</param>
internal readonly partial record struct JobAsk(
    string? Partitions, string? Account, string? Qos, TimeSpan? Time, int Nodes, int CpusOfANode, int Cpus, long MemoryOfANode, string? Gres, int Gpus)
{
    /// <param name="variable">Of the environment that <c>sbatch</c> will see: it sets what its command line does not, whatever the script says.</param>
    public static JobAsk Of(PlannedRun run, Func<string, string?> variable) => Of([.. run.Slurm!.Sbatch, .. Variables(variable), .. run.Slurm.Script?.WrittenOptions() ?? []], run.TimeLimit);

    /// <param name="words">Of sbatch's command line.</param>
    public static JobAsk Of(ImmutableArray<string> words, Func<string, string?> variable) => Of([.. OptionsOf(words), .. Variables(variable)], otherwise: null);

    /// <summary>The long options among words of a command line, those that win first: sbatch takes the last of two.</summary>
    public static IEnumerable<SlurmOption> OptionsOf(ImmutableArray<string> words) =>
        words.Reverse().Where(static w => w.StartsWith("--", StringComparison.Ordinal)).Select(static w => w[2..].Split('=', 2)).Select(static w => new SlurmOption(w[0], w.ElementAtOrDefault(1)));

    /// <param name="options">Of two with one name the first counts.</param>
    /// <param name="otherwise">The time where no option says one.</param>
    private static JobAsk Of(List<SlurmOption> options, TimeSpan? otherwise)
    {
        var nodes = Math.Max(1, Leading(Option("nodes")) ?? 1);
        var tasksOfANode = Leading(Option("ntasks-per-node"));
        var tasks = Leading(Option("ntasks")) ?? nodes * (tasksOfANode ?? 1);
        var cpus = Leading(Option("cpus-per-task")) ?? 1;
        // Tasks without a number a node go where there is room: a node must hold one at least.
        var together = tasksOfANode ?? (Option("nodes") == "1" ? tasks : 1);
        var memory = Megabytes(Option("mem")) ?? (Megabytes(Option("mem-per-cpu")) ?? 0) * cpus * together;
        return new(
            Option("partition"), Option("account"), Option("qos"), Limit(Option("time")) ?? otherwise, nodes, cpus * together, cpus * tasks, memory, GresOfANode(), Count(Option("gpus")) ?? 0);

        string? Option(string name)
        {
            foreach (var option in options)
                if (option.Name == name) return option.Value;
            return null;
        }

        string? GresOfANode()
        {
            if (Option("gpus-per-node") is { } node) return Gpu(node);
            if (Option("gres") is { } gres) return gres;
            return Count(Option("gpus-per-task")) is { } task ? Gpu((task * together).ToString(CultureInfo.InvariantCulture)) : null;
        }
    }

    private static IEnumerable<SlurmOption> Variables(Func<string, string?> variable) => from v in OfEnvironment let value = variable(v.Variable) where value is { Length: > 0 } select new SlurmOption(v.Option, value);

    private static readonly (string Variable, string Option)[] OfEnvironment = [("SBATCH_PARTITION", "partition"), ("SBATCH_ACCOUNT", "account"), ("SBATCH_QOS", "qos"), ("SBATCH_TIMELIMIT", "time")];

    /// <summary><c>4</c> → <c>gpu:4</c>; <c>a100:2,v100:2</c> → <c>gpu:a100:2,gpu:v100:2</c>.</summary>
    private static string Gpu(string counts) => string.Join(',', counts.Split(',').Select(static part => $"gpu:{part}"));

    private static int? Leading(string? text) => text is not null && Digits.Match(text) is { Success: true } match ? int.Parse(match.ValueSpan, CultureInfo.InvariantCulture) : null;

    /// <summary><c>4</c>, or <c>a100:2,v100:2</c> together.</summary>
    private static int? Count(string? text)
    {
        if (text is null) return null;
        var sum = 0;
        foreach (var part in text.Split(','))
        {
            if (!int.TryParse(part.AsSpan(part.LastIndexOf(':') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            sum += number;
        }
        return sum;
    }

    /// <summary>As <c>--mem</c> reads it: megabytes where no unit stands; 0 is all of a node.</summary>
    private static long? Megabytes(string? text)
    {
        if (text is null || Size.Match(text) is not { Success: true } match) return null;
        var number = long.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
        return match.Groups["unit"].Value.ToUpperInvariant() switch { "K" => number >> 10, "G" => number << 10, "T" => number << 20, _ => number };
    }

    private static TimeSpan? Limit(string? text) =>
        text is null ? null : text.ToUpperInvariant() is "UNLIMITED" or "INFINITE" or "-1" || Zero.IsMatch(text) ? TimeSpan.MaxValue : WallTime.TryParse(text, out var time) ? time : null;

    /// <summary>As Slurm reads it: no limit.</summary>
    [GeneratedRegex("^0[0:-]*\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Zero { get; }

    [GeneratedRegex("^[0-9]{1,8}", RegexOptions.CultureInvariant)]
    private static partial Regex Digits { get; }

    [GeneratedRegex(@"^(?<number>[0-9]{1,12})(?<unit>[KMGT]?)B?\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Size { get; }
}
