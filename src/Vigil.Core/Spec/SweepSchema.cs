using System.Text.Json.Nodes;

namespace Vigil.Spec;

/// <summary>The sweep language as a schema.</summary>
internal static class SweepSchema
{
    private static readonly string[] Bodies = ["groups", "params", "configs"];

    public static JsonObject Sweep()
    {
        var properties = Parts();
        foreach (var (key, schema) in new (string, JsonObject)[]
        {
            ("base_values", SchemaParts.Or(SchemaParts.Of("object"))),
            ("list_composition", SchemaParts.Or(SchemaParts.List(SchemaParts.Of("string")))),
            ("grids", SchemaParts.Or(SchemaParts.List(SchemaParts.Ref("params")))),
            ("axes", SchemaParts.Or(SchemaParts.Of("object"))),
            ("class_name", SchemaParts.Scalar()),
            ("store_sweep_json", SchemaParts.Scalar()),
            ("name_template", SchemaParts.Scalar()),
        }) properties[key] = SchemaParts.Described(schema, "sweep." + key);
        return SchemaParts.Or(SchemaParts.Closed(properties));
    }

    public static JsonObject Group()
    {
        var group = SchemaParts.Closed(Parts());
        group["oneOf"] = Required();
        return group;
    }

    /// <summary>Values by key; a list is an axis, a mapping with <c>sample</c> is drawn, anything else is one value.</summary>
    public static JsonObject Params() => SchemaParts.MapOf(new()
    {
        ["if"] = new JsonObject { ["type"] = "object", ["required"] = new JsonArray("sample") },
        ["then"] = SchemaParts.Ref("sample"),
        ["else"] = new JsonObject { ["if"] = SchemaParts.Of("array"), ["then"] = new JsonObject { ["minItems"] = 1 } },
    });

    /// <summary>A point's keys are the user's own, unless the entry is a group.</summary>
    public static JsonObject Config() => new()
    {
        ["type"] = "object",
        ["if"] = new JsonObject { ["anyOf"] = Required() },
        ["then"] = new JsonObject { ["properties"] = Parts() },
    };

    public static JsonObject Sample() => SchemaParts.Closed(new()
    {
        ["sample"] = SchemaParts.Described(SchemaParts.Words("uniform", "loguniform", "normal", "int", "logint", "choice"), "sample"),
        ["n"] = SchemaParts.Or(new() { ["type"] = "integer", ["minimum"] = 1 }),
        ["seed"] = SchemaParts.Or(SchemaParts.Of("integer")),
        ["low"] = SchemaParts.Or(SchemaParts.Of("number")),
        ["high"] = SchemaParts.Or(SchemaParts.Of("number")),
        ["mean"] = SchemaParts.Or(SchemaParts.Of("number")),
        ["std"] = SchemaParts.Or(new() { ["type"] = "number", ["exclusiveMinimum"] = 0 }),
        ["digits"] = SchemaParts.Or(new() { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 17 }),
        ["values"] = SchemaParts.Or(SchemaParts.Of("array")),
    });

    /// <summary>The keys that a group and the sweep itself share.</summary>
    private static JsonObject Parts()
    {
        var parts = new JsonObject();
        foreach (var (key, schema) in new (string, JsonObject)[]
        {
            ("type", SchemaParts.Words("product", "list", "zip")),
            ("groups", SchemaParts.Or(SchemaParts.Filled(SchemaParts.Ref("group")))),
            ("params", SchemaParts.Or(SchemaParts.Ref("params"))),
            ("configs", SchemaParts.Or(SchemaParts.Filled(SchemaParts.Ref("config")))),
            ("defaults", SchemaParts.Or(SchemaParts.Of("object"))),
            ("filter", new() { ["type"] = new JsonArray("string", "boolean", "null") }),
        }) parts[key] = SchemaParts.Described(schema, "sweep." + key);
        return parts;
    }

    private static JsonArray Required() => new([.. Bodies.Select(static key => (JsonNode?)new JsonObject { ["required"] = new JsonArray(key) })]);
}
