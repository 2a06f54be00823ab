using System.Collections.Immutable;
using FakeSlurm;
using Vigil.Platform;
using Vigil.Schedulers;
using Vigil.Schedulers.Local;
using Vigil.Schedulers.Slurm;

namespace Vigil.Tests.Slurm;

/// <summary>The clock of a cluster that is a value: it moves when a test says so, or while a slow command is waited for.</summary>
internal sealed class ClusterTime(FakeCluster cluster) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => cluster.Now;
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override long GetTimestamp() => cluster.Now.UtcTicks;
}

/// <summary>A login node of a cluster that is a value, with real files.</summary>
internal sealed class FakeSite(FakeCluster cluster) : ISite
{
    private readonly HereSite _files = new("/nowhere", ImmutableDictionary<string, string>.Empty, TimeProvider.System);

    public string Name => "";

    /// <summary>What every file was last written at; null: there is none.</summary>
    public DateTimeOffset? LastWrite { get; set; }

    /// <summary>Whether the file system answers.</summary>
    public bool FilesAnswer { get; set; } = true;

    /// <summary>How often the file system was asked for markers.</summary>
    public int MarkReads { get; private set; }

    /// <summary>Answers given instead of the cluster's, by the program's name; they are used up.</summary>
    public Dictionary<string, Queue<ProcessOutcome>> Canned { get; } = [];

    public List<string> Said { get; } = [];

    /// <summary>Until it completes no command answers.</summary>
    public Task Answers { get; set; } = Task.CompletedTask;

    public ValueTask<ProcessOutcome> RunAsync(ImmutableArray<string> words, TimeSpan limit, CancellationToken stop)
    {
        string[] plain = [.. words.SkipWhile(static w => w is "env" || w.Contains('=', StringComparison.Ordinal) && !w.StartsWith('-'))];
        Said.Add(string.Join(' ', plain));
        return Answers.IsCompleted ? new(Answer(plain, limit)) : new(LaterAsync(plain, limit));
    }

    private async Task<ProcessOutcome> LaterAsync(string[] plain, TimeSpan limit)
    {
        await Answers;
        return Answer(plain, limit);
    }

    private ProcessOutcome Answer(string[] plain, TimeSpan limit)
    {
        if (Canned.TryGetValue(plain[0], out var canned) && canned.TryDequeue(out var given)) return given;
        var answer = cluster.Run(plain);
        return answer.Took > limit ? new(null, "", $"{plain[0]} gave no answer within {limit.TotalSeconds} s") : new(answer.ExitCode, answer.Output, answer.Errors);
    }

    public ValueTask<ImmutableArray<AttemptMarks>?> MarksAsync(ImmutableArray<string> folders, CancellationToken stop)
    {
        MarkReads += folders.Length;
        // Within the call: virtual time has no other thread.
        return FilesAnswer ? new(_files.MarksAsync(folders, stop).AsTask().GetAwaiter().GetResult()) : new((ImmutableArray<AttemptMarks>?)null);
    }

    public ValueTask<SiteWrites?> LastWritesAsync(ImmutableArray<string> paths, CancellationToken stop) =>
        new(FilesAnswer ? new SiteWrites(cluster.Now, [.. paths.Select(_ => LastWrite)]) : null);

    public ValueTask<ImmutableArray<IReadOnlyList<string>>> LastLinesAsync(ImmutableArray<string> files, CancellationToken stop) =>
        new([.. files.Select(JobVerdict.End)]);
}
