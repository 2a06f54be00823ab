using System.Globalization;
using System.Text.Json;
using Vigil.Core.Tests.Planning;
using Vigil.Spec;

namespace Vigil.Core.Tests.Spec;

public sealed class ExperimentSchemaTests
{
    private static readonly JsonElement Properties = JsonDocument.Parse(ExperimentSchema.Text()).RootElement.GetProperty("properties");

    [Fact]
    public void Every_key_of_the_contract_is_described()
    {
        var silent = BuiltInKeys.All.Where(static key => KeyDescriptions.Of(key) is null);

        Assert.Empty(silent);
    }

    [Fact]
    public void Every_key_of_the_contract_is_in_the_schema()
    {
        var missing = BuiltInKeys.All.Where(static key => Find(key) is null);

        Assert.Empty(missing);
    }

    [Fact]
    public void A_number_beyond_the_bounds_of_the_schema_is_refused_by_planning_and_the_bound_itself_is_not()
    {
        var compared = 0;
        foreach (var key in BuiltInKeys.All)
            foreach (var (bound, beyond) in new[] { ("minimum", -1), ("maximum", 1) })
            {
                if (Bound(Find(key)!.Value, bound) is not { } value || key == "local.time" || key == "job.inactivity_threshold_seconds") continue;
                compared++;
                Assert.DoesNotContain(Mistakes(key, value), static code => code is "CFG053");
                Assert.Contains("CFG053", Mistakes(key, value + beyond));
            }
        Assert.True(compared >= 11, $"{compared} bounds");
    }

    private static IEnumerable<string> Mistakes(string key, int value) =>
        Some.Plan("backend: {command: x}\n", $"+{key}={value.ToString(CultureInfo.InvariantCulture)}").Diagnostics.Select(static d => d.Code);

    private static JsonElement? Find(string key)
    {
        JsonElement? node = null;
        foreach (var word in key.Split('.'))
        {
            var properties = node is { } parent ? Inner(parent, "properties") : Properties;
            if (properties is not { } found || !found.TryGetProperty(word, out var next)) return null;
            node = next;
        }
        return node;
    }

    /// <summary>What a schema holds, itself or in one of its alternatives.</summary>
    private static JsonElement? Inner(JsonElement schema, string name)
    {
        if (schema.TryGetProperty(name, out var found)) return found;
        return schema.TryGetProperty("anyOf", out var all) ? all.EnumerateArray().Select(a => Inner(a, name)).FirstOrDefault(static a => a is not null) : null;
    }

    private static int? Bound(JsonElement schema, string name) => Inner(schema, name) is { ValueKind: JsonValueKind.Number } bound ? bound.GetInt32() : null;
}
