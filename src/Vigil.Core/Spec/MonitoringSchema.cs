using System.Text.Json.Nodes;

namespace Vigil.Spec;

/// <summary>The section of the rules as a schema. It knows classes, kinds and what must be there; the keys of one class are checked by <c>plan</c>.</summary>
internal static class MonitoringSchema
{
    public static JsonObject Monitoring() => With(
        ("log_events", Rules(Event("name", "pattern"), "name")),
        ("state_events", Rules(Event("name"), "name")),
        ("rules", Rules(Short(), "when", "do")),
        ("dry_run", SchemaParts.Or(SchemaParts.Of("boolean"))),
        ("notify", SchemaParts.Or(SchemaParts.MapOf(Channel()))),
        ("inactivity_threshold_seconds", Span()),
        ("no_progress_threshold_seconds", Span()));

    /// <summary>A condition or an action by its class; the short spelling has other keys.</summary>
    public static JsonObject Classes(IEnumerable<string> classes) => With(("class_name", SchemaParts.Words([.. classes])));

    private static JsonObject Event(params string[] texts)
    {
        var properties = With([.. texts.Select(static t => (t, SchemaParts.Scalar()))]);
        foreach (var (key, schema) in new (string, JsonObject)[]
        {
            ("pattern_type", SchemaParts.Words("regex", "substring", "inactivity")),
            ("inactivity_timeout_s", Span()),
            ("extract_groups", SchemaParts.Or(SchemaParts.MapOf(SchemaParts.Scalar()))),
            ("metadata", SchemaParts.Or(SchemaParts.MapOf(SchemaParts.Scalar()))),
            ("transition", SchemaParts.Or(SchemaParts.Of("array"))),
            ("condition", SchemaParts.Ref("condition")),
            ("action", SchemaParts.Ref("action")),
            ("actions", SchemaParts.Or(SchemaParts.List(SchemaParts.Ref("action")))),
        }) ((JsonObject)properties["properties"]!)[key] = schema;
        return properties;
    }

    private static JsonObject Short() => With(
        ("name", SchemaParts.Scalar()),
        ("when", new() { ["type"] = new JsonArray("string", "object") }),
        ("if", new() { ["anyOf"] = new JsonArray(SchemaParts.Ref("condition"), SchemaParts.List(SchemaParts.Ref("condition")), SchemaParts.Of("null")) }),
        ("do", new() { ["anyOf"] = new JsonArray(SchemaParts.Of("string"), SchemaParts.Ref("action"), SchemaParts.List(new() { ["anyOf"] = new JsonArray(SchemaParts.Of("string"), SchemaParts.Ref("action")) })) }),
        ("limit", SchemaParts.Or(new() { ["type"] = new JsonArray("integer", "object"), ["minimum"] = 1 })));

    private static JsonObject Channel() => With(
        ("type", SchemaParts.Words("webhook", "slack", "smtp", "command")),
        ("url", SchemaParts.Scalar()),
        ("host", SchemaParts.Scalar()),
        ("command", new() { ["anyOf"] = new JsonArray(SchemaParts.Of("string"), SchemaParts.Of("array")) }),
        ("quiet_hours", SchemaParts.Scalar()));

    private static JsonObject Rules(JsonObject rule, params string[] needed)
    {
        rule["required"] = new JsonArray([.. needed.Select(static n => (JsonNode?)JsonValue.Create(n))]);
        return SchemaParts.Or(SchemaParts.List(rule));
    }

    private static JsonObject Span() => new() { ["type"] = new JsonArray("number", "string", "null") };

    private static JsonObject With(params (string Key, JsonObject Schema)[] properties)
    {
        var all = new JsonObject();
        foreach (var (key, schema) in properties) all[key] = schema;
        return new() { ["type"] = "object", ["properties"] = all };
    }
}
