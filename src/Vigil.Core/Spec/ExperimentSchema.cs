using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>
/// The JSON schema of experiment files, for editors: made from the contract that they are read with, so that the two cannot differ.
/// It knows less than planning does: a key that only some <c>${…}</c> refers to is unknown to it.
/// </summary>
public static class ExperimentSchema
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema, draft 2020-12; the same text every time.</summary>
    public static string Text()
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 14);
        using (var writer = new Utf8JsonWriter(buffer, Indented)) Root().WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static JsonObject Root() => new()
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["title"] = "A Vigil experiment",
        ["description"] = "Keys beside those that are described here are your own: ${key} refers to them.",
        ["type"] = "object",
        ["properties"] = Sections(),
        // A trainer that a defaults list chose has settings of its own; which ones, its file says.
        ["if"] = new JsonObject { ["required"] = new JsonArray("defaults") },
        ["else"] = new JsonObject { ["properties"] = new JsonObject { ["backend"] = new JsonObject { ["propertyNames"] = SchemaParts.Words([.. SpecJson.Default.BackendSpec.Properties.Select(static p => p.Name)]) } } },
        ["$defs"] = new JsonObject
        {
            ["open"] = new JsonObject { ["description"] = "Nothing, a value that is still to be given, or an interpolation.", ["anyOf"] = new JsonArray(SchemaParts.Of("null"), new JsonObject { ["type"] = "string", ["pattern"] = @"^\?\?\?$|\$\{" }) },
            ["group"] = SweepSchema.Group(),
            ["params"] = SweepSchema.Params(),
            ["config"] = SweepSchema.Config(),
            ["sample"] = SweepSchema.Sample(),
            ["condition"] = MonitoringSchema.Classes(ConditionReader.Classes),
            ["action"] = MonitoringSchema.Classes(ActionReader.Classes),
        },
    };

    private static JsonObject Sections()
    {
        var all = new JsonObject();
        foreach (var section in BuiltInKeys.Sections) all[section] = SchemaParts.Described(Section(section), section);
        all["defaults"] = SchemaParts.Described(SchemaParts.List(new() { ["type"] = new JsonArray("string", "object") }), "defaults");
        all["hydra"] = SchemaParts.Described(SchemaParts.Or(SchemaParts.Of("object")), "hydra");
        return all;
    }

    private static JsonObject Section(string section) => section switch
    {
        "project" => SchemaParts.Or(Contract(section, SpecJson.Default.ProjectSpec)),
        "local" => SchemaParts.Or(Contract(section, SpecJson.Default.LocalSpec)),
        "job" => SchemaParts.Or(Contract(section, SpecJson.Default.JobSpec)),
        "scheduler" => new() { ["anyOf"] = new JsonArray(SchemaParts.Words("local", "slurm"), Contract(section, SpecJson.Default.SchedulerSpec)) },
        "backend" => Choice(Opened(Contract(section, SpecJson.Default.BackendSpec))),
        "slurm" => Choice(Contract(section, SpecJson.Default.SlurmSpec)),
        "container" => Choice(Contract(section, SpecJson.Default.ContainerSpec)),
        "monitoring" => Choice(MonitoringSchema.Monitoring()),
        "sweep" => SweepSchema.Sweep(),
        "metadata" => SchemaParts.Or(SchemaParts.Of("object")),
        _ => SchemaParts.Scalar(),
    };

    private static JsonObject Opened(JsonObject contract)
    {
        contract.Remove("additionalProperties");
        return contract;
    }

    /// <summary>A bare name at the key of a built-in group is that group's choice.</summary>
    private static JsonObject Choice(JsonObject schema) => new() { ["anyOf"] = new JsonArray(SchemaParts.Of("string"), SchemaParts.Of("null"), schema) };

    private static JsonObject Contract(string path, JsonTypeInfo contract)
    {
        var properties = new JsonObject();
        foreach (var property in contract.Properties)
        {
            var key = $"{path}.{property.Name}";
            properties[property.Name] = SchemaParts.Described(Value(key, property.PropertyType, contract.Options), key);
        }
        return SchemaParts.Closed(properties);
    }

    private static JsonObject Value(string key, Type type, JsonSerializerOptions options)
    {
        if (type == typeof(FreeForm)) return Free(key);
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (key == "scheduler.type") return SchemaParts.Words("local", "slurm");
        if (key == "project.share") return SchemaParts.Words("group");
        if (key == "project.compat") return SchemaParts.Words(Compatibility.FluxGym, Compatibility.None);
        if (key == "slurm.launcher") return SchemaParts.Words(SlurmWords.Launchers);
        if (key == "slurm.dependencies") return SchemaParts.Words("auto", "monitor");
        if (key == "slurm.resubmit_time") return SchemaParts.Words("full", "left");
        if (key == "container.runtime") return SchemaParts.Words(SlurmWords.Runtimes);
        if (type == typeof(string)) return SchemaParts.Scalar();
        if (type == typeof(bool)) return SchemaParts.Or(SchemaParts.Of("boolean"));
        if (type == typeof(int)) return SchemaParts.Or(Bounded(key, SchemaParts.Of("integer")));
        if (type == typeof(double)) return SchemaParts.Or(Bounded(key, SchemaParts.Of("number")));
        if (key == "job.restart.causes") return SchemaParts.Or(SchemaParts.List(SchemaParts.Words([.. RestartSpec.KnownCauses])));
        var contract = options.GetTypeInfo(type);
        return SchemaParts.Or(contract.Kind is JsonTypeInfoKind.Object ? Contract(key, contract) : SchemaParts.Of("array"));
    }

    /// <summary>The keys that are read from the tree itself, so that the contract does not say what they take.</summary>
    private static JsonObject Free(string key) => key switch
    {
        "backend.command" => new() { ["anyOf"] = new JsonArray(SchemaParts.Of("string"), SchemaParts.Filled([]), SchemaParts.Of("null")) },
        "backend.files" => SchemaParts.Or(SchemaParts.MapOf([])),
        "backend.ui_state" => SchemaParts.Or(SchemaParts.MapOf(SchemaParts.Scalar())),
        "backend.known_args" => SchemaParts.Or(new() { ["type"] = new JsonArray("object", "array") }),
        "backend.planning" or "backend.args" or "backend.megatron" or "backend.torchrun_args" or "job.log" => SchemaParts.Or(SchemaParts.Of("object")),
        "slurm.sbatch" or "slurm.sbatch_overrides" or "slurm.srun" or "slurm.client" => SchemaParts.Or(SchemaParts.Of("object")),
        "slurm.launcher_args" => SchemaParts.Or(new() { ["type"] = new JsonArray("object", "array") }),
        "slurm.modules" or "slurm.setup" or "slurm.sbatch_extra_directives" or "container.binds" or "container.bind" or "container.options" => new() { ["anyOf"] = new JsonArray(SchemaParts.Scalar(), SchemaParts.List(SchemaParts.Scalar())) },
        "slurm.poll_seconds" => SchemaParts.Or(SchemaParts.List(SchemaParts.Or(SchemaParts.Of("number")))),
        "container.env" => SchemaParts.Or(new() { ["type"] = new JsonArray("object", "array") }),
        "slurm.env" or "backend.env" or "job.env" => SchemaParts.Or(SchemaParts.MapOf(SchemaParts.Scalar())),
        "job.depends_on" => new() { ["anyOf"] = new JsonArray(SchemaParts.Scalar(), SchemaParts.List(SchemaParts.Scalar())) },
        "local.time" => SchemaParts.Or(new() { ["type"] = new JsonArray("integer", "string"), ["pattern"] = @"^([0-9]{1,5}-)?[0-9]{1,8}(:[0-9]{1,8}){0,2}$", ["minimum"] = 1 }),
        "project.log_path_current" or "job.start_condition_cmd" or "job.termination_string" or "job.termination_command" => SchemaParts.Scalar(),
        "job.inactivity_threshold_seconds" or "job.no_progress_threshold_seconds" or "job.start_condition_interval_seconds" =>
            new() { ["anyOf"] = new JsonArray(SchemaParts.Of("number"), SchemaParts.Of("string"), SchemaParts.Of("null")) },
        "job.restart.budgets" => SchemaParts.Or(SchemaParts.MapOf(SchemaParts.Of("integer"))),
        "backend.full_validation" or "backend.full_schema_validation" => SchemaParts.Or(SchemaParts.Of("boolean")),
        _ => [],
    };

    private static JsonObject Bounded(string key, JsonObject schema)
    {
        if (!Bounds.TryGetValue(key, out var bounds)) return schema;
        schema["minimum"] = bounds.Least;
        if (bounds.Most is { } most) schema["maximum"] = most;
        return schema;
    }

    /// <summary>The ranges that <see cref="Limits"/> holds the values to; a test compares the two.</summary>
    private static readonly FrozenDictionary<string, (int Least, int? Most)> Bounds = new Dictionary<string, (int, int?)>
    {
        ["scheduler.max_jobs"] = (1, null),
        ["local.slots"] = (1, null),
        ["local.cpus_per_run"] = (0, null),
        ["local.gpus_per_run"] = (0, null),
        ["local.grace_seconds"] = (0, 86400),
        ["job.fence_seconds"] = (0, 86400),
        ["job.restart.max_attempts"] = (1, null),
        ["job.restart.delay_seconds"] = (0, 604800),
        ["slurm.array_size"] = (1, 1_000_000),
        ["slurm.array_at_once"] = (1, 1_000_000),
        ["slurm.chain"] = (1, 100),
        ["slurm.stuck_after_seconds"] = (0, 31_536_000),
        ["slurm.wait_seconds"] = (0, 604_800),
        ["slurm.doubt_seconds"] = (0, 86_400),
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
