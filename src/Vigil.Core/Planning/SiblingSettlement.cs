using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>A run whose configuration is final.</summary>
/// <param name="Tree">Resolved, the values of siblings in it.</param>
/// <param name="After">Names of the runs that must complete first.</param>
/// <param name="Watches">Names of the runs that its conditions look at.</param>
/// <param name="Siblings">What it reads of other runs; null when it refers to none.</param>
internal sealed record SettledRun(NamedRun Run, ConfigNode.Mapping Tree, ImmutableArray<string> After, ImmutableArray<string> Watches, ConfigNode.Mapping? Siblings);

/// <summary>
/// Brings the values of siblings into the configurations that refer to them. What runs ask of each other is found out once; a run's own tree is made
/// when it is asked for, and may be made again.
/// </summary>
/// <param name="resolve">Resolves a tree of a run and reports what is wrong with it.</param>
internal sealed class SiblingSettlement(ImmutableArray<NamedRun> runs, ExperimentHeader experiment, Func<NamedRun, ConfigNode.Mapping, ConfigNode.Mapping> resolve, DiagnosticBag report)
{
    private const string WhatSiblingsHave = "{sibling.STAGE.output_dir}, .name, .log_path, .log_path_current, or a key of its configuration";

    private sealed record Answered(SiblingReference Reference, NamedRun? Run);

    private readonly Siblings _siblings = new(runs, report);
    private readonly SiblingValues _values = new(experiment);
    private readonly Dictionary<NamedRun, List<Answered>> _references = new(ReferenceEqualityComparer.Instance);

    /// <summary>Finds all references and takes over what is asked for, each run after those it reads itself.</summary>
    public void Settle()
    {
        foreach (var run in runs)
        {
            if (!run.Draft.NeedsSiblings || References(run) is not { } references) continue;
            _references[run] = references;
            foreach (var answered in references)
                if (answered.Run is { } other) _values.Ask(other, answered.Reference.Path);
            if (report.All.Count > Planner.EnoughMistakes) return;
        }
        if (_references.Count == 0) return;
        foreach (var run in _values.Asked.Where(static r => !r.Draft.NeedsSiblings).ToList()) _values.Give(run, run.Draft.Tree);
        if (new SiblingOrder(_references.Keys, Needs, report).Sort() is not { } order) { _references.Clear(); return; }
        foreach (var run in order)
            if (_values.IsAsked(run) && Of(run) is { } settled) _values.Give(run, settled.Tree);
    }

    /// <summary>The run as it is; null when it could not be made, which was reported.</summary>
    public SettledRun? Of(NamedRun run)
    {
        if (!run.Draft.NeedsSiblings) return new(run, run.Draft.Tree, [], [], null);
        if (!_references.TryGetValue(run, out var references) || !IsGiven(run, references) || Below(run, references) is not { } siblings)
        {
            // The mistakes beside it are told all the same.
            if (report.All.Count <= Planner.EnoughMistakes) resolve(run, SiblingTexts.Provisional(run.Draft.Unresolved));
            return null;
        }
        var resolved = resolve(run, SiblingTexts.WithSiblings(run.Draft.Unresolved, siblings));
        var read = resolved["sibling"] as ConfigNode.Mapping;
        var tree = SiblingTexts.Fill(SiblingTexts.Without(resolved), (name, at) => Value(read, run, name, at));
        var (after, watches) = Edges(references, tree);
        return new(run, tree, after, watches, read);
    }

    /// <summary>The tree as composed; what the run reads of siblings stands below <c>sibling</c>, so that the frozen file runs by itself.</summary>
    public ConfigNode.Mapping Frozen(NamedRun run)
    {
        var tree = run.Draft.Unresolved;
        if (!_references.TryGetValue(run, out var references) || references.Count == 0 || Below(run, references) is not { } siblings) return tree;
        var bare = SiblingTexts.Without(tree);
        return new(bare.At, bare.Entries.Add(new("sibling", siblings.At, SiblingValues.Referenced(siblings, references.Select(static r => r.Reference)))));
    }

