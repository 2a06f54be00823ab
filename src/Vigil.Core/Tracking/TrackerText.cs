using System.Collections.Immutable;
using System.Text;
using Vigil.Configuration;

namespace Vigil.Tracking;

/// <summary>Writes <c>runs_status.yaml</c>: ids in quotes, <c>null</c> where there is nothing, keys always in the same order.</summary>
public static class TrackerText
{
    public static string Write(RunTracker tracker)
    {
        var text = new StringBuilder();
        foreach (var line in tracker.Header) text.Append(line).Append('\n');
        text.Append("run_group: ").Append(Text(tracker.Group)).Append('\n');
        text.Append(tracker.Points.IsEmpty ? "runs: {}\n" : "runs:\n");
        foreach (var point in tracker.Points)
        {
            text.Append("  ").Append(Key(point.Name)).Append(':');
            if (point is { Entries: [], LastUpdated: null, Further: [], Form: TrackerForm.Nested }) text.Append(" {}\n");
            else if (point.Form is TrackerForm.Flat) Flat(text.Append('\n'), point);
            else Nested(text.Append('\n'), point);
        }
        Further(text, tracker.Further, "");
        foreach (var line in tracker.Footer) text.Append(line).Append('\n');
        return text.ToString();
    }

    private static void Flat(StringBuilder text, TrackedPoint point)
    {
        foreach (var entry in point.Entries)
        {
            void Line(string key, string value) => text.Append("    ").Append(Key($"{entry.Key.Stage}_{key}")).Append(": ").Append(value).Append('\n');
            Line("status", entry.Status.Word());
            Line("job_id", Quoted(entry.JobId));
            Line("output", Text(entry.Output));
            if (entry.Reason is not null) Line("reason", Text(entry.Reason));
            if (entry.Note is not null) Line("note", Text(entry.Note));
        }
        text.Append("    last_updated: ").Append(Quoted(point.LastUpdated)).Append('\n');
        Further(text, point.Further, "    ");
    }

    private static void Nested(StringBuilder text, TrackedPoint point)
    {
        foreach (var entry in point.Entries.Where(static e => e.Key.Evaluation is null)) Nested(text, "    ", entry.Key.Stage, entry, Layout(entry, entry.Status is TrackedStatus.Skipped));
        var evaluations = point.Entries.Where(static e => e.Key.Evaluation is not null).ToList();
        if (evaluations.Count > 0) text.Append("    evaluations:\n");
        foreach (var entry in evaluations) Nested(text, "      ", entry.Key.Evaluation!, entry, Layout(entry, isShort: true));
        Further(text, point.Further, "    ");
    }

    private enum LineLayout { One, Many }

    /// <summary>What stands in one line are the keys that are known: others may hold anything.</summary>
    private static LineLayout Layout(TrackedEntry entry, bool isShort) => isShort && entry.Further.IsEmpty ? LineLayout.One : LineLayout.Many;

    private static void Nested(StringBuilder text, string indent, string key, TrackedEntry entry, LineLayout layout)
    {
        text.Append(indent).Append(Key(key)).Append(':');
        if (layout is LineLayout.One)
        {
            text.Append(" {").AppendJoin(", ", Fields(entry).Select(static f => $"{f.Key}: {InFlow(f.Value)}")).Append("}\n");
            return;
        }
        text.Append('\n');
        foreach (var (name, value) in Fields(entry)) text.Append(indent).Append("  ").Append(name).Append(": ").Append(value).Append('\n');
        Further(text, entry.Further, indent + "  ");
    }

    private static IEnumerable<(string Key, string Value)> Fields(TrackedEntry entry)
    {
        yield return ("status", entry.Status.Word());
        yield return ("job_id", Quoted(entry.JobId));
        yield return ("output", Text(entry.Output));
        if (entry.Reason is not null) yield return ("reason", Text(entry.Reason));
        yield return ("last_updated", Quoted(entry.LastUpdated));
        if (entry.Note is not null) yield return ("note", Text(entry.Note));
    }

    private static void Further(StringBuilder text, ImmutableArray<ConfigEntry> entries, string indent)
    {
        if (entries.IsEmpty) return;
        foreach (var line in new YamlEmitter().Emit(new ConfigNode.Mapping(default, entries)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            text.Append(indent).Append(line).Append('\n');
    }

    private static string Key(string name) => YamlText.OfKey(new ConfigEntry(name, default, new ConfigNode.Scalar(default, "", ScalarStyle.Plain)));

    private static string Text(string? text) => text is null ? "null" : YamlText.Of(new ScalarValue.Text(text));

    /// <summary>Ids and times are text for every reader, leading zeros included.</summary>
    private static string Quoted(string? text) =>
        text is null ? "null" : text.All(static c => c is >= ' ' and <= '~' and not ('"' or '\\')) ? $"\"{text}\"" : Text(text);

    /// <summary>Between braces a comma or a bracket ends a plain text.</summary>
    private static string InFlow(string value) =>
        value[0] is '"' or '\'' || value.IndexOfAny([',', '[', ']', '{', '}', '?']) < 0 ? value : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
