using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Reads options of Slurm's commands out of a mapping, and knows which ones Vigil keeps for itself.</summary>
internal static partial class SlurmOptions
{
    /// <summary>Options that Vigil sets, with what to set instead.</summary>
    private static readonly FrozenDictionary<string, string> Ours = new Dictionary<string, string>
    {
        ["job-name"] = "a job is named after its run; set project.name",
        ["output"] = "set project.log_path",
        ["error"] = "both streams go to project.log_path",
        ["open-mode"] = "a log is always appended to",
        ["chdir"] = "set project.work_dir",
        ["parsable"] = "take it out",
        ["quiet"] = "take it out: the job's id is what sbatch is to print",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Options with which a submission would be another thing than one run's job.</summary>
    private static readonly FrozenDictionary<string, string> Refused = new Dictionary<string, string>
    {
        ["array"] = "a sweep makes the runs, and Vigil packs them into arrays: slurm.array, slurm.array_size",
        ["dependency"] = "name stages or runs under job.depends_on",
        ["wrap"] = "the command is backend.command",
        ["test-only"] = "'vigil plan' checks without submitting",
        ["wait"] = "'vigil run' waits for all jobs",
        ["clusters"] = "set slurm.cluster",
        ["cluster"] = "set slurm.cluster",
        ["help"] = "take it out",
        ["usage"] = "take it out",
        ["version"] = "take it out",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a table says of an option, which may be cut short: sbatch takes <c>--arr</c> for <c>--array</c>.</summary>
    private static string? Find(FrozenDictionary<string, string> table, string name) =>
        table.GetValueOrDefault(name) ?? (name.Length > 1 && table.Keys.Order(StringComparer.Ordinal).FirstOrDefault(full => full.StartsWith(name, StringComparison.Ordinal)) is { } full ? table[full] : null);

    private static readonly FrozenDictionary<char, string> Short = new Dictionary<char, string>
    {
        ['A'] = "account",
        ['a'] = "array",
        ['B'] = "extra-node-info",
        ['b'] = "begin",
        ['C'] = "constraint",
        ['c'] = "cpus-per-task",
        ['D'] = "chdir",
        ['d'] = "dependency",
        ['e'] = "error",
        ['F'] = "nodefile",
        ['G'] = "gpus",
        ['H'] = "hold",
        ['h'] = "help",
        ['i'] = "input",
        ['J'] = "job-name",
        ['k'] = "no-kill",
        ['L'] = "licenses",
        ['M'] = "clusters",
        ['m'] = "distribution",
        ['N'] = "nodes",
        ['n'] = "ntasks",
        ['O'] = "overcommit",
        ['o'] = "output",
        ['p'] = "partition",
        ['q'] = "qos",
        ['S'] = "core-spec",
        ['s'] = "oversubscribe",
        ['t'] = "time",
        ['V'] = "version",
        ['W'] = "wait",
        ['w'] = "nodelist",
        ['x'] = "exclude",
    }.ToFrozenDictionary();

    /// <summary>The options of a mapping in its order: <c>_</c> is <c>-</c>, true a bare flag, a list is joined by commas; false, null and keys that begin with <c>_</c> are left out.</summary>
    public static ImmutableArray<SlurmOption> Read(ConfigNode? node, string path, DiagnosticBag report)
    {
        if (node is not ConfigNode.Mapping map) return [];   // another form was reported by the spec
        var options = ImmutableArray.CreateBuilder<SlurmOption>(map.Entries.Length);
        foreach (var entry in map.Entries)
            if (entry.Key is not ['_', ..] && Value(entry, path, report) is { IsSet: true } found && NameOf(entry, path, report) is { } name) options.Add(new(name, found.Value));
        return options.DrainToImmutable();
    }

    /// <summary>Options of <c>sbatch</c>: the second mapping wins; what Vigil sets itself is told and left out.</summary>
    public static ImmutableArray<SlurmOption> ReadSbatch(ConfigNode? sbatch, ConfigNode? overrides, DiagnosticBag report)
    {
        var all = new List<SlurmOption>();
        foreach (var (node, path) in new[] { (sbatch, "slurm.sbatch"), (overrides, "slurm.sbatch_overrides") })
            foreach (var option in Read(node, path, report))
            {
                var at = At(node, option.Name);
                if (Find(Refused, option.Name) is { } instead) report.Error("SLM002", at, $"'{path}' cannot hold '{option.Name}'", instead);
                else if (Find(Ours, option.Name) is { } remedy) report.Warning("SLM001", at, $"'{option.Name}' under '{path}' has no effect: Vigil sets it", remedy);
                else
                {
                    all.RemoveAll(o => o.Name == option.Name);
                    all.Add(option);
                }
            }
        // A key that only takes back what is below it, as in sbatch_overrides: {exclusive: null}.
        if (overrides is ConfigNode.Mapping map)
            foreach (var entry in map.Entries.Where(static e => IsUnset(e.Value))) all.RemoveAll(o => o.Name == entry.Key.Replace('_', '-'));
        return [.. all];
    }

    /// <summary>Reports what a line of the user's own script or directives may not say.</summary>
    public static void CheckLine(string line, SourceSpan at, DiagnosticBag report)
    {
        foreach (var name in Named(line))
            if (Find(Refused, name) is { } instead) report.Error("SLM002", at, $"a #SBATCH line cannot hold '{name}'", instead);
    }

    /// <summary>The long names of the options on a <c>#SBATCH</c> line; none for any other line.</summary>
    public static IEnumerable<string> Named(string line) => OnLine(line).Select(static o => o.Name);

    /// <summary>The options on a <c>#SBATCH</c> line, by their long names; none for any other line. A value with spaces ends at the first.</summary>
    public static IEnumerable<SlurmOption> OnLine(string line)
    {
        if (!line.StartsWith("#SBATCH", StringComparison.Ordinal)) yield break;
        foreach (Match match in OptionForm.Matches(line))
        {
            var value = match.Groups["value"].Value.Trim('"', '\'') is { Length: > 0 } given ? given : null;
            if (match.Groups["long"] is { Success: true } name) yield return new(name.Value, value);
            else if (Short.TryGetValue(match.Groups["short"].ValueSpan[0], out var known)) yield return new(known, value);
        }
    }

    private static (bool IsSet, string? Value) Value(ConfigEntry entry, string path, DiagnosticBag report)
    {
        if (IsUnset(entry.Value)) return default;
        var text = entry.Value switch
        {
            ConfigNode.Scalar scalar => ScalarValue.Of(scalar) is ScalarValue.Bool ? null : scalar.Text,
            ConfigNode.Sequence list when list.Items.All(static i => i is ConfigNode.Scalar && !ScalarValue.IsNull(i)) => string.Join(',', list.Items.Select(static i => ((ConfigNode.Scalar)i).Text)),
            _ => "\0",
        };
        if (text is "\0") report.Error("CFG041", entry.Value.At, $"'{path}.{entry.Key}' must be a value or a list of values, not {Binder.Describe(entry.Value)}", "an option has no options of its own");
        else if (text is not null && text.Any(char.IsControl)) report.Error("SLM004", entry.Value.At, $"'{path}.{entry.Key}' holds a line break or another control character, which no #SBATCH line can");
        else return (true, text);
        return default;
    }

    private static bool IsUnset(ConfigNode value) =>
        ScalarValue.IsNull(value) || (value is ConfigNode.Scalar scalar && ScalarValue.Of(scalar) is ScalarValue.Bool { Value: false }) || value is ConfigNode.Sequence { Items.IsEmpty: true };

    private static string? NameOf(ConfigEntry entry, string path, DiagnosticBag report)
    {
        var name = entry.Key.Replace('_', '-');
        if (NameForm.IsMatch(name)) return name;
        report.Error("SLM003", entry.KeyAt, $"'{entry.Key}' under '{path}' is not the long name of an option",
            Short.TryGetValue(name.TrimStart('-') is [var letter] ? letter : '\0', out var known) ? $"write it out: {known.Replace('-', '_')}" : "letters, digits and _, as in cpus_per_task");
        return null;
    }

    private static SourceSpan At(ConfigNode? node, string name) => node is ConfigNode.Mapping map
        ? map.Entries.First(e => e.Key.Replace('_', '-') == name).KeyAt : SourceSpan.None;

    [GeneratedRegex(@"^[a-z][a-z0-9]+(?:-[a-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm { get; }

    [GeneratedRegex(@"(?<=\s)(?:--(?<long>[a-z][a-z0-9-]*)(?:=|\s+(?!-))?(?<value>[^\s#-]\S*)?|-(?<short>[A-Za-z])\s*(?<value>[^\s#-]\S*)?)", RegexOptions.CultureInvariant)]
    private static partial Regex OptionForm { get; }
}
