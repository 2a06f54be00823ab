using System.Collections.Immutable;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Tests.CrashMatrix;

/// <summary>
/// The monitor dies at every journal write (at several torn lengths), before and after every flush, and on either side of every request
/// to the scheduler; then its successor dies as well. Whatever happens, each attempt reaches the scheduler exactly once.
/// </summary>
public sealed class CrashMatrixTests(ITestOutputHelper output)
{
    private const int TornLengths = 5;

    [Fact]
    public async Task Each_attempt_is_submitted_exactly_once_wherever_the_monitor_and_its_successor_die()
    {
        var expected = new[] { "a.1", "b.1", "b.2", "c.1" };
        var (scenarios, crashes, wrong) = await WalkAsync(finds: true, (_, submissions) => submissions.Select(static s => s.ToString()).Order(StringComparer.Ordinal).SequenceEqual(expected));
        Assert.Equal([], wrong);
        Assert.True(crashes > scenarios, $"{scenarios} scenarios met only {crashes} crashes");
        output.WriteLine($"{scenarios} scenarios, {crashes} crashes: each attempt was submitted exactly once");
    }

    [Fact]
    public async Task Without_looking_before_submitting_the_same_walk_submits_twice()
    {
        var (_, _, wrong) = await WalkAsync(finds: false, static (_, submissions) => submissions.Distinct().Count() == submissions.Count, successors: 1);
        Assert.NotEmpty(wrong);
        output.WriteLine($"{wrong.Count} scenarios submitted an attempt twice");
    }

    [Fact]
    public async Task A_cancelled_run_ends_cancelled_and_is_never_started_again_wherever_the_monitor_dies()
    {
        var now = DateTimeOffset.UnixEpoch;
        ImmutableArray<(long, Wish)> wishes = [(4, new Wish("w1", "user:ada", now, new WishContent.Cancel([new RunId("b")])))];
        var (scenarios, crashes, wrong) = await WalkAsync(finds: true, static (state, submissions) =>
            submissions.Distinct().Count() == submissions.Count && submissions.Count(static s => s.Run.Value == "b") <= 1
            && state.Runs["b"].State is RunState.Finished { Outcome: Outcome.Cancelled or Outcome.Completed }
            && state.Runs["b"].Attempts.Length <= 1, wishes, successors: 6);
        Assert.Equal([], wrong);
        output.WriteLine($"{scenarios} scenarios, {crashes} crashes with a cancel in the middle");
    }

    [Theory]
    [InlineData(JobState.Timeout, "TIMEOUT")]
    [InlineData(JobState.Lost, "LOST")]
    [InlineData(JobState.NodeFail, "NODE_FAIL")]
    public async Task A_time_limit_a_KILL_of_the_job_and_a_reboot_lead_to_one_further_attempt_wherever_the_monitor_dies(JobState state, string reason)
    {
        var (scenarios, crashes, wrong) = await WalkAsync(finds: true, static (end, submissions) =>
            submissions.Select(static s => s.ToString()).Order(StringComparer.Ordinal).SequenceEqual(["a.1", "b.1", "b.2", "c.1"])
            && end.Runs["b"].State is RunState.Finished { Outcome: Outcome.Completed }, firstEndOfB: state, reason: reason, successors: 4);
        Assert.Equal([], wrong);
        output.WriteLine($"{state}: {scenarios} scenarios, {crashes} crashes");
    }

