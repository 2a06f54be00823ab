namespace Vigil.Tracking;

/// <summary>Something that a person should look at.</summary>
/// <param name="Point">The run it is about; null: of none alone.</param>
/// <param name="Remedy">What to do; null: the text says it all.</param>
public sealed record TrackerIssue(string? Point, string Text, string? Remedy = null);

/// <summary>What came of looking for what a completed job left.</summary>
/// <param name="Path">Absolute; null: nothing that can be used.</param>
/// <param name="Problem">A sentence for people; null: there is none.</param>
public sealed record OutputFound(string? Path, string? Problem);

/// <summary>One entry that changed.</summary>
public sealed record TrackerChange(string Point, TrackedEntry Before, TrackedEntry After);
