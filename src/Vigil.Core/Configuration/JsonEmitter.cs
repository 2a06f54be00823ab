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
