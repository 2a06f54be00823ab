using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vigil.Configuration;
using Vigil.Configuration.Composing;

namespace Vigil.Core.Tests.Configuration.Composing;

/// <summary>Config folders that are not on disk.</summary>
internal static class Some
{
    public static ConfigFolder Folder(string name, IReadOnlyDictionary<string, string> files) => new(name, $"/{name}",
        path => files.TryGetValue(path, out var text) ? new SourceFile($"{name}/{path}", $"/{name}/{path}", text) : null,
        folder => [.. files.Keys.Where(k => folder.Length == 0 || k.StartsWith(folder + "/", StringComparison.Ordinal)).Select(k => k[(folder.Length == 0 ? 0 : folder.Length + 1)..])
            .Select(static k => k.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? k[..(slash + 1)] : k).Distinct().Order(StringComparer.Ordinal)]);

    /// <summary>Files as <c>path</c> and text in turn.</summary>
    public static ConfigLibrary Library(params string[] pathsAndTexts) => new([Folder("conf", Files(pathsAndTexts))]);

    public static Dictionary<string, string> Files(params string[] pathsAndTexts) => pathsAndTexts.Chunk(2).ToDictionary(static p => p[0], static p => p[1]);

    public static (Composed? Composed, IReadOnlyList<Diagnostic> Mistakes) Compose(ConfigLibrary library, string config, ComposeRules rules, params string[] overrides)
    {
        var report = new DiagnosticBag();
        var composer = new Composer(library);
        var read = overrides.Select(o => Override.Parse(o, report)).OfType<Override>().ToImmutableArray();
        var primary = library.Find(config) ?? throw new ArgumentException($"the test's library has no {config}", nameof(config));
        return (composer.Compose(primary, config, read, rules, report), report.All);
    }

    /// <summary>The tree as JSON in one line.</summary>
    public static string Json(ConfigNode node) => JsonNode.Parse(JsonEmitter.Emit(node))!.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
