using System.Collections.Immutable;

namespace Vigil.Tracking;

/// <summary>Where a job was submitted, as seen from an experiment's folder.</summary>
public abstract record JobPlace
{
    private JobPlace() { }

    /// <summary>Nobody said.</summary>
    public sealed record Unknown : JobPlace { public static Unknown Instance { get; } = new(); }

    /// <summary>In the experiment's folder, or in one of it that is no run's.</summary>
    public sealed record Inside : JobPlace { public static Inside Instance { get; } = new(); }

    /// <summary>In or below the folder of a run.</summary>
    public sealed record OfRun(string Run) : JobPlace;

    public sealed record Elsewhere : JobPlace { public static Elsewhere Instance { get; } = new(); }

    /// <param name="roots">The experiment's folder, by every path that leads to it.</param>
    public static JobPlace Of(string? workDir, ImmutableArray<string> roots, IReadOnlySet<string> runs)
    {
        if (workDir is not ['/', ..]) return Unknown.Instance;
        foreach (var root in roots)
        {
            if (workDir.TrimEnd('/') == root) return Inside.Instance;
            if (!workDir.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal)) continue;
            var run = workDir[(root.TrimEnd('/').Length + 1)..].Split('/')[0];
            return runs.Contains(run) ? new OfRun(run) : Inside.Instance;
        }
        return Elsewhere.Instance;
    }
}
