using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Reads what a run starts: <c>backend.command</c> (text is a line of bash, a list is words), or what another backend makes of its settings.</summary>
internal static class CommandReader
{
    private static readonly string[] Types = ["command", "bash", "megatron", "null"];

    public static CommandSpec? Read(ConfigNode.Mapping tree, BackendSpec? backend, DiagnosticBag report)
    {
        if (backend is null) return Command(tree, backend, report);
        var type = TypeOf(backend);
        var section = tree["backend"] as ConfigNode.Mapping ?? new ConfigNode.Mapping(tree.At, []);
        switch (type)
        {
            case "command" or "bash": return Command(tree, backend, report);
            case "megatron" or "automegatron" or "null" when section["command"] is { } command && !ScalarValue.IsNull(command):
                report.Error("CFG057", command.At, $"the backend '{type}' makes its own command, and 'backend.command' is set too", "take out one of the two: backend.command, or backend.type (class_name)");
                return null;
            case "megatron" or "automegatron": return MegatronCommand.Read(section, backend, type is "automegatron" || Named(backend) is "automegatron" ? WsdCopies.Made : WsdCopies.None, report);
            case "null": return Nothing(section, report);
            // A trainer that a file describes: its name is only a name.
            case not null when section["command"] is { } command && !ScalarValue.IsNull(command): return Command(tree, backend, report);
            default:
                report.Error("CFG057", (section["type"] ?? section["class_name"] ?? section).At, $"nothing says how the backend '{type}' is started", $"{Suggestion.Hint(type!, Types)}; a trainer of your own is a file config/backend/{type}.yaml with a 'command'");
                return null;
        }
    }

    private static CommandSpec? Command(ConfigNode.Mapping tree, BackendSpec? backend, DiagnosticBag report)
    {
        switch (Merging.Find(tree, ["backend", "command"]))
        {
            case ConfigNode.Sequence { Items.Length: > 0 } list: return new ProgramWords(report).Read(list);
            case ConfigNode.Scalar line when !ScalarValue.IsNull(line) && !string.IsNullOrWhiteSpace(line.Text): return new CommandSpec.Line(line, line.Text);
            case var _ when tree["backend"] is not (null or ConfigNode.Mapping): return null;   // said already
            case ConfigNode.Mapping map:
                report.Error("CFG041", map.At, "'backend.command' must be a line of bash or a list of words, not a mapping");
                return null;
            case var _ when backend is null: return null;   // a key beside it is wrong, perhaps this one's name
            case not null when report.All.Any(static d => d.Severity is Severity.Error && IsOfResolving(d.Code)): return null;   // what cannot be resolved stands as null here
            case var other:
                report.Error("CFG042", (other ?? tree["backend"] ?? tree).At, "there is nothing to run: 'backend.command' is missing or empty", "backend: {command: python3 train.py --out {output_dir}}");
                return null;
        }
    }

    private static bool IsOfResolving(string code) =>
        code.StartsWith("CFG02", StringComparison.Ordinal) || code.StartsWith("CFG09", StringComparison.Ordinal) || code.StartsWith("CFG10", StringComparison.Ordinal) || code.StartsWith("CFG11", StringComparison.Ordinal);

    internal static string TypeOf(BackendSpec backend) =>
        backend.Type ?? Named(backend) ?? "command";

    private static string? Named(BackendSpec backend) => backend.ClassName is { } name ? (name.EndsWith("Backend", StringComparison.Ordinal) ? name[..^"Backend".Length] : name).ToLowerInvariant() : null;

    /// <summary>The backend of dry experiments: it says what it would get.</summary>
    private static CommandSpec.Words? Nothing(ConfigNode.Mapping section, DiagnosticBag report)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        if (section["base_command"] is not { } program || ScalarValue.IsNull(program)) words.Add("echo");
        else if (!OptionWords.Add(program, "backend.base_command", words, report)) return null;
        return OptionWords.Add(section["extra_cli_args"], "backend.extra_cli_args", words, report) ? new CommandSpec.Words(section, words.DrainToImmutable()) : null;
    }
}
