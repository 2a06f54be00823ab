using System.Collections.Immutable;

namespace Vigil.Evaluations;

/// <summary>What a log's <c>stats</c> say: when, and how many tokens.</summary>
internal readonly record struct EvalStats(DateTimeOffset? StartedAt, DateTimeOffset? CompletedAt, ImmutableArray<EvalUsage> Usage)
{
    /// <summary>Further models are not kept.</summary>
    private const int MostModels = 1000;

    public static EvalStats Read(ref JsonWalk json)
    {
        var stats = new EvalStats(null, null, []);
        if (json.EnterObject())
            while (json.NextName() is { } name)
                switch (name)
                {
                    case "started_at": stats = stats with { StartedAt = json.Time() }; break;
                    case "completed_at": stats = stats with { CompletedAt = json.Time() }; break;
                    case "model_usage": stats = stats with { Usage = Models(ref json) }; break;
                    default: json.Skip(); break;
                }
        return stats;
    }

    private static ImmutableArray<EvalUsage> Models(ref JsonWalk json)
    {
        var models = ImmutableArray.CreateBuilder<EvalUsage>();
        if (json.EnterObject())
            while (json.NextName() is { } model)
                if (models.Count < MostModels) models.Add(Tokens(ref json, model));
                else json.Skip();
        return models.DrainToImmutable();
    }

    private static EvalUsage Tokens(ref JsonWalk json, string model)
    {
        var usage = new EvalUsage(model, 0, 0, 0);
        if (json.EnterObject())
            while (json.NextName() is { } name)
                switch (name)
                {
                    case "input_tokens": usage = usage with { InputTokens = json.Count() ?? 0 }; break;
                    case "output_tokens": usage = usage with { OutputTokens = json.Count() ?? 0 }; break;
                    case "total_tokens": usage = usage with { TotalTokens = json.Count() ?? 0 }; break;
                    default: json.Skip(); break;
                }
        return usage;
    }
}
