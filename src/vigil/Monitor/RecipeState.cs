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

    /// <summary>Whether the state that belongs to an adapter's epoch cannot be there: it was not written after it, or is not whole.</summary>
    public static bool IsMissing(CheckpointPlace place, ImmutableArray<CheckpointPart> parts, DateTimeOffset now)
    {
        if (place.Name.Kind is not CheckpointKind.Epoch || parts.Where(static p => p.Name.StartsWith(Adapter, StringComparison.Ordinal)).ToList() is not { Count: > 0 } weights) return false;
        var folder = Path.GetDirectoryName(place.Path)!;
        return CheckpointFile.Part(PathIn(folder), Name, folder) is not { } state || state.Modified < weights.Max(static w => w.Modified) || !IsWhole(state, folder, now);
    }

    /// <summary>The state is that of the furthest epoch that may have it, and of no other.</summary>
    /// <param name="seen">The furthest first.</param>
    public static ImmutableArray<CheckpointSeen> OfOne(ImmutableArray<CheckpointSeen> seen)
    {
        var owner = seen.FirstOrDefault(static c => c is { Kind: CheckpointKind.Epoch, IsWithoutState: false, Validity: CheckpointValidity.Valid });
        return owner is null || !File.Exists(PathIn(Path.GetDirectoryName(owner.Path)!)) ? seen : [.. seen.Select(c => c == owner || c.Kind is not CheckpointKind.Epoch ? c : c with { IsWithoutState = true })];
    }

    private static string PathIn(string folder) => Path.Combine(folder, Folder, Name);

    private static bool IsWhole(CheckpointPart state, string folder, DateTimeOffset now) =>
        CheckpointVerdict.Judge(new(new(CheckpointKind.File, null, null), [state], null, null, now) { Open = _ => CheckpointFile.Open(PathIn(folder), folder), Writers = CheckpointWriters.Gone }).Validity is CheckpointValidity.Valid;
}
