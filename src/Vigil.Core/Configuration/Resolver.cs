using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Vigil.Configuration;

/// <summary>
/// Evaluates the <c>${…}</c> of one tree, each at the place where its text stands and at most once where that place does not matter.
/// A mistake is reported and stands as null in the result, so that the rest can still be judged.
/// </summary>
/// <param name="reads">Notes what each text looked at; null where nobody asks.</param>
/// <param name="settled">Nodes whose resolved ones are known already; null where none are.</param>
internal sealed class Resolver(
    ConfigNode.Mapping root, TemplateCache templates, ResolverFunctions functions, DiagnosticBag report,
    KeyReads? reads = null, IReadOnlyDictionary<ConfigNode, ConfigNode>? settled = null)
{
    private const int MaxDepth = 150;
    private const int MaxText = 1 << 20;

    private readonly Dictionary<ConfigNode, ConfigNode> _done = new(ReferenceEqualityComparer.Instance);
    private readonly List<(ConfigNode.Scalar Node, Trail? At)> _open = [];
    private int _depth;

    /// <summary>Whether something could not be resolved; it stands as null in the result.</summary>
    public bool Failed { get; private set; }

    public ConfigNode.Mapping ResolveAll()
    {
        var resolved = (ConfigNode.Mapping)Resolve(root, null);
        if (TreeSize.IsWithin(resolved)) return resolved;
        Report("CFG029", root.At, "written out, the interpolations of this file make too large a tree", $"at most {TreeSize.MaxNodes} nodes and {TreeSize.MaxDepth} levels");
        return new ConfigNode.Mapping(root.At, []);
    }

    /// <summary>Only what stands at a path, which must be there.</summary>
    public ConfigNode? ResolveAt(ReadOnlySpan<string> path)
    {
        ConfigNode node = root;
        Trail? at = null;
        foreach (var key in path)
        {
            at = new Trail(at, node, key);
            if (Child(node, key) is not { } child) return null;
            node = child;
        }
        return Resolve(node, at);
    }

    internal ConfigNode Resolve(ConfigNode node, Trail? at)
    {
        if (node is ConfigNode.Scalar scalar) return ResolveScalar(scalar, at);
        if (settled is not null && settled.TryGetValue(node, out var known)) return known;
        if (templates.IsConstant(node)) return node;
        if (_depth >= MaxDepth) return TooDeep(node.At);
        _depth++;
        ConfigNode resolved = node is ConfigNode.Mapping map ? ResolveMapping(map, at) : ResolveSequence((ConfigNode.Sequence)node, at);
        _depth--;
        return resolved;
    }

    private ConfigNode.Mapping ResolveMapping(ConfigNode.Mapping map, Trail? at)
    {
        var entries = ImmutableArray.CreateBuilder<ConfigEntry>(map.Entries.Length);
        foreach (ref readonly var entry in map.Entries.AsSpan()) entries.Add(entry with { Value = ResolveChild(entry.Value, at, map, entry.Key) });
        return new(map.At, entries.MoveToImmutable());
    }

    private ConfigNode.Sequence ResolveSequence(ConfigNode.Sequence list, Trail? at)
    {
        var items = ImmutableArray.CreateBuilder<ConfigNode>(list.Items.Length);
        for (var i = 0; i < list.Items.Length; i++) items.Add(ResolveChild(list.Items[i], at, list, i.ToString(CultureInfo.InvariantCulture)));
        return new(list.At, items.MoveToImmutable());
    }

    private ConfigNode ResolveChild(ConfigNode child, Trail? at, ConfigNode container, string key) =>
        templates.IsConstant(child) ? child : Resolve(child, new Trail(at, container, key));

    private ConfigNode ResolveScalar(ConfigNode.Scalar scalar, Trail? at)
    {
        if (scalar.Text == "???") return Missing(scalar, at);
        if (!TemplateParser.MayInterpolate(scalar.Text)) return scalar;
        if (settled is not null && settled.TryGetValue(scalar, out var known)) return known;
        if (_done.TryGetValue(scalar, out known))
        {
            reads?.Repeat(scalar);
            return known;
        }
        reads?.Begin();
        var result = Evaluate(scalar, at);
        reads?.End(scalar);
        return result;
    }

    private ConfigNode Evaluate(ConfigNode.Scalar scalar, Trail? at)
    {
        if (Parse(scalar) is not { } template) return _done[scalar] = Nothing(scalar.At);
        if (!Enter(scalar, at)) return Nothing(scalar.At);
        var result = template.Whole is { } whole ? EvaluateWhole(whole, scalar, at) : new ConfigNode.Scalar(scalar.At, Build(template, scalar, at), ScalarStyle.Quoted);
        Leave();
        if (!template.IsRelative) _done[scalar] = result;
        return result;
    }

    private ConfigNode EvaluateWhole(TemplatePart part, ConfigNode.Scalar scalar, Trail? at)
    {
        var value = part switch
        {
            TemplatePart.Reference reference => Locate(reference, scalar, at) is { } found ? Resolve(found.Node, found.At) : null,
            TemplatePart.Invocation call => functions.Evaluate(this, call, scalar, at),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        // A scalar takes the place of the text that asked for it: that is the line to change when its type is wrong.
        return value is ConfigNode.Scalar plain ? new ConfigNode.Scalar(scalar.At, plain.Text, plain.Style) : value ?? Nothing(scalar.At);
    }

    private string Build(Template template, ConfigNode.Scalar scalar, Trail? at)
    {
        var text = new StringBuilder();
        foreach (var part in template.Parts)
        {
            text.Append(part is TemplatePart.Literal literal ? literal.Text : TextOf(part, scalar, at) ?? "");
            if (text.Length <= MaxText) continue;
            Report("CFG029", scalar.At, $"the interpolations make a text of more than {MaxText} characters");
            return "";
        }
        return text.ToString();
    }

    private string? TextOf(TemplatePart part, ConfigNode.Scalar scalar, Trail? at)
    {
        if (part is not TemplatePart.Reference reference) return functions.Evaluate(this, (TemplatePart.Invocation)part, scalar, at) is { } given ? Text(given) : null;
        if (Locate(reference, scalar, at) is not { } found) return null;
        // Python's str() of a container shows its texts unresolved, and names depend on it.
        return found.Node is ConfigNode.Scalar ? Text(Resolve(found.Node, found.At)) : Text(found.Node);
    }

    /// <summary>The text of a value inside a longer text.</summary>
    internal static string Text(ConfigNode node) => node is ConfigNode.Scalar scalar ? PythonText.Of(ScalarValue.Of(scalar)) : PythonText.Repr(node);

    private Template? Parse(ConfigNode.Scalar scalar)
    {
        var template = templates.Parse(scalar.Text, out var mistake);
        if (template is null) Report("CFG020", scalar.At, $"'{Shorten(scalar.Text)}' is not a valid interpolation: {mistake}", @"a '${' that is meant as text is written '\${'");
        return template;
    }

    private Found? Locate(TemplatePart.Reference reference, ConfigNode.Scalar scalar, Trail? at)
    {
        Found? here = new Found(root, null);
        if (reference.Dots > 0)
        {
            var container = at;
            for (var up = 1; up < reference.Dots && container is not null; up++) container = container.Up;
            if (container is null) return Unknown(reference, scalar, "reaches above the top of the file", null);
            here = new Found(container.Container, container.Up);
        }
        foreach (var key in reference.Keys)
        {
            var word = key.Inner is null ? key.Word : Word(key.Inner, reference, scalar, at);
            if (word is null) return null;
            here = Follow(here.Value, scalar);
            if (here is not { } container) return null;
            var child = Child(container.Node, word);
            // A container that was only passed through is not what was read.
            if (child is null or ConfigNode.Scalar) reads?.Note(container.At, word);
            if (child is null) return NoChild(reference, scalar, container, word);
            here = new Found(child, new Trail(container.At, container.Node, word));
        }
        if (here is { Node: not ConfigNode.Scalar, At: { } place }) reads?.Note(place.Up, place.Key);
        return here;
    }

    private string? Word(TemplatePart inner, TemplatePart.Reference reference, ConfigNode.Scalar scalar, Trail? at)
    {
        if (Inner(inner, scalar, at) is { } word) return word;
        Report("CFG022", scalar.At, $"in {reference.Source} the inner interpolation must give a text that names a key");
        return null;
    }

    /// <summary>The text an interpolation gives inside a name; null when it gives none.</summary>
    internal string? Inner(TemplatePart part, ConfigNode.Scalar scalar, Trail? at)
    {
        var value = EvaluateWhole(part, scalar, at);
        return value is ConfigNode.Scalar given && ScalarValue.Of(given) is ScalarValue.Text { Value: var word } ? word : null;
    }

    /// <summary>Steps through a reference that stands where a container is looked into.</summary>
    private Found? Follow(Found here, ConfigNode.Scalar asking)
    {
        if (here.Node is not ConfigNode.Scalar scalar || !TemplateParser.MayInterpolate(scalar.Text)) return here;
        if (Parse(scalar) is not { } template || !Enter(scalar, here.At)) return null;
        Found? target = template.Whole switch
        {
            TemplatePart.Reference reference => Locate(reference, scalar, here.At) is { } found ? Follow(found, asking) : null,
            TemplatePart.Invocation call => functions.Evaluate(this, call, scalar, here.At) is { } made ? new Found(made, here.At) : null,
            _ => here,
        };
        Leave();
        return target;
    }

    private static ConfigNode? Child(ConfigNode container, string key) => container switch
    {
        ConfigNode.Mapping map => map[key],
        ConfigNode.Sequence list when int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Length => list.Items[index],
        _ => null,
    };

    private Found? NoChild(TemplatePart.Reference reference, ConfigNode.Scalar scalar, Found container, string word)
    {
        var name = container.At is { } trail ? $"'{trail.Path}'" : "the file";
        return container.Node switch
        {
            ConfigNode.Mapping map => Unknown(reference, scalar, $"has no target: {name} has no key '{word}'", Suggestion.Hint(word, [.. map.Entries.Select(static e => e.Key)])),
            ConfigNode.Sequence list => Unknown(reference, scalar, $"has no target: {name} is a list of {list.Items.Length} without element '{word}'", null),
            ConfigNode.Scalar { Text: "???" } missing => (Missing(missing, container.At), (Found?)null).Item2,
            _ => Unknown(reference, scalar, $"looks for '{word}' inside {name}, which is a single value", null),
        };
    }

    private Found? Unknown(TemplatePart.Reference reference, ConfigNode.Scalar scalar, string what, string? hint)
    {
        Report("CFG021", scalar.At, $"{reference.Source} {what}", hint);
        return null;
    }

    private bool Enter(ConfigNode.Scalar scalar, Trail? at)
    {
        for (var i = 0; i < _open.Count; i++)
            if (ReferenceEquals(_open[i].Node, scalar) && (at?.IsSamePlaceAs(_open[i].At) ?? _open[i].At is null)) return Cycle(i);
        if (_open.Count >= MaxDepth) { TooDeep(scalar.At); return false; }
        _open.Add((scalar, at));
        return true;
    }

    private void Leave() => _open.RemoveAt(_open.Count - 1);

    private bool Cycle(int first)
    {
        var ring = _open[first..].Select(static o => (Path: o.At?.Path ?? "", o.Node.At)).ToList();
        // The same ring is met from each of its members: begin at the first name, so that it is told once.
        var start = ring.FindIndex(r => r.Path == ring.Min(static x => x.Path));
        var turned = ring[start..].Concat(ring[..start]).ToList();
        Report("CFG023", turned[0].At, $"these values refer to each other in a circle: {string.Join(" → ", turned.Append(turned[0]).Select(static r => r.Path))}");
        return false;
    }

    private ConfigNode.Scalar Missing(ConfigNode.Scalar scalar, Trail? at)
    {
        Report("CFG024", scalar.At, $"'{at?.Path}' is mandatory (???) and was not set", $"set it in the file or give {at?.Path}=VALUE");
        return Nothing(scalar.At);
    }

    private ConfigNode.Scalar TooDeep(SourceSpan at)
    {
        Report("CFG029", at, $"these interpolations lead deeper than {MaxDepth} steps");
        return Nothing(at);
    }

    internal void Report(string code, SourceSpan at, string message, string? hint = null)
    {
        Failed = true;
        reads?.Fail();
        report.Error(code, at, message, hint);
    }

    private static ConfigNode.Scalar Nothing(SourceSpan at) => new(at, "", ScalarStyle.Plain);
    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";

    private readonly record struct Found(ConfigNode Node, Trail? At);
}
