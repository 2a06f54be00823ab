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
    private ReadRules _read = ReadRules.None;
    private (ReadRules Read, Rule? Termination) _lastSet;
    private string? _lastId;

    public ImmutableArray<RuleSet> All => [.. _sets.Values];

    /// <summary>The set of a run's tree, null without rules, and what its texts need of the plan.</summary>
    public (string? Id, ImmutableArray<RulePlaceholder> Placeholders) Of(ConfigNode.Mapping tree)
    {
        var node = tree["monitoring"];
        if (!ReferenceEquals(node, _last)) (_last, _read) = (node, node is ConfigNode.Mapping monitoring ? Read(monitoring) : ReadRules.None);
        var set = (_read, LifecycleReader.Termination(tree));
        if (set != _lastSet) (_lastSet, _lastId) = (set, IdOf(set));
        return (_lastId, _read.Placeholders);
    }

    private ReadRules Read(ConfigNode.Mapping monitoring)
    {
        CheckKeys(monitoring);
        return RuleReader.Read(monitoring, report);
    }

    private string? IdOf((ReadRules Read, Rule? Termination) set)
    {
        var rules = set.Termination is { } end ? set.Read.Rules.Add(end) : set.Read.Rules;
        if (rules.IsEmpty) return null;
        var id = IdOf(rules);
        _sets[id] = new(id, rules);
        return id;
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
