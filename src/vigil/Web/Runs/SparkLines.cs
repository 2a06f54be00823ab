using System.Collections.Concurrent;
using System.Collections.Immutable;
using Vigil.Logs;
using Vigil.Monitor;
using Vigil.Monitoring;

namespace Vigil.Web.Runs;

/// <summary>The little curves of the overview, of runs that somebody looks at, kept while their file stays as long as it was.</summary>
internal sealed class SparkLines(Catalogue catalogue)
{
    private const int Points = 24;

    private readonly ConcurrentDictionary<string, (long Length, string Name, double? Best, ImmutableArray<double?> Spark)> _known = new(StringComparer.Ordinal);

    public RunRow With(RunRow row)
    {
        if (row.Metric is not { } metric || catalogue.Find(row.Experiment) is not { } experiment) return row;
        var (store, run) = (new MetricStore(experiment.Folder.Views), new Planning.RunId(row.Name));
        var length = Length(store.FileOf(run));
        if (!_known.TryGetValue(row.Id, out var known) || known.Length != length || known.Name != metric.Name) _known[row.Id] = known = Read(store, run, metric.Name, length);
        return row with { Metric = metric with { Best = known.Best, Spark = known.Spark } };
    }

    private static (long, string, double?, ImmutableArray<double?>) Read(MetricStore store, Planning.RunId run, string name, long length)
    {
        var buckets = length == 0 ? [] : SeriesBucket.Of(store.Read(run, name), Points);
        var isLoss = name.Contains("loss", StringComparison.OrdinalIgnoreCase);
        var finite = buckets.Where(static b => double.IsFinite(b.Min)).ToList();
        double? best = finite.Count == 0 ? null : isLoss ? finite.Min(static b => b.Min) : finite.Max(static b => b.Max);
        return (length, name, best, [.. buckets.Select(static b => double.IsFinite(b.Last) ? (double?)b.Last : null)]);
    }

    private static long Length(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }
}
