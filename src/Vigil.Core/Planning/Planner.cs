using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Configuration.Composing;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>Compiles an experiment file: text in, plan out. Every mistake of the user is in the plan's diagnostics.</summary>
public static class Planner
{
    /// <summary>So many different mistakes are enough to show.</summary>
    private const int EnoughMistakes = 200;

    public static Plan Plan(PlanRequest request)
    {
        var report = new DiagnosticBag();
        if (Compositions.Of(request, Sweeps.AsAxes, report) is not var (compositions, first)) return Failed(request, report);
        var functions = new ResolverFunctions(request.World, request.CurrentFolder);
        var sweep = Points(compositions, first, functions, report);
        // A sweep that cannot be read must not hide the mistakes of the rest.
        if (sweep.Points.IsEmpty || report.HasErrors) sweep = new([SweepPoint.Empty], [[]]);
        var specs = new SpecReader(report, compositions.IsReferenced);
        var trees = new RunTrees([.. sweep.Choices.Select(c => compositions.With(first, c) ?? first)], sweep.Points, functions, report);
        if (Place(request, trees, specs, report) is not { } placed)
        {
            CheckAll(trees, specs, report);
            return Failed(request, report);
        }
        var compiler = new RunCompiler(request, placed.Header, new Siblings(placed.Runs, report), specs, report);
        var runs = ImmutableArray.CreateBuilder<PlannedRun>(placed.Runs.Length);
        foreach (var run in placed.Runs)
        {
            runs.Add(compiler.Compile(run));
            if (report.All.Count > EnoughMistakes) break;
        }
        Edges.Check(runs, placed.Runs, report);
        return report.HasErrors ? new(placed.Header, [], RunConfigs.None, InOrder(report)) : new(placed.Header, runs.DrainToImmutable(), new RunConfigs(placed.Runs, compiler), InOrder(report));
    }

    /// <summary>Names and folders of all runs; null when a mistake made them impossible.</summary>
    private static (ExperimentHeader Header, ImmutableArray<NamedRun> Runs)? Place(PlanRequest request, RunTrees trees, SpecReader specs, DiagnosticBag report)
    {
        if (report.HasErrors) return null;
        var drafts = ImmutableArray.CreateBuilder<RunDraft>(trees.Count);
        for (var i = 0; i < trees.Count && report.All.Count <= EnoughMistakes; i++)
        {
            var (project, stage) = specs.ReadHead(trees.Head(i));
            drafts.Add(new(trees, i, PointTree.Coordinates(trees.Point(i), path => trees.ResolvedAt(i, path)), project, stage));
        }
        if (report.HasErrors) return null;
        var placed = new RunPlaces(request, report).Place(drafts.DrainToImmutable(), specs.Read(trees.Resolved(0)));
        return report.HasErrors ? null : placed;
    }

    /// <summary>Looks for what a later stage would have found: all mistakes at once.</summary>
    private static void CheckAll(RunTrees trees, SpecReader specs, DiagnosticBag report)
    {
        for (var i = 0; i < trees.Count && report.All.Count <= EnoughMistakes; i++)
        {
            var spec = specs.Read(trees.Resolved(i));
            if (i == 0) Placeholders.CheckCommand(spec, report);
        }
    }

    private static SweepPoints Points(Compositions compositions, Composition first, ResolverFunctions functions, DiagnosticBag report)
    {
        var node = CommandLineAxes.Add(new SweepReader(compositions.IsGroup, report).Read(first.Sweep), compositions.Axes(first), compositions.IsGroup, report);
        var swept = node is null ? [] : Sweep.Settings(node).Where(static s => s.IsChoice).Select(static s => s.Key).ToHashSet();
        foreach (var open in first.Composed.OpenGroups.Where(o => !swept.Contains(o.Key))) report.Add(open.Mistake);
        var sweep = Sweep.Expand(node, report);
        PointLens Lens(SweepPoint point)
        {
            var composition = compositions.With(first, sweep.Choices[point.Choice]) ?? first;
            var resolver = new Resolver(PointTree.Of(composition, point, 0, report), composition.Templates, functions, report);
            return new(resolver.ResolveAll(), text => resolver.Resolve(text, null));
        }
        return new SweepFilters(new FilterExpressions().Evaluate, Lens, report).Apply(sweep);
    }

    /// <summary>The configuration before it is swept: the files with the overrides in them, the sweep as it stands.</summary>
    public static ComposedConfig Compose(PlanRequest request, Interpolations interpolations)
    {
        var report = new DiagnosticBag();
        if (Compositions.Of(request, Sweeps.Refused, report) is not var (_, composition)) return new(null, InOrder(report));
        var tree = composition.Tree;
        if (interpolations is Interpolations.Resolved) tree = new Resolver(tree, composition.Templates, new ResolverFunctions(request.World, request.CurrentFolder), report).ResolveAll();
        if (composition.Sweep is { } sweep) tree = new ConfigNode.Mapping(tree.At, tree.Entries.Add(new("sweep", sweep.At, sweep)));
        return new(tree, InOrder(report));
    }

    private static Plan Failed(PlanRequest request, DiagnosticBag report) => new(
        new ExperimentHeader { Name = Path.GetFileNameWithoutExtension(request.Experiment.FullPath), Dir = "", File = request.Experiment.FullPath, Overrides = request.Overrides, Scheduler = "local" },
        [], RunConfigs.None, InOrder(report));

    private static ImmutableArray<Diagnostic> InOrder(DiagnosticBag report) =>
        [.. report.All.OrderBy(static d => d.At.File == Override.File ? 0 : 1).ThenBy(static d => d.At.Line).ThenBy(static d => d.At.Column)];
}
