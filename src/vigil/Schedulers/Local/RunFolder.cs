using System.Globalization;
using System.Text;
using Vigil.Platform;

namespace Vigil.Schedulers.Local;

/// <summary>
/// What all monitors of one user on one machine share: the counter of job ids, the slots, and a lock for each job.
/// A job's lock is taken before the job is started and inherited by it: held means that it lives, or is being started.
/// It is one byte of one file, at the job's number: a file a job, made and removed, costs an ext4 more than the job itself.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly TimeProvider _time;
    private readonly int _slotLock, _jobLocks;

    private RunFolder(string path, TimeProvider time)
    {
        (Path, _time) = (path, time);
        _slotLock = OpenLock(System.IO.Path.Combine(path, "slots/lock"));
        _jobLocks = OpenLock(JobLocks);
    }

    public string Path { get; }

    /// <summary>Survives logout and reboot, unlike what lies under <c>/run</c> or <c>/dev/shm</c>.</summary>
    public static string DefaultPath(Func<string, string?> environment)
    {
        if (environment("VIGIL_RUN_DIR") is { Length: > 0 } chosen) return System.IO.Path.GetFullPath(chosen);
        var name = string.Create(CultureInfo.InvariantCulture, $"vigil-{Libc.EffectiveUser()}");
        return Access.CanWrite("/var/tmp") ? $"/var/tmp/{name}" : $"/tmp/{name}";
    }

    /// <returns>Null with the reason and its remedy when the folder cannot be trusted or made.</returns>
    public static RunFolder? Open(string path, TimeProvider time, out string? refusal)
    {
        refusal = PrivateFolder.Claim(path) ?? PrivateFolder.Claim(System.IO.Path.Combine(path, "slots"));
        if (refusal is not null) return null;
        try { return new(path, time); }
        catch (IOException unwritable)
        {
            refusal = $"{unwritable.Message}; set VIGIL_RUN_DIR to a folder that you can write";
            return null;
        }
    }

    /// <summary>The first of <paramref name="count"/> new ids. If the counter was deleted it starts at the seconds since 2026, so that no id comes again.</summary>
    public long TakeIds(int count)
    {
        var path = System.IO.Path.Combine(Path, "job-id");
        using (LockSlots())
        {
            var text = SmallFile.TryRead(path) is { } bytes ? Encoding.ASCII.GetString(bytes).Trim() : "";
            var bySeconds = (long)(_time.GetUtcNow() - Epoch).TotalSeconds;
            var next = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last + 1 : Math.Max(1, bySeconds);
            AtomicFile.Write(path, (next + count - 1).ToString(CultureInfo.InvariantCulture));
            return next;
        }
    }

    public string SlotPath(string slot) => System.IO.Path.Combine(Path, "slots", slot);

    /// <summary>Everybody looks at and changes slots only while holding this.</summary>
    public SlotLock LockSlots()
    {
        while (Libc.Flock(_slotLock, Libc.LockExclusive) < 0)
            if (System.Runtime.InteropServices.Marshal.GetLastPInvokeError() != Libc.ErrorInterrupted) throw Libc.LastError("lock", SlotPath("lock"));
        return new(_slotLock);
    }

    public readonly struct SlotLock(int descriptor) : IDisposable
    {
        private const int Unlock = 8;
        public void Dispose() => _ = Libc.Flock(descriptor, Unlock);
    }

    /// <summary>A descriptor that holds the job's lock, to be inherited by the job; null: somebody holds it.</summary>
    public int? TryHold(long job)
    {
        // A lock belongs to what one open() made; with a description of its own each job keeps its byte until its last process closes it.
        var descriptor = OpenLock(JobLocks);
        if (Libc.TryLockByte(descriptor, job)) return descriptor;
        _ = Libc.Close(descriptor);
        return null;
    }

    /// <summary>Whether the job lives or is being started.</summary>
    public bool IsHeld(long job) => Libc.IsByteLocked(_jobLocks, job);

    private string JobLocks => System.IO.Path.Combine(Path, "jobs");

    private static int OpenLock(string path) => Libc.Check(Libc.Open(path, Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenNoFollow | Libc.OpenCloseOnExec, 0x180), "open", path);

    public void Dispose()
    {
        _ = Libc.Close(_slotLock);
        _ = Libc.Close(_jobLocks);
    }
}
