using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>One placeholder in a text of a rule.</summary>
internal readonly record struct RulePlaceholder(string Name, SourceSpan At, string Where);

/// <summary>Collects the placeholders of the texts of one rule that its event does not fill itself.</summary>
/// <param name="fields">What the event brings: groups, metadata, and what every event has.</param>
internal sealed class RuleTexts(string where, ImmutableHashSet<string> fields, List<RulePlaceholder> found)
{
    /// <summary>What every event brings.</summary>
    public static ImmutableHashSet<string> OfEveryEvent { get; } =
    [
        "event_name", "event_id", "match", "line", "job_name", "job_id", "attempt", "timestamp", "source", "source_path", "host", "nodes", "step", "last_checkpoint", "last_checkpoint_step", "best_checkpoint",
        "checkpoint_path", "checkpoint_iteration", "value", "metric", "stall_seconds", "stall_threshold_seconds", "state", "exit_code", "signal", "reason",
        "signature", "cause", "advice",
    ];

    public string Where { get; } = where;

    public string Take(string text, SourceSpan at)
    {
        foreach (var name in PlaceholderText.Parse(text).Names)
            if (!fields.Contains(name) && !OfEveryEvent.Contains(name)) found.Add(new(name, at, Where));
        return text;
    }

    /// <summary>Whether a text of the log may stand in it.</summary>
    public bool HoldsLogText(string text) => PlaceholderText.Parse(text).Names.Any(name => name is "line" or "match" or "value" || fields.Contains(name));

    public string Take(ConfigNode.Scalar scalar) => Take(scalar.Text, scalar.At);
}
