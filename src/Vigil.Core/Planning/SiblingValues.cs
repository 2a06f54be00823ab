using System.Collections.Immutable;
using System.Globalization;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>What other runs may read of a run: where it lies, and its resolved configuration with its own placeholders filled.</summary>
internal sealed class SiblingValues(ExperimentHeader experiment)
{
    private static readonly string[] Fields = ["output_dir", "name", "log_path", "log_path_current"];

    private readonly Dictionary<NamedRun, ConfigNode.Mapping> _whole = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a path is known as soon as the run has its name and folder, before its configuration is settled.</summary>
    public static bool IsPlace(string path) => Fields.Contains(path);

    /// <summary>The run's places alone.</summary>
    public static ConfigNode.Mapping Places(NamedRun run) => new(run.Draft.Unresolved.At, PlaceEntries(run));

    /// <summary>Places and configuration.</summary>
    /// <param name="tree">The run's settled configuration.</param>
    public ConfigNode.Mapping Whole(NamedRun run, ConfigNode.Mapping tree)
    {
        if (_whole.TryGetValue(run, out var known)) return known;
        string? Plan(string name) => Placeholders.Value(name, run, experiment);
        // A sibling's {output_dir} is the sibling's folder, wherever it is read.
        var filled = (ConfigNode.Mapping)SiblingTexts.Change(SiblingTexts.Without(tree), scalar => scalar.Text.Contains('{', StringComparison.Ordinal)
            && PlaceholderText.Fill(scalar.Text, n => Plan(n) ?? Placeholders.Configured(n, tree, Plan)) is var text && text != scalar.Text ? ConfigNode.Scalar.Made(scalar.At, text) : scalar);
        return _whole[run] = new(filled.At, [.. filled.Entries.Where(static e => !IsPlace(e.Key)), .. PlaceEntries(run)]);
    }

    private static ImmutableArray<ConfigEntry> PlaceEntries(NamedRun run)
    {
        ConfigEntry Entry(string key, string value) => new(key, run.Draft.Unresolved.At, new ConfigNode.Scalar(run.Draft.Unresolved.At, value, ScalarStyle.Quoted));
        return [Entry("output_dir", run.OutputDir), Entry("name", run.Name), Entry("log_path", run.LogPath), Entry("log_path_current", run.LogPathCurrent ?? "")];
    }

    /// <summary>Only those values of the siblings that a run refers to, as they go into its frozen configuration, so that it runs by itself.</summary>
    public static ConfigNode.Mapping Referenced(ConfigNode.Mapping siblings, IEnumerable<SiblingReference> references)
    {
        var kept = new ConfigNode.Mapping(siblings.At, []);
        foreach (var reference in references)
        {
            string[] path = reference.Path.Length == 0 ? [reference.Stage] : [reference.Stage, .. reference.Path.Split('.')];
            // Elements of a list cannot be set alone: the list goes as a whole.
            for (var length = 1; length < path.Length; length++)
                if (Merging.Find(siblings, path.AsSpan(0, length)) is ConfigNode.Sequence) path = path[..length];
            if (Merging.Find(siblings, path) is { } value && Merging.Set(kept, path, siblings.At, value) is ConfigNode.Mapping more) kept = more;
        }
        return kept;
    }
}
