using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Vigil.Configuration;

/// <summary>What <c>???</c> is where nothing refers to it: a mistake, or a value that is still to come and is kept.</summary>
public enum MissingRule { Refused, Kept }

/// <summary>
/// Evaluates the <c>${…}</c> of one tree, each at the place where its text stands and once for every place.
/// A mistake is reported and stands as null in the result, so that the rest can still be judged.
/// </summary>
/// <param name="reads">Notes what each text looked at; null where nobody asks.</param>
/// <param name="settled">Nodes whose resolved ones are known already; null where none are.</param>
internal sealed partial class Resolver(
    ConfigNode.Mapping root, TemplateCache templates, ResolverFunctions functions, DiagnosticBag report,
    KeyReads? reads = null, IReadOnlyDictionary<ConfigNode, ConfigNode>? settled = null)
{
    private const int MaxDepth = 150;
    private const int MaxText = 1 << 20;
    private const int MaxTexts = 8;

    /// <summary>Functions can make trees that ask for more functions; each run of the resolver ends.</summary>
    private const int MaxSteps = 200_000;

    private readonly Dictionary<ConfigNode, Answer> _done = new(ReferenceEqualityComparer.Instance);
    private readonly List<(ConfigNode.Scalar Node, Trail? At)> _open = [];
    private int _depth;
    private int _steps;
    private int _texts;

    public MissingRule Missing { get; init; }

    /// <summary>Whether it gave up: what came after stands as null in the result.</summary>
    public bool IsExhausted => _steps > MaxSteps;

    /// <summary>Whether something could not be resolved; it stands as null in the result.</summary>
    public bool Failed { get; private set; }

    /// <summary>What a scalar gave at a place: a node of the tree or a made one, and later that node with everything in it resolved.</summary>
    private sealed record Answer(Trail? At, bool HoldsEverywhere, Found? Found) { public ConfigNode? Resolved { get; set; } }

    public ConfigNode.Mapping ResolveAll()
    {
        var resolved = (ConfigNode.Mapping)Resolve(root, null);
        if (TreeSize.IsWithin(resolved)) return resolved;
        Report("CFG029", root.At, "written out, the interpolations of this file make too large a tree", $"at most {TreeSize.MaxNodes} nodes and {TreeSize.MaxDepth} levels");
        return new ConfigNode.Mapping(root.At, []);
    }

    /// <summary>Only what stands at a path; null when nothing does.</summary>
    public ConfigNode? ResolveAt(ReadOnlySpan<string> path)
    {
        var here = new Found(root, null);
        foreach (var key in path)
        {
            if (here.Node is ConfigNode.Scalar || Step(here, key, out _) is not { } child) return null;
            here = child;
        }
        return Resolve(here.Node, here.At);
    }

    /// <summary>The node with everything in it resolved.</summary>
    internal ConfigNode Resolve(ConfigNode node, Trail? at)
    {
        if (node is ConfigNode.Scalar scalar) return ResolveScalar(scalar, at);
        if (templates.IsConstant(node)) return node;
        if (settled is not null && settled.TryGetValue(node, out var known)) return known;
        if (IsExhausted) return Nothing(node.At);
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
        for (var i = 0; i < list.Items.Length; i++) items.Add(templates.IsConstant(list.Items[i]) ? list.Items[i] : ResolveChild(list.Items[i], at, list, i.ToString(CultureInfo.InvariantCulture)));
        return new(list.At, items.MoveToImmutable());
    }

    private ConfigNode ResolveChild(ConfigNode child, Trail? at, ConfigNode container, string key) =>
        templates.IsConstant(child) ? child : Resolve(child, new Trail(at, container, key));

    private ConfigNode ResolveScalar(ConfigNode.Scalar scalar, Trail? at)
    {
        if (!scalar.Interpolates) return scalar.Text != "???" || Missing is MissingRule.Kept ? scalar : Unset(scalar, at);
        if (settled is not null && settled.TryGetValue(scalar, out var known)) return known;
        if (Known(scalar, at) is { Resolved: { } done })
        {
            reads?.Repeat(scalar);
            return done;
        }
        reads?.Begin(scalar);
        var resolved = ResolveAnew(scalar, at);
        reads?.End();
        return resolved;
    }

    private ConfigNode ResolveAnew(ConfigNode.Scalar scalar, Trail? at)
    {
        if (!Enter(scalar, at)) return Nothing(scalar.At);
        var answer = Known(scalar, at) ?? (_done[scalar] = Ask(scalar, at));
        answer.Resolved = answer.Found switch
        {
            null => Nothing(scalar.At),
            { Node: ConfigNode.Scalar { Text: "???", Style: ScalarStyle.Plain } missing } when Missing is MissingRule.Refused => Unset(missing, at),
            { Node: ConfigNode.Scalar made } => made,
            { } found => Finish(found),
        };
        Leave();
        return answer.Resolved;
    }

    /// <summary>The value of what was found, with everything in it resolved.</summary>
    internal ConfigNode Finish(in Found found) => found.IsLive ? Resolve(found.Node, found.At) : found.Embedded is { } embedded ? Finish(found.Node, embedded) : found.Node;

    private ConfigNode Finish(ConfigNode node, IReadOnlyDictionary<ConfigNode, Trail?> embedded)
    {
        if (embedded.TryGetValue(node, out var place)) return Resolve(node, place);
        return node switch
        {
            ConfigNode.Sequence list => new ConfigNode.Sequence(list.At, [.. list.Items.Select(i => Finish(i, embedded))]),
            ConfigNode.Mapping map => new ConfigNode.Mapping(map.At, [.. map.Entries.Select(e => e with { Value = Finish(e.Value, embedded) })]),
            _ => node,
        };
    }

    /// <summary>Why a text in a tree does not follow the grammar; null when all do.</summary>
    internal string? BrokenText(ConfigNode node)
    {
        if (templates.IsConstant(node)) return null;
        var mistakes = new DiagnosticBag();
        templates.CheckGrammar(node, mistakes);
        return mistakes.HasErrors ? mistakes.All[0].Message : null;
    }

    /// <summary>What stands there once its interpolation, if it is one, was followed to its end; null when that fails.</summary>
    internal Found? Settle(in Found here)
    {
        if (here.Node is not ConfigNode.Scalar { Interpolates: true } scalar) return here;
        if (Known(scalar, here.At) is { } known)
        {
            reads?.Repeat(scalar);
            return known.Found;
        }
        if (!Enter(scalar, here.At)) return null;
        reads?.Begin(scalar);
        var answer = _done[scalar] = Ask(scalar, here.At);
        reads?.End();
        Leave();
        return answer.Found;
    }

    private Answer? Known(ConfigNode.Scalar scalar, Trail? at) =>
        _done.TryGetValue(scalar, out var known) && (known.HoldsEverywhere || (at?.IsSamePlaceAs(known.At) ?? known.At is null)) ? known : null;

    private Answer Ask(ConfigNode.Scalar scalar, Trail? at)
    {
        if (++_steps > MaxSteps)
        {
            Exhausted(scalar.At);
            return new(at, HoldsEverywhere: false, null);
        }
        if (Parse(scalar) is not { } template) return new(at, HoldsEverywhere: true, null);
        var found = template.Whole is { } whole ? Evaluate(whole, scalar, at) : Build(template, scalar, at) is { } text ? Found.Made(ConfigNode.Scalar.Made(scalar.At, text)) : null;
        // A scalar takes the place of the text that asked for it: that is the line to change when its type is wrong. Nobody can change Vigil's own files.
        if (found is { Node: ConfigNode.Scalar plain } && plain.At != scalar.At && (!scalar.At.IsBuiltIn || plain.At.IsBuiltIn)) found = found.Value with { Node = new ConfigNode.Scalar(scalar.At, plain.Text, plain.Style) };
        return new(at, HoldsEverywhere: found is not null && !template.IsRelative, found);
    }

    /// <summary>The value of one interpolation of a text; null, with a report, when there is none.</summary>
    internal Found? Evaluate(TemplatePart part, ConfigNode.Scalar scalar, Trail? at) => part switch
    {
        TemplatePart.Reference reference => Follow(reference, scalar, at),
        TemplatePart.Invocation call => functions.Evaluate(this, call, scalar, at),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    internal string? Build(Template template, ConfigNode.Scalar scalar, Trail? at)
    {
        var (text, whole) = (new StringBuilder(), true);
        foreach (var part in template.Parts)
        {
            if (part is TemplatePart.Literal literal) text.Append(literal.Text);
            else if (Evaluate(part, scalar, at) is { } found) text.Append(Text(found.Node));
            else whole = false;
            if (text.Length <= MaxText) continue;
            Report("CFG029", scalar.At, $"the interpolations make a text of more than {MaxText} characters");
            return null;
        }
        return whole ? text.ToString() : null;
    }

    /// <summary>The text of a value inside a longer text. Python's <c>str()</c> of a container shows its texts unresolved, and names depend on it.</summary>
    internal static string Text(ConfigNode node) => node is ConfigNode.Scalar scalar ? PythonText.Of(scalar.Value) : PythonText.Repr(node);

    private Template? Parse(ConfigNode.Scalar scalar)
    {
        var template = templates.Parse(scalar.Text, out var mistake);
        if (template is not null) return template;
        Fail();
        report.Add(templates.Mistake(scalar, mistake));
        return null;
    }

    private bool Enter(ConfigNode.Scalar scalar, Trail? at)
    {
        if (_steps > MaxSteps) return false;
        for (var i = 0; i < _open.Count; i++)
            if (ReferenceEquals(_open[i].Node, scalar) && (at?.IsSamePlaceAs(_open[i].At) ?? _open[i].At is null)) return Cycle(i);
        if (_open.Count >= MaxDepth) { TooDeep(scalar.At); return false; }
        _open.Add((scalar, at));
        return true;
    }

    private void Leave() => _open.RemoveAt(_open.Count - 1);

    /// <summary>A text that is read while resolving may make itself anew for ever; false, with a report, where that has to end.</summary>
    internal bool EnterText(SourceSpan at, int length)
    {
        _steps += 100 + length;
        if (_texts < MaxTexts && _steps <= MaxSteps) { _texts++; return true; }
        Report("CFG029", at, $"texts that are read while resolving are nested deeper than {MaxTexts}, or there are too many of them");
        return false;
    }

    internal void LeaveText() => _texts--;

    private void Exhausted(SourceSpan at) => Report("CFG029", at, $"the interpolations of this file take more than {MaxSteps} steps");

    private bool Cycle(int first)
    {
        // Telling a ring takes long, and a tree that copies itself is made of rings.
        _steps += 20 * (_open.Count - first);
        if (_steps > MaxSteps) { Exhausted(_open[first].Node.At); return false; }
        var ring = _open[first..].Select(static o => (Path: o.At?.Path ?? "", o.Node.At)).ToList();
        // The same ring is met from each of its members: begin at the first name, so that it is told once.
        var start = ring.FindIndex(r => r.Path == ring.Min(static x => x.Path));
        var turned = ring[start..].Concat(ring[..start]).ToList();
        Report("CFG023", turned[0].At, $"these values refer to each other in a circle: {string.Join(" → ", turned.Append(turned[0]).Select(static r => r.Path))}");
        return false;
    }

    private ConfigNode.Scalar Unset(ConfigNode.Scalar scalar, Trail? at)
    {
        Report("CFG024", scalar.At, $"'{at?.Path}' is mandatory (???) and was not set", $"set it in the file or give {at?.Path}=VALUE");
        return Nothing(scalar.At);
    }

    private ConfigNode.Scalar TooDeep(SourceSpan at)
    {
        _steps += 20 * MaxDepth;
        Report("CFG029", at, $"these interpolations lead deeper than {MaxDepth} steps");
        return Nothing(at);
    }

    internal void Report(string code, SourceSpan at, string message, string? hint = null)
    {
        Fail();
        report.Error(code, at, message, hint);
    }

    private void Fail()
    {
        Failed = true;
        reads?.Fail();
    }

    internal void Warn(string code, SourceSpan at, string message, string? hint = null) => report.Warning(code, at, message, hint);

    private static ConfigNode.Scalar Nothing(SourceSpan at) => new(at, "", ScalarStyle.Plain);
}
