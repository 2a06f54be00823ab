using System.Collections.Immutable;
using System.Globalization;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Schedulers.Local;

/// <summary>Where a local job stands, and only what is true there.</summary>
internal abstract record JobPhase
{
    private JobPhase() { }

    public sealed record Waiting : JobPhase;

    /// <param name="Wrapper">Null: an earlier monitor started it, and it has not claimed its attempt yet; its lock shows that it lives.</param>
    public sealed record Running(ProcessIdentity? Wrapper, Kin Kin, DateTimeOffset Since) : JobPhase;

    /// <summary>The wrapper is gone; programs that it started are not.</summary>
    public sealed record Leaving(ProcessIdentity Wrapper, DateTimeOffset Since, DateTimeOffset KillAt, DateTimeOffset LookAt) : JobPhase;

    public sealed record Over(JobReport Report) : JobPhase;
}

/// <summary>
/// A child tells its end by itself; a stranger, which an earlier monitor started, is looked at. One that runs on another machine (the folder is
/// shared) cannot be seen: only its <c>exit.json</c> tells, and that it cannot be seen here proves nothing.
/// </summary>
internal enum Kin { Child, Stranger, Elsewhere }

/// <summary>A job in the memory of its monitor.</summary>
internal sealed class LocalJob(AttemptId attempt, JobId id, PlannedRun run, string folder, JobRecord record)
{
    public AttemptId Attempt => attempt;
    public JobId Id => id;
    public PlannedRun Run => run;
    public string Folder => folder;
    public string Log => LogPattern.Expand(run.LogPath, id, Environment.MachineName.Split('.')[0])!;
    public long Number { get; } = NumberOf(id);

    /// <summary>Our ids are numbers; nothing else can be one of ours, and number 0 is nobody's.</summary>
    public static long NumberOf(JobId id) => long.TryParse(id.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public JobRecord Record { get; set; } = record;
    public JobPhase Phase { get; set; } = new JobPhase.Waiting();

    /// <summary>The phase that was reported last: among a thousand jobs only the news are.</summary>
    public JobPhase? Told { get; set; }

    /// <summary>Whether a report has told when and where it began.</summary>
    public bool ToldStart { get; set; }

    public ImmutableArray<string> Slots { get; set; } = [];

    /// <summary>Null: it has not said so yet.</summary>
    public JobMark? Started => field ??= JobFiles.Started(folder);

    /// <summary>A <see cref="System.Diagnostics.Stopwatch"/> time stamp: pids follow the machine's monotonic clock, no other. 0: not started here.</summary>
    public long Spawned { get; set; }

    /// <summary>KILL was sent to the group.</summary>
    public bool Killed { get; set; }
}
