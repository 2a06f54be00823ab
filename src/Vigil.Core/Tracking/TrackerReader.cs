using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Tracking;

/// <summary>Reads <c>runs_status.yaml</c> in its flat and its nested form. Ids keep their text, in whatever quotes they stand.</summary>
public static class TrackerReader
{
    private static readonly string[] Fields = ["status", "job_id", "output", "reason", "note", "last_updated"];

    /// <summary>Null, with a message, when there is no tracker in it.</summary>
    public static RunTracker? Read(SourceFile file, DiagnosticBag report)
    {
        var yaml = new DiagnosticBag();
        if (YamlReader.Read(file, yaml) is not { } root || yaml.HasErrors)
        {
            foreach (var mistake in yaml.All.Where(static d => d.Severity is Severity.Error))
                report.Error("STA002", mistake.At, mistake.Message, mistake.Hint ?? $"correct it there, or move the file away: 'vigil status --update' makes a new one from the plan");
            return null;
        }
        if (root is not ConfigNode.Mapping { Entries: var entries } map) return Refuse(report, root, "this is no tracker", "it holds 'run_group' and 'runs'; move the file away to have a new one made from the plan");
        if (map["runs"] is not { } runs) return Refuse(report, root, "this tracker has no 'runs'", "add: runs: {}");
        if (Points(runs, report) is not { } points) return null;
        var (header, footer) = TrackerHeader.Of(file.Text);
        return new(Text(map["run_group"], "run_group", report), points) { GroupAt = map["run_group"]?.At ?? map.At, Header = header, Footer = footer, Further = [.. entries.Where(static e => e.Key is not ("run_group" or "runs"))] };
    }

    private static RunTracker? Refuse(DiagnosticBag report, ConfigNode at, string message, string hint)
    {
        report.Error("STA003", at.At, message, hint);
        return null;
    }

    private static ImmutableArray<TrackedPoint>? Points(ConfigNode runs, DiagnosticBag report)
    {
        if (ScalarValue.IsNull(runs)) return [];
        if (runs is ConfigNode.Mapping map) return [.. map.Entries.Select(e => Point(e, report))];
        report.Error("STA003", runs.At, $"'runs' must be a mapping with an entry a run, not {Binder.Describe(runs)}");
        return null;
    }

    private static TrackedPoint Point(ConfigEntry entry, DiagnosticBag report)
    {
        if (ScalarValue.IsNull(entry.Value)) return new(entry.Key, TrackerForm.Nested, []);
        if (entry.Value is not ConfigNode.Mapping map)
        {
            report.Error("STA003", entry.Value.At, $"the run '{entry.Key}' must be a mapping, not {Binder.Describe(entry.Value)}");
            return new(entry.Key, TrackerForm.Flat, []);
        }
        return map.Entries.Any(IsNested) || map.Entries.IsEmpty ? Nested(entry.Key, map, report) : Flat(entry.Key, map, report);
    }

    private static bool IsNested(ConfigEntry entry) => entry.Value is ConfigNode.Mapping inner && (entry.Key == "evaluations" || inner["status"] is not null);

    private static TrackedPoint Flat(string name, ConfigNode.Mapping map, DiagnosticBag report)
    {
        var stages = map.Entries.Where(static e => e.Key.EndsWith("_status", StringComparison.Ordinal)).Select(static e => e.Key[..^"_status".Length]).ToImmutableArray();
        var known = stages.SelectMany(static s => Fields[..5].Select(f => $"{s}_{f}")).Append("last_updated").ToHashSet(StringComparer.Ordinal);
        return new(name, TrackerForm.Flat, [.. stages.Select(stage => Entry(new(stage), map, $"{stage}_", report))])
        {
            LastUpdated = Text(map["last_updated"], "last_updated", report),
            Further = [.. map.Entries.Where(e => !known.Contains(e.Key))],
        };
    }

    private static TrackedPoint Nested(string name, ConfigNode.Mapping map, DiagnosticBag report)
    {
        var entries = ImmutableArray.CreateBuilder<TrackedEntry>();
        var further = ImmutableArray.CreateBuilder<ConfigEntry>();
        foreach (var entry in map.Entries)
        {
            if (entry.Key == "evaluations" && ScalarValue.IsNull(entry.Value)) continue;
            if (!IsNested(entry)) further.Add(entry);
            else if (entry.Key == "evaluations") entries.AddRange(((ConfigNode.Mapping)entry.Value).Entries.Select(e => Inner(new(EntryKey.EvalStage, e.Key), e, report)));
            else entries.Add(Inner(new(entry.Key), entry, report));
        }
        // A file that is half one form and half the other keeps what it said, in one.
        var flat = Flat(name, new(map.At, further.ToImmutable()), report);
        return new(name, TrackerForm.Nested, [.. flat.Entries.Where(e => entries.All(other => other.Key != e.Key)), .. entries]) { LastUpdated = flat.LastUpdated, Further = flat.Further };
    }

    private static TrackedEntry Inner(EntryKey key, ConfigEntry entry, DiagnosticBag report)
    {
        if (entry.Value is ConfigNode.Mapping map)
            return Entry(key, map, "", report) with { LastUpdated = Text(map["last_updated"], "last_updated", report), Further = [.. map.Entries.Where(static e => !Fields.Contains(e.Key))] };
        report.Error("STA003", entry.Value.At, $"'{entry.Key}' must be a mapping with 'status', not {Binder.Describe(entry.Value)}");
        return new(key, TrackedStatus.Pending);
    }

    private static TrackedEntry Entry(EntryKey key, ConfigNode.Mapping map, string prefix, DiagnosticBag report) => new(key, Status(map[$"{prefix}status"], report))
    {
        JobId = Text(map[$"{prefix}job_id"], $"{prefix}job_id", report),
        Output = Text(map[$"{prefix}output"], $"{prefix}output", report),
        Reason = Text(map[$"{prefix}reason"], $"{prefix}reason", report),
        Note = Text(map[$"{prefix}note"], $"{prefix}note", report),
    };

    private static TrackedStatus Status(ConfigNode? node, DiagnosticBag report)
    {
        if (node is null || ScalarValue.IsNull(node)) return TrackedStatus.Pending;
        if (node is ConfigNode.Scalar { Text: var word } && TrackedWords.Parse(word) is { } status) return status;
        report.Error("STA003", node.At, $"{(node is ConfigNode.Scalar scalar ? $"'{scalar.Text}'" : Binder.Describe(node))} is no state of a job", $"states are {TrackedWords.All}");
        return TrackedStatus.Pending;
    }

    /// <summary>Null where there is nothing, in whichever way that is written.</summary>
    private static string? Text(ConfigNode? node, string key, DiagnosticBag report)
    {
        if (node is null || ScalarValue.IsNull(node) || node is ConfigNode.Scalar { Text: "" }) return null;
        if (node is ConfigNode.Scalar scalar) return scalar.Text;
        report.Error("STA003", node.At, $"'{key}' must be a text, not {Binder.Describe(node)}");
        return null;
    }
}
