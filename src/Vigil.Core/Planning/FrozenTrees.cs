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

    private SiblingSettlement? _masked;
    private Dictionary<RunId, NamedRun> _runs = [];
    private int _asked = -1;
    private bool _asksSecrets;

    /// <param name="tree">The run's tree in the plan.</param>
    public ConfigNode.Mapping Of(NamedRun run, ConfigNode.Mapping tree)
    {
        if (!AsksSecrets()) return tree;
        _masked ??= Mask();
        return _masked.Of(_runs[new(run.Name)]) is { } settled ? (ConfigNode.Mapping)SiblingTexts.Change(settled.Tree, Reopen) : tree;
    }

    private bool AsksSecrets()
    {
        if (_asked == functions.Asked.Count) return _asksSecrets;
        _asked = functions.Asked.Count;
        return _asksSecrets = functions.Asked.Any(static v => v.Value is not null && Secrets.IsSecretName(v.Key));
    }

    private SiblingSettlement Mask()
    {
        var masked = trees(static world => world with { Environment = name => world.Environment(name) is { } value && Secrets.IsSecretName(name) ? $"{Open}{name}{Close}" : world.Environment(name) });
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
