using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Configuration.Composing;
using Vigil.Configuration.Expressions;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>Compiles an experiment file: text in, plan out. Every mistake of the user is in the plan's diagnostics.</summary>
public static class Planner
{
    /// <summary>So many different mistakes are enough to show.</summary>
    internal const int EnoughMistakes = 200;

    public static Plan Plan(PlanRequest request)
    {
        var report = new DiagnosticBag();
        if (Compositions.Of(request, Sweeps.AsAxes, report) is not var (compositions, first)) return Failed(request, report);
        var functions = new ResolverFunctions(request.World, request.CurrentFolder);
        var before = Errors(report);
        var node = CommandLineAxes.Add(new SweepReader(compositions.IsGroup, report).Read(first.Sweep), compositions.Axes(first), compositions.IsGroup, report);
        var sweep = Points(node, compositions, first, functions, report);
        // A sweep that cannot be read must not hide the mistakes of the rest.
        if (sweep.Points.IsEmpty || Errors(report) > before) sweep = new([SweepPoint.Empty], [[]]);
        var specs = new SpecReader(report, compositions.IsReferenced);
        ImmutableArray<Composition> chosen = [.. sweep.Choices.Select(c => compositions.With(first, c) ?? first)];
        if (node is not null) AxisKeys.Check(node, chosen, report);
        var trees = new RunTrees(chosen, sweep.Points, functions, report);
        var drafts = Draft(trees, specs, report);
        if (Place(request, drafts, specs, report) is not { } placed)
        {
            CheckAll(request, drafts, specs, report);
            return Failed(request, report, chosen, node);
        }
        var siblings = Settle(placed.Runs, placed.Header, report);
        var frozen = new FrozenTrees(placed.Runs, placed.Header, functions, masked => new(chosen, sweep.Points, new(masked(request.World), request.CurrentFolder), new DiagnosticBag()));
        var compiler = new RunCompiler(request, placed.Header, siblings, frozen, specs, report);
        var runs = ImmutableArray.CreateBuilder<PlannedRun>(placed.Runs.Length);
        foreach (var run in placed.Runs)
        {
            if (compiler.Compile(run) is { } planned) runs.Add(planned);
            if (report.All.Count > EnoughMistakes) break;
        }
        Edges.Check(runs, placed.Runs, report);
        var told = InOrder(request, report, chosen, node);
        return report.HasErrors ? new(placed.Header, [], RunConfigs.None, told) : new(placed.Header, runs.DrainToImmutable(), new RunConfigs(placed.Runs, compiler), told) { RuleSets = compiler.RuleSets, Channels = compiler.Channels };
    }

    private static SiblingSettlement Settle(ImmutableArray<NamedRun> runs, ExperimentHeader experiment, DiagnosticBag report)
    {
        var settlement = new SiblingSettlement(runs, experiment, static (run, tree) => run.Draft.Trees.Resolve(tree, run.Draft.Index), report);
        settlement.Settle();
        return settlement;
    }

    private static ImmutableArray<RunDraft> Draft(RunTrees trees, SpecReader specs, DiagnosticBag report)
    {
        var drafts = ImmutableArray.CreateBuilder<RunDraft>(trees.Count);
        var firstLook = FirstLook();
        for (var i = 0; i < trees.Count && report.All.Count <= EnoughMistakes; i++)
        {
            var head = trees.Head(i);
            var needsSiblings = trees.NeedSiblings(i);
            if (needsSiblings) SiblingPlaces.Check(head, report);
            var (project, stage) = (needsSiblings ? firstLook : specs).ReadHead(head);
            drafts.Add(new(trees, i, PointTree.Coordinates(trees.Point(i), path => trees.Shown(i, path)), project, stage));
        }
        return drafts.DrainToImmutable();
    }

    /// <summary>Names and folders of all runs; null when a mistake made them impossible.</summary>
    private static (ExperimentHeader Header, ImmutableArray<NamedRun> Runs)? Place(PlanRequest request, ImmutableArray<RunDraft> drafts, SpecReader specs, DiagnosticBag report)
    {
        if (report.HasErrors) return null;
        var placed = new RunPlaces(request, report).Place(drafts, Common(drafts, specs));
        return report.HasErrors ? null : placed;
    }

