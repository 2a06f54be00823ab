using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>A run whose configuration is final.</summary>
/// <param name="Unresolved">As composed; what it reads of siblings stands below <c>sibling</c>, so that the frozen file runs by itself.</param>
/// <param name="After">Names of the runs that must complete first.</param>
/// <param name="Watches">Names of the runs that its conditions look at.</param>
/// <param name="Siblings">What it read of other runs; null when it refers to none.</param>
internal sealed record SettledRun(NamedRun Run, ExperimentSpec Spec, ConfigNode.Mapping Unresolved, ImmutableArray<string> After, ImmutableArray<string> Watches, ConfigNode.Mapping? Siblings);

/// <summary>Brings the values of siblings into the configurations that refer to them, each after those it reads.</summary>
internal sealed class SiblingSettlement(ImmutableArray<NamedRun> runs, ExperimentHeader experiment, SpecReader specs, DiagnosticBag report)
{
    private const int EnoughMistakes = 200;

    private readonly Siblings _siblings = new(runs, report);
    private readonly SiblingValues _values = new(experiment);
    private readonly Dictionary<NamedRun, int> _places = new(ReferenceEqualityComparer.Instance);
    private readonly SettledRun?[] _settled = new SettledRun?[runs.Length];

    /// <summary>Settles the runs that refer to siblings. Where something is wrong it is reported, and runs stand as they were.</summary>
    public void Settle()
    {
        for (var i = 0; i < runs.Length; i++) _places[runs[i]] = i;
        var found = new Dictionary<int, List<(SiblingReference Reference, NamedRun? Run)>>();
        for (var i = 0; i < runs.Length && report.All.Count <= EnoughMistakes; i++)
            if (runs[i].Draft.NeedsSiblings && References(runs[i]) is { } references) found[i] = references;
        var needs = found.ToDictionary(static f => f.Key, f => f.Value.Where(static r => r.Run is not null && !SiblingValues.IsPlace(r.Reference.Path)).Select(r => new SiblingNeed(_places[r.Run!], r.Reference)).ToList());
        if (new SiblingOrder(runs, needs, report).Sort() is { } order)
            foreach (var i in order)
                // What is made of something wrong is not judged: the mistake is told where it is.
                if (report.All.Count <= EnoughMistakes && needs[i].All(n => !runs[n.Run].Draft.NeedsSiblings || _settled[n.Run] is not null)) _settled[i] = Settle(runs[i], found[i]);
    }

    /// <summary>The final configuration of the run at a place in the plan.</summary>
    public SettledRun Settled(int place) => WithDependencies(_settled[place] ?? Unsettled(runs[place]));

    private SettledRun Unsettled(NamedRun run) => new(run, specs.Read(run.Draft.Tree), run.Draft.Unresolved, [], [], null);

    /// <summary>The text of a placeholder <c>sibling.…</c> of a run's command; null with a diagnostic when there is none.</summary>
    public string? Text(SettledRun run, string name, SourceSpan at) => Value(run.Siblings, run.Run, name, at) is { } value ? Resolver.Text(value) : null;

    /// <summary>
    /// References in the composed tree, and those that come to light when everything else is resolved. A given <c>sibling</c> mapping answers for stages
    /// that are not planned. Null when one of them has no answer.
    /// </summary>
    private List<(SiblingReference, NamedRun?)>? References(NamedRun run)
    {
        var references = new List<(SiblingReference, NamedRun?)>();
        var isAnswered = true;
        foreach (var reference in SiblingScan.References(SiblingTexts.Without(run.Draft.Unresolved), SiblingTexts.Without(run.Draft.Tree)))
            if (!_siblings.HasStage(reference.Stage) && Merging.Find(run.Draft.Unresolved, ["sibling", reference.Stage]) is not null) references.Add((reference, null));
            else if (_siblings.InStage(reference.Stage, run, reference.At, $"{{{reference.Text}}}") is { } other) references.Add((reference, other));
            else isAnswered = false;
        return isAnswered ? references : null;
    }

    private SettledRun Settle(NamedRun run, List<(SiblingReference Reference, NamedRun? Run)> references)
    {
        var given = run.Draft.Unresolved["sibling"] as ConfigNode.Mapping;
        var siblings = new ConfigNode.Mapping(run.Draft.Unresolved.At,
        [
            .. references.Where(static r => r.Run is not null).GroupBy(static r => r.Reference.Stage).Select(g => new ConfigEntry(g.Key, run.Draft.Unresolved.At, Export(g.First().Run!, g))),
            .. (given?.Entries ?? []).Where(e => !_siblings.HasStage(e.Key)),
        ]);
        var resolved = run.Draft.Trees.Resolve(SiblingTexts.WithSiblings(run.Draft.Unresolved, siblings), run.Draft.Index);
        var read = resolved["sibling"] as ConfigNode.Mapping;
        var tree = SiblingTexts.Fill(SiblingTexts.Without(resolved), (name, at) => Value(read, run, name, at));
        var frozen = SiblingTexts.Without(run.Draft.Unresolved);
        if (references.Count > 0) frozen = new(frozen.At, frozen.Entries.Add(new("sibling", siblings.At, SiblingValues.Referenced(siblings, references.Select(static r => r.Reference)))));
        var (after, watches) = Edges(references, SiblingScan.HasStartCondition(tree));
        return new(run, specs.Read(tree), frozen, after, watches, read);
    }

    private ConfigNode.Mapping Export(NamedRun run, IEnumerable<(SiblingReference Reference, NamedRun?)> references)
    {
        if (references.All(static r => SiblingValues.IsPlace(r.Reference.Path))) return SiblingValues.Places(run);
        return _values.Whole(run, _settled[_places[run]]?.Spec.Tree ?? run.Draft.Tree);
    }

    private static (ImmutableArray<string> After, ImmutableArray<string> Watches) Edges(List<(SiblingReference Reference, NamedRun? Run)> references, bool hasStartCondition)
    {
        var after = ImmutableArray.CreateBuilder<string>();
        var watches = ImmutableArray.CreateBuilder<string>();
        foreach (var (reference, run) in references)
        {
            if (run is null || reference.Edge is SiblingEdge.None) continue;
            var edges = reference.Edge is SiblingEdge.Watches || hasStartCondition ? watches : after;
            if (!edges.Contains(run.Name)) edges.Add(run.Name);
        }
        return (after.DrainToImmutable(), watches.DrainToImmutable());
    }

    private SettledRun WithDependencies(SettledRun run)
    {
        if (run.Spec.DependsOn.IsEmpty) return run;
        var after = run.After;
        foreach (var entry in run.Spec.DependsOn)
            if (_siblings.Named(entry, run.Run) is { } other && !after.Contains(other.Name)) after = after.Add(other.Name);
        return run with { After = after };
    }

    private ConfigNode? Value(ConfigNode.Mapping? siblings, NamedRun asking, string name, SourceSpan at)
    {
        if (siblings is null && asking.Draft.NeedsSiblings) return null;   // said already
        var path = name.Split('.');
        if (siblings is not null && Merging.Find(siblings, path.AsSpan(1)) is { } value) return value;
        var known = siblings is not null && path.Length > 2 && Merging.Find(siblings, path.AsSpan(1, path.Length - 2)) is ConfigNode.Mapping map ? map.Entries.Select(static e => e.Key).ToList() : [];
        report.Error("PLN022", at, $"{{{name}}} of '{asking.Name}' asks a sibling for something it does not have", Suggestion.Hint(path[^1], known) ?? "{sibling.STAGE.output_dir}, .name, .log_path, .log_path_current, or a key of its configuration");
        return null;
    }
}
