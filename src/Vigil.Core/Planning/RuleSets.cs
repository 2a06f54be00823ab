using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>The rules of a plan's runs. Runs that share the section share its rules, which are read once.</summary>
internal sealed class RuleSets(DiagnosticBag report)
{
    private readonly Dictionary<string, RuleSet> _sets = new(StringComparer.Ordinal);
    private ConfigNode? _last;
    private (string? Id, ImmutableArray<RulePlaceholder> Placeholders) _read = (null, []);

    public ImmutableArray<RuleSet> All => [.. _sets.Values];

    /// <summary>The set of a run's tree, null without rules, and what its texts need of the plan.</summary>
    public (string? Id, ImmutableArray<RulePlaceholder> Placeholders) Of(ConfigNode.Mapping tree)
    {
        var node = tree["monitoring"];
        if (ReferenceEquals(node, _last)) return _read;
        _last = node;
        return _read = node is ConfigNode.Mapping monitoring ? Read(monitoring) : (null, []);
    }

    private (string? Id, ImmutableArray<RulePlaceholder> Placeholders) Read(ConfigNode.Mapping monitoring)
    {
        CheckKeys(monitoring);
        var read = RuleReader.Read(monitoring, report);
        if (read.Rules.IsEmpty) return (null, []);
        var set = new RuleSet(IdOf(read.Rules), read.Rules);
        _sets[set.Id] = set;
        return (set.Id, read.Placeholders);
    }

    private static string IdOf(ImmutableArray<Rule> rules) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(rules, SpecJson.Default.ImmutableArrayRule)))[..12];

    private void CheckKeys(ConfigNode.Mapping monitoring)
    {
        foreach (var entry in monitoring.Entries)
            if (!MonitoringKeys.All.Contains(entry.Key) && Suggestion.Nearest(entry.Key, MonitoringKeys.All) is { } near)
                report.Warning("RUL015", entry.KeyAt, $"'monitoring' knows no key '{entry.Key}', and nothing comes of it", $"did you mean '{near}'?");
    }
}
