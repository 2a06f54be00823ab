using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>One run's need of another run's settled configuration.</summary>
internal readonly record struct SiblingNeed(NamedRun Run, SiblingReference Reference);

/// <summary>Puts runs in an order in which each comes after those whose configuration it reads. Names every circle in full.</summary>
internal sealed class SiblingOrder(IEnumerable<NamedRun> runs, Func<NamedRun, List<SiblingNeed>> needs, DiagnosticBag report)
{
    private enum Mark { Open, Done }

    private readonly Dictionary<NamedRun, Mark> _marks = new(ReferenceEqualityComparer.Instance);
    private readonly List<NamedRun> _order = [];

    /// <summary>Null when some need each other.</summary>
    public IReadOnlyList<NamedRun>? Sort()
    {
        var isSound = true;
        foreach (var start in runs)
            if (!_marks.ContainsKey(start)) isSound &= Visit(start);
        return isSound ? _order : null;
    }

    /// <summary>Walks with a stack of its own: a chain may be as long as the plan.</summary>
    private bool Visit(NamedRun start)
    {
        var isSound = true;
        var path = new List<(NamedRun Run, List<SiblingNeed> Needs, int Next)> { (start, needs(start), 0) };
        _marks[start] = Mark.Open;
        while (path.Count > 0)
        {
            var (run, wanted, next) = path[^1];
            if (next == wanted.Count)
            {
                _marks[run] = Mark.Done;
                _order.Add(run);
                path.RemoveAt(path.Count - 1);
                continue;
            }
            path[^1] = (run, wanted, next + 1);
            var other = wanted[next].Run;
            if (_marks.TryAdd(other, Mark.Open)) path.Add((other, needs(other), 0));
            else if (_marks[other] is Mark.Open)
            {
                isSound = false;
                var circle = path.Select(static p => p.Run).SkipWhile(r => !ReferenceEquals(r, other)).Append(other).Select(static r => r.Name);
                report.Error("PLN050", wanted[next].Reference.At, $"the configurations of these runs are made of each other: {string.Join(" → ", circle)}", $"take one of the references out, such as {{{wanted[next].Reference.Text}}}");
            }
        }
        return isSound;
    }
}
