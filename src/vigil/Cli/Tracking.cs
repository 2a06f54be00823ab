using System.Collections.Immutable;
using System.Globalization;
using Vigil.Configuration;
using Vigil.Journaling;
using Vigil.Platform;
using Vigil.Tracking;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary>What <c>status</c> is to do with trackers.</summary>
[Flags]
internal enum TrackingWish { None = 0, Report = 1, Update = 2 }

/// <summary>
/// <c>vigil status --update</c> and <c>--markdown</c>: the tracker of an experiment of Vigil's follows from its journal; that of a plan whose
/// jobs somebody else submits follows from what Slurm says of them. Nothing is written while anything is wrong.
/// </summary>
internal sealed class Tracking(CliContext context, TrackingWish wish)
{
    private readonly SourceTexts _sources = new();
    private readonly DiagnosticBag _report = new();
    private readonly DateTimeOffset _now = context.Time.GetLocalNow();

    /// <summary>A tracker as it is to be, and what is to be said of it.</summary>
    private sealed record Tracked(string Root, string Group, RunTracker Tracker, TrackerUpdate Update, TrackedJobs Jobs, Action? Write);

    public async Task<int> RunAsync(IReadOnlyList<string> dirs, CancellationToken stop)
    {
        if (Plans(dirs) is not { } names)
        {
            if (ExperimentDirs.Find(context, dirs, out var problem) is not { } found) return WatchCommand.Problem(context, problem!);
            return Finish([.. found.Select(OfJournal)]);
        }
        var tracked = new List<Tracked?>();
        var plans = new List<(int At, TrackedFolder Folder)>();
        foreach (var name in names)
        {
            var folder = ExperimentDirs.Follow(context, new ExperimentFolder(context.FullPath(name)));
            tracked.Add(folder.HoldsAnExperiment ? OfJournal(folder) : null);
            if (!folder.HoldsAnExperiment && TrackedFolder.Read(name, folder.Root, _now.Offset, _sources, _report) is { } plan) plans.Add((tracked.Count - 1, plan));
        }
        if (_report.HasErrors) return Refuse(ExitCode.UserMistake);
        if (plans.Count > 0 && wish.HasFlag(TrackingWish.Update))
        {
            if (await SlurmLook.Here(plans[0].Folder.Root, context.Time).AskAsync(plans.Min(static p => p.Folder.Since()), _report, stop) is not { } jobs) return Refuse(ExitCode.NoScheduler);
            foreach (var (at, folder) in plans) tracked[at] = Updated(folder, jobs);
        }
        else
            foreach (var (at, folder) in plans) tracked[at] = AsItIs(folder);
        return Finish(tracked);
    }

    /// <summary>The folders that are meant, where they are named or the current one holds a plan; null: experiments of Vigil's are to be looked for.</summary>
    private IReadOnlyList<string>? Plans(IReadOnlyList<string> dirs)
    {
        if (dirs.Count > 0) return [.. dirs.DistinctBy(context.FullPath)];
        return !new ExperimentFolder(context.CurrentFolder).HoldsAnExperiment && TrackedFolder.DocumentOf(context.CurrentFolder) is not null ? ["."] : null;
    }

    /// <summary>Null, with a message: the journal is damaged.</summary>
    private Tracked? OfJournal(ExperimentFolder folder)
    {
        var follower = new JournalFollower(folder);
        follower.Read();
        if (follower.Damage is { } damage)
        {
            Talk.Damaged(context, folder, damage);
            return null;
        }
        var tracker = RunsStatus.Of(follower.State);
        var text = TrackerText.Write(tracker);
        // A monitor that lives keeps the file itself, and a launch that was interrupted has nothing to say.
        var isKept = Glance.At(context, folder).Monitor.Alive || follower.State.Experiment is null;
        Action? write = isKept || TextFile.Try(folder.StatusFile) == text ? null : () => AtomicFile.Write(folder.StatusFile, text);
        return new(folder.Root, tracker.Group ?? "", tracker, new(tracker, [], [], ImmutableDictionary<string, string>.Empty), TrackedJobs.Vigil, write);
    }

    private Tracked AsItIs(TrackedFolder folder)
    {
        var tracker = folder.Whole(_now);
        return new(folder.Root, folder.Plan.Group, tracker, new(tracker, [], [.. folder.Strangers()], ImmutableDictionary<string, string>.Empty), TrackedJobs.Slurm, null);
    }

    private Tracked Updated(TrackedFolder folder, ImmutableArray<SeenJob> jobs)
    {
        var (whole, search) = (folder.Whole(_now), new OutputSearch(folder, _now));
        var subjects = TrackedSubject.Of(whole, folder.Plan, search.TrainingName);
        var update = TrackerUpdate.Of(whole, subjects, new JobMatcher(subjects, folder.Roots(), folder.Plan.Created), jobs, search.Of, _now);
        var isNew = folder.Before is not { } before || !before.Points.SequenceEqual(whole.Points) || before.Group != whole.Group;
        var tracker = isNew && update.Changes.IsEmpty ? whole with { Header = whole.Header.WithTime(TrackerHeader.Time(_now)) } : update.Tracker;
        return new(folder.Root, folder.Plan.Group, tracker, update with { Issues = [.. folder.Strangers(), .. update.Issues] }, TrackedJobs.Slurm, isNew || !update.Changes.IsEmpty ? () => folder.Write(tracker) : null);
    }

    private int Finish(List<Tracked?> tracked)
    {
        if (tracked.Contains(null)) return ExitCode.BadFolder;
        if (wish.HasFlag(TrackingWish.Update))
            foreach (var one in tracked) one!.Write?.Invoke();
        Reporting.Print(context, _report.All, _sources);
        foreach (var (i, one) in tracked.Index())
        {
            if (i > 0) context.Out.WriteLine();
            if (wish.HasFlag(TrackingWish.Report)) context.Out.Write(new TrackerReport(one!.Tracker, one.Update.Issues, one.Update.Waiting, one.Jobs).Write(_now));
            else Tell(one!);
        }
        return ExitCode.Done;
    }

    private void Tell(Tracked one)
    {
        var counts = one.Tracker.Points.CountBy(TrackerCounts.Bucket).ToDictionary();
        context.Out.WriteLine($"{LogText.Safe(one.Group)}   {string.Join(" · ", TrackerCounts.Buckets.Where(counts.ContainsKey).Select(b => string.Create(CultureInfo.InvariantCulture, $"{counts[b]} {b.Word()}")))}   {one.Root}");
        foreach (var change in one.Update.Changes)
            context.Out.WriteLine(LogText.Safe($"{change.Point} {change.After.Key}: {(change.Before.Status == change.After.Status ? "" : $"{change.Before.Status.Word()} → ")}{change.After.Status.Word()}{(change.After.JobId is { } id ? $", job {id}" : "")}{(change.After.Reason is { } reason ? $" ({reason})" : "")}"));
        foreach (var issue in one.Update.Issues)
        {
            context.Out.WriteLine(LogText.Safe($"! {(issue.Point is { } point ? $"{point}: " : "")}{issue.Text}"));
            if (issue.Remedy is { } remedy) context.Out.WriteLine(LogText.Safe($"    {remedy}"));
        }
        context.Out.WriteLine(one.Write is null ? $"{TrackedFolder.FileName} says all of this already." : $"{TrackedFolder.FileName} was written.");
    }

    private int Refuse(int code)
    {
        Reporting.Print(context, _report.All, _sources);
        return code;
    }
}