    /// <summary>Every pair of crash points at every torn length. The walk ends where no crash point is left.</summary>
    private static async Task<(int Scenarios, int Crashes, List<string> Wrong)> WalkAsync(
        bool finds, Func<ExperimentState, List<AttemptId>, bool> right, ImmutableArray<(long, Wish)> wishes = default, JobState firstEndOfB = JobState.Failed, string reason = "FAILED", int successors = int.MaxValue)
    {
        int scenarios = 0, crashes = 0;
        List<string> wrong = [];
        var firstDies = true;
        for (var first = 0; firstDies; first++)
        {
            firstDies = false;
            var secondDies = true;
            for (var second = 0; secondDies && second < successors; second++)
            {
                secondDies = false;
                for (var torn = 0; torn < TornLengths; torn++)
                {
                    using var scenario = new Scenario(finds, wishes.IsDefault ? [] : wishes, firstEndOfB, reason);
                    var died = await scenario.DiesAsync(first, torn);
                    var diedAgain = died && await scenario.DiesAsync(second, TornLengths - 1 - torn);
                    await scenario.LiveOnAsync();
                    firstDies |= died;
                    secondDies |= diedAgain;
                    scenarios++;
                    crashes += (died ? 1 : 0) + (diedAgain ? 1 : 0);
                    if (!right(scenario.State, scenario.Submissions)) wrong.Add($"{first}/{second}/{torn}: {string.Join(' ', scenario.Submissions)}");
                }
            }
        }
        return (scenarios, crashes, wrong);
    }

    private sealed class Scenario : IDisposable
    {
        private readonly TempFolder _temp = TempFolder.InMemory();
        private readonly ExperimentFolder _folder;
        private readonly FakeScheduler _scheduler;
        private readonly VirtualTime _time = new();
        private readonly ImmutableArray<(long, Wish)> _wishes;

        public Scenario(bool finds, ImmutableArray<(long, Wish)> wishes, JobState firstEndOfB, string reason)
        {
            _folder = new ExperimentFolder(_temp["out"]);
            _wishes = wishes;
            _scheduler = new FakeScheduler
            {
                Finds = finds,
                Ending = attempt => attempt is { Run.Value: "b", Number: 1 }
                    ? new JobReport(attempt, default, firstEndOfB, reason, ExitCode: firstEndOfB is JobState.Failed ? 1 : null, Started: DateTimeOffset.UnixEpoch)
                    : new JobReport(attempt, default, JobState.Completed, ExitCode: 0, Started: DateTimeOffset.UnixEpoch),
            };
        }

        public List<AttemptId> Submissions => _scheduler.Submissions;

        public ExperimentState State
        {
            get
            {
                var follower = new JournalFollower(_folder);
                follower.Read(static (_, _) => { });
                Assert.Null(follower.Damage);
                return follower.State;
            }
        }

        /// <summary>One life that ends at its n-th dangerous moment, if it has that many.</summary>
        public async Task<bool> DiesAsync(int moment, int torn)
        {
            var step = 0;
            void Danger()
            {
                if (step++ == moment) throw new SimulatedCrash();
            }
            _scheduler.Step = Danger;
            return !await Life(journal =>
            {
                journal.BeforeWrite = (file, at, lines) =>
                {
                    if (step++ != moment) return;
                    RandomAccess.Write(file, lines.Span[..(lines.Length * torn / (TornLengths - 1))], at);
                    throw new SimulatedCrash();
                };
                journal.BeforeFlush = Danger;
            }).LiveAsync();
        }

        public async Task LiveOnAsync()
        {
            _scheduler.Step = static () => { };
            Assert.True(await Life(static _ => { }).LiveAsync());
        }

        public void Dispose() => _temp.Dispose();

        private MonitorLife Life(Action<Journal> prepare) => new(_folder, _scheduler, _time, Runs()) { Prepare = prepare, Wishes = _wishes };

        private ImmutableArray<PlannedRun> Runs() => [Run("a", 0), Run("b", 1), Run("c", 2) with { DependsOn = [new RunId("a")] }];

        private PlannedRun Run(string name, int index) => new()
        {
            Id = new RunId(name),
            Point = name,
            Index = index,
            OutputDir = _temp["out", name],
            LogPath = _temp["out", name, "slurm-%j.out"],
            WorkDir = _temp.Path,
            ConfigHash = "h",
            Command = new CommandTemplate.Line("true"),
            Restart = new RestartPolicy(2, 1, [FailureCause.Crash, FailureCause.Timeout, FailureCause.Infrastructure]),
        };
    }
}
