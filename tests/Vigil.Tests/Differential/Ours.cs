using System.Text.Json.Nodes;
using Vigil.Configuration;

namespace Vigil.Tests.Differential;

/// <summary>What Vigil makes of a case, and how it is laid beside the oracle's answer.</summary>
internal static class Ours
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
        ["CFG029"] = "InterpolationResolutionError",
        ["CFG110"] = "InterpolationToMissingValueError",
        ["CFG111"] = "InterpolationResolutionError",
        ["CFG112"] = "InterpolationResolutionError",
    };

    private static readonly ConfigWorld World = new(static name => name switch { "OC_E" => "hello", "OC_N" => "3308", "OC_EMPTY" => "", _ => null }, default);

    /// <summary>The value of one key, or the kinds of its mistakes.</summary>
    public sealed record Answer(string? Value, IReadOnlyList<string> Errors);

    /// <summary>Null when the tree could not even be made.</summary>
    public static List<Answer>? Resolve(ConfigNode.Mapping tree)
    {
        var (templates, grammar) = (new TemplateCache(DollarRule.IsText), new DiagnosticBag());
        templates.CheckGrammar(tree, grammar);
        if (grammar.HasErrors) return null;
        var answers = new List<Answer>();
        foreach (var entry in tree.Entries)
        {
            var report = new DiagnosticBag();
            var resolver = new Resolver(tree, templates, new ResolverFunctions(World, "/", TestFunction), report) { Missing = MissingRule.Kept };
            var value = resolver.Resolve(entry.Value, new Trail(null, tree, entry.Key));
            var errors = report.All.Where(static d => d.Severity is Severity.Error).Select(static d => Kinds[d.Code]).ToList();
            answers.Add(resolver.Failed ? new(null, errors) : new(Shown.Text(value), errors));
        }
        return answers;
    }

    public static ConfigNode? Read(string text)
    {
        var report = new DiagnosticBag();
        var tree = YamlReader.Read(new SourceFile("f", "/f", text), report);
        if (tree is null) return null;
        new TemplateCache(DollarRule.IsText).CheckGrammar(tree, report);
        return report.HasErrors ? null : tree;
    }

    /// <summary>As the oracle's script wraps what it read.</summary>
    public static ConfigNode.Mapping Root(ConfigNode node) => new(SourceSpan.None, [new("root", SourceSpan.None, node)]);

    /// <summary>Null where both have the same value, or both a mistake.</summary>
    public static string? Differs(JsonObject theirs, ConfigNode? ours)
    {
        var (expected, actual) = (theirs["value"]?.GetValue<string>() ?? "an error", ours is null ? "an error" : Shown.Text(ours));
        // An empty document is null there and an empty mapping here, as OmegaConf.load makes it.
        if (expected == "{\"root\":N}") expected = "{\"root\":{}}";
        return expected == actual ? null : $"they: {theirs.ToJsonString()}\nwe:   {actual}";
    }

    public static string? Differs(JsonObject theirs, List<Answer>? ours)
    {
        if (theirs["answers"] is not JsonArray answers) return ours is null ? null : $"they cannot make it: {theirs.ToJsonString()}";
        if (ours is null) return $"we cannot make it: {theirs.ToJsonString()}";
        for (var i = 0; i < answers.Count; i++)
        {
            var (value, error) = (answers[i]!["value"]?.GetValue<string>(), answers[i]!["error"]?.GetValue<string>());
            var same = error is null ? value == ours[i].Value : ours[i].Value is null && (!Kinds.ContainsValue(error) || ours[i].Errors.Contains(error));
            if (!same) return $"key {i}\nthey: {value ?? error}\nwe:   {ours[i].Value ?? string.Join(", ", ours[i].Errors)}";
        }
        return null;
    }

    private static PlainFunction? TestFunction(string name) => name switch
    {
        "cat" => static call => call.Arguments.All(static a => a is ConfigNode.Scalar)
            ? new FunctionResult.Given(ConfigNode.Scalar.Made(call.At, string.Concat(call.Arguments.Select(Resolver.Text)))) : new FunctionResult.Refused("a container"),
        "ty" => static call => call.Arguments is [ConfigNode.Scalar { Value: var value }] ? new FunctionResult.Given(ConfigNode.Scalar.Made(call.At, Type(value))) : new FunctionResult.Refused("a container"),
        _ => null,
    };

    private static string Type(ScalarValue value) => value switch
    {
        ScalarValue.Null => "NoneType",
        ScalarValue.Bool => "bool",
        ScalarValue.Whole => "int",
        ScalarValue.Real => "float",
        _ => "str",
    };
}
