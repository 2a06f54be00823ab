using System.Collections.Immutable;
using System.Globalization;

namespace Vigil.Logs.Checkpoints;

/// <summary>What is known of a checkpoint when it is judged.</summary>
/// <param name="Parts">All its files.</param>
/// <param name="Tracker">What the file says that names the newest checkpoint of the folder; null: there is none.</param>
/// <param name="Before">What the last look found; null: this is the first.</param>
/// <param name="Now">By the clock that dates the files.</param>
public sealed record CheckpointEvidence(CheckpointName Name, ImmutableArray<CheckpointPart> Parts, string? Tracker, ImmutableArray<CheckpointPart>? Before, DateTimeOffset Now)
{
    /// <summary>Opens a part; null: it cannot be read.</summary>
    public required Func<CheckpointPart, ReadAt?> Open { get; init; }

    /// <summary>Whether somebody may be writing to it.</summary>
    public CheckpointWriters Writers { get; init; }
}

/// <summary>Whoever might write to a checkpoint while it is looked at.</summary>
public enum CheckpointWriters
{
    /// <summary>Its run may be running.</summary>
    Possible,

    /// <summary>The job has ended: what is young is whole, or never will be.</summary>
    Gone,
}

/// <summary>Judges a checkpoint from its names, sizes, ages and headers.</summary>
public static class CheckpointVerdict
{
    /// <summary>A file that was written to more recently may be written to still.</summary>
    public static TimeSpan MinimumAge { get; } = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ClockDoubt = TimeSpan.FromMinutes(5);

    /// <summary>Valid without a reason, or not with one. What is missing in a young checkpoint may still come.</summary>
    public static (CheckpointValidity Validity, string? Reason) Judge(CheckpointEvidence seen)
    {
        var fault = seen.Parts.IsEmpty ? "the folder is empty" : CheckpointParts.Missing(seen.Name, seen.Parts) ?? Untracked(seen) ?? ShardIndex.Missing(seen.Parts, seen.Open) ?? FirstFault(seen);
        if (Unsettled(seen) is { } why) return (CheckpointValidity.Unsettled, fault is null ? why : $"{why}; {fault}");
        return fault is null ? (CheckpointValidity.Valid, null) : (CheckpointValidity.Invalid, fault);
    }

    private static string? Unsettled(CheckpointEvidence seen)
    {
        if (seen.Writers is CheckpointWriters.Gone) return null;
        if (seen.Before is { } before && !before.Select(static p => (p.Name, p.Bytes)).ToHashSet().SetEquals(seen.Parts.Select(static p => (p.Name, p.Bytes)))) return "its files changed since the last look";
        if (seen.Parts.IsEmpty) return null;
        var age = seen.Now - seen.Parts.Max(static p => p.Modified);
        // A date far ahead is the date of another clock, not of a write of just now.
        return age < MinimumAge && age > -ClockDoubt ? "it was written to just now" : null;
    }

    /// <summary>The tracker is set when a checkpoint is complete: one behind it was begun and not ended.</summary>
    private static string? Untracked(CheckpointEvidence seen)
    {
        if (seen.Name is not { Kind: CheckpointKind.Megatron or CheckpointKind.DeepSpeed, Step: { } step }) return null;
        if (seen.Tracker is null) return "no tracker file names it";
        // A tag of the user's own says nothing.
        return Tracked(seen.Tracker) is { } newest && step > newest ? $"the tracker file still names {newest}" : null;
    }

    /// <summary>Whether the file above names another checkpoint than this one.</summary>
    public static bool IsLoadedByStep(CheckpointName name, string? tracker) =>
        name is { Kind: CheckpointKind.Megatron or CheckpointKind.DeepSpeed, Step: { } step } && tracker is not null && Tracked(tracker) != step;

    /// <summary>Null: it is no number.</summary>
    private static long? Tracked(string tracker)
    {
        var text = tracker.Trim();
        if (text.StartsWith("global_step", StringComparison.Ordinal)) text = text["global_step".Length..];
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var newest) ? newest : null;
    }

    private static string? FirstFault(CheckpointEvidence seen)
    {
        foreach (var part in seen.Parts)
        {
            if (seen.Open(part) is not { } read) return $"{part.Name} cannot be read";
            if (CheckpointBytes.Fault(part.Name, part.Bytes, read) is { } fault && (part.Bytes > 0 || IsContent(part.Name))) return $"{part.Name} {fault}";
        }
        return null;
    }

    /// <summary>Files of other kinds may well be empty: marks, notes.</summary>
    private static bool IsContent(string name) =>
        name.EndsWith(".safetensors", StringComparison.Ordinal) || name.EndsWith(".pt", StringComparison.Ordinal) || name.EndsWith(".pth", StringComparison.Ordinal) || name.EndsWith(".ckpt", StringComparison.Ordinal)
        || name.EndsWith(".bin", StringComparison.Ordinal) || name.EndsWith(".pkl", StringComparison.Ordinal) || name.EndsWith(".distcp", StringComparison.Ordinal) || name.EndsWith(".json", StringComparison.Ordinal) || name.EndsWith(".metadata", StringComparison.Ordinal);
}
