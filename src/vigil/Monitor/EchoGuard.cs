using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Monitor;

/// <summary>
/// Tells a log's own words from an echo: a job that prints its configuration or its script prints the patterns of its rules as well. A line that stands
/// in the run's frozen configuration, in the experiment's files as they were written or in the attempt's script, and one that Vigil's own script wrote, fires nothing.
/// </summary>
internal sealed class EchoGuard(Func<PlannedRun, string, string> here)
{
    private static readonly string[] Frozen = ["resolved_config.yaml", "unresolved_config.yaml", "resolved_config.json"];

    /// <summary>The lines of the experiment's own files.</summary>
    public Func<IEnumerable<string>> Sources { get; init; } = static () => [];

    private readonly Dictionary<AttemptId, EchoLines> _lines = [];

    public bool IsEcho(PlannedRun run, AttemptId attempt, string line)
    {
        if (EchoLines.IsOurs(line)) return true;
        if (!_lines.TryGetValue(attempt, out var known)) _lines[attempt] = known = Read(run, attempt);
        return known.Contains(line);
    }

    public void Forget(AttemptId attempt) => _lines.Remove(attempt);

    private EchoLines Read(PlannedRun run, AttemptId attempt)
    {
        var lines = new EchoLines();
        foreach (var line in Sources()) lines.Add(line);
        var folder = Path.Combine(here(run, run.OutputDir), "provenance");
        foreach (var name in Frozen) Read(Path.Combine(folder, name), lines);
        var script = here(run, Path.Combine(run.OutputDir, "attempts", (attempt with { Requeue = 0 }).Folder));
        Read(Path.Combine(script, "script.sh"), lines);
        Read(Path.Combine(script, "script.sbatch"), lines);
        return lines;
    }

    private static void Read(string path, EchoLines lines)
    {
        try
        {
            if (!File.Exists(path)) return;
            foreach (var line in File.ReadLines(path)) lines.Add(line);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be read guards nothing; a rule that fires is the safer mistake.
        }
    }
}
