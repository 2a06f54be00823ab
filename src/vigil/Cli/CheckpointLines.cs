using System.Globalization;
using Vigil.Logs.Checkpoints;
using Vigil.Monitoring;

namespace Vigil.Cli;

/// <summary>The checkpoints of runs in lines: the furthest of each, down to the first from which it can go on.</summary>
internal static class CheckpointLines
{
    private const int MostRuns = 10, MostOfARun = 3;

    public static void Print(TextWriter output, IEnumerable<RunRecord> runs, Glance glance)
    {
        var told = 0;
        foreach (var run in runs.Where(static r => !r.Attempts.IsEmpty).Take(MostRuns))
        {
            var seen = glance.Checkpoints(run);
            if (seen.IsEmpty) continue;
            if (told++ == 0) output.WriteLine("\ncheckpoints");
            var worth = seen.TakeWhile(static c => c.Validity is not CheckpointValidity.Valid).Take(MostOfARun - 1).ToList();
            if (ValidCheckpoints.Newest(seen) is { } valid) worth.Add(valid);
            if (worth is [.., { IsResumable: false }] && ValidCheckpoints.Newest(seen.Where(static c => c.IsResumable)) is { } resumable) worth.Add(resumable);
            foreach (var checkpoint in worth) output.WriteLine($"  {run.Id}  {Line(checkpoint, glance.Now)}");
        }
    }

    private static string Line(CheckpointSeen seen, DateTimeOffset now)
    {
        var place = (seen.Step, seen.Epoch) switch
        {
            ({ } step, { } epoch) => $"epoch {epoch}, step {step}",
            ({ } step, null) => $"step {step}",
            (null, { } epoch) => $"epoch {epoch}",
            _ => Path.GetFileName(seen.Path),
        };
        var verdict = seen.Validity switch
        {
            CheckpointValidity.Valid => seen.IsResumable ? "valid" : "valid, weights alone: no restart goes on from it",
            CheckpointValidity.Unsettled => $"not settled ({seen.Reason})",
            _ => $"not valid ({seen.Reason})",
        };
        var age = seen.Modified == default ? "" : $"{RunCells.Duration(now > seen.Modified ? now - seen.Modified : TimeSpan.Zero)} old  ";
        // Names of files are text, and nothing in them drives the terminal.
        return LogText.Safe($"{place}  {Size(seen.Bytes)}  {age}{verdict}  {seen.Path}");
    }

    public static string Size(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        var (value, unit) = ((double)bytes, 0);
        while (value >= 999.5 && unit < units.Length - 1) (value, unit) = (value / 1000, unit + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 || value >= 9.95 ? Math.Round(value) : Math.Round(value, 1))} {units[unit]}");
    }
}
