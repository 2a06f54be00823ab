using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;

namespace Vigil.Configuration.Megatron;

/// <summary>A key and the argument that it means.</summary>
/// <param name="ByOption">It is called after an option that turns something off, so that true gives the option: <c>no_x: true</c> is <c>--no-x</c>.</param>
internal readonly record struct MegatronKey(MegatronArgument Argument, bool ByOption);

/// <summary>The arguments that Megatron-LM takes.</summary>
internal sealed class MegatronArguments
{
    private const string File = "megatron/arguments.yaml";

    private static readonly Lazy<MegatronArguments> Shipped = new(ReadShipped);

    private readonly FrozenDictionary<string, MegatronKey> _byKey;
    private readonly ImmutableDictionary<string, MegatronKey> _own = ImmutableDictionary<string, MegatronKey>.Empty;
    private readonly ImmutableHashSet<string> _free = [];

    private MegatronArguments(ImmutableArray<MegatronArgument> all)
    {
        All = all;
        var byKey = new Dictionary<string, MegatronKey>(StringComparer.Ordinal);
        foreach (var argument in all) byKey[argument.Name] = new(argument, ByOption: false);
        foreach (var argument in all)
            foreach (var (name, key) in ByOption(argument)) byKey.TryAdd(name, key);
        _byKey = byKey.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private MegatronArguments(MegatronArguments below, ImmutableDictionary<string, MegatronKey> own, ImmutableHashSet<string> free) =>
        (All, _byKey, _own, _free) = (below.All, below._byKey, own, free);

    /// <summary>Those of the version that the built-in file names.</summary>
    public static MegatronArguments BuiltIn => Shipped.Value;

    /// <summary>In the order of the file.</summary>
    public ImmutableArray<MegatronArgument> All { get; }

    /// <summary>A key as arguments are called: with <c>_</c>, and without a leading <c>megatron.</c></summary>
    public static string NameOf(string key) => (key.StartsWith("megatron.", StringComparison.Ordinal) ? key["megatron.".Length..] : key).Replace('-', '_');

    /// <summary>Null: no argument of this name is known.</summary>
    public MegatronKey? Find(string name) => _own.TryGetValue(name, out var own) ? own : _byKey.TryGetValue(name, out var known) && !_free.Contains(name) ? known : null;

    /// <summary>Whether the user says that the trainer knows the name, and no more.</summary>
    private bool IsFree(string name) => _free.Contains(name);

    /// <summary>The name that is nearest; null when none is near.</summary>
    /// <param name="further">Names that count as well.</param>
    private string? Nearest(string name, IEnumerable<string> further) => Suggestion.Nearest(name, _byKey.Keys.Concat(_own.Keys).Concat(further).Order(StringComparer.Ordinal));

    /// <summary>Reports a key that means no argument, unless the user has named it.</summary>
    /// <param name="path">Of the settings.</param>
    /// <param name="further">Names that count as well.</param>
    public void ReportUnknown(ConfigEntry entry, string path, IEnumerable<string> further, DiagnosticBag report)
    {
        var name = NameOf(entry.Key);
        if (IsFree(name)) return;
        report.Warning("CFG045", entry.KeyAt, $"'{path}.{entry.Key}' is no argument of the Megatron-LM that Vigil knows; it is passed on as {MegatronArgument.OptionOf(name)}",
            (Nearest(name, further) is { } near ? $"did you mean '{near}'? " : "") + $"An argument of another version or a fork: backend.known_args: [{name}]");
    }

    /// <summary>These and <c>backend.known_args</c>: a list of names, or a mapping in the form of the built-in file, which wins over it.</summary>
    public MegatronArguments With(ConfigNode? node, string path, DiagnosticBag report)
    {
        if (node is null || ScalarValue.IsNull(node)) return this;
        if (node is ConfigNode.Sequence list && list.Items.All(static i => i is ConfigNode.Scalar))
            return new(this, _own, _free.Union(list.Items.Select(static i => NameOf(((ConfigNode.Scalar)i).Text))));
        if (node is ConfigNode.Mapping map) return With(map, path, report);
        report.Error("CFG045", node.At, $"'{path}' must be a list of names, or a mapping of names to kinds, not {Binder.Describe(node)}", $"{path}: [my_argument]");
        return this;
    }

    private MegatronArguments With(ConfigNode.Mapping map, string path, DiagnosticBag report)
    {
        var (reader, own, free) = (new MegatronArgumentReader(report), _own.ToBuilder(), _free.ToBuilder());
        foreach (var entry in map.Entries)
        {
            var name = NameOf(entry.Key);
            if (ScalarValue.IsNull(entry.Value)) free.Add(name);
            else if (reader.Read(name, entry.Value, $"{path}.{entry.Key}") is { } argument)
            {
                own[name] = new(argument, ByOption: false);
                foreach (var (byOption, key) in ByOption(argument)) own.TryAdd(byOption, key);
            }
        }
        return new(this, own.ToImmutable(), free.ToImmutable());
    }

    private static IEnumerable<(string Name, MegatronKey Key)> ByOption(MegatronArgument argument)
    {
        yield return (NameOf(argument.Option.TrimStart('-')), new(argument, ByOption: argument.Kind is MegatronKind.NoFlag));
        if (argument.Also is { } also) yield return (NameOf(also.TrimStart('-')), new(argument, ByOption: argument.Kind is MegatronKind.NoFlag));
        if (argument.Kind is MegatronKind.Switch) yield return ("no_" + argument.Name, new(argument, ByOption: true));
    }

    private static MegatronArguments ReadShipped()
    {
        var report = new DiagnosticBag();
        using var stream = typeof(MegatronArguments).Assembly.GetManifestResourceStream(File) ?? throw new InvalidOperationException($"the program was built without {File}");
        using var text = new StreamReader(stream, Encoding.UTF8);
        var reader = new MegatronArgumentReader(report);
        var all = YamlReader.Read(new SourceFile(File, File, text.ReadToEnd()), report) is ConfigNode.Mapping file && file["arguments"] is ConfigNode.Mapping rows
            ? rows.Entries.Select(e => reader.Read(e.Key, e.Value, e.Key)).OfType<MegatronArgument>().ToImmutableArray() : [];
        return report.All is [var mistake, ..] ? throw new InvalidOperationException(mistake.ToString()) : new(all);
    }
}
