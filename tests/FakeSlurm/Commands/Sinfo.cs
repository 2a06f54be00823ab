using System.Text.RegularExpressions;

namespace FakeSlurm.Commands;

/// <summary>sinfo: one line a partition and a state of its nodes.</summary>
internal static partial class Sinfo
{
    private static readonly Dictionary<string, (string Name, char Kind)> Known = Options.Known("a|all d|dead e|exact federation h|noheader help hide i|iterate= json l|long local M|clusters= n|nodes= N|Node noconvert o|format= O|Format= p|partition= r|responding R|list-reasons s|summarize S|sort= t|states= T|reservation v|verbose V|version yaml");

    public static Answer Answer(ClusterState state, Call call)
    {
        var options = Options.Parse(call.Words, Known, Mixes.Yes);
        if (options.Unknown is { } unknown) return FakeSlurm.Answer.Refused(1, $"sinfo: {unknown}\nTry \"sinfo --help\" for more information\n");
        var format = options["format"] ?? "%9P %.5a %.10l %.6D %.6t %N";
        var lines = options.Has("noheader") ? [] : new List<string> { Filled(format, letter => Column(letter, state, null, []).Header) };
        foreach (var partition in state.Site.Partitions.Where(partition => options["partition"] is not { } names || names.Split(',').Contains(partition.Name)))
        {
            foreach (var group in NodeNames.All(state.Site).Where(node => options["nodes"] is not { } nodes || nodes.Split(',').Contains(node)).GroupBy(node => options.Has("Node") ? node : StateOf(state, node)))
                lines.Add(Filled(format, letter => Column(letter, state, partition, [.. group]).Value));
        }
        return FakeSlurm.Answer.Said(string.Concat(lines.Select(line => $"{line}\n")));
    }

    private static string StateOf(ClusterState state, string node)
    {
        if (state.Site.DownNodes.Contains(node)) return "down*";
        var cpus = state.Jobs.Where(job => job.IsRunning && job.NodeList.Contains(node)).Sum(job => (job.Tasks * job.CpusPerTask + job.Nodes - 1) / job.Nodes);
        return cpus == 0 ? "idle" : cpus >= state.Site.CpusPerNode ? "allocated" : "mixed";
    }

    private static (string Header, string Value) Column(string letter, ClusterState state, FakePartition? partition, List<string> nodes) => letter switch
    {
        "P" => ("PARTITION", $"{partition?.Name}{(partition?.IsDefault == true ? "*" : "")}"),
        "R" => ("PARTITION", $"{partition?.Name}"),
        "a" => ("AVAIL", partition?.IsDown == true ? "down" : "up"),
        "l" => ("TIMELIMIT", TimeWords.Shown(partition?.MaxMinutes, "infinite")),
        "D" => ("NODES", $"{nodes.Count}"),
        "T" => ("STATE", nodes.Count > 0 ? StateOf(state, nodes[0]) : ""),
        "t" => ("STATE", nodes.Count > 0 ? StateOf(state, nodes[0]) switch { "allocated" => "alloc", "mixed" => "mix", var other => other } : ""),
        "G" => ("GRES", state.Site.GpusPerNode > 0 ? $"gpu:{state.Site.GpusPerNode}" : "(null)"),
        "c" => ("CPUS", $"{state.Site.CpusPerNode}"),
        "m" => ("MEMORY", $"{state.Site.MemoryPerNode}"),
        "N" => ("NODELIST", NodeNames.Shown(nodes)),
        "E" => ("REASON", nodes.Count > 0 && state.Site.DownNodes.Contains(nodes[0]) ? "Not responding" : "none"),
        _ => (letter, ""),
    };

    private static string Filled(string format, Func<string, string> value) => Letter().Replace(format, match =>
    {
        var text = value(match.Groups["letter"].Value);
        if (!match.Groups["width"].Success) return text;
        var width = int.Parse(match.Groups["width"].Value, System.Globalization.CultureInfo.InvariantCulture);
        text = text.Length > width ? text[..width] : text;
        return match.Groups["right"].Success ? text.PadLeft(width) : text.PadRight(width);
    });

    [GeneratedRegex(@"%(?<right>\.)?(?<width>\d+)?(?<letter>[A-Za-z])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Letter();
}
