using System.Text;

namespace Vigil.Logs.Checkpoints;

/// <summary>Whether the line comes before or after the writing.</summary>
public enum CheckpointPhase { Saving, Saved }

/// <summary>
/// What a trainer other than Megatron says of a checkpoint: torchtune, kohya's scripts, the Trainer of Hugging Face, Lightning, TorchTitan, DeepSpeed.
/// A line that says <see cref="CheckpointPhase.Saving"/> promises nothing; its checkpoint is valid once it was looked at.
/// </summary>
/// <param name="Path">As printed; null: the line names none.</param>
public sealed record CheckpointMention(CheckpointPhase Phase, string? Path, long? Step, long? Epoch)
{
    /// <summary>Null: the line speaks of no checkpoint. Costs two searches where it does not.</summary>
    public static CheckpointMention? Parse(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf("av"u8) < 0 && line.IndexOf("is ready now"u8) < 0) return null;
        return TorchTune(line) ?? Kohya(line) ?? Trainer(line) ?? Lightning(line) ?? TorchTitan(line) ?? DeepSpeed(line);
    }

    private static CheckpointMention? TorchTune(ReadOnlySpan<byte> line)
    {
        var rest = After(line, "Model checkpoint "u8);
        if (rest.IsEmpty) rest = After(line, "Adapter checkpoint "u8);
        if (rest.StartsWith("of size "u8)) rest = After(rest, "iB "u8);
        // One file is named, or the folder: the folder is the checkpoint.
        return rest.Skip("saved to "u8) ? Named(CheckpointPhase.Saved, rest, isFile: true) : null;
    }

    private static CheckpointMention? Kohya(ReadOnlySpan<byte> line)
    {
        if (After(line, "saving checkpoint: "u8) is { IsEmpty: false } model) return Named(CheckpointPhase.Saving, model, isFile: false);
        var state = After(line, "save train state to "u8);
        var end = state.IndexOf("/train_state.json at epoch "u8);
        if (end <= 0) return null;
        var rest = state[(end + "/train_state.json at epoch "u8.Length)..];
        if (!rest.TakeCount(out var epoch) || !rest.Skip(" step "u8) || !rest.TakeCount(out var step)) return null;
        return new(CheckpointPhase.Saved, Encoding.UTF8.GetString(state[..end]), step, epoch);
    }

    private static CheckpointMention? Trainer(ReadOnlySpan<byte> line) =>
        After(line, "Saving model checkpoint to "u8) is { IsEmpty: false } path ? Named(CheckpointPhase.Saving, path, isFile: false) : null;

    /// <summary><c>Epoch 3, global step 1200: 'val_loss' reached 0.12 (best 0.12), saving model to '/x/epoch=3-step=1200.ckpt' as top 1</c>.</summary>
    private static CheckpointMention? Lightning(ReadOnlySpan<byte> line)
    {
        var path = After(line, "saving model to '"u8);
        var end = path.LastIndexOf("' as "u8);
        return end > 0 ? Named(CheckpointPhase.Saving, path[..end], isFile: false) : null;
    }

    private static CheckpointMention? TorchTitan(ReadOnlySpan<byte> line) =>
        line.IndexOf("Finished saving the checkpoint"u8) >= 0 ? new(CheckpointPhase.Saved, null, null, null)
        : line.IndexOf("Saving the checkpoint"u8) >= 0 ? new(CheckpointPhase.Saving, null, null, null) : null;

    private static CheckpointMention? DeepSpeed(ReadOnlySpan<byte> line)
    {
        var rest = After(line, "] Checkpoint global_step"u8);
        if (!rest.TakeCount(out var step)) return null;
        return rest.StartsWith(" is ready now"u8) ? new(CheckpointPhase.Saved, null, step, null) : rest.StartsWith(" is about to be saved"u8) ? new(CheckpointPhase.Saving, null, step, null) : null;
    }

    private static CheckpointMention? Named(CheckpointPhase phase, ReadOnlySpan<byte> printed, bool isFile)
    {
        var trimmed = ByteScan.Trimmed(printed);
        if (trimmed.IsEmpty || trimmed.IndexOfAnyInRange((byte)0, (byte)31) >= 0) return null;
        var path = Encoding.UTF8.GetString(trimmed);
        var cut = path.LastIndexOf('/');
        if (isFile && cut > 0 && CheckpointName.OfFolder(path[(cut + 1)..]) is null) (path, cut) = (path[..cut], path[..cut].LastIndexOf('/'));
        var last = path[(cut + 1)..];
        var name = CheckpointName.OfFolder(last) ?? CheckpointName.OfFile(last);
        return new(phase, path, name?.Step, name?.Epoch);
    }

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> text, ReadOnlySpan<byte> words) => text.IndexOf(words) is >= 0 and var at ? text[(at + words.Length)..] : default;
}
