using Vigil.Logs.Checkpoints;
using Vigil.Monitoring;
using Vigil.Platform;

namespace Vigil.Monitor;

/// <summary>Finds the best epoch of a training that has completed, and gives it a name beside the others that whoever evaluates it can know before: a link.</summary>
/// <param name="losses">What the training's log showed.</param>
internal sealed class BestEpoch(HeldOutLosses losses, CheckpointScan scan)
{
    /// <param name="probe">Its path is the link's; the epochs lie beside it.</param>
    /// <returns>Whole when the link leads to the epoch with the lowest loss. What is at its place and is no link is left alone.</returns>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public ProbeAnswer Look(Probe.Checkpoint probe, DateTimeOffset now)
    {
        var folder = Path.GetDirectoryName(probe.Path);
        if (!Directory.Exists(folder)) return new ProbeAnswer.Absent();
        if (!IsFree(probe.Path)) return new ProbeAnswer.CheckpointFound(IsWhole: false, "something that is no link has its name");
        var judged = Epochs(folder).Where(static e => e.Loss is not null).OrderBy(static e => e.Loss).ThenByDescending(static e => e.Epoch).ToList();
        if (judged.Count == 0) return new ProbeAnswer.CheckpointFound(IsWhole: false, losses.ByStep.Count == 0 ? "no loss on validation data was logged" : losses.ByStep.Values.All(static l => !double.IsFinite(l)) ? "all losses on validation data are NaN or infinite" : "no loss on validation data belongs to any of its epochs");
        // The best one and no other: half of it there is no reason to evaluate the second best.
        var best = scan.LookAt(judged[0].Path, now, CheckpointWriters.Gone);
        if (best is not { Validity: CheckpointValidity.Valid } || probe.NotBefore > best.Modified)
            return new ProbeAnswer.CheckpointFound(IsWhole: false, $"{Path.GetFileName(judged[0].Path)} has the lowest loss on validation data, and is not whole: {best?.Reason ?? "it is older than the run"}");
        var target = Path.GetFileName(best.Path);
        return new DirectoryInfo(probe.Path).LinkTarget == target || MovedLink.TryPoint(probe.Path, target) ? new ProbeAnswer.CheckpointFound(IsWhole: true, "") { Best = new(judged[0].Epoch, judged[0].Loss!.Value) } : new ProbeAnswer.Unknown($"the link {probe.Path} cannot be made");
    }

    private IEnumerable<(string Path, long Epoch, double? Loss)> Epochs(string folder) =>
        from path in Directory.EnumerateDirectories(folder)
        let name = CheckpointName.OfFolder(Path.GetFileName(path))
        where name is { Kind: CheckpointKind.Epoch, Epoch: not null }
        select (path, name.Epoch!.Value, losses.OfEpoch(name.Epoch.Value));

    private static bool IsFree(string path) => new DirectoryInfo(path) is var there && (there.LinkTarget is not null || !there.Exists && !File.Exists(path));
}
