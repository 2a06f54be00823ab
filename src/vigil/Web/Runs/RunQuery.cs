using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Vigil.Views;

namespace Vigil.Web.Runs;

/// <summary>What somebody wants to see of all runs: <c>q</c>, <c>sort</c>, <c>group</c>, <c>experiment</c>, <c>offset</c>, <c>limit</c>.</summary>
internal sealed record RunQuery(string Filter, string Sort, string? Group, string? Experiment, int Offset, int Limit)
{
    public const int MostRows = 1000, UsualRows = 200;

    /// <summary>What needs somebody comes first.</summary>
    private static readonly ImmutableArray<string> Urgent = ["needs_person", "lost", "failed", "running", "submitted", "queued", "held", "waiting", "cancelled", "completed", "skipped"];

    public static RunQuery Of(IQueryCollection query) => new(
        Text(query, "q") ?? "", Text(query, "sort") ?? "", Text(query, "group"), Text(query, "experiment"),
        Number(query, "offset") is { } offset ? Math.Max(0, offset) : 0, Math.Clamp(Number(query, "limit") ?? UsualRows, 0, MostRows));

    public RunsPage On(IReadOnlyList<ExperimentSight> experiments, DateTimeOffset now)
    {
        var all = experiments.Where(e => Experiment is null || e.Row.Id == Experiment).ToList();
        var total = all.Sum(static e => e.Rows.Length);
        if (RunFilter.TryParse(Filter, out var problem) is not { } filter)
            return new(now, total, 0, new Dictionary<string, int>(), 0, [], null, "", new(problem!.Value.Text, problem.Value.At));
        var found = all.SelectMany(e => e.Rows.Where(row => filter.Matches(Facts(e, row)))).ToList();
        var sorted = Sorted(found);
        return new(now, total, found.Count, Counting.Of(found), Offset, [.. sorted.Skip(Offset).Take(Limit)], Group is { } key ? Groups(all, sorted, key) : null, string.Concat(sorted.Select(static r => Letter(r.Health))), null);
    }

    private static FilterFacts Facts(ExperimentSight experiment, RunRow row) => new($"{row.Name} {row.ExperimentName} {row.Job} {string.Join(' ', row.Tags)}", key => Value(experiment, row, key));

    private static string? Value(ExperimentSight experiment, RunRow row, string key) => key.ToLowerInvariant() switch
    {
        "state" => row.State,
        "health" => row.Health,
        "name" or "run" => row.Name,
        "experiment" or "exp" => row.ExperimentName,
        "stage" => row.Stage,
        "reason" => row.Reason,
        "node" or "host" => row.Nodes,
        "job" => row.Job,
        "partition" => row.Partition,
        "tag" => string.Join(' ', row.Tags),
        "parent" => row.Parent,
        "attempts" => Text(row.Attempts),
        "step" => Text(row.Progress.Step),
        "epoch" => Text(row.Progress.Epoch),
        "progress" => Text(row.Progress.Share),
        "eta" => Text(row.Progress.EtaSeconds),
        "age" => Text(row.OutputAge),
        "elapsed" => Text(row.ElapsedSeconds),
        "rate" => Text(row.Rate),
        "metric" => Text(row.Metric?.Last),
        _ => row.Metric is { } metric && metric.Name == key ? Text(metric.Last)
            : experiment.State.Runs.TryGetValue(row.Name, out var run) ? run.Plan.Overrides.Where(c => c.Key == key || c.Key.EndsWith($".{key}", StringComparison.Ordinal)).Select(static c => Spec.Secrets.Mask(c.Key, c.Value)).FirstOrDefault() : null,
    };

    private static string? Text(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>Rows that are equal stay in plan order: they must not jump from look to look.</summary>
    private List<RunRow> Sorted(List<RunRow> rows)
    {
        var keys = Sort.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static k => (By: Order(k.TrimStart('-')), IsDown: k.StartsWith('-'))).Where(static k => k.By is not null).DefaultIfEmpty((Order("urgency"), false)).ToList();
        var sorted = rows.OrderBy(static r => r, Comparer<RunRow>.Create((a, b) =>
        {
            foreach (var (by, isDown) in keys)
                if (by!(a, b) is not 0 and var order) return isDown ? -order : order;
            return 0;
        }));
        return [.. sorted];
    }

    private static Comparison<RunRow>? Order(string key) => key switch
    {
        "urgency" => static (a, b) => Urgency(a).CompareTo(Urgency(b)),
        "name" => static (a, b) => string.CompareOrdinal(a.Name, b.Name),
        "experiment" => static (a, b) => string.CompareOrdinal(a.ExperimentName, b.ExperimentName),
        "state" => static (a, b) => Urgent.IndexOf(a.State).CompareTo(Urgent.IndexOf(b.State)),
        "job" => static (a, b) => string.CompareOrdinal(a.Job, b.Job),
        "progress" => Numbers(static r => r.Progress.Share),
        "eta" => Numbers(static r => r.Progress.EtaSeconds),
        "output" or "age" => Numbers(static r => r.OutputAge),
        "metric" => Numbers(static r => r.Metric?.Last),
        "rate" => Numbers(static r => r.Rate),
        "attempts" => static (a, b) => a.Attempts.CompareTo(b.Attempts),
        "started" => Numbers(static r => r.Started?.ToUnixTimeSeconds()),
        "elapsed" => Numbers(static r => r.ElapsedSeconds),
        _ => null,
    };

    /// <summary>What has no number comes last, upwards.</summary>
    private static Comparison<RunRow> Numbers(Func<RunRow, double?> of) => (a, b) => (of(a) ?? double.PositiveInfinity).CompareTo(of(b) ?? double.PositiveInfinity);

    private static int Urgency(RunRow row) => row.Health switch { "sick" => -3, "stuck" => -2, "quiet" => -1, _ => Urgent.IndexOf(row.State) };

    private static char Letter(string health) => health switch { "sick" => 'k', "over" => 'v', _ => health[0] };

    private static ImmutableArray<RunGroup> Groups(List<ExperimentSight> experiments, List<RunRow> rows, string key)
    {
        var byId = experiments.ToDictionary(static e => e.Row.Id);
        return [.. rows.GroupBy(r => Value(byId[r.Experiment], r, key) ?? "—").Select(static g => new RunGroup(g.Key, g.Count(), Counting.Of(g), Best(g), Median(g)))];
    }

    private static double? Best(IEnumerable<RunRow> rows) => rows.Min(static r => r.Metric?.Last);

    private static double? Median(IEnumerable<RunRow> rows) => rows.Select(static r => r.Metric?.Last).OfType<double>().Order().ToArray() is { Length: > 0 } values ? values[values.Length / 2] : null;

    private static string? Text(IQueryCollection query, string name) => query[name] is [{ Length: > 0 and <= 4096 } text, ..] ? text : null;

    private static int? Number(IQueryCollection query, string name) => int.TryParse(Text(query, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
