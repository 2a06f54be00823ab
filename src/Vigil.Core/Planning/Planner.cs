using System.Collections.Immutable;
using Vigil.Configuration;
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
        if (Composition.Of(request, report) is not { } composition) return Failed(request, report);
        var points = Points(composition, request, report);
        // A sweep that cannot be read must not hide the mistakes of the rest.
        if (points.IsEmpty || report.HasErrors) points = [SweepPoint.Empty];
        var specs = new SpecReader(report, composition.References.Contains);
        var functions = new ResolverFunctions(request.World);
        var drafts = Draft(composition, points, specs, functions, report);
        ConfigNode.Mapping Resolve(NamedRun run, ConfigNode.Mapping tree) => new Resolver(tree, composition.Templates, functions, report).ResolveAll();
        if (report.HasErrors)
        {
            // A later stage would have found these: all mistakes at once.
            foreach (var draft in drafts.Take(1)) Placeholders.CheckCommand(draft.Spec, report);
            if (drafts.Length == points.Length && drafts.Any(static d => d.NeedsSiblings) && new RunPlaces(request, new()).Place(drafts) is { } guessed)
                CheckSiblings(new(guessed.Runs, guessed.Header, Resolve, report), guessed.Runs, specs);
            return Failed(request, report);
        }
        if (new RunPlaces(request, report).Place(drafts) is not { } placed || report.HasErrors) return Failed(request, report);
        var settlement = new SiblingSettlement(placed.Runs, placed.Header, Resolve, report);
        settlement.Settle();
        var compiler = new RunCompiler(request, placed.Header, settlement, specs, report);
        var runs = ImmutableArray.CreateBuilder<PlannedRun>(placed.Runs.Length);
        var configs = ImmutableArray.CreateBuilder<FrozenConfig>(placed.Runs.Length);
        foreach (var run in placed.Runs)
        {
            if (compiler.Compile(run) is not var (planned, config)) continue;
            runs.Add(planned);
            configs.Add(config);
            if (report.All.Count > EnoughMistakes) break;
        }
        Edges.Check(runs, placed.Runs, report);
        return report.HasErrors ? new(placed.Header, [], [], InOrder(report)) : new(placed.Header, runs.DrainToImmutable(), configs.DrainToImmutable(), InOrder(report));
    }

    private static ImmutableArray<SweepPoint> Points(Composition composition, PlanRequest request, DiagnosticBag report)
    {
        var sweep = Sweep.Expand(new SweepReader(static _ => false, report).Read(composition.Sweep), report);
        foreach (var choice in sweep.Choices.SelectMany(static c => c).DistinctBy(static c => c.Key))
            report.Error("PLN037", choice.KeyAt, $"'{choice.Key}' chooses a config group, and groups are not in this version", "name a key of the file, its parts joined by dots");
        var functions = new ResolverFunctions(request.World);
        PointLens Lens(SweepPoint point)
        {
            var resolver = new Resolver(PointTree.Of(composition, point, 0, report), composition.Templates, functions, report);
            return new(resolver.ResolveAll(), text => resolver.Resolve(text, null));
        }
        return new SweepFilters(static (_, _, _) => new FunctionResult.Refused("expressions are not in this version"), Lens, report).Apply(sweep).Points;
    }

    private static void CheckSiblings(SiblingSettlement settlement, ImmutableArray<NamedRun> runs, SpecReader specs)
    {
        settlement.Settle();
        foreach (var run in runs)
            if (run.Draft.NeedsSiblings && settlement.Of(run) is { } settled) specs.Read(settled.Tree);
    }

    /// <summary>The configuration before it is swept: the file with the overrides in it, the sweep as it stands.</summary>
    public static ComposedConfig Compose(PlanRequest request, Interpolations interpolations)
    {
        var report = new DiagnosticBag();
        if (Composition.Of(request, report) is not { } composition) return new(null, InOrder(report));
        var tree = composition.Tree;
        if (interpolations is Interpolations.Resolved) tree = new Resolver(tree, composition.Templates, new ResolverFunctions(request.World), report).ResolveAll();
        if (composition.Sweep is { } sweep) tree = new ConfigNode.Mapping(tree.At, tree.Entries.Add(new("sweep", sweep.At, sweep)));
        return new(tree, InOrder(report));
    }

    private static ImmutableArray<RunDraft> Draft(Composition composition, ImmutableArray<SweepPoint> points, SpecReader specs, ResolverFunctions functions, DiagnosticBag report)
    {
        var drafts = ImmutableArray.CreateBuilder<RunDraft>(points.Length);
        var allMention = SiblingScan.Mentions(composition.Tree);
        var firstLook = new DiagnosticBag();
        var firstSpecs = new SpecReader(firstLook, composition.References.Contains);
        for (var i = 0; i < points.Length && report.All.Count <= EnoughMistakes; i++)
        {
            var tree = PointTree.Of(composition, points[i], i, report);
            var needsSiblings = allMention || SiblingScan.Mentions(points[i]);
            var resolved = new Resolver(needsSiblings ? SiblingTexts.Provisional(tree) : tree, composition.Templates, functions, needsSiblings ? firstLook : report).ResolveAll();
            if (needsSiblings) SiblingPlaces.Check(resolved, report);
            drafts.Add(new(i, PointTree.Coordinates(points[i], resolved), tree, (needsSiblings ? firstSpecs : specs).Read(resolved)) { NeedsSiblings = needsSiblings });
        }
        return drafts.DrainToImmutable();
    }

    private static Plan Failed(PlanRequest request, DiagnosticBag report) => new(
        new ExperimentHeader { Name = Path.GetFileNameWithoutExtension(request.Experiment.FullPath), Dir = "", File = request.Experiment.FullPath, Overrides = request.Overrides, Scheduler = "local" },
        [], [], InOrder(report));

    private static ImmutableArray<Diagnostic> InOrder(DiagnosticBag report) =>
        [.. report.All.OrderBy(static d => d.At.File == Override.File ? 0 : 1).ThenBy(static d => d.At.Line).ThenBy(static d => d.At.Column)];
}
