using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Vigil.Platform;
using Vigil.Schedulers.Slurm;

namespace Vigil.Schedulers;

/// <summary><c>attempts/K/job.json</c>: what this scheduler knows of a job. Its existence is what accepts a submission.</summary>
/// <param name="Token">The attempt id.</param>
/// <param name="Ending">Null: nobody asked that the job end.</param>
/// <param name="Held">It stays in the queue until it is released.</param>
internal sealed record JobRecord(string JobId, string Token, DateTimeOffset Submitted, JobEnding? Ending = null, bool Held = false);

/// <summary>Written before the first signal is sent, so that a successor knows why a job ended.</summary>
/// <param name="State">The exact word: <c>CANCELLED</c>, <c>TIMEOUT</c>, <c>LAUNCH_FAILED</c>.</param>
/// <param name="Note">For people; null: the word says it all.</param>
internal sealed record JobEnding(string State, DateTimeOffset At, string? Note = null)
{
    public const string Cancelled = "CANCELLED", Timeout = "TIMEOUT", LaunchFailed = "LAUNCH_FAILED";
}

/// <summary><c>claim</c> and <c>started.json</c>, written by the job. What has a default stands only in the latter.</summary>
/// <param name="Log">Absolute: the job's own log, where the job alone can tell it.</param>
/// <param name="LogStart">Bytes that were in the log before this attempt.</param>
internal sealed record JobMark(string JobId, int Pid, long Start, string Boot, string Host, int Restart = 0, string? Attempt = null, DateTimeOffset? Time = null, string? Log = null, long LogStart = 0)
{
    [JsonIgnore] public ProcessIdentity Process => new(Boot, Pid, Start);
}

/// <summary><c>exit.json</c>, written by the job. No code: its command did not end by itself.</summary>
internal sealed record JobExit(int? Code, int? Signal, string Host, DateTimeOffset Time);

/// <summary>Who holds a slot. The job's lock counts first; pid and start are null while the job is being started.</summary>
/// <param name="Folder">The attempt's folder, where the job's claim is.</param>
internal sealed record SlotHolder(string Boot, string Namespace, string JobId, string Folder, int? Pid, long? Start);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(JobRecord))]
[JsonSerializable(typeof(JobMark))]
[JsonSerializable(typeof(JobExit))]
[JsonSerializable(typeof(SlotHolder))]
internal sealed partial class LocalJson : JsonSerializerContext;

/// <summary>Reads the files of one attempt. What is missing or half written is "not yet".</summary>
internal static class JobFiles
{
    public static JobRecord? Record(string folder) => Read(Path.Combine(folder, "job.json"), LocalJson.Default.JobRecord);
    public static JobMark? Claim(string folder) => Read(Path.Combine(folder, "claim"), LocalJson.Default.JobMark);
    public static JobMark? Started(string folder) => Read(Path.Combine(folder, "started.json"), LocalJson.Default.JobMark);
    public static JobExit? Exit(string folder) => Read(Path.Combine(folder, "exit.json"), LocalJson.Default.JobExit);

    /// <summary>What a copy left that came too late; the newest of several.</summary>
    public static JobMark? Refused(string folder) => Read(Path.Combine(folder, "refused.json"), LocalJson.Default.JobMark);

    /// <summary>What a link of a chain left that had nothing to do.</summary>
    public static JobMark? Superseded(string folder) => Read(Path.Combine(folder, "superseded.json"), LocalJson.Default.JobMark);

    /// <summary>What a job left that did not begin since a run before it had not completed.</summary>
    public static JobMark? Unmet(string folder) => Read(Path.Combine(folder, "unmet.json"), LocalJson.Default.JobMark);

    /// <summary>A claim that is empty (a full disk) is a claim all the same.</summary>
    public static bool IsClaimed(string folder) => File.Exists(Path.Combine(folder, "claim"));

    public static void Write(string folder, JobRecord record) =>
        AtomicFile.Write(Path.Combine(folder, "job.json"), JsonSerializer.SerializeToUtf8Bytes(record, LocalJson.Default.JobRecord));

    /// <summary>What <see cref="Marks"/> is made of.</summary>
    public static readonly ImmutableArray<string> Names = ["claim", "started.json", "exit.json", "refused.json", "superseded.json", "unmet.json"];

    /// <param name="read">The content of the file of that name; null: it is not there.</param>
    public static AttemptMarks Marks(Func<string, byte[]?> read)
    {
        var claim = read(Names[0]);
        return new(claim is not null, Parse(claim, LocalJson.Default.JobMark), Parse(read(Names[1]), LocalJson.Default.JobMark), Parse(read(Names[2]), LocalJson.Default.JobExit), Parse(read(Names[3]), LocalJson.Default.JobMark), Parse(read(Names[4]), LocalJson.Default.JobMark), Parse(read(Names[5]), LocalJson.Default.JobMark));
    }

    public static T? Read<T>(string path, JsonTypeInfo<T> shape) where T : class => Parse(SmallFile.TryRead(path), shape);

    private static T? Parse<T>(byte[]? bytes, JsonTypeInfo<T> shape) where T : class
    {
        if (bytes is not { Length: > 0 }) return null;
        try { return JsonSerializer.Deserialize(bytes, shape); }
        catch (JsonException) { return null; }
    }
}
