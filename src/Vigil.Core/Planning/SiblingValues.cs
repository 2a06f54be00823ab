using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>What other runs read of a run: where it lies, and those values of its configuration that somebody asks for.</summary>
internal sealed class SiblingValues(ExperimentHeader experiment)
{
    private static readonly string[] Places = ["output_dir", "name", "log_path", "log_path_current"];

    private readonly Dictionary<NamedRun, SortedSet<string>> _asked = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<NamedRun, ConfigNode.Mapping> _given = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(string Run, string Path), string?> _missing = [];

    /// <summary>Whether a path is known as soon as the run has its name and folder, before its configuration is settled.</summary>
    public static bool IsPlace(string path) => Places.Contains(path);

    /// <summary>Runs of whose configuration somebody asks for something.</summary>
    public IEnumerable<NamedRun> Asked => _asked.Keys;

    public void Ask(NamedRun run, string path)
    {
        if (IsPlace(path)) return;
        if (!_asked.TryGetValue(run, out var paths)) _asked[run] = paths = new(StringComparer.Ordinal);
        paths.Add(path);
    }

    public bool IsAsked(NamedRun run) => _asked.ContainsKey(run);

    /// <summary>Takes what is asked for out of a run's settled configuration.</summary>
    public void Give(NamedRun run, ConfigNode.Mapping tree)
    {
        var given = new ConfigNode.Mapping(tree.At, []);
        foreach (var path in _asked[run])
            if (path.Length == 0) given = (ConfigNode.Mapping)(Merging.Set(given, [], tree.At, Own(run, tree, tree)) ?? given);
            else if (Find(tree, path) is not var (keys, value)) _missing[(run.Name, path)] = Nearest(tree, path);
            else if (Merging.Set(given, keys, tree.At, Own(run, tree, value)) is ConfigNode.Mapping more) given = more;
        _given[run] = given;
    }

    /// <summary>The run's places and what was asked for, to be put into a tree that is resolved; null when the run has not given it.</summary>
    public ConfigNode.Mapping? Of(NamedRun run)
    {
        var given = _given.GetValueOrDefault(run);
        if (given is null && IsAsked(run)) return null;
        ConfigEntry Entry(string key, string value) => new(key, SourceSpan.None, new ConfigNode.Scalar(SourceSpan.None, value, ScalarStyle.Quoted));
        ImmutableArray<ConfigEntry> places = [Entry("output_dir", run.OutputDir), Entry("name", run.Name), Entry("log_path", run.LogPath), Entry("log_path_current", run.LogPathCurrent ?? "")];
        return given is null ? new(SourceSpan.None, places) : new(given.At, [.. places, .. given.Entries.Where(static e => !IsPlace(e.Key))]);
    }

    public bool IsMissing(NamedRun run, string path, out string? near) => _missing.TryGetValue((run.Name, path), out near);

    /// <summary>A sibling's <c>{output_dir}</c> is the sibling's folder, wherever it is read, and its texts are not resolved again.</summary>
    private ConfigNode Own(NamedRun run, ConfigNode.Mapping tree, ConfigNode value)
    {
        string? Plan(string name) => Placeholders.Value(name, run, experiment);
        return SiblingTexts.Change(value, scalar => scalar.Text.Contains('{', StringComparison.Ordinal)
            && PlaceholderText.Fill(scalar.Text, n => Plan(n) ?? Placeholders.Configured(n, tree, Plan)) is var text && text != scalar.Text ? ConfigNode.Scalar.Made(scalar.At, text) : scalar);
    }

    /// <summary>Elements of a list cannot be given alone: the list goes as a whole.</summary>
    private static (string[] Keys, ConfigNode Value)? Find(ConfigNode.Mapping tree, string path)
    {
        var keys = path.Split('.');
        if (Merging.Find(tree, keys) is not { } value) return null;
        for (var length = 1; length < keys.Length; length++)
            if (Merging.Find(tree, keys.AsSpan(0, length)) is ConfigNode.Sequence list) return (keys[..length], list);
        return (keys, value);
    }

    private static string? Nearest(ConfigNode.Mapping tree, string path)
    {
        var keys = path.Split('.');
        return Merging.Find(tree, keys.AsSpan(0, keys.Length - 1)) is ConfigNode.Mapping map
            ? Suggestion.Nearest(keys[^1], [.. map.Entries.Select(static e => e.Key), .. keys.Length == 1 ? Places : []]) : null;
    }

    /// <summary>Only those values of the siblings that a run itself refers to, as they go into its frozen configuration, so that it runs by itself.</summary>
    public static ConfigNode.Mapping Referenced(ConfigNode.Mapping siblings, IEnumerable<SiblingReference> references)
    {
        var kept = new ConfigNode.Mapping(siblings.At, []);
        foreach (var reference in references)
            if (Find(siblings, reference.Path.Length == 0 ? reference.Stage : $"{reference.Stage}.{reference.Path}") is var (keys, value)
                && Merging.Set(kept, keys, siblings.At, value) is ConfigNode.Mapping more) kept = more;
        return kept;
    }
}
