using System.Collections.Immutable;
using Vigil.Cli;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;

namespace Vigil.Web.Runs;

/// <summary>One experiment as it was seen last: never changes, so that any number of pages may read it.</summary>
/// <param name="Rows">In plan order.</param>
internal sealed record ExperimentSight(ExperimentFolder Folder, ExperimentRow Row, ExperimentState State, ImmutableArray<RunRow> Rows, SchedulerSight? Sight)
{
    private readonly Dictionary<string, int> _places = Places(Rows);

    public (RunRecord Run, RunRow Row)? Find(string key)
    {
        if (!_places.TryGetValue($"{Row.Id}/{key}", out var place)) return null;
        return (State.Runs[Rows[place].Name], Rows[place]);
    }

    private static Dictionary<string, int> Places(ImmutableArray<RunRow> rows)
    {
        var places = new Dictionary<string, int>(rows.Length, StringComparer.Ordinal);
        for (var i = 0; i < rows.Length; i++) places[rows[i].Id] = i;
        return places;
    }
}

/// <summary>Reads one experiment again and again: its journal from where it stopped, the ends of its logs, its monitor's beat. For one thread.</summary>
internal sealed class ExperimentReader(CliContext context, ExperimentFolder folder, string id)
{
    private static readonly TimeSpan LookPatience = TimeSpan.FromMilliseconds(150);

    private readonly JournalFollower _follower = new(folder);
    private readonly LogGlances _logs = new(context.Time, new(() => FrozenPacks.Read(folder)));

    private ExperimentSight? _last;

    /// <param name="wanted">Runs that somebody looks at: their logs come first.</param>
    /// <returns>Null: nothing of it could be read yet.</returns>
    public ExperimentSight? TryRead(IReadOnlySet<string> wanted)
    {
        try
        {
            return _last = Read(wanted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return _last is null ? null : _last with { Row = _last.Row with { Trouble = $"it cannot be read now, and is shown as it was: {e.Message}" } };
        }
    }

    private ExperimentSight Read(IReadOnlySet<string> wanted)
    {
        string? trouble = null;
        try
        {
            _follower.Read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            trouble = $"the journal cannot be read now: {e.Message}";
        }
        var (state, now) = (_follower.State, context.Time.GetLocalNow());
        if (_follower.Damage is { } damage) trouble = $"{damage}. What is shown is what stands before it; vigil doctor {folder.Root} says what can be done";
        var runs = state.InPlanOrder.ToList();
        _logs.Look(runs.Where(r => !r.Attempts.IsEmpty && wanted.Contains(RunKeys.Id(id, r.Id))).Concat(runs.Where(static r => r.State is RunState.Running)).Concat(runs.Where(static r => !r.Attempts.IsEmpty)), LookPatience);
        var sight = SightView.Read(folder);
        var rows = new RunRows(id, state.Experiment?.Name ?? Path.GetFileName(folder.Root), sight, now);
        var monitor = Glance.Watcher(folder, _follower, now);
        var shown = runs.Select(r => rows.Of(r, _logs.Of(r))).ToImmutableArray();
        var row = new ExperimentRow(
            id, state.Experiment?.Name ?? Path.GetFileName(folder.Root), folder.Root, Counting.Of(shown), shown.Length,
            new(monitor.Alive, monitor.Host, monitor.Pid, BeatAge(now), monitor.SilentSince),
            [.. (sight?.Witnesses ?? []).Select(w => Views.WitnessStatus.Of(w, now))], trouble, Views.ActionStatus.Of(state).Length, runs.Count == 0 ? null : runs.Max(static r => r.Changed));
        return new(folder, row, state, shown, sight);
    }

    private double? BeatAge(DateTimeOffset now)
    {
        try
        {
            return File.Exists(folder.Lease) ? Math.Max(0, Math.Round((now - File.GetLastWriteTime(folder.Lease)).TotalSeconds, 1)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
