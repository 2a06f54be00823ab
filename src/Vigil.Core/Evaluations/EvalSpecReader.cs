namespace Vigil.Evaluations;

/// <summary>Reads a log's <c>eval</c>: what was asked for.</summary>
internal static class EvalSpecReader
{
    /// <summary>Null: it names no task, so it is none of inspect's.</summary>
    public static EvalLog? Read(ref JsonWalk json)
    {
        var log = new EvalLog { Status = new EvalStatus.Started(), Task = "" };
        if (!json.EnterObject()) return null;
        while (json.NextName() is { } name)
            switch (name)
            {
                case "task": log = log with { Task = json.Text() ?? "" }; break;
                case "task_id": log = log with { TaskId = json.Text() }; break;
                case "created": log = log with { Created = json.Time() }; break;
                case "model": log = log with { Model = json.Text() }; break;
                case "model_args": log = log with { ModelPath = Only(ref json, "model_path") }; break;
                case "task_args": log = log with { ConfigPath = Only(ref json, "config_path") }; break;
                case "metadata": log = log with { Origin = Origin(ref json) }; break;
                case "dataset": log = log with { Size = Dataset(ref json, log.Size) }; break;
                case "config": log = log with { Size = Config(ref json, log.Size) }; break;
                default: json.Skip(); break;
            }
        return log.Task.Length > 0 ? log : null;
    }

    private static string? Only(ref JsonWalk json, string wanted)
    {
        string? found = null;
        if (json.EnterObject())
            while (json.NextName() is { } name)
                if (name == wanted) found = json.Text();
                else json.Skip();
        return found;
    }

    private static EvalOrigin Origin(ref JsonWalk json)
    {
        var origin = new EvalOrigin(null, null, null);
        if (json.EnterObject())
            while (json.NextName() is { } name)
                switch (name)
                {
                    case "epoch": origin = origin with { Epoch = json.Scalar() }; break;
                    case "is_finetuned": origin = origin with { IsFineTuned = json.Scalar() }; break;
                    case "source_model": origin = origin with { SourceModel = json.Scalar() }; break;
                    default: json.Skip(); break;
                }
        return origin;
    }

    private static EvalSize Dataset(ref JsonWalk json, EvalSize size)
    {
        if (json.EnterObject())
            while (json.NextName() is { } name)
                switch (name)
                {
                    case "name": size = size with { Dataset = json.Text() }; break;
                    case "samples": size = size with { Samples = json.Count() }; break;
                    default: json.Skip(); break;
                }
        return size;
    }

    private static EvalSize Config(ref JsonWalk json, EvalSize size)
    {
        if (json.EnterObject())
            while (json.NextName() is { } name)
                switch (name)
                {
                    case "limit": size = size with { Limit = Limit(ref json) }; break;
                    case "epochs": size = size with { Epochs = json.Count() }; break;
                    default: json.Skip(); break;
                }
        return size;
    }

    /// <summary>A number, or from where to where: either way so many samples at most.</summary>
    private static long? Limit(ref JsonWalk json)
    {
        if (!json.IsArray()) return json.Count();
        long? first = null, last = null;
        json.EnterArray();
        while (json.NextItem())
        {
            last = json.Count();
            first ??= last;
        }
        return first is >= 0 and < int.MaxValue && last is >= 0 and < int.MaxValue ? Math.Max(0, last.Value - first.Value) : null;
    }
}
