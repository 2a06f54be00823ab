using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigil.Configuration;

/// <summary>A key whose value is read from the tree and not by the contract: free keys, or a shape that the contract cannot say.</summary>
[JsonConverter(typeof(FreeFormJson))]
public sealed record FreeForm
{
    public static FreeForm Set { get; } = new();
}

internal sealed class FreeFormJson : JsonConverter<FreeForm>
{
    public override FreeForm Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        reader.Skip();
        return FreeForm.Set;
    }

    public override void Write(Utf8JsonWriter writer, FreeForm value, JsonSerializerOptions options) => writer.WriteBooleanValue(true);
}
