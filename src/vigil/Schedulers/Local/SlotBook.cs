using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Schedulers.Local;

/// <summary>What is free at one moment, under the lock of all slots.</summary>
internal sealed class FreeSlots(List<string> cpus, List<string> gpus)
{
    /// <summary>Takes what is needed, or nothing.</summary>
    public ImmutableArray<string>? TryTake(Resources need)
    {
        if (cpus.Count < need.Cpus || gpus.Count < need.Gpus) return null;
        ImmutableArray<string> taken = [.. cpus.Take(need.Cpus), .. gpus.Take(need.Gpus)];
        cpus.RemoveRange(0, need.Cpus);
        gpus.RemoveRange(0, need.Gpus);
        return taken;
    }
}

/// <summary>
/// The machine's CPUs and GPUs as one file a slot (empty: free), shared by all monitors of a user. A slot is held while the job that its file names lives,
/// or any process of that job's session. Call everything here under <see cref="RunFolder.LockSlots"/>.
/// </summary>
internal sealed class SlotBook(RunFolder folder, ProcessTable processes, int cpus)
{
    public int Cpus => cpus;

    /// <param name="gpus">Those that may be handed out.</param>
    /// <param name="known">Slots of jobs that the caller knows to live.</param>
    public FreeSlots Look(IEnumerable<int> gpus, IReadOnlySet<string> known) => new(
        [.. Enumerable.Range(0, cpus).Select(static n => Name("cpu", n)).Where(slot => !known.Contains(slot) && IsFree(slot))],
        [.. gpus.Select(static n => Name("gpu", n)).Where(slot => !known.Contains(slot) && IsFree(slot))]);

    public void Hold(ImmutableArray<string> slots, JobId job, string attemptFolder, ProcessIdentity? process)
    {
        if (slots.IsEmpty) return;
        var holder = new SlotHolder(processes.Boot, processes.Namespace, job.Value, attemptFolder, process?.Pid, process?.Start);
        var text = JsonSerializer.SerializeToUtf8Bytes(holder, JobFilesJson.Default.SlotHolder);
        foreach (var slot in slots) SmallFile.Overwrite(folder.SlotPath(slot), text);
    }

    /// <summary>Only what still names this job: another monitor may have seen its end before us.</summary>
    public void Free(IEnumerable<string> slots, JobId job)
    {
        foreach (var slot in slots)
            if (Holder(slot)?.JobId == job.Value) SmallFile.Overwrite(folder.SlotPath(slot), []);
    }

    /// <summary>The slots that a job holds, for one that an earlier monitor started.</summary>
    public ImmutableArray<string> HeldBy(JobId job) =>
        [.. Directory.EnumerateFiles(folder.SlotPath("")).Select(static p => Path.GetFileName(p)).Where(slot => slot != "lock" && Holder(slot)?.JobId == job.Value)];

    public static int GpuOf(string slot) => int.Parse(slot.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture);
    public static bool IsGpu(string slot) => slot.StartsWith("gpu-", StringComparison.Ordinal);

    private static string Name(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number}");
    private SlotHolder? Holder(string slot) => JobFiles.Read(folder.SlotPath(slot), JobFilesJson.Default.SlotHolder);

    private bool IsFree(string slot) => Holder(slot) is not { } holder || !IsHeld(holder);

    private bool IsHeld(SlotHolder holder)
    {
        if (folder.IsHeld(LocalJob.NumberOf(new(holder.JobId)))) return true;
        // Process numbers of another boot or another container mean nothing here; there the lock alone counts.
        if (holder.Boot != processes.Boot || holder.Namespace != processes.Namespace) return false;
        var process = holder is { Pid: { } pid, Start: { } start } ? new ProcessIdentity(holder.Boot, pid, start) : JobFiles.Claim(holder.Folder)?.Process;
        return process is { } known && LocalSession.Members(processes, [known])[known.Pid].Any();
    }
}
