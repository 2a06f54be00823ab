using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Vigil.Platform;

namespace Vigil.Schedulers.Slurm;

/// <summary>What a request is for: a cancellation may use what nobody else may.</summary>
internal enum RequestKind { Ordinary, Cancel }

/// <summary>
/// How often Slurm is asked: a bucket of tokens in one file, shared by everything that one user's Vigil sends to a cluster from this machine.
/// Where the file cannot be locked, each process has a bucket of its own, filled half as fast.
/// </summary>
/// <param name="file">Absolute. Null: nothing is shared.</param>
/// <param name="perSecond">In the long run; from <see cref="Unlimited"/> on nothing is counted.</param>
/// <param name="boot">Of this machine: its monotonic clock begins anew with each.</param>
internal sealed class RequestBudget(string? file, double perSecond, TimeProvider time, string boot)
{
    public const double Unlimited = 1000;

    /// <summary>Requests in a row, after a pause.</summary>
    public const double Burst = 10;

    /// <summary>Beside the burst, for cancellations alone.</summary>
    public const double Reserve = 2;

    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);
    private const double Slowest = 1.0 / 16;
    private readonly Lock _lock = new();
    private Bucket? _own;

    /// <summary>The file of one cluster in the user's state folder. Null: there is no home.</summary>
    public static string? FileOf(string site, string? cluster)
    {
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        var home = Environment.GetEnvironmentVariable("HOME");
        if (state is not ['/', ..]) state = home is ['/', ..] ? Path.Combine(home, ".local/state") : null;
        if (state is null) return null;
        var name = string.Concat($"{(site.Length == 0 ? "here" : site)}-{cluster ?? "default"}".Select(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '@' or '_' ? c : '_'));
        return Path.Combine(state, "vigil", "slurm-requests", name);
    }

    /// <summary>Waits until the request may be sent.</summary>
    public async ValueTask TakeAsync(RequestKind kind, CancellationToken stop)
    {
        while (TryTake(kind) is var wait && wait > TimeSpan.Zero) await Task.Delay(wait, time, stop);
    }

    /// <summary>Zero: it may be sent now, and is counted. Else: ask again after so long.</summary>
    public TimeSpan TryTake(RequestKind kind)
    {
        if (perSecond >= Unlimited) return TimeSpan.Zero;
        var wait = TimeSpan.Zero;
        Change(bucket =>
        {
            var need = kind is RequestKind.Cancel ? 1 : 1 + Reserve;
            if (bucket.Tokens >= need) return bucket with { Tokens = bucket.Tokens - 1 };
            var rate = perSecond * bucket.Slowed * (bucket.IsShared ? 1 : 0.5);
            // No shorter than a timer can be: two processes would else spin on the last hair of a token.
            wait = TimeSpan.FromSeconds(Math.Max(0.001, (need - bucket.Tokens) / rate));
            return bucket;
        });
        return wait;
    }

    /// <summary>Slurm said that it is asked too often: half as fast from here on, until it has been quiet for a while.</summary>
    public void SlowDown()
    {
        if (perSecond >= Unlimited) return;
        Change(static bucket => bucket with { Slowed = Math.Max(Slowest, bucket.Slowed / 2), SlowedFor = 0, Tokens = Math.Min(bucket.Tokens, Reserve) });
    }

    private void Change(Func<Bucket, Bucket> change)
    {
        lock (_lock)
        {
            if (TryChangeShared(change)) return;
            _own = change(Fill((_own ?? Bucket.Full) with { IsShared = false }));
        }
    }

    private bool TryChangeShared(Func<Bucket, Bucket> change)
    {
        if (file is null) return false;
        var descriptor = -1;
        try
        {
            PrivateFolder.Create(Path.GetDirectoryName(file)!);
            descriptor = Libc.Open(file, Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenNoFollow | Libc.OpenCloseOnExec, 0x180);
            if (descriptor < 0 || !TryLock(descriptor)) return false;
            var bucket = Fill(Bucket.Parse(SmallFile.TryRead(file)) ?? Bucket.Full);
            SmallFile.Overwrite(file, change(bucket with { IsShared = true }).Bytes());
            return true;
        }
        // A full disk, or a home that cannot be written: what is not shared is halved.
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException) { return false; }
        finally { if (descriptor >= 0) _ = Libc.Close(descriptor); }
    }

    /// <summary>The lock is held for microseconds; who waits longer waits for a stopped process.</summary>
    private static bool TryLock(int descriptor)
    {
        const int notBlocking = 4, tries = 50;
        for (var i = 0; i < tries; i++)
        {
            if (Libc.Flock(descriptor, Libc.LockExclusive | notBlocking) == 0) return true;
            if (Marshal.GetLastPInvokeError() is not (Libc.ErrorAgain or Libc.ErrorInterrupted)) return false;
            Thread.Sleep(1);
        }
        return false;
    }

    /// <summary>What has flowed in since. Only the time that has certainly passed counts: a clock that was set, or another machine's, gives a full bucket at most.</summary>
    private Bucket Fill(Bucket bucket)
    {
        var now = time.GetTimestamp() * (double)TimeSpan.TicksPerSecond / time.TimestampFrequency / TimeSpan.TicksPerSecond;
        var wall = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        var passed = bucket.Boot == "" ? 0 : bucket.Boot == boot ? now - bucket.At : wall - bucket.Wall;
        if (!double.IsFinite(passed) || passed < 0) passed = 0;
        var (slowed, quiet) = (bucket.Slowed, bucket.SlowedFor + passed);
        for (; slowed < 1 && quiet >= Recovery.TotalSeconds; quiet -= Recovery.TotalSeconds) slowed = Math.Min(1, slowed * 2);
        var rate = perSecond * slowed * (bucket.IsShared ? 1 : 0.5);
        return bucket with { Boot = boot, At = now, Wall = wall, Slowed = slowed, SlowedFor = slowed < 1 ? quiet : 0, Tokens = Math.Clamp(bucket.Tokens + passed * rate, 0, Burst + Reserve) };
    }

    /// <param name="At">Seconds of the monotonic clock of <paramref name="Boot"/>.</param>
    /// <param name="Wall">The same moment on the wall clock, in seconds.</param>
    /// <param name="Slowed">The part of the rate that is used; 1: all of it.</param>
    /// <param name="SlowedFor">Seconds since Slurm last complained, or since the last step back up.</param>
    private readonly record struct Bucket(double Tokens, string Boot, double At, double Wall, double Slowed, double SlowedFor, bool IsShared)
    {
        public static Bucket Full { get; } = new(Burst + Reserve, "", 0, 0, 1, 0, IsShared: true);

        public byte[] Bytes() => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"1 {Tokens:R} {Boot} {At:R} {Wall:R} {Slowed:R} {SlowedFor:R}\n"));

        /// <summary>Null: nothing was written yet, or something else.</summary>
        public static Bucket? Parse(byte[]? bytes)
        {
            if (bytes is null || Encoding.ASCII.GetString(bytes).TrimEnd('\n').Split(' ') is not ["1", var tokens, { Length: > 0 } boot, var at, var wall, var slowed, var slowedFor]) return null;
            return Number(tokens) is { } t && Number(at) is { } a && Number(wall) is { } w && Number(slowed) is { } s and >= Slowest and <= 1 && Number(slowedFor) is { } f
                ? new(t, boot, a, w, s, f, IsShared: true)
                : null;
        }

        private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
    }
}
