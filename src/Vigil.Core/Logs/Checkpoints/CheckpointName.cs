using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Vigil.Logs.Checkpoints;

/// <summary>Which trainer's form a checkpoint has.</summary>
public enum CheckpointKind
{
    /// <summary><c>iter_0000100</c>; a file in the folder above names the newest.</summary>
    Megatron,

    /// <summary><c>global_step100</c>; a file <c>latest</c> in the folder above names the newest.</summary>
    DeepSpeed,

    /// <summary><c>checkpoint-500</c>.</summary>
    Trainer,

    /// <summary><c>x-000004-state</c>: what kohya's scripts, and others that use Accelerate, resume from.</summary>
    State,

    /// <summary><c>epoch_3</c>, counted from 0.</summary>
    Epoch,

    /// <summary><c>step-100</c>.</summary>
    Step,

    /// <summary>One file that holds all.</summary>
    File,

    /// <summary>A folder that a pack of the user's describes.</summary>
    Own,

    /// <summary>A file that a pack of the user's describes.</summary>
    OwnFile,
}

/// <summary>What a file or folder name says of the checkpoint in it. Null: the name does not tell.</summary>
public sealed partial record CheckpointName(CheckpointKind Kind, long? Step, long? Epoch)
{
    /// <summary>What the user says is in a whole one; <c>*</c> stands for any text.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    public bool IsFile => Kind is CheckpointKind.File or CheckpointKind.OwnFile;

    public static CheckpointName? OfFolder(string name)
    {
        if (FolderForm.Match(name) is not { Success: true } match) return null;
        var kind = match switch
        {
            _ when name.StartsWith("iter_", StringComparison.Ordinal) => CheckpointKind.Megatron,
            _ when name.StartsWith("global_step", StringComparison.Ordinal) => CheckpointKind.DeepSpeed,
            _ when name.StartsWith("checkpoint-", StringComparison.Ordinal) && match.Groups["step"].Success => CheckpointKind.Trainer,
            _ when name.EndsWith("-state", StringComparison.Ordinal) => CheckpointKind.State,
            _ when match.Groups["epoch"].Success => CheckpointKind.Epoch,
            _ => CheckpointKind.Step,
        };
        return new(kind, Number(match, "step"), Number(match, "epoch"));
    }

    /// <summary>A bare number of six digits is kohya's epoch. Shards and the companions of a checkpoint (optimizer, random states) are none by themselves.</summary>
    public static CheckpointName? OfFile(string name) =>
        FileForm.Match(name) is { Success: true } match && !CompanionForm.IsMatch(name) ? new(CheckpointKind.File, Number(match, "step"), Number(match, "epoch")) : null;

    /// <summary>What a trainer is given to go on from it: Megatron and DeepSpeed take the folder above, whose tracker names the newest.</summary>
    public static string Load(string path, CheckpointKind kind) =>
        kind is CheckpointKind.Megatron or CheckpointKind.DeepSpeed && path.LastIndexOf('/') is > 0 and var cut ? path[..cut] : path;

    private static long? Number(Match match, string group) =>
        match.Groups[group] is { Success: true, ValueSpan: var digits } ? long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"^(?:iter_(?<step>\d{1,18})|global_step(?<step>\d{1,18})|checkpoint-(?<step>\d{1,18})|epoch[_-](?<epoch>\d{1,18})(?:[_-]step[_-](?<step>\d{1,18}))?|step[_-](?<step>\d{1,18})|.+-step(?<step>\d{1,18})-state|.+?-(?<epoch>\d{1,18})-state|.+-state)\z", RegexOptions.CultureInvariant)]
    private static partial Regex FolderForm { get; }

    [GeneratedRegex(@"^(?:(?:.*[-_])?epoch[=_-]?(?<epoch>\d{1,18})(?:[-_].*?step[=_-]?(?<step>\d{1,18}))?.*|(?:.*[-_])?(?:step|iter|iteration)[=_-]?(?<step>\d{1,18})(?:[-_].*)?|(?:.*[-_])?(?:checkpoint|ckpt)[-_](?<step>\d{1,18})|.+-(?<epoch>\d{6})|.+)\.(?:safetensors|ckpt|pt|pth)\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileForm { get; }

    [GeneratedRegex(@"^(?:optimizer|scheduler|scaler|rng_state|random_states|training_args|recipe_state|adapter_model|tokenizer)|-of-\d+\.|^\.|_states\.pt\z", RegexOptions.CultureInvariant)]
    private static partial Regex CompanionForm { get; }
}