    /// <summary>All runs that come before a run: those it reads, and those that it names.</summary>
    public ImmutableArray<string> After(SettledRun run, ImmutableArray<ConfigNode.Scalar> dependsOn)
    {
        var after = run.After;
        foreach (var entry in dependsOn)
            if (_siblings.Named(entry, run.Run) is { } other && !after.Contains(other.Name)) after = after.Add(other.Name);
        return after;
    }

    /// <summary>The text of a placeholder <c>sibling.…</c> of a run's command; null with a diagnostic when there is none.</summary>
    public string? Text(SettledRun run, string name, SourceSpan at) => Value(run.Siblings, run.Run, name, at) is { } value ? Resolver.Text(value) : null;

    private List<SiblingNeed> Needs(NamedRun run) => !_references.TryGetValue(run, out var references) ? []
        : [.. references.Where(static r => r.Run is { Draft.NeedsSiblings: true } && !SiblingValues.IsPlace(r.Reference.Path)).Select(static r => new SiblingNeed(r.Run!, r.Reference))];

    /// <summary>
    /// References in the composed tree, and those that come to light when everything else is resolved. A given <c>sibling</c> mapping answers for stages
    /// that are not planned. Null when one of them has no answer.
    /// </summary>
    private List<Answered>? References(NamedRun run)
    {
        var references = new List<Answered>();
        var isAnswered = true;
        foreach (var reference in SiblingScan.References(SiblingTexts.Without(run.Draft.Unresolved), SiblingTexts.Without(run.Draft.Tree)))
            if (!_siblings.HasStage(reference.Stage) && Merging.Find(run.Draft.Unresolved, ["sibling", reference.Stage]) is not null) references.Add(new(reference, null));
            else if (_siblings.InStage(reference.Stage, run, reference.At, $"{{{reference.Text}}}") is { } other) references.Add(new(reference, other));
            else isAnswered = false;
        return isAnswered ? references : null;
    }

    private bool IsGiven(NamedRun run, List<Answered> references)
    {
        var isGiven = true;
        foreach (var (reference, other) in references)
        {
            if (other is null || !_values.IsMissing(other, reference.Path, out var near)) continue;
            _siblings.Once("PLN022", reference.At, reference.Text, $"{{{reference.Text}}} of '{run.Name}' asks for something that '{other.Name}' does not have", near is null ? WhatSiblingsHave : $"did you mean '{near}'?");
            isGiven = false;
        }
        return isGiven;
    }

    /// <summary>What stands below <c>sibling</c> in the run's tree; null when something it is made of is wrong.</summary>
    private ConfigNode.Mapping? Below(NamedRun run, List<Answered> references)
    {
        var entries = ImmutableArray.CreateBuilder<ConfigEntry>();
        foreach (var (reference, other) in references)
        {
            if (other is null || entries.Any(e => e.Key == reference.Stage)) continue;
            if (_values.Of(other) is not { } values) return null;
            entries.Add(new(reference.Stage, run.Draft.Unresolved.At, values));
        }
        if (run.Draft.Unresolved["sibling"] is ConfigNode.Mapping given) entries.AddRange(given.Entries.Where(e => !_siblings.HasStage(e.Key)));
        return new(run.Draft.Unresolved.At, entries.DrainToImmutable());
    }

    private static (ImmutableArray<string> After, ImmutableArray<string> Watches) Edges(List<Answered> references, ConfigNode.Mapping tree)
    {
        // Who starts on a condition waits for nobody: it looks at those it reads.
        var hasStartCondition = SiblingScan.HasStartCondition(tree);
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

    private ConfigNode? Value(ConfigNode.Mapping? siblings, NamedRun asking, string name, SourceSpan at)
    {
        if (siblings is not null && Merging.Find(siblings, name.Split('.').AsSpan(1)) is { } value) return value;
        _siblings.Once("PLN022", at, name, $"{{{name}}} of '{asking.Name}' asks a sibling for something it does not have", WhatSiblingsHave);
        return null;
    }
}
