using System.Collections.Immutable;
using System.Text;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>
/// The resolved trees as they are frozen: what comes from a secret of the environment stays <c>${oc.env:NAME}</c>, so that no file holds the
/// secret and the frozen file still runs. Where no secret was asked for, they are the trees of the plan.
/// </summary>
/// <param name="functions">Of the plan: they know what was asked for.</param>
/// <param name="trees">The plan's trees made with other functions.</param>
internal sealed class FrozenTrees(ImmutableArray<NamedRun> runs, ExperimentHeader experiment, ResolverFunctions functions, Func<Func<ConfigWorld, ConfigWorld>, RunTrees> trees)
{
    // Private-use characters: no variable's name holds one, and a value that does is only shown oddly.
    private const char Open = '\uE000';
    private const char Close = '\uE001';

    /// <summary>What is shorter is no secret, and may stand in a text by chance.</summary>
    private const int ShortestKept = 6;

    private readonly AskedSecrets _secrets = new(functions);
    private readonly YamlEmitter _yaml = new(LiteralRule.Escaped);
    private SiblingSettlement? _masked;
    private Dictionary<RunId, NamedRun> _runs = [];

    /// <param name="tree">The run's tree in the plan.</param>
    /// <param name="written">The same with its interpolations; made only where a secret was asked for.</param>
    public ConfigNode.Mapping Of(NamedRun run, ConfigNode.Mapping tree, Func<ConfigNode.Mapping> written)
    {
        if (_secrets.Found.Count == 0) return tree;
        _masked ??= Mask();
        return (ConfigNode.Mapping)Freeze(tree, _masked.Of(_runs[new(run.Name)])?.Tree, written());
    }

    /// <summary>A frozen value as a template in which everything that came from the environment stands as <c>${oc.env:NAME}</c>, secret by its name or not.</summary>
    public string Template(ConfigNode.Scalar value)
    {
        var text = value.Interpolates ? value.Text : YamlEmitter.Escape(value.Text);
        foreach (var (name, found) in functions.Asked.Where(static v => v.Value is { Length: >= ShortestKept }).OrderByDescending(static v => v.Value!.Length))
            text = text.Replace(YamlEmitter.Escape(found!), $"{Open}{name}{Close}", StringComparison.Ordinal);
        return text.Replace(Open.ToString(), "${oc.env:", StringComparison.Ordinal).Replace(Close, '}');
    }

    /// <summary>
    /// A value as it is frozen. With its marks turned back into secrets, the masked one must be the value itself: a function that looked into the
    /// mark made something else of it. Then the value stays as it was written, unless no secret is in it.
    /// </summary>
    private ConfigNode Freeze(ConfigNode tree, ConfigNode? masked, ConfigNode? written)
    {
        if (tree is ConfigNode.Mapping map && written is ConfigNode.Mapping writtenMap)
            return new ConfigNode.Mapping(map.At, [.. map.Entries.Select(e => e with { Value = Freeze(e.Value, (masked as ConfigNode.Mapping)?[e.Key], writtenMap[e.Key]) })]);
        if (tree is ConfigNode.Sequence list && written is ConfigNode.Sequence writtenList && list.Items.Length == writtenList.Items.Length)
            return new ConfigNode.Sequence(list.At, [.. list.Items.Select((item, i) => Freeze(item, masked is ConfigNode.Sequence others && i < others.Items.Length ? others.Items[i] : null, writtenList.Items[i]))]);
        if (masked is not null && IsSame(tree, masked)) return SiblingTexts.Change(masked, Reopen);
        if (!HoldsSecret(tree)) return tree;
        return written ?? SiblingTexts.Change(tree, s => _secrets.StandIn(s.Text) ? new ConfigNode.Scalar(s.At, Secrets.Masked, ScalarStyle.Quoted) : s);
    }

    private bool IsSame(ConfigNode tree, ConfigNode masked) => _yaml.Emit(tree) == _yaml.Emit(SiblingTexts.Change(masked, Fill));

    private bool HoldsSecret(ConfigNode node) => node switch
    {
        ConfigNode.Scalar scalar => _secrets.StandIn(scalar.Text),
        ConfigNode.Sequence list => list.Items.Any(HoldsSecret),
        ConfigNode.Mapping map => map.Entries.Any(e => HoldsSecret(e.Value)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private ConfigNode.Scalar Fill(ConfigNode.Scalar scalar)
    {
        if (!scalar.Text.Contains(Open, StringComparison.Ordinal)) return scalar;
        var text = scalar.Text;
        foreach (var (name, value) in _secrets.Found) text = text.Replace($"{Open}{name}{Close}", value, StringComparison.Ordinal);
        return ConfigNode.Scalar.Made(scalar.At, text);
    }

    private SiblingSettlement Mask()
    {
        var masked = trees(static world => world with { Environment = name => world.Environment(name) is { Length: > 0 } && Secrets.IsSecretName(name) ? $"{Open}{name}{Close}" : world.Environment(name) });
        ImmutableArray<NamedRun> again = [.. runs.Select(r => r with { Draft = r.Draft with { Trees = masked } })];
        _runs = again.ToDictionary(static r => new RunId(r.Name));
        // What is wrong was told of the plan's own trees.
        var settlement = new SiblingSettlement(again, experiment, static (run, tree) => run.Draft.Trees.Resolve(tree, run.Draft.Index), new DiagnosticBag());
        settlement.Settle();
        return settlement;
    }

    /// <summary>The marks of a text become interpolations again; what looks like one beside them stays text.</summary>
    private static ConfigNode.Scalar Reopen(ConfigNode.Scalar scalar)
    {
        if (!scalar.Text.Contains(Open, StringComparison.Ordinal)) return scalar;
        var text = new StringBuilder(YamlEmitter.Escape(scalar.Text));
        text.Replace(Open.ToString(), "${oc.env:").Replace(Close, '}');
        return new ConfigNode.Scalar(scalar.At, text.ToString(), ScalarStyle.Quoted);
    }
}
