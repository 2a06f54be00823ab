using System.Collections.Immutable;
using Vigil.Logs;

namespace Vigil.Evaluations;

/// <summary>What a log's <c>results</c> say.</summary>
internal readonly record struct EvalResults(long? Total, long? Completed, ImmutableArray<EvalScore> Scores);

/// <summary>Reads a log's <c>results</c>: every score, not only the first.</summary>
internal static class EvalResultsReader
{
    /// <summary>Further metrics are not kept: no evaluation has so many.</summary>
    public const int MostMetrics = 10_000;

    public static EvalResults Read(ref JsonWalk json)
    {
        var results = new EvalResults(null, null, []);
        if (json.EnterObject())
            while (json.NextName() is { } name)
                switch (name)
                {
                    case "total_samples": results = results with { Total = json.Count() }; break;
                    case "completed_samples": results = results with { Completed = json.Count() }; break;
                    case "scores": results = results with { Scores = Scores(ref json) }; break;
                    default: json.Skip(); break;
                }
        return results;
    }

    private static ImmutableArray<EvalScore> Scores(ref JsonWalk json)
    {
        var scores = ImmutableArray.CreateBuilder<EvalScore>();
        var left = MostMetrics;
        if (json.EnterArray())
            while (json.NextItem())
                if (left > 0)
                {
                    var score = Score(ref json, left);
                    left -= 1 + score.Metrics.Length;
                    scores.Add(score);
                }
                else json.Skip();
        return scores.DrainToImmutable();
    }

    private static EvalScore Score(ref JsonWalk json, int most)
    {
        var score = new EvalScore("", "", null, null, null, []);
        if (json.EnterObject())
            while (json.NextName() is { } name)
                switch (name)
                {
                    case "name": score = score with { Name = json.Text() ?? "" }; break;
                    case "scorer": score = score with { Scorer = json.Text() ?? "" }; break;
                    case "reducer": score = score with { Reducer = json.Text() }; break;
                    case "scored_samples": score = score with { ScoredSamples = json.Count() }; break;
                    case "unscored_samples": score = score with { UnscoredSamples = json.Count() }; break;
                    case "metrics": score = score with { Metrics = Metrics(ref json, most) }; break;
                    default: json.Skip(); break;
                }
        return score.Name.Length > 0 ? score : score with { Name = score.Scorer };
    }

    private static ImmutableArray<NamedValue> Metrics(ref JsonWalk json, int most)
    {
        var metrics = ImmutableArray.CreateBuilder<NamedValue>();
        if (json.EnterObject())
            while (json.NextName() is { } name)
                if (metrics.Count < most && Value(ref json) is { } value) metrics.Add(new(name, value));
                else json.Skip();
        return metrics.DrainToImmutable();
    }

    /// <summary>Null: it has none that is a number.</summary>
    private static double? Value(ref JsonWalk json)
    {
        double? value = null;
        if (json.EnterObject())
            while (json.NextName() is { } name)
                if (name == "value") value = json.Number();
                else json.Skip();
        return value;
    }
}
