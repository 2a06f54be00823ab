using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Vigil.Planning;
using Vigil.Tracking;

namespace Vigil.Core.Tests.Tracking;

/// <summary>What holds for every tracker and whatever the scheduler says.</summary>
public sealed class TrackerLaws
{
    private static readonly string[] Texts = ["a", "1B_rank4", "with space", "null", "0012", "1e5", "a: b", "a, b", "{x}", "it's", "say \"hi\"", "#", "-", "日本", "tab\there", "~", "true", "/o/epoch_1", "[1]", "x #y", "?", "a\\b", "\u00e9", "line\nend"];
    private static readonly string[] States = ["PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED by 7", "TIMEOUT", "HIBERNATING", "REQUEUED"];

    private static readonly Gen<RunTracker> Trackers = Gen.Choose(0, int.MaxValue).Select(static seed => new Drawer(seed).Tracker());

    private sealed class Drawer(int seed)
    {
        private readonly SampleStream _draws = new("trackers", seed);

        public int Draw(int bound) => (int)_draws.Below((ulong)bound);

        private string? Maybe => Draw(2) == 0 ? null : Texts[Draw(Texts.Length)];

        public RunTracker Tracker() => new(Maybe, [.. Enumerable.Range(0, Draw(4)).Select(i => Point($"{Texts[Draw(Texts.Length)]}{(Draw(2) == 0 ? "" : "_")}{i}"))]) { Header = Draw(3) == 0 ? [] : TrackerHeader.New("x", "2025-10-19 10:00:00") };

        private TrackedPoint Point(string name)
        {
            if (Draw(2) == 0) return new(name, TrackerForm.Flat, [Entry(EntryKey.FineTune), Entry(EntryKey.Eval)]) { LastUpdated = Maybe };
            return new(name, TrackerForm.Nested, [Timed(EntryKey.FineTune), .. Enumerable.Range(0, Draw(4)).Select(i => Timed(new(EntryKey.EvalStage, $"{Texts[Draw(Texts.Length)]}_epoch_{i}")))]);
        }

        private TrackedEntry Timed(EntryKey key) => Entry(key) with { LastUpdated = Maybe };

        private TrackedEntry Entry(EntryKey key) => new(key, (TrackedStatus)Draw(7)) { JobId = Draw(2) == 0 ? null : $"{Draw(50)}", Output = Maybe, Reason = Maybe, Note = Maybe };

        /// <summary>Numbers grow with time, and a job that is recorded is called like its entry.</summary>
        public SeenJob[] Jobs(RunTracker tracker) =>
        [
            .. Enumerable.Range(0, 50).Where(_ => Draw(3) == 0).Select(id => new SeenJob($"{id}", NameOf(tracker, $"{id}"), States[Draw(States.Length)], null, Draw(5) == 0 ? null : Some.Now.AddMinutes(id - 100), Draw(3) switch { 0 => null, 1 => Some.Dir, _ => "/elsewhere" })),
        ];

        private string NameOf(RunTracker tracker, string id)
        {
            if (tracker.Points.SelectMany(static p => p.Entries.Select(e => (Point: p, Entry: e))).FirstOrDefault(p => p.Entry.JobId == id) is { Point: { } point, Entry: var entry }) return entry.Key.IsEvaluation ? $"eval_{point.Name}" : point.Name;
            return (Draw(3) == 0 ? "eval_" : "") + (tracker.Points.IsEmpty || Draw(4) == 0 ? "other" : tracker.Points[Draw(tracker.Points.Length)].Name);
        }
    }

    private static readonly TrackerPlan NoPlan = Some.Plan();

    [Fact]
    public void Written_read_and_written_again_a_tracker_is_the_same_text() => Prop.ForAll(Trackers.ToArbitrary(), tracker =>
    {
        var text = TrackerText.Write(tracker);
        Assert.Equal(text, TrackerText.Write(Some.Read(text)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_scheduler_that_says_nothing_changes_nothing() => Prop.ForAll(Trackers.ToArbitrary(), static tracker =>
        Assert.Same(tracker, Some.LookAndFind(tracker, NoPlan, static _ => new(null, null)).Tracker)).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void A_second_look_changes_nothing_and_nothing_completed_is_taken_back() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static seed =>
    {
        var drawer = new Drawer(seed);
        var tracker = drawer.Tracker();
        var jobs = drawer.Jobs(tracker);
        var first = Some.Look(tracker, NoPlan, jobs);
        var second = Some.Look(first.Tracker, NoPlan, jobs);
        Assert.Empty(second.Changes);
        Assert.Equal(TrackerText.Write(first.Tracker), TrackerText.Write(second.Tracker));
        Assert.All(first.Changes, static c => Assert.True(c.Before.Status is not TrackedStatus.Completed || c.After.Status is TrackedStatus.Completed));
        Assert.All(first.Changes, static c => Assert.NotEqual(TrackedStatus.Skipped, c.Before.Status));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void The_report_s_counts_follow_from_its_table() => Prop.ForAll(Trackers.ToArbitrary(), static tracker =>
    {
        var lines = new TrackerReport(tracker, [], ImmutableDictionary<string, string>.Empty, TrackedJobs.Slurm).Write(Some.Now).Split('\n');
        var counts = lines.Where(static l => l.StartsWith("- **", StringComparison.Ordinal)).Take(4).Select(static l => int.Parse(l.Split(": ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        var rows = lines.SkipWhile(static l => !l.StartsWith("|---", StringComparison.Ordinal)).Skip(1).TakeWhile(static l => l.StartsWith('|')).ToList();
        Assert.Equal(tracker.Points.Length, rows.Count);
        Assert.Equal(rows.Count, counts.Sum());
        Assert.Equal(rows.Count(static r => r.Contains("| ✗ failed", StringComparison.Ordinal)), counts[3]);
        Assert.Equal(rows.Count(static r => !r.Contains("| ✗ failed", StringComparison.Ordinal) && (r.Contains("| → running", StringComparison.Ordinal) || r.Contains("| submitted", StringComparison.Ordinal))), counts[1]);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
}
