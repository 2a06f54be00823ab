using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>One run's need of another run's settled configuration.</summary>
internal readonly record struct SiblingNeed(int Run, SiblingReference Reference);

/// <summary>Puts runs in an order in which each comes after those whose configuration it reads. Names every circle in full.</summary>
internal sealed class SiblingOrder(IReadOnlyList<NamedRun> runs, IReadOnlyDictionary<int, List<SiblingNeed>> needs, DiagnosticBag report)
{
    private enum Mark { New, Open, Done }

    private readonly Mark[] _marks = new Mark[runs.Count];
    private readonly List<int> _order = [];

    /// <summary>Indices of those runs that need something; null when they need each other.</summary>
    public IReadOnlyList<int>? Sort()
    {
        var isSound = true;
        foreach (var start in needs.Keys)
            if (_marks[start] is Mark.New) isSound &= Visit(start);
        return isSound ? _order : null;
    }

    /// <summary>Walks with a stack of its own: a chain may be as long as the plan.</summary>
    private bool Visit(int start)
    {
        var isSound = true;
        var path = new List<(int Run, int Next)> { (start, 0) };
        _marks[start] = Mark.Open;
        while (path.Count > 0)
        {
            var (run, next) = path[^1];
            var wanted = needs.GetValueOrDefault(run);
            if (wanted is null || next == wanted.Count)
            {
                _marks[run] = Mark.Done;
                if (wanted is not null) _order.Add(run);
                path.RemoveAt(path.Count - 1);
                continue;
            }
            path[^1] = (run, next + 1);
            var other = wanted[next].Run;
            if (_marks[other] is Mark.New)
            {
                _marks[other] = Mark.Open;
                path.Add((other, 0));
            }
            else if (_marks[other] is Mark.Open)
            {
                isSound = false;
                var circle = path.Select(static p => p.Run).SkipWhile(r => r != other).Append(other).Select(r => runs[r].Name);
                report.Error("PLN050", wanted[next].Reference.At, $"the configurations of these runs are made of each other: {string.Join(" → ", circle)}", $"take one of the references out, such as {{{wanted[next].Reference.Text}}}");
            }
        }
        return isSound;
    }
}
