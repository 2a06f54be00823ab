using System.Text.Json;
using System.Text.Json.Nodes;
using Vigil.Configuration;
using Vigil.Configuration.Composing;

namespace Vigil.Core.Tests.Configuration.Composing;

/// <summary>Compositions as Hydra 1.3.5 makes them, vector by vector.</summary>
public sealed class ComposeVectorTests
{
    private static JsonElement Vectors { get; } = HydraVectors.Read("compose.json");

    public static IEnumerable<TheoryDataRow<string, string, string>> Cases() => Vectors.GetProperty("cases").EnumerateArray()
        .Select(static v => new TheoryDataRow<string, string, string>(v.GetProperty("config").GetString()!, v.GetProperty("overrides").GetRawText(), v.GetRawText()));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_configuration_is_composed_as_Hydra_composes_it(string config, string overrides, string vector)
    {
        var expected = JsonDocument.Parse(vector).RootElement;
        var files = Vectors.GetProperty("files").EnumerateObject().ToDictionary(static f => f.Name, static f => f.Value.GetString()!);
        var library = new ConfigLibrary([Some.Folder("conf", files)]);
        // What is composed first is a file that the user named here: that it is not there is told before anything is composed.
        if (library.Find(config) is null)
        {
            Assert.True(expected.TryGetProperty("error", out _));
            return;
        }
        var (composed, mistakes) = Some.Compose(library, config, ComposeRules.Bare, JsonSerializer.Deserialize<string[]>(overrides)!);
        if (expected.TryGetProperty("error", out _))
        {
            Assert.Single(mistakes, static m => m.Severity is Severity.Error);
            Assert.All(mistakes, static m => Assert.NotNull(m.Hint));
            return;
        }
        Assert.Empty(mistakes);
        Assert.Equal(JsonNode.Parse(expected.GetProperty("out").GetRawText())!.ToJsonString(), JsonNode.Parse(Some.Json(composed!.Tree))!.ToJsonString());
    }
}
