using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Vigil.Journaling;
using Vigil.Logs.Checkpoints;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary><c>vigil status</c>: what is the matter, at a glance. Changes nothing but <c>runs_status.yaml</c>, and that when it is asked to.</summary>
internal static class StatusCommand
{
    private const int MostOfMany = 10;

    public static Command Create(CliContext context)
    {
        var dirs = new Argument<string[]>("DIR") { Description = "experiment folders (default: the one here, else the newest below)", Arity = ArgumentArity.ZeroOrMore };
        var json = new Option<bool>("--json") { Description = "one JSON document" };
        var markdown = new Option<bool>("--markdown") { Description = "a report in Markdown: counts, a table, issues, next actions" };
        var update = new Option<bool>("--update") { Description = "bring runs_status.yaml up to date: from the journal, or beside a plan document from squeue and sacct, whoever submitted the jobs" };
        var command = new Command("status", "how the runs of an experiment stand") { dirs, json, markdown, update };
        command.SetAction((parsed, stop) =>
        {
            var wish = (parsed.GetValue(markdown) ? TrackingWish.Report : TrackingWish.None) | (parsed.GetValue(update) ? TrackingWish.Update : TrackingWish.None);
            if (wish is TrackingWish.None) return Task.FromResult(Run(context, parsed.GetValue(dirs) ?? [], parsed.GetValue(json)));
            return parsed.GetValue(json)
                ? Task.FromResult(WatchCommand.Problem(context, "--json goes with neither --update nor --markdown: ask twice"))
                : new Tracking(context, wish).RunAsync(parsed.GetValue(dirs) ?? [], stop);
        });
        return command;
    }

    private static int Run(CliContext context, string[] dirs, bool json)
    {
        if (ExperimentDirs.Find(context, dirs, out var problem) is not { } found) return WatchCommand.Problem(context, problem!);
        List<Glance> glances = [];
        foreach (var folder in found)
        {
            var glance = Glance.At(context, folder);
            if (glance.Follower.Damage is { } damage) return Talk.Damaged(context, folder, damage);
            glances.Add(glance);
        }
        if (json) PrintJson(context, glances, one: dirs.Length == 1);
        else
            for (var i = 0; i < glances.Count; i++)
            {
                if (i > 0) context.Out.WriteLine();
                Print(context, glances[i], glances.Count == 1 ? int.MaxValue : MostOfMany);
            }
        return ExitCode.Done;
    }

    private static void PrintJson(CliContext context, List<Glance> glances, bool one)
    {
        context.Out.WriteLine(one
            ? JsonSerializer.Serialize(glances[0].Report(), ReportJson.Plain.StatusReport)
            : JsonSerializer.Serialize(new StatusReports(1, [.. glances.Select(static g => g.Report())]), ReportJson.Plain.StatusReports));
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);

    /// <param name="most">Runs to show: those that matter most.</param>
    private static void Print(CliContext context, Glance glance, int most)
    {
        var (state, monitor) = (glance.Follower.State, glance.Monitor);
        foreach (var remark in glance.Follower.Remarks) context.Talk.WriteLine(remark);
        var shown = state.Runs.Count <= most ? state.InPlanOrder.ToList() : [.. state.InPlanOrder.OrderBy(LiveScreen.Rank).Take(most)];
        context.Out.WriteLine(state.Experiment is { } experiment ? $"{experiment.Name}   {LiveScreen.Counts(state)}   {glance.Folder.Root}" : $"nothing planned yet   {glance.Folder.Root}");
        context.Out.WriteLine(monitor switch
        {
            { Alive: true } when glance.Suspended => $"watched by {monitor.Host} pid {monitor.Pid}, which is suspended and starts nothing: kill -CONT {monitor.Pid}",
            { Alive: true, SilentSince: { } since } => $"watched by {monitor.Host} pid {monitor.Pid}, which has shown no life since {Time(since)}. If it is gone, this takes its place: vigil watch {glance.Folder.Root}",
            { Alive: true } => $"watched by {monitor.Host} pid {monitor.Pid}",
            _ when state.Experiment is null => "its launch was interrupted; type the 'vigil run' command again",
            _ when state.AllFinished => "done",
            { Host: { } host } => $"nobody watches{(monitor.SilentSince is { } since ? $" since {Time(since)}" : "")} (last: {host} pid {monitor.Pid}). To take up the watch: vigil watch {glance.Folder.Root}",
            _ => "nobody has watched yet",
        });
        if (!monitor.Alive && state is { Experiment: not null, AllFinished: false } && WatchJobNote.Sentence(glance.Folder) is { } job) context.Out.WriteLine(job);
        // Who does not watch does not ask either: its last words would only mislead.
        if (monitor.Alive)
            foreach (var trouble in SightText.Troubles(glance.Sight, glance.Now)) context.Out.WriteLine(trouble);
        if (shown.Count > 0) Consoles.Write(context, RunTable.Live(shown, glance.View));
        DeviationLines.Print(context.Out, shown);
        if (state.Runs.Count > shown.Count) context.Out.WriteLine($"… and {Quantity.Of(state.Runs.Count - shown.Count, "more run")}: vigil status {glance.Folder.Root}");
        if (ActionStatus.Of(state).Length is > 0 and var waiting) context.Out.WriteLine($"{(waiting == 1 ? "1 action waits" : $"{waiting} actions wait")} for a person: vigil approve {glance.Folder.Root}");
        CheckpointLines.Print(context.Out, shown, glance);
        Failures.Print(context.Out, state, most: 3);
    }
}

