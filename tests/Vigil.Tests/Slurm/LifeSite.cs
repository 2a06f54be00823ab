using System.Collections.Immutable;
using FakeSlurm;
using Vigil.Platform;
using Vigil.Schedulers;
using Vigil.Schedulers.Local;
using Vigil.Schedulers.Slurm;
using Vigil.Tests.CrashMatrix;

namespace Vigil.Tests.Slurm;

/// <summary>The one clock of a cluster and its users. Whoever waits on it has that time pass at once; the wall clock can be set, as a person or a time server does.</summary>
internal sealed class LifeTime(FakeCluster cluster) : TimeProvider
{
    private TimeSpan _set;

    /// <summary>Called when time has passed because somebody waited.</summary>
    public Action Waited { get; set; } = static () => { };

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    public override DateTimeOffset GetUtcNow() => cluster.Now + _set;
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override long GetTimestamp() => cluster.Now.UtcTicks;

    /// <summary>No time passes.</summary>
    public void SetWallClock(TimeSpan by) => _set += by;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan) return new Spent();
        cluster.Advance(dueTime);
        Waited();
        callback(state);
        return new Spent();
    }

    private sealed class Spent : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => false;
        public void Dispose() { }
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>One command that was given.</summary>
internal readonly record struct Asked(DateTimeOffset At, string Line);

/// <summary>A login node as one monitor sees it; it dies with the monitor.</summary>
internal sealed class LifeSite(FakeCluster cluster, ScriptedJobs jobs, List<Asked> asked) : ISite
{
    private readonly HereSite _files = new("/nowhere", ImmutableDictionary<string, string>.Empty, TimeProvider.System);
    private bool _dead;

    public string Name => "";

    /// <summary>The zone of whoever does not say one.</summary>
    public string HomeZone { get; set; } = "UTC";

    /// <summary>What becomes of a program's output on the way, by its name; each is used once.</summary>
    public Dictionary<string, Queue<Func<string, string>>> Rewritten { get; } = [];

    public ValueTask<ProcessOutcome> RunAsync(ImmutableArray<string> words, TimeSpan limit, CancellationToken stop)
    {
        if (_dead) throw new SimulatedCrash();
        var variables = words.TakeWhile(static w => w is "env" || w.Contains('=', StringComparison.Ordinal) && !w.StartsWith('-')).ToList();
        string[] plain = [.. words.Skip(variables.Count)];
        asked.Add(new(cluster.Now, string.Join(' ', plain)));
        cluster.Site.Zone = variables.Find(static v => v.StartsWith("TZ=", StringComparison.Ordinal))?[3..] ?? HomeZone;
        if (plain[0] == "sbatch") jobs.Submitting(plain[^1]);
        jobs.Follow();
        Answer answer;
        try { answer = cluster.Run(plain); }
        // Those that were on their way beside it are not sent any more.
        catch (SimulatedCrash) { _dead = true; throw; }
        jobs.Follow();
        var output = Rewritten.TryGetValue(plain[0], out var lies) && lies.TryDequeue(out var lie) ? lie(answer.Output) : answer.Output;
        return new(answer.Took > limit ? new(null, "", $"{plain[0]} gave no answer within {limit.TotalSeconds} s") : new ProcessOutcome(answer.ExitCode, output, answer.Errors));
    }

    // Within the call: virtual time has no other thread.
    public ValueTask<ImmutableArray<AttemptMarks>?> MarksAsync(ImmutableArray<string> folders, CancellationToken stop) =>
        _dead ? throw new SimulatedCrash() : new(_files.MarksAsync(folders, stop).AsTask().GetAwaiter().GetResult());

    public ValueTask<SiteWrites?> LastWritesAsync(ImmutableArray<string> paths, CancellationToken stop) =>
        new(new SiteWrites(cluster.Now, [.. paths.Select(jobs.LastWrite)]));

    public ValueTask<ImmutableArray<IReadOnlyList<string>>> LastLinesAsync(ImmutableArray<string> files, CancellationToken stop) =>
        new([.. files.Select(JobVerdict.End)]);
}
