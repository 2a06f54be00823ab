using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Platform;

namespace Vigil.Monitor;

/// <summary>
/// <c>views/scheduler.json</c>: what the scheduler showed last, for whoever looks at the experiment beside its monitor.
/// Mostly nothing but the time of the look changes: a job that was seen when its source last answered does not repeat that time, so that the bytes of ten thousand jobs stay.
/// </summary>
internal sealed class SightView(ExperimentFolder folder)
{
    private Dictionary<string, SightedJob> _jobs = [];
    private byte[] _bytes = "{}"u8.ToArray();
    private SchedulerSight? _written;

    public void Write(SchedulerSight sight)
    {
        if (ReferenceEquals(sight, _written)) return;
        var answered = Answered(sight.Witnesses);
        if (!IsAsWritten(sight, answered)) Take(sight, answered);
        else if (_written is { } last && last.Witnesses.SequenceEqual(sight.Witnesses)) return;
        var content = new ArrayBufferWriter<byte>(_bytes.Length + 1024);
        using (var json = new Utf8JsonWriter(content))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", 1);
            json.WritePropertyName("witnesses");
            JsonSerializer.Serialize(json, sight.Witnesses, SightJson.Default.ImmutableArrayWitness);
            json.WritePropertyName("jobs");
            json.WriteRawValue(_bytes, skipInputValidation: true);
            json.WriteEndObject();
        }
        AtomicFile.Write(folder.SchedulerView, content.WrittenSpan);
        _written = sight;
    }

    /// <summary>Null where there is none, or none that can be read: the journal knows what it must.</summary>
    public static SchedulerSight? Read(ExperimentFolder folder)
    {
        try
        {
            if (!File.Exists(folder.SchedulerView)) return null;
            if (JsonSerializer.Deserialize(File.ReadAllBytes(folder.SchedulerView), SightJson.Default.SightFile) is not { Schema: 1, Witnesses.IsDefault: false, Jobs: not null } file) return null;
            var answered = Answered(file.Witnesses);
            return new(file.Witnesses, file.Jobs.ToImmutableDictionary(static j => j.Key, j => j.Value.Sight(answered)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private bool IsAsWritten(SchedulerSight sight, Dictionary<string, DateTimeOffset> answered)
    {
        if (sight.Jobs.Count != _jobs.Count) return false;
        foreach (var (id, job) in sight.Jobs)
            if (!_jobs.TryGetValue(id, out var written) || written != SightedJob.Of(job, answered)) return false;
        return true;
    }

    private void Take(SchedulerSight sight, Dictionary<string, DateTimeOffset> answered)
    {
        _jobs = sight.Jobs.ToDictionary(static j => j.Key, j => SightedJob.Of(j.Value, answered));
        _bytes = JsonSerializer.SerializeToUtf8Bytes(_jobs, SightJson.Default.DictionaryStringSightedJob);
    }

    private static Dictionary<string, DateTimeOffset> Answered(ImmutableArray<Witness> witnesses)
    {
        var answered = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var witness in witnesses)
            if (witness.Answered is { } at) answered[witness.Name] = at;
        return answered;
    }
}

internal sealed record SightFile(int Schema, ImmutableArray<Witness> Witnesses, Dictionary<string, SightedJob> Jobs);

/// <param name="Seen">Null: when its source last answered.</param>
internal readonly record struct SightedJob(string State, string? Reason, string Source, DateTimeOffset? Seen, DateTimeOffset? ExpectedStart)
{
    public static SightedJob Of(JobSight job, Dictionary<string, DateTimeOffset> answered) =>
        new(job.State, job.Reason, job.Source, answered.TryGetValue(job.Source, out var at) && at == job.Seen ? null : job.Seen, job.ExpectedStart);

    public JobSight Sight(Dictionary<string, DateTimeOffset> answered) => new(State, Reason, Source, Seen ?? answered.GetValueOrDefault(Source), ExpectedStart);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SightFile))]
[JsonSerializable(typeof(ImmutableArray<Witness>))]
[JsonSerializable(typeof(Dictionary<string, SightedJob>))]
internal sealed partial class SightJson : JsonSerializerContext;
