using System.Collections.Immutable;
using System.Globalization;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>The fields of an event: what every event has, the rule's metadata, and what was captured.</summary>
internal static class EventFields
{
    private const int MaxLength = 4096;

    /// <summary>The fields that every event has, whatever was seen.</summary>
    public static ImmutableArray<string> OfEveryEvent { get; } = ["event_name", "event_id", "job_name", "job_id", "attempt", "timestamp", "source"];

    public static ImmutableSortedDictionary<string, string> Of(
        ExperimentState state, RunRecord run, AttemptRecord attempt, Rule rule, string id, DateTimeOffset now, ImmutableSortedDictionary<string, string> captured)
    {
        var fields = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        fields["event_name"] = rule.Name;
        fields["event_id"] = id;
        fields["job_name"] = run.Id.Value;
        fields["job_id"] = attempt.Job?.Value ?? "";
        fields["attempt"] = attempt.Id.Number.ToString(CultureInfo.InvariantCulture);
        fields["timestamp"] = ActionOverride.TimeOf(now);
        fields["source"] = Source(rule.When);
        foreach (var (key, value) in rule.Metadata) fields[key] = value;
        foreach (var (key, value) in captured) fields[key] = Clean(value);
        // The documents' names for what a checkpoint line says, whatever the rule calls its groups.
        if (run.Checkpoint is { } checkpoint && rule.When is Trigger.CheckpointSeen)
        {
            fields.TryAdd("checkpoint_path", checkpoint.Path);
            fields.TryAdd("checkpoint_iteration", checkpoint.Step.ToString(CultureInfo.InvariantCulture));
        }
        return fields.ToImmutable();
    }

    /// <summary>Text of a log goes into file names, words and messages: no control characters, and not without end.</summary>
    private static string Clean(string text)
    {
        if (text.Length > MaxLength) text = text[..MaxLength];
        return text.Any(char.IsControl) ? string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c)) : text;
    }

    private static string Source(Trigger trigger) => trigger switch
    {
        Trigger.LogLine or Trigger.Signature or Trigger.CheckpointSeen or Trigger.Metric => "log",
        Trigger.Inactivity or Trigger.NoProgress => "inactivity",
        Trigger.StateChange => "scheduler",
        Trigger.At => "time",
        Trigger.Published => "event",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
