using Vigil.Monitoring;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary>What a scheduler shows, with its source and age.</summary>
internal static class SightText
{
    /// <summary><c>RUNNING, squeue 12s ago</c>; empty where the scheduler holds no job of the run.</summary>
    public static string Of(RunRecord run, SchedulerSight? sight, DateTimeOffset now)
    {
        if (Sighting.Of(run, sight) is not { Job: { } job } seen) return "";
        var reason = Sighting.Word(job) is { } why ? $" ({why})" : "";
        var start = run.State is RunState.Queued && job.ExpectedStart is { } at && at > now ? $", starts {Clock(at, now)}" : "";
        return $"{job.State}{reason}{start}, {seen.Source} {RunCells.Duration(Since(seen.At, now))} ago";
    }

    /// <summary>One sentence for each witness that did not answer when it was asked last.</summary>
    public static IEnumerable<string> Troubles(SchedulerSight? sight, DateTimeOffset now) =>
        from witness in sight?.Witnesses ?? []
        where witness.Trouble is not null
        select Sentence(witness, now);

    public static string Sentence(Witness witness, DateTimeOffset now)
    {
        var who = witness.Name.StartsWith("squeue", StringComparison.Ordinal) ? $"the controller ({witness.Name})" : witness.Name;
        var silence = witness.Answered is { } at ? $"has not answered for {RunCells.Duration(Since(at, now))}" : "has never answered yet";
        return LogText.Safe($"{who} {silence}: {witness.Trouble!.ReplaceLineEndings(" ").Trim()}");
    }

    private static TimeSpan Since(DateTimeOffset at, DateTimeOffset now) => now > at ? now - at : TimeSpan.Zero;

    private static string Clock(DateTimeOffset at, DateTimeOffset now)
    {
        var local = at.ToOffset(now.Offset);
        return local.Date == now.Date ? local.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture) : local.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
    }
}
