using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vigil.Configuration;

/// <summary>Writes a tree as JSON with its values typed. Infinities and NaN, which JSON lacks, become texts.</summary>
public static class JsonEmitter
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Emit(ConfigNode node)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, Indented)) Write(node, writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    /// <summary>Writes one node where the writer stands.</summary>
    public static void Write(ConfigNode node, Utf8JsonWriter writer)
    {
        switch (node)
        {
            case ConfigNode.Scalar scalar:
                Write(ScalarValue.Of(scalar), writer);
                break;
            case ConfigNode.Sequence list when list.Items.Any(static i => i is ConfigNode.Scalar scalar && IsRaw(scalar.Value)) && list.Items.All(static i => i is ConfigNode.Scalar):
                // The writer does not set raw values on lines of their own.
                writer.WriteRawValue($"[{string.Join(", ", list.Items.Select(static i => Inline((ConfigNode.Scalar)i)))}]", skipInputValidation: true);
                break;
            case ConfigNode.Sequence list:
                writer.WriteStartArray();
                foreach (var item in list.Items) Write(item, writer);
                writer.WriteEndArray();
                break;
            case ConfigNode.Mapping map:
                writer.WriteStartObject();
                foreach (var entry in map.Entries)
                {
                    writer.WritePropertyName(entry.Kind is KeyKind.Bool or KeyKind.Null ? YamlText.Of(entry.KeyValue) : entry.Key);
                    Write(entry.Value, writer);
                }
                writer.WriteEndObject();
                break;
        }
    }

    /// <summary>Numbers whose text is ours: Python's spelling, or more digits than a double has.</summary>
    private static bool IsRaw(ScalarValue value) => value is ScalarValue.Whole { Value: var whole } ? whole < long.MinValue || whole > long.MaxValue : value is ScalarValue.Real { Value: var real } && double.IsFinite(real);

    private static string Inline(ConfigNode.Scalar scalar)
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        using (var writer = new Utf8JsonWriter(buffer, Indented)) Write(scalar.Value, writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(ScalarValue value, Utf8JsonWriter writer)
    {
        switch (value)
        {
            case ScalarValue.Null: writer.WriteNullValue(); break;
            case ScalarValue.Bool { Value: var flag }: writer.WriteBooleanValue(flag); break;
            case ScalarValue.Whole { Value: var whole } when whole >= long.MinValue && whole <= long.MaxValue: writer.WriteNumberValue((long)whole); break;
            case ScalarValue.Whole { Value: var whole }: writer.WriteRawValue(whole.ToString(CultureInfo.InvariantCulture), skipInputValidation: true); break;
            case ScalarValue.Real { Value: var real } when double.IsFinite(real): writer.WriteRawValue(PythonText.Of(real), skipInputValidation: true); break;
            default: writer.WriteStringValue(PythonText.Of(value)); break;
        }
    }
}
