using System.Collections.Immutable;

namespace Vigil.Planning;

/// <summary>
/// Finds the runs of a stage that stand for the same point. Two runs are siblings when their common coordinates agree, the stage aside, and one of them
/// has no axis that the other lacks; where some run of the stage has the very same axes, only such runs count.
/// </summary>
internal sealed class SiblingIndex
{
    /// <summary>The keys that a run's coordinates have; few shapes serve all runs.</summary>
    /// <param name="Axes">Sorted, without the stage.</param>
    /// <param name="Within">Sorted: what varies within the stage.</param>
    private sealed record Shape(string Name, ImmutableArray<string> Axes, ImmutableArray<string> Within)
    {
        public bool Has(string key) => Axes.Contains(key) || Within.Contains(key);
    }

    private readonly Dictionary<string, Dictionary<Shape, List<NamedRun>>> _stages = [];
    private readonly Dictionary<string, Shape> _shapes = [];
    private readonly Dictionary<(string Stage, Shape Shape, string Keys), Dictionary<string, List<NamedRun>>> _projections = [];

    public SiblingIndex(ImmutableArray<NamedRun> runs)
    {
        foreach (var run in runs)
        {
            if (run.Draft.Stage is not { } stage) continue;
            if (!_stages.TryGetValue(stage, out var shapes)) _stages[stage] = shapes = [];
            var shape = ShapeOf(run);
            if (!shapes.TryGetValue(shape, out var members)) shapes[shape] = members = [];
            members.Add(run);
        }
    }

    public IReadOnlyCollection<string> Stages => _stages.Keys;

    public IEnumerable<NamedRun> InStage(string stage) => _stages.TryGetValue(stage, out var shapes) ? shapes.Values.SelectMany(static m => m) : [];

    public IReadOnlyList<NamedRun> Siblings(NamedRun run, string stage)
    {
        if (!_stages.TryGetValue(stage, out var shapes)) return [];
        var mine = ShapeOf(run);
        var (same, others) = (new List<NamedRun>(), new List<NamedRun>());
        foreach (var shape in shapes.Keys)
            if (shape.Axes.SequenceEqual(mine.Axes)) same.AddRange(Agreeing(run, mine, stage, shape));
            else if (shape.Axes.All(mine.Axes.Contains) || mine.Axes.All(shape.Axes.Contains)) others.AddRange(Agreeing(run, mine, stage, shape));
        return same.Count > 0 ? same : others;
    }

    private List<NamedRun> Agreeing(NamedRun run, Shape mine, string stage, Shape shape)
    {
        var common = mine.Axes.Concat(mine.Within).Distinct().Where(shape.Has).Order(StringComparer.Ordinal).ToList();
        var keys = string.Join('\u0001', common);
        if (!_projections.TryGetValue((stage, shape, keys), out var projection))
        {
            projection = [];
            foreach (var member in _stages[stage][shape])
            {
                var place = Project(member, common);
                if (!projection.TryGetValue(place, out var members)) projection[place] = members = [];
                members.Add(member);
            }
            _projections[(stage, shape, keys)] = projection;
        }
        return projection.TryGetValue(Project(run, common), out var found) ? found : [];
    }

    private static string Project(NamedRun run, List<string> keys) => string.Join('\u0001', keys.Select(k => Value(run, k)));

    /// <summary>An axis counts before what varies within the stage: the latter's key may be the same.</summary>
    private static string Value(NamedRun run, string key)
    {
        string? within = null;
        foreach (var coordinate in run.Draft.Coordinates)
        {
            if (coordinate.Key != key) continue;
            if (coordinate.Role is SettingRole.Axis) return coordinate.Setting.Canonical;
            if (coordinate.Role is SettingRole.WithinStage) within = coordinate.Setting.Canonical;
        }
        return within ?? "";
    }

    private Shape ShapeOf(NamedRun run)
    {
        var name = string.Join('\u0001', run.Draft.Coordinates.Select(static c => $"{c.Role}:{c.Key}"));
        if (_shapes.TryGetValue(name, out var known)) return known;
        var shape = new Shape(name, Keys(run, SettingRole.Axis), Keys(run, SettingRole.WithinStage));
        return _shapes[name] = _shapes.Values.FirstOrDefault(s => s.Axes.SequenceEqual(shape.Axes) && s.Within.SequenceEqual(shape.Within)) ?? shape;
    }

    private static ImmutableArray<string> Keys(NamedRun run, SettingRole role) =>
        [.. run.Draft.Coordinates.Where(c => c.Role == role && c.Key != "stage").Select(static c => c.Key).Distinct().Order(StringComparer.Ordinal)];
}
