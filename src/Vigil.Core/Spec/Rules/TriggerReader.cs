using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Reads <c>when</c> of a short rule: a pattern, or one of a few keys.</summary>
internal sealed class TriggerReader(DiagnosticBag report)
{
    private static readonly ImmutableArray<string> Kinds = ["log", "substring", "signature", "inactivity", "no_progress", "metric", "state", "checkpoint", "after", "event"];

    /// <summary>Null with a diagnostic.</summary>
    public Trigger? Read(ConfigNode when)
    {
        if (when is ConfigNode.Scalar pattern) return Line(PatternKind.Regex, pattern);
        if (when is not ConfigNode.Mapping map)
        {
            report.Error("RUL013", when.At, $"'when' must be a pattern or a mapping, not {Binder.Describe(when)}", $"keys: {string.Join(", ", Kinds)}");
            return null;
        }
        if (map.Entries.Where(static e => Kinds.Contains(e.Key)).ToList() is not [var kind])
        {
            report.Error("RUL013", map.At, $"'when' must hold exactly one of {string.Join(", ", Kinds)}", map.Entries.IsEmpty ? null : Suggestion.Hint(map.Entries[0].Key, Kinds));
            return null;
        }
        var keys = new RuleKeys(map, "'when'", report);
        var trigger = Read(kind.Key, keys);
        keys.Finish();
        return trigger;
    }

    private Trigger? Read(string kind, RuleKeys keys) => kind switch
    {
        "log" => keys.Scalar(kind) is { } regex ? Line(PatternKind.Regex, regex) : null,
        "substring" => keys.Scalar(kind) is { } text ? Line(PatternKind.Substring, text) : null,
        "signature" => keys.Text(kind) is { } name ? new Trigger.Signature(name) : null,
        "inactivity" => keys.Span(kind) is { } silence ? new Trigger.Inactivity(silence) : null,
        "no_progress" => keys.Span(kind) is { } still ? new Trigger.NoProgress(still) : null,
        "after" => keys.Span(kind) is { } after ? new Trigger.At(after) : null,
        "event" => keys.Text(kind) is { } published ? new Trigger.Published(published) : null,
        "state" => State(keys),
        "checkpoint" => Checkpoint(keys),
        _ => Metric(keys),
    };

    private Trigger.LogLine? Line(PatternKind kind, ConfigNode.Scalar text)
    {
        var pattern = new LinePattern(kind, text.Text);
        return PatternText.Check(pattern, text.At, report) ? new(pattern) : null;
    }

    private Trigger.StateChange? State(RuleKeys keys)
    {
        var from = keys.Scalar("from") is { } before ? States.Read(before, report) : null;
        return keys.Scalar("state") is { } to && States.Read(to, report) is { } word ? new(from, word) : null;
    }

    /// <summary><c>checkpoint: any</c>, <c>checkpoint: 50000</c>, <c>checkpoint: [10000, 50000]</c>, <c>checkpoint: {every: 1000}</c>.</summary>
    private Trigger.CheckpointSeen? Checkpoint(RuleKeys keys)
    {
        switch (keys.Node("checkpoint"))
        {
            case ConfigNode.Scalar { Text: "any" }: return new(null, []);
            case ConfigNode.Mapping map:
                var inner = new RuleKeys(map, "'checkpoint'", report);
                var every = inner.Whole("every", 0, least: 1);
                inner.Finish();
                return new(every == 0 ? null : every, []);
        }
        var steps = ImmutableArray.CreateBuilder<long>();
        foreach (var step in keys.List("checkpoint"))
            if (ScalarValue.Of(step) is ScalarValue.Whole { Value: var number } && number >= 0 && number <= long.MaxValue) steps.Add((long)number);
            else keys.Refuse("checkpoint", step, "any, a step, a list of steps, or {every: 1000}");
        return new(null, steps.DrainToImmutable());
    }

    private Trigger.Metric? Metric(RuleKeys keys)
    {
        var (name, points) = (keys.Needed("metric"), keys.Whole("points", 1, least: 1));
        var (window, tests) = (keys.Whole("window", 50, least: 3), new List<MetricTest>());
        if (keys.Word("is", "nan", "inf", "not_finite") is not null) tests.Add(new MetricTest.NotFinite(points));
        if (keys.Number("above") is { } above) tests.Add(new MetricTest.Above(above, points));
        if (keys.Number("below") is { } below) tests.Add(new MetricTest.Below(below, points));
        if (keys.Number("spike") is { } spike) tests.Add(new MetricTest.Spike(spike, window, points));
        if (keys.Number("drop") is { } drop) tests.Add(new MetricTest.Drop(drop, window, points));
        if (tests is [var one]) return new(name, one);
        report.Error("RUL013", keys.At, "a metric is watched for exactly one of: is: nan, above, below, spike, drop", "such as: when: {metric: lm loss, spike: 3, points: 50}");
        return null;
    }
}
