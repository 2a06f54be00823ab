using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Vigil.Platform;

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
/// <param name="Code">Only in <c>superseded.json</c>: how the command ended in the link before. Not 0: it failed, and would only fail again.</param>
internal sealed record JobMark(string JobId, int Pid, long Start, string Boot, string Host, int Restart = 0, string? Attempt = null, DateTimeOffset? Time = null, string? Log = null, long LogStart = 0, int? Code = null)
{
    [JsonIgnore] public ProcessIdentity Process => new(Boot, Pid, Start);
}

/// <summary><c>exit.json</c>, written by the job. No code: its command did not end by itself.</summary>
internal sealed record JobExit(int? Code, int? Signal, string Host, DateTimeOffset Time);

/// <summary>What a job has left in its attempt's folder; null: not there, or not whole yet.</summary>
/// <param name="HasClaim">There is a claim, perhaps an empty one: a disk was full.</param>
/// <param name="Superseded">Left by a link of a chain that had nothing to do, since the run had completed or failed for good before it.</param>
/// <param name="Unmet">Left by a job that did not begin, since a run before it had not completed.</param>
internal sealed record AttemptMarks(bool HasClaim, JobMark? Claim, JobMark? Started, JobExit? Exit, JobMark? RefusedCopy, JobMark? Superseded = null, JobMark? Unmet = null)
{
    public static AttemptMarks None { get; } = new(false, null, null, null, null);

    /// <summary>The code with which the command had failed in the link before, so that nothing was run here; null: it had not.</summary>
    public int? FailedBefore => this is { Exit: null, Superseded.Code: { } code and not 0 } ? code : null;
}

/// <summary>Who holds a slot. The job's lock counts first; pid and start are null while the job is being started.</summary>
/// <param name="Folder">The attempt's folder, where the job's claim is.</param>
internal sealed record SlotHolder(string Boot, string Namespace, string JobId, string Folder, int? Pid, long? Start);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(JobRecord))]
[JsonSerializable(typeof(JobMark))]
[JsonSerializable(typeof(JobExit))]
[JsonSerializable(typeof(SlotHolder))]
internal sealed partial class JobFilesJson : JsonSerializerContext;

/// <summary>Reads the files of one attempt. What is missing or half written is "not yet".</summary>
internal static class JobFiles
{
    private const string RecordName = "job.json", ClaimName = "claim", StartedName = "started.json", ExitName = "exit.json", RefusedName = "refused.json", SupersededName = "superseded.json", UnmetName = "unmet.json";

    public static JobRecord? Record(string folder) => Read(Path.Combine(folder, RecordName), JobFilesJson.Default.JobRecord);
    public static JobMark? Claim(string folder) => Read(Path.Combine(folder, ClaimName), JobFilesJson.Default.JobMark);
    public static JobMark? Started(string folder) => Read(Path.Combine(folder, StartedName), JobFilesJson.Default.JobMark);
    public static JobExit? Exit(string folder) => Read(Path.Combine(folder, ExitName), JobFilesJson.Default.JobExit);

    /// <summary>A claim that is empty (a full disk) is a claim all the same.</summary>
    public static bool IsClaimed(string folder) => File.Exists(Path.Combine(folder, ClaimName));

    public static void Write(string folder, JobRecord record) =>
        AtomicFile.Write(Path.Combine(folder, RecordName), JsonSerializer.SerializeToUtf8Bytes(record, JobFilesJson.Default.JobRecord));

    /// <summary>What <see cref="Marks"/> is made of.</summary>
    public static readonly ImmutableArray<string> Names = [ClaimName, StartedName, ExitName, RefusedName, SupersededName, UnmetName];

    /// <param name="read">The content of the file of that name; null: it is not there.</param>
    public static AttemptMarks Marks(Func<string, byte[]?> read)
    {
        var claim = read(ClaimName);
        return new(claim is not null, Parse(claim, JobFilesJson.Default.JobMark), Mark(StartedName), Parse(read(ExitName), JobFilesJson.Default.JobExit), Mark(RefusedName), Mark(SupersededName), Mark(UnmetName));

        JobMark? Mark(string name) => Parse(read(name), JobFilesJson.Default.JobMark);
    }

    public static T? Read<T>(string path, JsonTypeInfo<T> shape) where T : class => Parse(SmallFile.TryRead(path), shape);

    private static T? Parse<T>(byte[]? bytes, JsonTypeInfo<T> shape) where T : class
    {
        if (bytes is not { Length: > 0 }) return null;
        try { return JsonSerializer.Deserialize(bytes, shape); }
        catch (JsonException) { return null; }
    }
}
