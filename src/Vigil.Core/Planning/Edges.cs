using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>Checks that the runs' <i>after</i> edges lead somewhere: no run may wait for itself.</summary>
internal static class Edges
{
    public static void Check(IReadOnlyList<PlannedRun> runs, IReadOnlyList<NamedRun> named, DiagnosticBag report)
    {
        CheckMakers(runs, named, report);
        if (runs.All(static r => r.DependsOn.IsEmpty)) return;
        var byId = runs.ToDictionary(static r => r.Id);
        var places = named.DistinctBy(static n => n.Name).ToDictionary(static n => n.Name);
        var done = new HashSet<RunId>();
        for (var i = 0; i < runs.Count; i++)
            if (Circle(runs[i], byId, done) is { } circle)
                report.Error("PLN025", PlaceOf(places[runs[i].Id.Value]),
                    $"these runs wait for each other: {string.Join(" → ", circle)}", "take one of the dependencies out");
    }

    /// <summary>Who waits for the checkpoint of a run that nobody plans would wait for ever.</summary>
    private static void CheckMakers(IReadOnlyList<PlannedRun> runs, IReadOnlyList<NamedRun> named, DiagnosticBag report)
    {
        HashSet<string>? names = null;
        foreach (var run in runs)
            foreach (var maker in Makers(run))
                if (!(names ??= [.. named.Select(static n => n.Name)]).Contains(maker))
                    report.Error("PLN023", named.First(n => n.Name == run.Id.Value).Draft.Tree.At, $"'{run.Id}' waits for a checkpoint of '{maker}', which is no run", Suggestion.Hint(maker, names));
    }

    private static IEnumerable<string> Makers(PlannedRun run)
    {
        if (run.Evaluation?.Training is { } training) yield return training.Value;
        foreach (var condition in run.Lifecycle?.Start.OfType<Condition.CheckpointWhole>() ?? [])
            if (condition.Run.Length > 0 && !PlaceholderText.Parse(condition.Run).Names.Any()) yield return condition.Run;
    }

    private static SourceSpan PlaceOf(NamedRun run) =>
        Merging.Find(run.Draft.Tree, ["job", "depends_on"]) is { } given ? given.At
        : SiblingScan.References(run.Draft.Unresolved, run.Draft.Tree).FirstOrDefault(static r => r.Edge is SiblingEdge.After)?.At ?? run.Draft.Tree.At;

    /// <summary>Walks with a stack of its own: a chain may be as long as the plan.</summary>
    private static List<string>? Circle(PlannedRun start, Dictionary<RunId, PlannedRun> byId, HashSet<RunId> done)
    {
        var path = new List<(PlannedRun Run, int Next)> { (start, 0) };
        var onPath = new HashSet<RunId> { start.Id };
        while (path.Count > 0)
        {
            var (run, next) = path[^1];
            if (done.Contains(run.Id) || next == run.DependsOn.Length)
            {
                done.Add(run.Id);
                onPath.Remove(run.Id);
                path.RemoveAt(path.Count - 1);
                continue;
            }
            path[^1] = (run, next + 1);
            var other = run.DependsOn[next];
            if (!onPath.Add(other))
            {
                foreach (var (member, _) in path) done.Add(member.Id);
                return [.. path.Select(static p => p.Run.Id.Value).SkipWhile(n => n != other.Value), other.Value];
            }
            if (byId.TryGetValue(other, out var following)) path.Add((following, 0));
        }
        return null;
    }
}
