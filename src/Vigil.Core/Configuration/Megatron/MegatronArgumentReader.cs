using System.Collections.Immutable;

namespace Vigil.Configuration.Megatron;

/// <summary>Reads arguments as files write them: <c>lr: float</c>, or <c>lr: {kind: float, default: 1e-4}</c>.</summary>
internal sealed class MegatronArgumentReader(DiagnosticBag report)
{
    private static readonly string[] Keys = ["kind", "option", "also", "many", "default", "choices"];

    /// <summary>Null when it says no kind; that is reported.</summary>
    /// <param name="path">Where the entry stands, as in <c>backend.known_args.x</c>.</param>
    public MegatronArgument? Read(string name, ConfigNode node, string path)
    {
        if (node is ConfigNode.Scalar word) return Kind(word, path) is { } plain ? new(name, plain, DefaultOption(name, plain)) : null;
        if (node is not ConfigNode.Mapping map || map["kind"] is not { } kindNode)
        {
            report.Error("CFG045", node.At, $"'{path}' must say what kind of argument it is", $"{path}: {{kind: text}}; kinds: {Words}");
            return null;
        }
        foreach (var entry in map.Entries)
            if (!Keys.Contains(entry.Key)) report.Error("CFG045", entry.KeyAt, $"an argument has no '{entry.Key}'", Suggestion.Hint(entry.Key, Keys));
        if (Kind(kindNode, path) is not { } kind) return null;
        return new(name, kind, Text(map["option"]) ?? DefaultOption(name, kind))
        {
            Also = Text(map["also"]),
            Many = map["many"] is ConfigNode.Scalar { Value: ScalarValue.Bool { Value: true } },
            Default = map["default"] is { } value && !ScalarValue.IsNull(value) ? List(value) : null,
            Choices = map["choices"] is { } choices ? List(choices) : [],
        };
    }

    private static string Words => string.Join(", ", MegatronArgument.Kinds.Select(static k => k.Word));

    private MegatronKind? Kind(ConfigNode node, string path)
    {
        var text = Text(node);
        foreach (var (word, kind) in MegatronArgument.Kinds)
            if (word == text) return kind;
        report.Error("CFG045", node.At, $"'{path}' cannot be of the kind {Binder.Describe(node)}", $"kinds: {Words}");
        return null;
    }

    private static string DefaultOption(string name, MegatronKind kind) => MegatronArgument.OptionOf(kind is MegatronKind.NoFlag ? "no_" + name : name);

    private static string? Text(ConfigNode? node) => (node as ConfigNode.Scalar)?.Text;

    private static ImmutableArray<string> List(ConfigNode node) => node is ConfigNode.Sequence list ? [.. list.Items.Select(static i => Text(i) ?? "")] : [Text(node) ?? ""];
}
