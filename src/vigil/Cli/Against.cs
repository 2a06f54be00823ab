using System.Text.Json;
using Vigil.Configuration;
using Vigil.Journaling;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary>What a plan would change in an experiment that is there: <c>plan --against DIR</c>.</summary>
internal sealed record Against(ExperimentFolder Folder, string? Watcher, PlanComparison Comparison)
{
    /// <summary>So many names, or changed runs, are shown; the others are counted.</summary>
    private const int Most = 10;

    /// <summary>Null, with a sentence, when there is no experiment to compare with.</summary>
    public static Against? Of(CliContext context, Plan plan, string dir, out string? problem)
    {
        if (ExperimentDirs.Find(context, [dir], out problem) is not [var folder]) return null;
        var follower = new JournalFollower(folder);
        follower.Read();
        problem = follower.Damage?.ToString();
        if (problem is not null) return null;
        var holder = (Lease.Judge(Lease.Read(folder), follower.Header, ThisProcess.Writer, ThisProcess.Lives) as Standing.Held)?.Writer;
        return new(folder, holder is null ? null : $"{holder.Host} (pid {holder.Pid})", PlanComparison.Of(follower.State.InPlanOrder.Select(static r => r.AsPlanned), plan.Runs));
    }

    public void Print(TextWriter output, Plan plan)
    {
        output.WriteLine();
        output.WriteLine($"against {Folder.Root}{(Watcher is null ? "" : $", which {Watcher} watches")}:");
        if (plan.Experiment.Dir != Folder.Root) output.WriteLine($"  this plan goes to {plan.Experiment.Dir}");
        if (Comparison is { Added: [], Vanished: [], Changed: [], Rewatched: [] }) output.WriteLine("  nothing changes");
        Names(output, "unchanged", Comparison.Equal.Select(static r => r.Id));
        Names(output, "new", Comparison.Added.Select(static r => r.Id));
        Names(output, "no longer in the plan, and kept", Comparison.Vanished.Select(static r => r.Id));
        Names(output, "watched by other rules or conditions, which hold from then on", Comparison.Rewatched.Select(static r => r.Id));
        Names(output, "changed ('vigil run' asks for --changed keep or retry)", Comparison.Changed.Select(static c => c.After.Id));
        foreach (var run in Comparison.Changed.Take(Most))
            foreach (var difference in run.Differences) output.WriteLine($"    {run.After.Id}  {LogText.Safe(difference.ToString())}");
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("against");
        json.WriteString("dir", Folder.Root);
        Names(json, "unchanged", Comparison.Equal);
        Names(json, "added", Comparison.Added);
        Names(json, "vanished", Comparison.Vanished);
        Names(json, "rewatched", Comparison.Rewatched);
        json.WriteStartArray("changed");
        foreach (var run in Comparison.Changed) Write(json, run);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RunChange run)
    {
        json.WriteStartObject();
        json.WriteString("name", run.After.Id.Value);
        json.WriteStartArray("differences");
        foreach (var difference in run.Differences)
        {
            json.WriteStartObject();
            json.WriteString("field", difference.Field);
            json.WriteString("before", difference.Before);
            json.WriteString("after", difference.After);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Names(TextWriter output, string title, IEnumerable<RunId> runs)
    {
        var all = runs.Select(static r => r.Value).ToList();
        if (all.Count > 0) output.WriteLine($"  {title}: {Quantity.Of(all.Count, "run")}: {TextRules.Names(all, Most)}");
    }

    private static void Names(Utf8JsonWriter json, string name, IEnumerable<PlannedRun> runs)
    {
        json.WriteStartArray(name);
        foreach (var run in runs) json.WriteStringValue(run.Id.Value);
        json.WriteEndArray();
    }
}
