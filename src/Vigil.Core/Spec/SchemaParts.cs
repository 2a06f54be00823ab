using System.Text.Json.Nodes;

namespace Vigil.Spec;

/// <summary>The small parts that the schema of experiment files is made of. Each call makes new ones: a JSON node has one parent.</summary>
internal static class SchemaParts
{
    /// <summary>Nothing stands where null stands, and an interpolation may stand for anything.</summary>
    public static JsonObject Or(JsonObject schema) => new() { ["anyOf"] = new JsonArray(schema, Ref("open")) };

    public static JsonObject Ref(string name) => new() { ["$ref"] = $"#/$defs/{name}" };

    /// <summary>A single value of any type: where a text is wanted, a number is one too.</summary>
    public static JsonObject Scalar() => new() { ["type"] = new JsonArray("string", "number", "boolean", "null") };

    public static JsonObject Of(string type) => new() { ["type"] = type };

    public static JsonObject Words(params string[] words) => Or(new() { ["enum"] = new JsonArray([.. words.Select(static w => (JsonNode?)JsonValue.Create(w))]) });

    public static JsonObject List(JsonObject items) => new() { ["type"] = "array", ["items"] = items };

    /// <summary>At least one item.</summary>
    public static JsonObject Filled(JsonObject items) => new() { ["type"] = "array", ["items"] = items, ["minItems"] = 1 };

    public static JsonObject MapOf(JsonObject values) => new() { ["type"] = "object", ["additionalProperties"] = values };

    public static JsonObject Closed(JsonObject properties) => new() { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };

    public static JsonObject Described(JsonObject schema, string key)
    {
        if (KeyDescriptions.Of(key) is { } text) schema.Insert(0, "description", text);
        return schema;
    }
}
