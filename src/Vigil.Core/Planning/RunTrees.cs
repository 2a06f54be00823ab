using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>
/// The trees of a plan's points, made when they are asked for and soon forgotten: ten thousand of them would be most of what a plan weighs,
/// and making one again costs microseconds, because a point resolves only what its own keys touch.
/// </summary>
/// <param name="compositions">One for each choice of config groups, in the order of the sweep.</param>
internal sealed class RunTrees(ImmutableArray<Composition> compositions, ImmutableArray<SweepPoint> points, ResolverFunctions functions, DiagnosticBag report)
{
    private const int Kept = 64;

    private readonly (int Index, ConfigNode.Mapping? Tree)[] _resolved = new (int, ConfigNode.Mapping?)[Kept];
    private SweepPoint _last = SweepPoint.Empty;
    private IReadOnlyDictionary<ConfigNode, ConfigNode>? _lastClean;
    private readonly AskedSecrets _secrets = new(functions);
    private readonly bool[] _allNeedSiblings = [.. compositions.Select(static c => SiblingScan.Mentions(c.Tree))];
    private readonly DiagnosticBag _firstLook = new();
    private readonly SettledTree?[] _settled = new SettledTree?[compositions.Length];

    public int Count => points.Length;

    public SweepPoint Point(int index) => points[index];

    /// <summary>What a point's settings go into.</summary>
    public ConfigNode.Mapping Composed(int index) => Composition(index).Tree;

    private Composition Composition(int index) => compositions[points[index].Choice];

    /// <summary>Whether a point refers to siblings: until they are known, its trees are resolved for a first look, and what is wrong with them is not told.</summary>
    public bool NeedSiblings(int index) => _allNeedSiblings[points[index].Choice] || SiblingScan.Mentions(points[index]);

    public ConfigNode.Mapping Unresolved(int index) => PointTree.Of(Composition(index), points[index], index, report);

    /// <summary>Only what names and places a run, resolved.</summary>
    public ConfigNode.Mapping Head(int index)
    {
        var tree = ToResolve(index);
        var resolver = For(tree, index);
        var entries = ImmutableArray.CreateBuilder<ConfigEntry>(2);
        foreach (ref readonly var entry in tree.Entries.AsSpan())
            if (entry.Key is "project" or "stage" && resolver.ResolveAt([entry.Key]) is { } resolved) entries.Add(entry with { Value = resolved });
        return new(tree.At, entries.DrainToImmutable());
    }

    /// <summary>Null: the run is none of a cluster behind a login node.</summary>
    public RemoteFolder? Remote(int index)
    {
        // Nearly always: nobody names a host, and no tree need be made to see it.
        var host = Composed(index)["slurm"] is { } composed ? composed is ConfigNode.Mapping keys ? keys["host"] : composed : null;
        if ((host is null || ScalarValue.IsNull(host)) && !SetsSlurm(points[index])) return null;
        var tree = ToResolve(index);
        if (tree["slurm"] is not { } section) return null;
        var resolver = For(tree, index);
        return RemoteFolder.Of(section, path => resolver.ResolveAt(path));
    }

    private static bool SetsSlurm(SweepPoint point) => point.Defaults.Concat(point.Settings).Any(static s => s.Key.StartsWith("slurm", StringComparison.Ordinal));

    /// <summary>One value of a point's tree, resolved; null when there is none.</summary>
    public ConfigNode? ResolvedAt(int index, ReadOnlySpan<string> path) => For(ToResolve(index), index).ResolveAt(path);

    /// <summary>The same to be shown in names and lists; null as well when a secret of the environment is in it.</summary>
    public ConfigNode? Shown(int index, ReadOnlySpan<string> path) =>
        ResolvedAt(index, path) is { } value && !_secrets.StandIn(Resolver.Text(value)) ? value : null;

    public ConfigNode.Mapping Resolved(int index)
    {
        ref var kept = ref _resolved[index % Kept];
        if (kept.Tree is null || kept.Index != index) kept = (index, For(ToResolve(index), index).ResolveAll());
        return kept.Tree!;
    }

    /// <summary>A point's tree with something changed in it, resolved for good.</summary>
    public ConfigNode.Mapping Resolve(ConfigNode.Mapping tree, int index) =>
        new Resolver(tree, Composition(index).Templates, functions, report, settled: Clean(points[index])).ResolveAll();

    private ConfigNode.Mapping ToResolve(int index) => NeedSiblings(index) ? SiblingTexts.Provisional(Unresolved(index)) : Unresolved(index);

    private Resolver For(ConfigNode.Mapping tree, int index) => new(tree, Composition(index).Templates, functions, NeedSiblings(index) ? _firstLook : report, settled: Clean(points[index]));

    private SettledTree Settled(int choice) => _settled[choice] ??= new(compositions[choice].Tree, compositions[choice].Templates, functions);

    /// <summary>Points of one sweep mostly set the same keys, one after the other.</summary>
    private IReadOnlyDictionary<ConfigNode, ConfigNode>? Clean(SweepPoint point)
    {
        if (points.Length < 2) return null;
        if (_lastClean is not null && point.Choice == _last.Choice && SetsTheSame(point.Defaults, _last.Defaults) && SetsTheSame(point.Settings, _last.Settings)) return _lastClean;
        _last = point;
        return _lastClean = Settled(point.Choice).Without([.. point.Defaults.Concat(point.Settings).Select(static s => s.Key).Append("index").Distinct()]);
    }

    private static bool SetsTheSame(ImmutableArray<SweepSetting> a, ImmutableArray<SweepSetting> b)
    {
        if (a.Length != b.Length) return false;
        for (var i = 0; i < a.Length; i++)
            if (!string.Equals(a[i].Key, b[i].Key, StringComparison.Ordinal)) return false;
        return true;
    }
}
