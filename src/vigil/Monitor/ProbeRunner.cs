using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Logs.Checkpoints;
using Vigil.Monitoring;
using Vigil.Platform;

namespace Vigil.Monitor;

/// <summary>Finds out what the core wants to know, each look at its own interval, several at a time, none of them waited for.</summary>
internal sealed class ProbeRunner(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan LongestCommand = TimeSpan.FromSeconds(60);
    private const int MostAtATime = 16, MostOutput = 4 << 10;

    private readonly Dictionary<string, Standing> _looks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Bytes, DateTimeOffset Since)> _sizes = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Path, Spec.LinePattern Pattern, int Lines), FileSearch> _searches = [];
    private readonly CancellationTokenSource _leaving = new();

    /// <summary>Knows how the experiment's trainers call their checkpoints.</summary>
    public CheckpointScan Checkpoints { get; init; } = new();

    /// <summary>What is known of a run's losses on held-out data; asked for between looks only.</summary>
    public Func<RunRecord, HeldOutLosses> Losses { get; init; } = static _ => HeldOutLosses.None;

    private sealed record Standing(DateTimeOffset Since)
    {
        public DateTimeOffset Due { get; set; }
        public Task<ImmutableArray<ProbeAnswer>>? Running { get; set; }

        /// <summary>What was asked: conditions may change while the answer is on its way.</summary>
        public ImmutableArray<Probe> Asked { get; set; } = [];
    }

    /// <summary>The answers that have come, and the looks that are due now are begun.</summary>
    public IEnumerable<Observation.Looked> Turn(ExperimentState state, DateTimeOffset now)
    {
        if (_looks.Count == 0 && state.Firings.IsEmpty && state.AllRuns.All(static r => r.Plan.Lifecycle is null)) yield break;
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        var running = _looks.Values.Count(static l => l.Running is { IsCompleted: false });
        foreach (var look in Looks.Wanted(state))
        {
            wanted.Add(look.Id);
            if (!_looks.TryGetValue(look.Id, out var standing)) _looks[look.Id] = standing = new(now);
            if (standing.Running is { IsCompleted: true } answered)
            {
                (standing.Running, standing.Due) = (null, now + look.Every);
                if (Probe.AreSame(standing.Asked, look.Probes)) yield return new(now, look.Id, standing.Since, answered.GetAwaiter().GetResult());
                else _looks[look.Id] = new(now);
            }
            else if (standing.Running is null && standing.Due <= now && running < MostAtATime)
            {
                running++;
                (standing.Asked, standing.Running) = (look.Probes, AnswerAsync(look.Probes, LossesOf(look.Probes, state), now));
            }
        }
        var gone = _looks.Keys.Where(id => !wanted.Contains(id)).ToList();
        foreach (var id in gone) _looks.Remove(id);
        if (gone.Count > 0) Forget(state);
    }

    private ImmutableArray<HeldOutLosses?> LossesOf(ImmutableArray<Probe> probes, ExperimentState state) =>
        [.. probes.Select(p => p is Probe.Checkpoint { BestOf: { } run } ? Losses(state.Runs[run.Value]) : null)];

    /// <summary>What was remembered of files that nobody asks about any more.</summary>
    private void Forget(ExperimentState state)
    {
        var probes = Looks.Wanted(state).SelectMany(static l => l.Probes).ToHashSet();
        lock (_sizes)
            foreach (var path in _sizes.Keys.Where(path => !probes.Contains(new Probe.File(path))).ToList()) _sizes.Remove(path);
        lock (_searches)
            foreach (var key in _searches.Keys.Where(k => !probes.Contains(new Probe.Content(k.Path, k.Pattern)) && !probes.Contains(new Probe.Tail(k.Path, k.Pattern, k.Lines))).ToList()) _searches.Remove(key);
    }

    /// <summary>Files are looked at at once where they answer at once; only the answer of a slow file system or a command is waited for elsewhere.</summary>
    /// <param name="losses">Beside each probe, where it needs them.</param>
    private Task<ImmutableArray<ProbeAnswer>> AnswerAsync(ImmutableArray<Probe> probes, ImmutableArray<HeldOutLosses?> losses, DateTimeOffset now) => Task.Run(async () =>
    {
        var answers = ImmutableArray.CreateBuilder<ProbeAnswer>(probes.Length);
        foreach (var (probe, known) in probes.Zip(losses)) answers.Add(await AnswerAsync(probe, known, now));
        return answers.MoveToImmutable();
    });

    private async Task<ProbeAnswer> AnswerAsync(Probe probe, HeldOutLosses? losses, DateTimeOffset now)
    {
        try
        {
            return probe switch
            {
                Probe.File file => Look(file.Path, now),
                Probe.Checkpoint checkpoint when losses is not null => LookForBest(checkpoint, losses, now),
                Probe.Checkpoint checkpoint => Look(checkpoint, now),
                Probe.Glob glob => Count(glob.Pattern),
                Probe.Content content => Search(content.Path, content.Pattern, FileSearch.WholeFile),
                Probe.Tail tail => Search(tail.Path, tail.Pattern, tail.Lines),
                Probe.Command command => await RunAsync(command.Words, command.Dir),
                Probe.Shell shell => await RunAsync(["/bin/bash", "-c", shell.Line], shell.Dir),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ProbeAnswer.Unknown(e.Message);
        }
    }

    private ProbeAnswer Look(string path, DateTimeOffset now)
    {
        var file = new FileInfo(path);
        if (!file.Exists && !Directory.Exists(path)) return new ProbeAnswer.Absent();
        var bytes = file.Exists ? file.Length : Directory.EnumerateFileSystemEntries(path).Count();
        lock (_sizes)
        {
            if (!_sizes.TryGetValue(path, out var known) || known.Bytes != bytes) _sizes[path] = known = (bytes, now);
            return new ProbeAnswer.Found(bytes, file.Exists ? file.LastWriteTime : Directory.GetLastWriteTime(path), known.Since);
        }
    }

    /// <summary>The scan remembers what it saw: a checkpoint that still grows is not whole.</summary>
    private ProbeAnswer Look(Probe.Checkpoint probe, DateTimeOffset now)
    {
        lock (Checkpoints)
        {
            if (Checkpoints.LookAt(probe.Path, now, probe.IsFinal ? CheckpointWriters.Gone : CheckpointWriters.Possible) is not { Bytes: > 0 } seen) return new ProbeAnswer.Absent();
            if (probe.NotBefore is { } start && seen.Modified < start) return new ProbeAnswer.CheckpointFound(IsWhole: false, "it is older than the run that is to make it");
            return new ProbeAnswer.CheckpointFound(seen.Validity is CheckpointValidity.Valid, seen.Reason ?? "");
        }
    }

    private ProbeAnswer LookForBest(Probe.Checkpoint probe, HeldOutLosses losses, DateTimeOffset now)
    {
        lock (Checkpoints) return new BestEpoch(losses, Checkpoints).Look(probe, now);
    }

    private static ProbeAnswer.Count Count(string pattern)
    {
        var (folder, last) = (Path.GetDirectoryName(pattern) ?? "/", Path.GetFileName(pattern));
        if (!Directory.Exists(folder)) return new ProbeAnswer.Count(0);
        return new ProbeAnswer.Count(Directory.EnumerateFileSystemEntries(folder).Count(entry => GlobPattern.Matches(last, Path.GetFileName(entry))));
    }

    private ProbeAnswer Search(string path, Spec.LinePattern pattern, int lines)
    {
        FileSearch search;
        lock (_searches)
            if (!_searches.TryGetValue((path, pattern, lines), out search!)) _searches[(path, pattern, lines)] = search = new(path, pattern, lines);
        lock (search) return search.Look();
    }

    private async Task<ProbeAnswer> RunAsync(ImmutableArray<string> words, string dir)
    {
        try
        {
            var outcome = await new ProcessRunner(time) { MostOutput = MostOutput, Folder = dir }.RunAsync(words, LongestCommand, _leaving.Token);
            return outcome.ExitCode is { } code ? new ProbeAnswer.Exited(code, outcome.Output) : new ProbeAnswer.Unknown(outcome.Errors);
        }
        catch (OperationCanceledException)
        {
            return new ProbeAnswer.Unknown("the monitor leaves");
        }
    }

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }
}
