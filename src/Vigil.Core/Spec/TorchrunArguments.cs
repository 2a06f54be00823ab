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

    public static ConfigNode? Read(ConfigNode? node, DiagnosticBag report) =>
        node is ConfigNode.Mapping map ? new ConfigNode.Mapping(map.At, [.. map.Entries.Select(entry => entry with { Value = Filled(entry.Value, entry.Key, report) })]) : node;

    private static ConfigNode Filled(ConfigNode node, string key, DiagnosticBag report) => node switch
    {
        ConfigNode.Scalar scalar when scalar.Text.AsSpan().IndexOfAny('$', '`') >= 0 => new ConfigNode.Scalar(scalar.At, Shell.Replace(scalar.Text, match => Placeholder(match, scalar.At, key, report)), ScalarStyle.Quoted),
        ConfigNode.Sequence list => new ConfigNode.Sequence(list.At, [.. list.Items.Select((item, i) => Filled(item, $"{key}[{i}]", report))]),
        _ => node,
    };

    private static string Placeholder(Match match, SourceSpan at, string key, DiagnosticBag report)
    {
        foreach (var (variable, placeholder) in Known)
            if (variable == match.Groups["name"].Value) return $"{{{placeholder}}}";
        var said = match.Groups["name"] is { Success: true } name ? $"${name.Value}" : match.Value;
        report.Error("CFG049", at, $"'backend.torchrun_args.{key}' holds {said}, and no shell reads the words of this command", $"known here: {string.Join(", ", Known.Select(static k => $"${k.Variable}"))}; or write the command yourself: backend.command");
        return match.Value;
    }

    // A variable, or what only a shell would work out: $(…), ${NAME:-…}, `…`.
    [GeneratedRegex(@"\$(?:\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}|(?<name>[A-Za-z_][A-Za-z0-9_]*)|\([^)]*\)?|\{[^}]*\}?)|`[^`]*`?", RegexOptions.CultureInvariant)]
    private static partial Regex Shell { get; }
}
