using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Monitor;

/// <summary>
/// Tells a log's own words from an echo: a job that prints its configuration or its script prints the patterns of its rules as well. A line that stands
/// in the run's frozen configuration or in the attempt's script, and one that Vigil's own script wrote, fires nothing.
/// </summary>
internal sealed class EchoGuard(Func<PlannedRun, string, string> here)
{
    /// <summary>What begins a line that our scripts write into a log.</summary>
    internal const string Ours = "vigil: ";

    /// <summary>Shorter lines are too likely to be said by chance.</summary>
    internal const int Shortest = 6;

    private static readonly string[] Frozen = ["resolved_config.yaml", "unresolved_config.yaml", "resolved_config.json"];

    private readonly Dictionary<AttemptId, HashSet<string>> _lines = [];

    public bool IsEcho(PlannedRun run, AttemptId attempt, string line)
    {
        if (line.StartsWith(Ours, StringComparison.Ordinal)) return true;
        var bare = Bare(line);
        if (bare.Length < Shortest) return false;
        if (!_lines.TryGetValue(attempt, out var known)) _lines[attempt] = known = Read(run, attempt);
        return known.Contains(bare);
    }

    public void Forget(AttemptId attempt) => _lines.Remove(attempt);

    private HashSet<string> Read(PlannedRun run, AttemptId attempt)
    {
        var lines = new HashSet<string>(StringComparer.Ordinal);
        var folder = Path.Combine(here(run, run.OutputDir), "provenance");
        foreach (var name in Frozen) Read(Path.Combine(folder, name), lines);
        var script = here(run, Path.Combine(run.OutputDir, "attempts", (attempt with { Requeue = 0 }).Folder));
        Read(Path.Combine(script, "script.sh"), lines);
        Read(Path.Combine(script, "script.sbatch"), lines);
        return lines;
    }

    private static void Read(string path, HashSet<string> lines)
    {
        try
        {
            if (!File.Exists(path)) return;
            foreach (var line in File.ReadLines(path))
                if (Bare(line) is { Length: >= Shortest } bare) lines.Add(bare);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be read guards nothing; a rule that fires is the safer mistake.
        }
    }

    /// <summary>Without what printing adds: indentation, a list's dash, the plus signs of <c>set -x</c>, the comma of JSON.</summary>
    internal static string Bare(string line) => line.TrimStart(' ', '\t', '-', '+').TrimEnd(' ', '\t', ',', '\r');
}
