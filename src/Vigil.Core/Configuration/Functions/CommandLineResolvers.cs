using System.Collections.Immutable;
using Vigil.Configuration.Megatron;

namespace Vigil.Configuration.Functions;

/// <summary>A mapping as the words of a command line: <c>true</c> is the bare option, <c>false</c> and <c>null</c> are left out, and <c>_</c> becomes <c>-</c>.</summary>
internal static class CommandLineResolvers
{
    private const string KnownArgs = "backend.known_args";

    /// <summary>A list or a mapping is one word, as Python writes it.</summary>
    public static FunctionResult CliArgs(PlainCall call)
    {
        if (NoMapping(call) is { } answer) return answer;
        var all = new List<ConfigNode>();
        foreach (var entry in ((ConfigNode.Mapping)call.Arguments[0]).Entries)
        {
            var kind = entry.Value is ConfigNode.Scalar scalar ? ScalarValue.Of(scalar) : null;
            if (kind is ScalarValue.Null or ScalarValue.Bool { Value: false }) continue;
            all.Add(Answers.TextNode(call, "--" + entry.Key.Replace('_', '-')));
            if (kind is not ScalarValue.Bool) all.Add(Answers.TextNode(call, Answers.Shown(entry.Value)));
        }
        return Answers.Row(call, all);
    }

    /// <summary>
    /// As the backend writes them. The original compares with the defaults of one version of Megatron and leaves out what equals them and
    /// what it does not know; nothing is left out here, so that no argument is lost to a version that differs. What <c>backend.known_args</c> names is known here too.
    /// </summary>
    public static FunctionResult ArgsMegatron(PlainCall call)
    {
        if (NoMapping(call) is { } answer) return answer;
        var map = (ConfigNode.Mapping)call.Arguments[0];
        if (map.Entries.FirstOrDefault(static e => e.Value is ConfigNode.Mapping) is { Key: { } key }) return new FunctionResult.Refused($"oc.argsmegatron: '{key}' holds a mapping, which no option takes");
        var (report, all) = (new DiagnosticBag(), new List<ConfigNode>());
        var arguments = MegatronArguments.BuiltIn.With(call.Setting(KnownArgs), KnownArgs, report);
        var writer = new MegatronWords(call.Name, MegatronDefaults.Written, report);
        foreach (var entry in map.Entries)
        {
            var words = ImmutableArray.CreateBuilder<string>();
            if (arguments.Find(MegatronArguments.NameOf(entry.Key)) is { } known) writer.Add(known, entry, words);
            else
            {
                arguments.ReportUnknown(entry, call.Name, [], report);
                AddWords(entry, words);
            }
            all.AddRange(words.Select(word => Answers.TextNode(call, word)));
        }
        if (report.All.FirstOrDefault(static d => d.Severity is Severity.Error) is { } mistake) return new FunctionResult.Refused(mistake.Message, mistake.Hint);
        return new FunctionResult.Given(new ConfigNode.Sequence(call.At, [.. all])) { Warnings = [.. report.All] };
    }

    /// <summary>An argument that nobody knows: a list is several words after its option.</summary>
    private static void AddWords(ConfigEntry entry, ImmutableArray<string>.Builder words)
    {
        if (entry.Value is ConfigNode.Scalar { Value: ScalarValue.Null or ScalarValue.Bool { Value: false } } or ConfigNode.Sequence { Items.Length: 0 }) return;
        words.Add(MegatronArgument.OptionOf(MegatronArguments.NameOf(entry.Key)));
        if (entry.Value is ConfigNode.Sequence list) words.AddRange(list.Items.Select(Answers.Shown));
        else if (entry.Value is not ConfigNode.Scalar { Value: ScalarValue.Bool }) words.Add(Answers.Shown(entry.Value));
    }

    /// <summary>Null: it is called with a mapping.</summary>
    private static FunctionResult? NoMapping(PlainCall call) => call.Arguments[0] switch
    {
        ConfigNode.Mapping => null,
        var node when ScalarValue.IsNull(node) => Answers.Row(call, []),
        var node => new FunctionResult.Refused($"{call.Name} takes a mapping, not {Binder.Describe(node)}"),
    };
}
