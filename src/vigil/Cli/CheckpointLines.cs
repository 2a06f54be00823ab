using Vigil.Logs.Checkpoints;
using Vigil.Monitoring;
using Vigil.Views;

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
        return LogText.Safe($"{place}  {SizeText.Of(seen.Bytes)}  {age}{verdict}  {seen.Path}");
    }

}
