using System.Globalization;

namespace FakeSlurm;

/// <summary>How an array's tasks are named, alone and together.</summary>
internal static class ArrayIds
{
    /// <summary>Gives a waiting task an id of its own; the last one keeps the array's.</summary>
    public static void Ungroup(ClusterState state, FakeJob job)
    {
        if (!job.Grouped) return;
        job.Grouped = false;
        var isLast = !state.Find(job.ArrayId!.Value).Any(other => other.Grouped);
        if (!isLast) job.Id = state.NextId++;
    }

    /// <summary><c>0-9:2,12%3</c> → its tasks, and how many may run at once (0: all); null where it is no such text.</summary>
    public static (SortedSet<int> Tasks, int Throttle)? Parse(string text, int maxArraySize)
    {
        var halves = text.Split('%');
        var throttle = 0;
        if (halves.Length > 2 || halves.Length == 2 && !int.TryParse(halves[1], NumberStyles.None, CultureInfo.InvariantCulture, out throttle)) return null;
        var tasks = new SortedSet<int>();
        foreach (var part in halves[0].Split(','))
        {
            if (Range(part) is not { } range || range.To >= maxArraySize || range.From > range.To) return null;
            for (var task = range.From; task <= range.To; task += range.Step) tasks.Add(task);
        }
        return (tasks, throttle);
    }

    /// <summary>Tasks as squeue shows them: even steps of a whole array are written out, neighbours as ranges.</summary>
    public static string Shown(IEnumerable<int> tasks, int throttle)
    {
        var parts = new List<string>();
        int? from = null, to = null;
        foreach (var task in tasks.Order())
        {
            if (to + 1 == task) to = task;
            else
            {
                Close();
                (from, to) = (task, task);
            }
        }
        Close();
        return string.Join(',', parts) + (throttle > 0 ? $"%{throttle}" : "");

        void Close()
        {
            if (from is { } first && to is { } last) parts.Add(first == last ? $"{first}" : $"{first}-{last}");
        }
    }

    private static (int From, int To, int Step)? Range(string part)
    {
        var steps = part.Split(':');
        var ends = steps[0].Split('-');
        var step = 1;
        if (steps.Length > 2 || ends.Length > 2 || steps.Length == 2 && !(int.TryParse(steps[1], NumberStyles.None, CultureInfo.InvariantCulture, out step) && step > 0)) return null;
        if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from) || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var to)) return null;
        return (from, to, step);
    }
}
