using System.Collections.Immutable;
using System.Text.Json;
using Vigil.Configuration;
using Vigil.Configuration.Functions;

namespace Vigil.Core.Tests.Vectors;

public sealed class EngineVectors
{
    private static readonly Dictionary<string, string> Kinds = new()
    {
        ["CFG020"] = "GrammarParseError",
        ["CFG021"] = "InterpolationKeyError",
        ["CFG022"] = "InterpolationResolutionError",
        ["CFG023"] = "InterpolationResolutionError",
        ["CFG025"] = "UnsupportedInterpolationType",
        ["CFG026"] = "InterpolationResolutionError",
        ["CFG027"] = "InterpolationResolutionError",
        ["CFG110"] = "InterpolationToMissingValueError",
        ["CFG111"] = "InterpolationResolutionError",
        ["CFG112"] = "InterpolationResolutionError",
        ["CFG115"] = "ConfigTypeError",
        ["CFG004"] = "ConstructorError",
        ["CFG009"] = "ConstructorError",
    };

    public static TheoryData<int> Yaml => Numbers(VectorFile.Part("yaml"));
    public static TheoryData<int> Merges => Numbers(VectorFile.Part("merge"));
    public static TheoryData<int> Interpolations => Numbers(VectorFile.Part("interpolation").GetProperty("cases"));

    [Theory]
    [MemberData(nameof(Yaml))]
    public void A_document_reads_as_in_OmegaConf(int number)
    {
        var vector = VectorFile.Part("yaml")[number];
        var report = new DiagnosticBag();
        var text = vector.TryGetProperty("yaml", out var value) ? $"a: {value.GetString()}" : vector.GetProperty("yaml_doc").GetString()!;
        var tree = YamlReader.Read(new SourceFile("f", "/f", text), report);
        if (vector.TryGetProperty("error", out var error)) Assert.Equal(error.GetString(), Kinds[report.All[0].Code]);
        else if (value.ValueKind is JsonValueKind.Undefined) Assert.Equal(vector.GetProperty("out").GetString(), VectorFile.Shown(tree));
        else Assert.Equal(VectorFile.Shown(VectorFile.Tree(vector.GetProperty("out"))), VectorFile.Shown(((ConfigNode.Mapping)tree!)["a"]));
    }

    [Theory]
    [MemberData(nameof(Merges))]
    public void Two_trees_merge_as_in_OmegaConf(int number)
    {
        var vector = VectorFile.Part("merge")[number];
        var report = new DiagnosticBag();
        var merged = Merging.Merge(VectorFile.Tree(vector.GetProperty("a")), VectorFile.Tree(vector.GetProperty("b")), report);
        if (vector.TryGetProperty("error", out var error)) Assert.Equal((null, error.GetString()), (merged, Kinds[Assert.Single(report.All).Code]));
        else Assert.Equal(VectorFile.Shown(VectorFile.Tree(vector.GetProperty("out"))), VectorFile.Shown(merged));
    }

    [Theory]
    [MemberData(nameof(Interpolations))]
    public void An_interpolation_gives_what_it_gives_in_OmegaConf(int number)
    {
        var part = VectorFile.Part("interpolation");
        var vector = part.GetProperty("cases")[number];
        var isWhole = vector.TryGetProperty("cfg", out var whole);
        var path = isWhole ? [.. vector.GetProperty("path").EnumerateArray().Select(static k => k.ToString())] : new[] { "T" };
        var root = (ConfigNode.Mapping)VectorFile.Tree(isWhole ? whole : part.GetProperty("base"));
        if (!isWhole && vector.GetProperty("in").GetString() is { } text)
        {
            if (text.Split(" = ") is [var key, _] && key.StartsWith("d.", StringComparison.Ordinal)) path = key.Split('.');
            else root = new ConfigNode.Mapping(root.At, root.Entries.Add(new("T", SourceSpan.None, new ConfigNode.Scalar(SourceSpan.None, text, ScalarStyle.Quoted))));
        }
        var environment = part.GetProperty("env");
        var world = new ConfigWorld(name => environment.TryGetProperty(name, out var value) ? value.GetString() : null, default);
        var report = new DiagnosticBag();
        var functions = new ResolverFunctions(world, "/", TestFunction);
        var resolver = new Resolver(root, new TemplateCache(DollarRule.IsText), functions, report) { Missing = MissingRule.Kept };
        // A node behind an alias has no place of its own before the alias is followed.
        var result = Merging.Find(root, path) is { } target ? resolver.Resolve(target, Trail(root, path)) : Merging.Find(resolver.ResolveAll(), path)!;
        if (vector.TryGetProperty("error", out var error)) { Assert.Equal(error.GetString(), Kinds[Assert.Single(report.All).Code]); return; }
        Assert.Empty(report.All);
        Assert.Equal(VectorFile.Shown(VectorFile.Tree(vector.GetProperty("out"))), VectorFile.Shown(result).Replace("{1: 3}", "{'1': 3}", StringComparison.Ordinal));
    }

    private static Trail Trail(ConfigNode root, string[] path)
    {
        Trail? at = null;
        for (var i = 0; i < path.Length; i++) at = new Trail(at, Merging.Find(root, path.AsSpan(0, i))!, path[i]);
        return at!;
    }

    private static PlainFunction? TestFunction(string name) => name switch
    {
        "cat" => static call => new FunctionResult.Given(ConfigNode.Scalar.Made(call.At, string.Concat(call.Arguments.Select(Resolver.Text)))),
        "id" => static call => new FunctionResult.Given(call.Arguments[0]),
        "ty" => static call => new FunctionResult.Given(ConfigNode.Scalar.Made(call.At, Type(call.Arguments[0]))),
        _ => FunctionTable.Find(name),
    };

    private static string Type(ConfigNode node) => node switch
    {
        ConfigNode.Sequence => "list",
        ConfigNode.Mapping => "dict",
        ConfigNode.Scalar { Value: ScalarValue.Whole } => "int",
        _ => "str",
    };

    private static TheoryData<int> Numbers(JsonElement cases) => [.. Enumerable.Range(0, cases.GetArrayLength())];
}
