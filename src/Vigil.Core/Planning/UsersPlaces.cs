using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>
/// A mistake that shows in one of Vigil's own config files is told where the user wrote what that file refers to; where it refers to nothing of the user's, at
/// the line that chose the file.
/// </summary>
/// <param name="sweep">Null: there is none.</param>
/// <param name="experiment">The experiment's file, as the user named it.</param>
internal sealed partial class UsersPlaces(ImmutableArray<Composition> compositions, SweepNode? sweep, string experiment)
{
    private readonly ILookup<string, ConfigNode.Scalar> _swept = (sweep is null ? [] : Sweep.Settings(sweep)).Where(static s => s.Value is ConfigNode.Scalar).ToLookup(static s => s.Key, static s => (ConfigNode.Scalar)s.Value);

    public Diagnostic Of(Diagnostic said) => said.At.IsBuiltIn ? said with { At = Value(said) ?? Choice(said.At.File) ?? new(experiment, 0, 0) } : said;

    /// <summary>Of all that the place refers to, what the message quotes; what alone is referred to is meant in any case.</summary>
    private SourceSpan? Value(Diagnostic said)
    {
        var values = new List<ConfigNode.Scalar>();
        foreach (var composition in compositions)
            if (Find(composition.Tree, said.At, []) is var (scalar, path)) Follow(scalar, path, composition, [], values);
        var quoted = Quoted.Matches(said.Message).Select(static m => m.Groups["in"].Value).ToList();
        return (values.Find(v => quoted.Exists(q => v.Text.Contains(q, StringComparison.Ordinal))) ?? (values.DistinctBy(static v => v.At).Take(2).ToList() is [var only] ? only : null))?.At;
    }

    private static (ConfigNode.Scalar Scalar, ImmutableArray<string> Path)? Find(ConfigNode node, SourceSpan at, ImmutableArray<string> path)
    {
        switch (node)
        {
            case ConfigNode.Scalar scalar: return scalar.At == at ? (scalar, path) : null;
            case ConfigNode.Mapping map:
                foreach (var entry in map.Entries)
                    if (Find(entry.Value, at, path.Add(entry.Key)) is { } found) return found;
                return null;
            case ConfigNode.Sequence list:
                foreach (var item in list.Items)
                    if (Find(item, at, path.Add("")) is { } found) return found;
                return null;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Collects the user's values that a text refers to, through as many of Vigil's own as there are.</summary>
    private void Follow(ConfigNode.Scalar scalar, ImmutableArray<string> path, Composition composition, HashSet<string> seen, List<ConfigNode.Scalar> values)
    {
        if (!TemplateParser.MayInterpolate(scalar.Text) || composition.Templates.Parse(scalar.Text, out _) is not { } template) return;
        foreach (var reference in template.Parts.SelectMany(References))
        {
            ImmutableArray<string> target = [.. reference.Dots == 0 ? [] : path.Take(Math.Max(0, path.Length - reference.Dots)), .. reference.Keys.Select(static k => k.Word)];
            var key = string.Join('.', target);
            if (!reference.IsFixed || !seen.Add(key)) continue;
            values.AddRange(_swept[key]);
            if (Merging.Find(composition.Tree, target.AsSpan()) is not ConfigNode.Scalar next) continue;
            if (!next.At.IsBuiltIn) values.Add(next);
            else Follow(next, target, composition, seen, values);
        }
    }

    /// <summary>Those within others, too.</summary>
    private static IEnumerable<TemplatePart.Reference> References(TemplatePart part) => part switch
    {
        TemplatePart.Reference reference => reference.Keys.Select(static k => k.Inner).OfType<TemplatePart>().SelectMany(References).Append(reference),
        TemplatePart.Invocation call => call.Arguments.SelectMany(static a => a.Parts).SelectMany(References),
        _ => [],
    };

    /// <summary>Who asked for a config file; null where nobody did.</summary>
    private SourceSpan? Choice(string file)
    {
        var layers = compositions.SelectMany(static c => c.Composed.Layers).ToList();
        for (var asked = new HashSet<string>(StringComparer.Ordinal); asked.Add(file);)
        {
            if (layers.Find(l => l.File.Name == file)?.ChosenAt is not { File.Length: > 0 } by) return null;
            if (!by.IsBuiltIn) return by;
            file = by.File;
        }
        return null;
    }

    [GeneratedRegex(@"'(?<in>[^']+)'|(?<in>\{[^{}]+\})", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Quoted { get; }
}
