using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Vigil.Configuration;

namespace Vigil.Core.Tests.Vectors;

/// <summary>The vectors, and their JSON as trees.</summary>
internal static class VectorFile
{
    private static readonly JsonDocument Document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder(), "vectors.json")));

    public static JsonElement Part(string name) => Document.RootElement.GetProperty(name);

    /// <summary>A JSON value as a tree; its texts are read as OmegaConf reads them, <c>${…}</c> and <c>???</c> included.</summary>
    public static ConfigNode Tree(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object when json.TryGetProperty("$float", out var real) => Plain(real.GetString() switch { "inf" => ".inf", "-inf" => "-.inf", _ => ".nan" }),
        JsonValueKind.Object => new ConfigNode.Mapping(SourceSpan.None, [.. json.EnumerateObject().Select(static p => new ConfigEntry(p.Name, SourceSpan.None, Tree(p.Value)))]),
        JsonValueKind.Array => new ConfigNode.Sequence(SourceSpan.None, [.. json.EnumerateArray().Select(Tree)]),
        JsonValueKind.String => new ConfigNode.Scalar(SourceSpan.None, json.GetString()!, ScalarStyle.Quoted),
        JsonValueKind.Null => Plain("null"),
        JsonValueKind.True => Plain("true"),
        JsonValueKind.False => Plain("false"),
        _ => BigInteger.TryParse(json.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? Plain(json.GetRawText()) : Plain(YamlText.Of(new ScalarValue.Real(json.GetDouble()))),
    };

    /// <summary>A tree by its values alone, as Python would show it: equal texts mean equal values of equal types.</summary>
    public static string Shown(ConfigNode? node) => node is null ? "nothing" : PythonText.Repr(node);

    private static ConfigNode.Scalar Plain(string text) => new(SourceSpan.None, text, ScalarStyle.Plain);

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