/// <summary>One experiment as it is on disk now.</summary>
internal sealed record Glance(ExperimentFolder Folder, JournalFollower Follower, MonitorStatus Monitor, ProgressBoard Progress, SchedulerSight? Sight, DateTimeOffset Now)
{
    public static Glance At(CliContext context, ExperimentFolder folder)
    {
        var follower = new JournalFollower(folder);
        follower.Read();
        var now = context.Time.GetLocalNow();
        return new Glance(folder, follower, Watcher(folder, follower, now), new ProgressBoard(context.Time) { Packs = new(() => FrozenPacks.Read(folder)) }, SightView.Read(folder), now);
    }

    public MonitorView View => new(Follower.State, Progress, Now, Trouble: null) { Sight = Sight };

    public bool Suspended => Follower.Header is { } newest && ThisProcess.IsSuspended(newest.Writer);

    private readonly CheckpointScan _scan = new() { Packs = new(() => FrozenPacks.Read(Folder)) };

    /// <summary>Those of one run as they lie on disk, the furthest first.</summary>
    public ImmutableArray<CheckpointSeen> Checkpoints(RunRecord run) => _scan.Look(run, Now);

    public StatusReport Report()
    {
        // Looking into folders costs time: of very many runs those that may still need one.
        var looked = Follower.State.Runs.Values.Where(static r => !r.Attempts.IsEmpty).OrderBy(LiveScreen.Rank).Take(MostLookedInto).Select(static r => r.Id).ToHashSet();
        return StatusReport.Of(Follower.State, Folder.Root, Monitor, Progress.Of, Sight, Now, run => looked.Contains(run.Id) ? Checkpoints(run) : []);
    }

    private const int MostLookedInto = 500;

    /// <summary>A beat comes every ten seconds: so long without one is no delay of a file system, nor the difference of two clocks.</summary>
    private static readonly TimeSpan LongSilence = TimeSpan.FromMinutes(5);

    /// <summary>Of a monitor on another machine nothing but its beat can be seen: it counts as alive while its lease is not given back.</summary>
    public static MonitorStatus Watcher(ExperimentFolder folder, JournalFollower follower, DateTimeOffset now)
    {
        var lease = Lease.Read(folder);
        var standing = Lease.Judge(lease, follower.Header, ThisProcess.Writer, ThisProcess.Lives);
        var writer = standing switch { Standing.Held held => held.Writer, Standing.Elsewhere other => other.Writer, _ => follower.Header?.Writer };
        DateTimeOffset? beat = lease is not null && !follower.State.AllFinished ? File.GetLastWriteTime(folder.Lease) : null;
        return new MonitorStatus(standing is not Standing.Free, writer?.Host, writer?.Pid, lease?.Beat)
        {
            SilentSince = standing is Standing.Free || standing is Standing.Elsewhere && now - beat > LongSilence ? beat : null,
        };
    }
}
