using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Vigil.Configuration;

/// <summary>Turns a resolved tree into a typed record by the record's JSON contract, and reports everything that does not fit, each with its place.</summary>
/// <param name="isReferenced">Whether some <c>${…}</c> refers to a dotted key: such a key is never unknown.</param>
public sealed class Binder(DiagnosticBag report, Func<string, bool> isReferenced)
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <param name="path">The dotted key of the node, for messages.</param>
    /// <returns>Null when something did not fit.</returns>
    public T? Bind<T>(ConfigNode node, string path, JsonTypeInfo<T> contract) where T : class
    {
        _buffer.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(_buffer);
        if (!Write(node, contract, path, writer)) return null;
        writer.Flush();
        return JsonSerializer.Deserialize(_buffer.WrittenSpan, contract);
    }

    private bool Write(ConfigNode node, JsonTypeInfo contract, string path, Utf8JsonWriter writer)
    {
        if (contract.Kind is JsonTypeInfoKind.Enumerable && Nullable.GetUnderlyingType(contract.Type) is { } collection) contract = contract.Options.GetTypeInfo(collection);
        switch (contract.Kind, node)
        {
            case (JsonTypeInfoKind.Object, ConfigNode.Mapping map): return WriteObject(map, contract, path, writer);
            case (JsonTypeInfoKind.Object, _) when ScalarValue.IsNull(node): return WriteObject(new(node.At, []), contract, path, writer);
            case (JsonTypeInfoKind.Object, _): return Refuse(node, path, $"a mapping with {string.Join(", ", contract.Properties.Select(static p => p.Name))}", writer);
            case (JsonTypeInfoKind.Enumerable, ConfigNode.Sequence list): return WriteArray(list, contract, path, writer);
            case (JsonTypeInfoKind.Enumerable, _): return Refuse(node, path, "a list", writer);
            case (_, ConfigNode.Scalar scalar): return WriteLeaf(scalar, Nullable.GetUnderlyingType(contract.Type) ?? contract.Type, path, writer);
            default: return Refuse(node, path, Expectation(Nullable.GetUnderlyingType(contract.Type) ?? contract.Type), writer);
        }
    }

    private bool WriteObject(ConfigNode.Mapping map, JsonTypeInfo contract, string path, Utf8JsonWriter writer)
    {
        var fits = true;
        writer.WriteStartObject();
        foreach (var entry in map.Entries)
        {
            var inner = path.Length == 0 ? entry.Key : $"{path}.{entry.Key}";
            if (Property(contract, entry.Key) is not { } property)
            {
                if (isReferenced(inner)) continue;
                report.Error("CFG040", entry.KeyAt, $"{(path.Length == 0 ? "the file" : $"'{path}'")} knows no key '{entry.Key}'", Suggestion.Hint(entry.Key, [.. contract.Properties.Select(static p => p.Name)]));
                fits = false;
            }
            else if (property.PropertyType == typeof(FreeForm)) writer.WriteBoolean(entry.Key, true);
            else if (!ScalarValue.IsNull(entry.Value))
            {
                writer.WritePropertyName(entry.Key);
                fits &= Write(entry.Value, contract.Options.GetTypeInfo(property.PropertyType), inner, writer);
            }
        }
        writer.WriteEndObject();
        foreach (var property in contract.Properties)
            if (property.IsRequired && (map[property.Name] is not { } value || ScalarValue.IsNull(value)))
            {
                report.Error("CFG042", map.At, $"'{path}' needs the key '{property.Name}'");
                fits = false;
            }
        return fits;
    }

    private bool WriteArray(ConfigNode.Sequence list, JsonTypeInfo contract, string path, Utf8JsonWriter writer)
    {
        var fits = true;
        var element = contract.Options.GetTypeInfo(contract.ElementType ?? typeof(string));
        writer.WriteStartArray();
        for (var i = 0; i < list.Items.Length; i++)
        {
            fits &= Write(list.Items[i], element, $"{path}[{i}]", writer);
        }
        writer.WriteEndArray();
        return fits;
    }

    private bool WriteLeaf(ConfigNode.Scalar scalar, Type type, string path, Utf8JsonWriter writer)
    {
        switch (ScalarValue.Of(scalar))
        {
            case ScalarValue.Bool { Value: var flag } when type == typeof(bool): writer.WriteBooleanValue(flag); return true;
            case ScalarValue.Whole { Value: var whole } when type == typeof(int) && whole >= int.MinValue && whole <= int.MaxValue: writer.WriteNumberValue((int)whole); return true;
            case ScalarValue.Whole { Value: var whole } when type == typeof(double) && double.IsFinite((double)whole): writer.WriteNumberValue((double)whole); return true;
            case ScalarValue.Real { Value: var real } when type == typeof(double) && double.IsFinite(real): writer.WriteNumberValue(real); return true;
            case not ScalarValue.Null when type == typeof(string): writer.WriteStringValue(scalar.Text); return true;
            default: return Refuse(scalar, path, Expectation(type), writer);
        }
    }

    /// <summary>Something must stand there all the same, so that the walk can go on and find the other mistakes.</summary>
    private bool Refuse(ConfigNode node, string path, string expected, Utf8JsonWriter writer)
    {
        writer.WriteNullValue();
        report.Error("CFG041", node.At, $"'{path}' must be {expected}, not {Describe(node)}");
        return false;
    }

    private static JsonPropertyInfo? Property(JsonTypeInfo contract, string name)
    {
        foreach (var property in contract.Properties)
            if (property.Name == name) return property;
        return null;
    }

    private static string Expectation(Type type) =>
        type == typeof(int) ? "a whole number" : type == typeof(double) ? "a number" : type == typeof(bool) ? "true or false" : "a text";

    /// <summary>A node in a few words, for messages.</summary>
    public static string Describe(ConfigNode node) => node switch
    {
        ConfigNode.Mapping => "a mapping",
        ConfigNode.Sequence => "a list",
        ConfigNode.Scalar scalar when ScalarValue.IsNull(scalar) => "null",
        ConfigNode.Scalar { Text: var text } => $"'{TextRules.Shorten(text, 60)}'",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
