using System.Collections.Immutable;
using Vigil.Logs.Checkpoints;

namespace Vigil.Monitor;

/// <summary>
/// What torchtune keeps of itself (optimizer, epochs done): one file for all epochs, beside them, written when an epoch but the last is saved. Weights of another
/// epoch with it would be trained twice, or too little.
/// </summary>
internal static class RecipeState
{
    private const string Folder = "recipe_state", Name = "recipe_state.pt", Adapter = "adapter_model.";

    /// <summary>Whether the state that belongs to an adapter's epoch cannot be there: it was not written after it, is not whole, or belongs to a later epoch.</summary>
    public static bool IsMissing(CheckpointPlace place, ImmutableArray<CheckpointPart> parts, DateTimeOffset now)
    {
        if (place.Name is not { Kind: CheckpointKind.Epoch, Epoch: { } epoch } || parts.Where(static p => p.Name.StartsWith(Adapter, StringComparison.Ordinal)).ToList() is not { Count: > 0 } weights) return false;
        var folder = Path.GetDirectoryName(place.Path)!;
        return CheckpointFile.Part(PathIn(folder), Name, folder) is not { } state || state.Modified < weights.Max(static w => w.Modified) || !IsWhole(state, folder, now) || IsOfLater(epoch, state, folder);
    }

    private static bool IsOfLater(long epoch, CheckpointPart state, string folder)
    {
        try
        {
            return Directory.EnumerateDirectories(folder, "epoch*").Any(other => CheckpointName.OfFolder(Path.GetFileName(other)) is { Kind: CheckpointKind.Epoch, Epoch: { } later } && later > epoch && WasSaved(other, state));
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Whether an epoch's adapter was there when the state was written.</summary>
    private static bool WasSaved(string epoch, CheckpointPart state) =>
        Directory.EnumerateFiles(epoch, $"{Adapter}*").Select(static f => (DateTimeOffset)File.GetLastWriteTimeUtc(f)).ToList() is { Count: > 0 } written && written.Max() <= state.Modified;

    private static string PathIn(string folder) => Path.Combine(folder, Folder, Name);

    private static bool IsWhole(CheckpointPart state, string folder, DateTimeOffset now) =>
        CheckpointVerdict.Judge(new(new(CheckpointKind.File, null, null), [state], null, null, now) { Open = _ => CheckpointFile.Open(PathIn(folder), folder), Writers = CheckpointWriters.Gone }).Validity is CheckpointValidity.Valid;
}
