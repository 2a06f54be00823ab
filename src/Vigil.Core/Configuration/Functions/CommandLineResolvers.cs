using System.Collections.Immutable;

namespace Vigil.Configuration.Functions;

/// <summary>A mapping as the words of a command line: <c>true</c> is the bare option, <c>false</c> and <c>null</c> are left out, and <c>_</c> becomes <c>-</c>.</summary>
internal static class CommandLineResolvers
{
    /// <summary>A list or a mapping is one word, as Python writes it.</summary>
    public static FunctionResult CliArgs(PlainCall call) => Words(call, static value => [Answers.Shown(value)]);

    /// <summary>
    /// A list is several words after its option. The original compares with the defaults of one version of Megatron and leaves out what equals them and
    /// what it does not know; nothing is left out here, so that no argument is lost to a version that differs.
    /// </summary>
    public static FunctionResult ArgsMegatron(PlainCall call)
    {
        if (call.Arguments[0] is ConfigNode.Mapping map && map.Entries.FirstOrDefault(static e => e.Value is ConfigNode.Mapping) is { Key: { } key })
            return new FunctionResult.Refused($"oc.argsmegatron: '{key}' holds a mapping, which no option takes");
        return Words(call, static value => value is ConfigNode.Sequence list ? [.. list.Items.Select(Answers.Shown)] : [Answers.Shown(value)]);
    }

    private static FunctionResult Words(PlainCall call, Func<ConfigNode, ImmutableArray<string>> words)
    {
        if (ScalarValue.IsNull(call.Arguments[0])) return Answers.Row(call, []);
        if (call.Arguments[0] is not ConfigNode.Mapping map) return new FunctionResult.Refused($"{call.Name} takes a mapping, not {Binder.Describe(call.Arguments[0])}");
        var all = new List<ConfigNode>();
        foreach (var entry in map.Entries)
        {
            var kind = entry.Value is ConfigNode.Scalar scalar ? ScalarValue.Of(scalar) : null;
            if (kind is ScalarValue.Null or ScalarValue.Bool { Value: false } || entry.Value is ConfigNode.Sequence { Items.Length: 0 } && call.Name == "oc.argsmegatron") continue;
            all.Add(Answers.TextNode(call, "--" + entry.Key.Replace('_', '-')));
            if (kind is not ScalarValue.Bool) all.AddRange(words(entry.Value).Select(word => Answers.TextNode(call, word)));
        }
        return Answers.Row(call, all);
    }
}
