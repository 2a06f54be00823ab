using System.Collections.Immutable;

namespace Vigil.Configuration.Composing;

/// <summary>Puts configurations together as Hydra does: the defaults list says which files, the overrides say what changes. Files are read once, so composing again is cheap.</summary>
public sealed class Composer(ConfigLibrary library)
{
    private readonly ConfigFiles _files = new(library);

    /// <summary>What the primary file means, where it is no YAML of keys and values; null: it is read as such.</summary>
    public ConfigNode.Mapping? Primary { get; init; }

    /// <summary>Null with diagnostics when the file cannot be used at all; with other mistakes, what there is.</summary>
    /// <param name="name">The config's name in the library, such as <c>experiments/first</c>: its folder is its package, as in Hydra, unless its header names one.</param>
    public Composed? Compose(SourceFile primary, string name, ImmutableArray<Override> overrides, ComposeRules rules, DiagnosticBag report)
    {
        if ((Primary is { } tree ? new ConfigFile(primary, null, null, tree) : _files.Read(primary, report)) is not { } file) return null;
        if (file.Content is not ConfigNode.Mapping content)
        {
            report.Error("CFG010", file.Content.At, $"an experiment file is a mapping of keys and values, not {Binder.Describe(file.Content)}");
            return null;
        }
        var mistakes = new DiagnosticBag();
        var first = new Assembling(_files, rules, mistakes);
        var composed = first.Compose(file, name, content, overrides);
        // What a config sweeps by itself is known only now; its overrides stand before those of the command line, and may choose other files.
        if (rules.Sweeps is Sweeps.AsAxes && !first.Parameters.IsEmpty) return new Assembling(_files, rules, report).Compose(file, name, content, [.. first.Parameters, .. overrides]);
        foreach (var mistake in mistakes.All) report.Add(mistake);
        return composed;
    }
}
