using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>A run's settings as FluxGym's form knows them: what <c>backend.ui_state</c> gives, filled and without secrets. How the run stands is added when <c>ui_state.json</c> is written.</summary>
internal static class FluxGymForm
{
    /// <summary>What the form keeps as text, whatever it looks like: a learning rate stands there as it was written.</summary>
    private static readonly HashSet<string> Texts = new(StringComparer.Ordinal)
    {
        "lora_name", "concept_sentence", "base_model", "vram", "sample_prompts", "resume_from_checkpoint", "learning_rate", "timestep_sampling",
    };

    /// <summary>What Vigil itself says there.</summary>
    private static readonly HashSet<string> Ours = new(StringComparer.Ordinal) { "timestamp", "status", "error", "completed_at" };

    /// <summary>A JSON object; null when something in it is no value, which is reported.</summary>
    /// <param name="tree">As it is frozen.</param>
    /// <param name="fill">Fills what the plan knows into a value.</param>
    public static string? Of(ConfigNode.Mapping tree, string run, Func<ConfigNode.Scalar, string> fill, DiagnosticBag report)
    {
        var given = Merging.Find(tree, ["backend", "ui_state"]);
        if (given is not null && !ScalarValue.IsNull(given) && given is not ConfigNode.Mapping)
        {
            report.Error("PLN067", given.At, $"'backend.ui_state' must be a mapping of FluxGym's fields, not {Binder.Describe(given)}", "backend: {ui_state: {max_train_epochs: 16}}");
            return null;
        }
        var entries = given is ConfigNode.Mapping map ? map.Entries : [];
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }))
        {
            writer.WriteStartObject();
            if (!entries.Any(static e => e.Key == "lora_name")) writer.WriteString("lora_name", run);
            foreach (var entry in entries) Write(entry, writer, fill, report);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(ConfigEntry entry, Utf8JsonWriter writer, Func<ConfigNode.Scalar, string> fill, DiagnosticBag report)
    {
        if (entry.Value is not ConfigNode.Scalar scalar || Ours.Contains(entry.Key))
        {
            report.Error("PLN067", entry.Value.At, entry.Value is ConfigNode.Scalar ? $"'backend.ui_state.{entry.Key}' is what Vigil itself says of the run" : $"'backend.ui_state.{entry.Key}' must be one value, not {Binder.Describe(entry.Value)}");
            return;
        }
        writer.WritePropertyName(entry.Key);
        var isText = Texts.Contains(entry.Key);
        if (isText || ScalarValue.Of(scalar) is ScalarValue.Text) writer.WriteStringValue(ScalarValue.IsNull(scalar) ? "" : Secrets.Mask(entry.Key, fill(scalar).TrimEnd('\n')));
        else JsonEmitter.Write(scalar, writer);
    }
}
