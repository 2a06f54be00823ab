using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>
/// Options of torchrun name variables of the node, such as <c>$SLURM_NODEID</c>. No shell reads the words of a command, so each becomes the placeholder that means it.
/// </summary>
internal static partial class TorchrunArguments
{
    private static readonly (string Variable, string Placeholder)[] Known =
        [("SLURM_NODEID", "node_rank"), ("MASTER_ADDR", "master_addr"), ("MASTER_PORT", "master_port"), ("LOCAL_ADDR", "local_addr"), ("SLURM_JOB_ID", "job_id")];

    public static ConfigNode? Read(ConfigNode? node, DiagnosticBag report) => node is not ConfigNode.Mapping map ? node
        : new ConfigNode.Mapping(map.At, [.. map.Entries.Select(entry => entry.Value is ConfigNode.Scalar scalar && scalar.Text.Contains('$', StringComparison.Ordinal) ? entry with { Value = Filled(scalar, entry.Key, report) } : entry)]);

    private static ConfigNode.Scalar Filled(ConfigNode.Scalar scalar, string key, DiagnosticBag report) => new(scalar.At, Variable.Replace(scalar.Text, match =>
    {
        var name = match.Groups["name"].Value;
        foreach (var (variable, placeholder) in Known)
            if (variable == name) return $"{{{placeholder}}}";
        report.Error("CFG049", scalar.At, $"'backend.torchrun_args.{key}' holds ${name}, and no shell reads the words of this command", $"known here: {string.Join(", ", Known.Select(static k => $"${k.Variable}"))}; or write the command yourself: backend.command");
        return match.Value;
    }), ScalarStyle.Quoted);

    [GeneratedRegex(@"\$(?:\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}|(?<name>[A-Za-z_][A-Za-z0-9_]*))", RegexOptions.CultureInvariant)]
    private static partial Regex Variable { get; }
}
