using System.Globalization;
using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>What a run asks of Slurm, as far as a plan counts it: <c>slurm.sbatch</c> itself is free.</summary>
/// <param name="TimeLimit">Null: none was asked for.</param>
/// <param name="Gpus">On all nodes together; 0 where no option says.</param>
internal sealed partial record SlurmRequest(TimeSpan? TimeLimit, int Gpus)
{
    public static SlurmRequest Of(ConfigNode.Mapping tree, DiagnosticBag report)
    {
        CheckForms(tree, report);
        return new(Time(tree, report), Total(tree));
    }

    private static void CheckForms(ConfigNode.Mapping tree, DiagnosticBag report)
    {
        foreach (var key in new[] { "sbatch", "srun", "env" })
            if (Merging.Find(tree, ["slurm", key]) is { } node and not ConfigNode.Mapping && !ScalarValue.IsNull(node))
                report.Error("CFG041", node.At, $"'slurm.{key}' must be a mapping, not {Binder.Describe(node)}");
    }

    private static TimeSpan? Time(ConfigNode.Mapping tree, DiagnosticBag report)
    {
        if (Option(tree, "time") is not { } node) return null;
        if (node is ConfigNode.Scalar scalar && ScalarValue.Of(scalar) is not ScalarValue.Bool && WallTime.TryParse(scalar.Text, out var time)) return time;
        // A number that YAML misread is told by the number itself; Slurm takes these words for no limit.
        if (node is ConfigNode.Scalar { Text: var text } && (YamlScalar.IsSurprisingNumber(text) || Endless.IsMatch(text))) return null;
        report.Error("CFG054", node.At, $"'slurm.sbatch.time' must be a time limit above zero, not {Binder.Describe(node)}", $"forms: {WallTime.Forms}");
        return null;
    }

    /// <summary><c>gpus</c> counts the whole job, <c>gpus_per_node</c> and <c>gres</c> each node, <c>gpus_per_task</c> each task.</summary>
    private static int Total(ConfigNode.Mapping tree)
    {
        var nodes = Number(Option(tree, "nodes")) ?? 1;
        if (Count(Option(tree, "gpus")) is { } all) return all;
        if (Count(Option(tree, "gpus_per_node")) is { } each) return each * nodes;
        if (Gres(Option(tree, "gres")) is { } found) return found * nodes;
        if (Count(Option(tree, "gpus_per_task")) is not { } task) return 0;
        return task * (Number(Option(tree, "ntasks")) ?? nodes * (Number(Option(tree, "ntasks_per_node")) ?? 1));
    }

    /// <summary>Options are spelled with <c>_</c> in a file and with <c>-</c> on the command line.</summary>
    private static ConfigNode? Option(ConfigNode.Mapping tree, string name)
    {
        if (Merging.Find(tree, ["slurm", "sbatch"]) is not ConfigNode.Mapping sbatch) return null;
        var node = sbatch[name] ?? sbatch[name.Replace('_', '-')];
        return ScalarValue.IsNull(node) ? null : node;
    }

    private static int? Number(ConfigNode? node) =>
        node is ConfigNode.Scalar { Text: var text } && LeadingNumber.Match(text) is { Success: true } match ? int.Parse(match.ValueSpan, CultureInfo.InvariantCulture) : null;

    /// <summary><c>4</c>, <c>a100:4</c>, or <c>a100:2,v100:2</c>.</summary>
    private static int? Count(ConfigNode? node)
    {
        if (node is not ConfigNode.Scalar { Text: var text }) return null;
        var sum = 0;
        foreach (var part in text.Split(','))
        {
            var count = part[(part.LastIndexOf(':') + 1)..];
            if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            sum += number;
        }
        return sum;
    }

    /// <summary><c>gpu:4</c>, <c>gpu:a100:4</c>, <c>gpu</c>, among others such as <c>nvme:1</c>.</summary>
    private static int? Gres(ConfigNode? node)
    {
        if (node is not ConfigNode.Scalar { Text: var text }) return null;
        int? sum = null;
        foreach (Match match in GpuGres.Matches(text))
            sum = (sum ?? 0) + (match.Groups["count"] is { Success: true } count ? int.Parse(count.ValueSpan, CultureInfo.InvariantCulture) : 1);
        return sum;
    }

    [GeneratedRegex("^(?:unlimited|infinite|-1)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Endless { get; }

    // A range of nodes such as 2-4 counts with its least.
    [GeneratedRegex("^[0-9]{1,8}", RegexOptions.CultureInvariant)]
    private static partial Regex LeadingNumber { get; }

    [GeneratedRegex("(?<![a-z_])gpu(?::[a-z_][a-z0-9_.-]*)?(?::(?<count>[0-9]{1,6}))?", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex GpuGres { get; }
}
