using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigil.Planning;

/// <summary>The name of a run: unique in its experiment and what a researcher calls it.</summary>
[JsonConverter(typeof(RunIdJson))]
public readonly record struct RunId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>One try of a run. <c>Number</c> counts from 1; <c>Requeue</c> is 0 but for a scheduler's own requeue of the same job. Written <c>RUN.2</c> or <c>RUN.2.r1</c>.</summary>
[JsonConverter(typeof(AttemptIdJson))]
public readonly record struct AttemptId(RunId Run, int Number, int Requeue = 0)
{
    /// <summary>The name of the attempt's folder under <c>RUN/attempts/</c>.</summary>
    public string Folder => Requeue == 0 ? Number.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{Number}.r{Requeue}");

    public override string ToString() => $"{Run.Value}.{Folder}";

    public static bool TryParse(string text, out AttemptId attempt)
    {
        attempt = default;
        var requeue = 0;
        var cut = text.LastIndexOf('.');
        if (cut > 0 && text[(cut + 1)..] is ['r', .. var digits] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out requeue))
        {
            text = text[..cut];
            cut = text.LastIndexOf('.');
        }
        if (cut <= 0 || !int.TryParse(text.AsSpan(cut + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        attempt = new AttemptId(new RunId(text[..cut]), number, requeue);
        return true;
    }
}

/// <summary>An attempt to start and what its script needs beside the plan.</summary>
/// <param name="LastCheckpoint">Absolute; null when there is none.</param>
public sealed record AttemptStart(AttemptId Attempt, string? LastCheckpoint)
{
    /// <summary>The step of <see cref="LastCheckpoint"/>, for trainers whose folders hold several; null: not known, or there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? LastCheckpointStep { get; init; }

    /// <summary>Absolute; null where no evaluation is known, and the last one is the best.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BestCheckpoint { get; init; }

    /// <summary>Nodes on which an earlier attempt was cut off: they may still write. Null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ExcludedNodes { get; init; }

    /// <summary>The time limit of this attempt where it is not the run's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>The link before this one of a chain of queued jobs: when that one completed, this one has nothing to do.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AttemptId? After { get; init; }

    /// <summary>The path of the checkpoint that <see cref="LastCheckpoint"/> leads to, where it was looked at; null: nobody has looked, or there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? From { get; init; }

    /// <summary>Attempts of other runs that are with the scheduler still, and must complete before this one: the scheduler waits for them, and the script looks how they ended. Null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<NeededAttempt>? Needs { get; init; }
}

/// <summary>An attempt that another run waits for.</summary>
/// <param name="Folder">Absolute, as jobs find it: the attempt's folder as it was submitted; what the scheduler queued again lies beside it.</param>
public sealed record NeededAttempt(AttemptId Attempt, string Folder)
{
    internal static NeededAttempt Of(PlannedRun run, AttemptId attempt) =>
        new(attempt, $"{run.OutputDir}/attempts/{(attempt with { Requeue = 0 }).Folder}");
}

/// <summary>The scheduler's own name for a job, always text: a Slurm id (with array index) or a local job number.</summary>
[JsonConverter(typeof(JobIdJson))]
public readonly record struct JobId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>As its text.</summary>
public sealed class RunIdJson : JsonConverter<RunId>
{
    public override RunId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString() ?? throw new JsonException("a run id is text"));
    public override void Write(Utf8JsonWriter writer, RunId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>As its text.</summary>
public sealed class JobIdJson : JsonConverter<JobId>
{
    public override JobId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString() ?? throw new JsonException("a job id is text"));
    public override void Write(Utf8JsonWriter writer, JobId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>As its text.</summary>
public sealed class AttemptIdJson : JsonConverter<AttemptId>
{
    public override AttemptId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        AttemptId.TryParse(reader.GetString() ?? "", out var attempt) ? attempt : throw new JsonException("an attempt id is RUN.NUMBER");
    public override void Write(Utf8JsonWriter writer, AttemptId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
