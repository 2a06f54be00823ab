using System.Collections.Immutable;
using System.Globalization;
using Vigil.Logs;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>The metrics that the rules of a set watch.</summary>
public static class MetricRules
{
    public static ImmutableArray<WatchedMetric> Of(RuleSet set) =>
        [.. from rule in set.Rules where !rule.Do.IsEmpty || rule.Says is not null let trigger = rule.When as Trigger.Metric where trigger is not null select new WatchedMetric(rule.Name, trigger.Name, trigger.Test)];

    public static RuleHit Hit(MetricHit hit) => new(hit.Rule, ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal)
        .Add("metric", hit.Metric).Add("value", MetricWatch.Text(hit.Value)).Add("step", hit.Step.ToString(CultureInfo.InvariantCulture)));
}