    /// <summary>Looks for what a later stage would have found: all mistakes at once.</summary>
    private static void CheckAll(PlanRequest request, ImmutableArray<RunDraft> drafts, SpecReader specs, DiagnosticBag report)
    {
        foreach (var draft in drafts.Where(static d => !d.NeedsSiblings))
        {
            if (report.All.Count > EnoughMistakes) return;
            var spec = specs.Read(draft.Tree);
            if (draft.Index == 0) Placeholders.CheckCommand(spec, report);
        }
        if (!drafts.Any(static d => d.NeedsSiblings)) return;
        var unsaid = new DiagnosticBag();
        if (new RunPlaces(request, unsaid).Place(drafts, Common(drafts, specs)) is not { } guessed) return;
        var siblings = Settle(guessed.Runs, guessed.Header, report);
        foreach (var run in guessed.Runs.Where(static r => r.Draft.NeedsSiblings))
            if (report.All.Count <= EnoughMistakes && siblings.Of(run) is { } settled) specs.Read(settled.Tree);
    }

    /// <summary>What all runs share, read from one of them: from one that is final already where there is one.</summary>
    private static ExperimentSpec Common(ImmutableArray<RunDraft> drafts, SpecReader specs) =>
        drafts.FirstOrDefault(static d => !d.NeedsSiblings) is { } final ? specs.Read(final.Tree) : FirstLook().Read(drafts[0].Tree);

    /// <summary>Reads what is not final yet: its mistakes are told when it is.</summary>
    private static SpecReader FirstLook() => new(new DiagnosticBag(), static _ => true);

    private static SweepPoints Points(SweepNode? node, Compositions compositions, Composition first, ResolverFunctions functions, DiagnosticBag report)
    {
        var swept = node is null ? [] : Sweep.Settings(node).Where(static s => s.IsChoice).Select(static s => s.Key).ToHashSet();
        foreach (var open in first.Composed.OpenGroups.Where(o => !swept.Contains(o.Key))) report.Add(open.Mistake);
        var sweep = Sweep.Expand(node, report);
        OverruledOverrides.Report(first.Composed.Overrides, sweep.Points, report);
        PointLens Lens(SweepPoint point)
        {
            var composition = compositions.With(first, sweep.Choices[point.Choice]) ?? first;
            var resolver = new Resolver(PointTree.Of(composition, point, 0, report), composition.Templates, functions, report);
            return new(resolver.ResolveAll(), text => resolver.Resolve(text, null));
        }
        return new SweepFilters(new ExpressionCache().Evaluate, Lens, report).Apply(sweep);
    }

    /// <summary>The configuration before it is swept: the files with the overrides in them, the sweep as it stands.</summary>
    public static ComposedConfig Compose(PlanRequest request, Interpolations interpolations)
    {
        var report = new DiagnosticBag();
        if (Compositions.Of(request, Sweeps.Refused, report) is not var (_, composition)) return new(null, InOrder(request, report, [], null));
        var tree = composition.Tree;
        if (interpolations is Interpolations.Resolved) tree = new Resolver(tree, composition.Templates, new ResolverFunctions(request.World, request.CurrentFolder), report).ResolveAll();
        if (composition.Sweep is { } sweep) tree = new ConfigNode.Mapping(tree.At, tree.Entries.Add(new("sweep", sweep.At, sweep)));
        return new(tree, InOrder(request, report, [composition], null));
    }

    private static Plan Failed(PlanRequest request, DiagnosticBag report, ImmutableArray<Composition> compositions = default, SweepNode? sweep = null) => new(
        new ExperimentHeader { Name = Path.GetFileNameWithoutExtension(request.Experiment.FullPath), Dir = "", File = request.Experiment.FullPath, Overrides = request.Overrides, Scheduler = "local" },
        [], RunConfigs.None, InOrder(request, report, compositions.IsDefault ? [] : compositions, sweep));

    private static int Errors(DiagnosticBag report) => report.All.Count(static d => d.Severity is Severity.Error);

    /// <param name="compositions">What the mistakes may have come from; empty where it came to none.</param>
    private static ImmutableArray<Diagnostic> InOrder(PlanRequest request, DiagnosticBag report, ImmutableArray<Composition> compositions, SweepNode? sweep) =>
        [.. Placed(request, report.All, compositions, sweep).OrderBy(static d => d.At.File == Override.File ? 0 : 1).ThenBy(static d => d.At.Line).ThenBy(static d => d.At.Column)];

    /// <summary>Each where the user can do something about it.</summary>
    private static IEnumerable<Diagnostic> Placed(PlanRequest request, IReadOnlyList<Diagnostic> told, ImmutableArray<Composition> compositions, SweepNode? sweep)
    {
        if (compositions.IsEmpty || !told.Any(static d => d.At.IsBuiltIn)) return told;
        return told.Select(new UsersPlaces(compositions, sweep, request.Experiment.Name).Of).Distinct();
    }
}
