using System.Collections.Concurrent;
using System.Collections.Immutable;
using Vigil.Cli;
using Vigil.Journaling;

namespace Vigil.Web.Runs;

/// <summary>Every experiment under one folder, looked at once a second by one thread; pages read what it saw last.</summary>
internal sealed class Catalogue(CliContext context, string root)
{
    private const int MostDepth = 5;
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(1), SearchEvery = TimeSpan.FromSeconds(10), WantedFor = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, (ExperimentReader Reader, ExperimentFolder Folder)> _readers = [];
    private readonly ConcurrentDictionary<string, long> _wanted = new(StringComparer.Ordinal);
    private long? _searched;

    public string Root => root;

    /// <summary>In the order of their folders.</summary>
    public ImmutableArray<ExperimentSight> Experiments { get; private set; } = [];

    /// <summary>How often all were looked at.</summary>
    public long Turn { get; private set; }

    /// <summary>Completes with the next look, or at once when there was one since.</summary>
    public async Task<long> AfterAsync(long turn, CancellationToken stop)
    {
        while (Turn <= turn) await _turned.Task.WaitAsync(stop);
        return Turn;
    }

    private TaskCompletionSource _turned = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Somebody looks at these runs: their logs are read first.</summary>
    public void Want(IEnumerable<string> runs)
    {
        foreach (var run in runs) _wanted[run] = context.Time.GetTimestamp();
    }

    public ExperimentSight? Find(string experiment) => Experiments.FirstOrDefault(e => e.Row.Id == experiment);

    public (ExperimentSight Experiment, Monitoring.RunRecord Run, RunRow Row)? Find(string experiment, string run) =>
        Find(experiment) is { } found && found.Find(run) is var (record, row) ? (found, record, row) : null;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Read();
            await Pause.ForAsync(ReadEvery, context.Time, stop);
        }
    }

    public void Read()
    {
        if (_searched is not { } last || context.Time.GetElapsedTime(last) >= SearchEvery) Search();
        foreach (var (run, at) in _wanted)
            if (context.Time.GetElapsedTime(at) > WantedFor) _wanted.TryRemove(run, out _);
        var wanted = _wanted.Keys.ToHashSet(StringComparer.Ordinal);
        Experiments = [.. _readers.Values.Where(static r => r.Folder.HoldsAnExperiment).OrderBy(static r => r.Folder.Root, StringComparer.Ordinal).Select(r => r.Reader.TryRead(wanted)).OfType<ExperimentSight>()];
        Turn++;
        Interlocked.Exchange(ref _turned, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    private void Search()
    {
        try
        {
            foreach (var folder in Below(root, MostDepth).Concat(KnownExperiments.All(context).Where(IsBelow)))
            {
                var id = RunKeys.Experiment(folder.Root);
                if (!_readers.ContainsKey(id)) _readers[id] = (new(context, folder, id), folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder went while it was looked through: the next search sees what is there then.
        }
        _searched = context.Time.GetTimestamp();
    }

    private bool IsBelow(ExperimentFolder folder) => folder.Root == root || folder.Root.StartsWith(root.EndsWith('/') ? root : $"{root}/", StringComparison.Ordinal);

    /// <summary>Links and hidden folders are not entered, nor the folders of an experiment's own runs.</summary>
    private static IEnumerable<ExperimentFolder> Below(string path, int depth)
    {
        var folder = new ExperimentFolder(path);
        if (folder.HoldsAnExperiment) return [folder];
        var options = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.ReparsePoint };
        return depth == 0 || !Directory.Exists(path) ? [] : Directory.EnumerateDirectories(path, "*", options).SelectMany(inner => Below(inner, depth - 1));
    }
}
