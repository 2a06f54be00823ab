using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Reads <c>backend.command</c>: text is a line of bash, a list is words.</summary>
internal static class CommandReader
{
    public static CommandSpec? Read(ConfigNode.Mapping tree, BackendSpec? backend, DiagnosticBag report)
    {
        var at = tree["backend"]?.At ?? tree.At;
        if (backend is not null && TypeOf(backend) is not "command" and var type)
        {
            report.Error("CFG057", at, $"the backend '{type}' is not in this version", "backend.command runs any program");
            return null;
        }
        switch (Merging.Find(tree, ["backend", "command"]))
        {
            case ConfigNode.Sequence { Items.Length: > 0 } list: return Words(list, report);
            case ConfigNode.Scalar line when !ScalarValue.IsNull(line) && !string.IsNullOrWhiteSpace(line.Text): return new CommandSpec.Line(line, line.Text);
            case var _ when tree["backend"] is not (null or ConfigNode.Mapping): return null;   // said already
            case ConfigNode.Mapping map:
                report.Error("CFG041", map.At, "'backend.command' must be a line of bash or a list of words, not a mapping");
                return null;
            case var _ when backend is null: return null;   // a key beside it is wrong, perhaps this one's name
            case var other:
                report.Error("CFG042", other?.At ?? at, "there is nothing to run: 'backend.command' is missing or empty", "backend: {command: python3 train.py --out {output_dir}}");
                return null;
        }
    }

    private static string TypeOf(BackendSpec backend) =>
        backend.Type ?? (backend.ClassName is { } name ? (name.EndsWith("Backend", StringComparison.Ordinal) ? name[..^"Backend".Length] : name).ToLowerInvariant() : "command");

    private static CommandSpec.Words? Words(ConfigNode.Sequence list, DiagnosticBag report)
    {
        var words = ImmutableArray.CreateBuilder<string>(list.Items.Length);
        var at = 0;
        foreach (var item in list.Items)
        {
            if (item is ConfigNode.Scalar word && !ScalarValue.IsNull(word)) words.Add(word.Text);
            else report.Error("CFG041", item.At, $"'backend.command[{at}]' must be a word, not {Binder.Describe(item)}", "the list holds the program and its arguments, each a text or a number");
            at++;
        }
        return words.Count == list.Items.Length ? new CommandSpec.Words(list, words.MoveToImmutable()) : null;
    }
}
