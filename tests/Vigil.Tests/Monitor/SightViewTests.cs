using System.Collections.Immutable;
using Vigil.Cli;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Tests.CrashMatrix;

namespace Vigil.Tests.Monitor;

/// <summary><c>views/scheduler.json</c>: what the scheduler showed, for those who look beside the monitor.</summary>
public sealed class SightViewTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _temp = new();
    private readonly VirtualTime _time = new();
    private readonly ExperimentFolder _folder;
    private readonly ViewWriter _views;

    public SightViewTests()
    {
        _folder = new ExperimentFolder(_temp.Path);
        Directory.CreateDirectory(_folder.Views);
        _views = new ViewWriter(_folder, _time);
    }

    public void Dispose() => _temp.Dispose();

    private static SchedulerSight Sight(DateTimeOffset polled, params (string Id, JobSight Job)[] jobs) => new(
        [new Witness("squeue", polled, null), new Witness("sacct", Noon.AddMinutes(-4), "Connection refused")], jobs.ToImmutableDictionary(static j => j.Id, static j => j.Job));

    private static JobSight Running(DateTimeOffset seen) => new("RUNNING", null, "squeue", seen, null);

    [Fact]
    public void What_is_written_is_read_again_as_it_was()
    {
        var sight = Sight(Noon, ("7", Running(Noon)), ("8", new JobSight("PENDING", "Resources", "squeue", Noon.AddSeconds(-30), Noon.AddHours(1))), ("9_0", new JobSight("COMPLETED", null, "marker", Noon.AddSeconds(-1), null)));
        _views.Show(sight);

        var read = SightView.Read(_folder)!;

        Assert.Equal(sight.Witnesses, read.Witnesses);
        Assert.Equal(sight.Jobs.OrderBy(static j => j.Key), read.Jobs.OrderBy(static j => j.Key));
    }

    [Fact]
    public void A_later_look_that_shows_the_same_makes_every_job_as_young_as_the_look()
    {
        _views.Show(Sight(Noon, ("7", Running(Noon))));
        var later = Noon.AddSeconds(20);
        _time.Advance(TimeSpan.FromSeconds(20));

        _views.Show(Sight(later, ("7", Running(later))));

        Assert.Equal(later, SightView.Read(_folder)!.Jobs["7"].Seen);
        Assert.DoesNotContain("seen", File.ReadAllText(_folder.SchedulerView), StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_that_changed_that_came_or_that_went_is_shown_so()
    {
        _views.Show(Sight(Noon, ("7", Running(Noon)), ("8", Running(Noon))));
        _time.Advance(TimeSpan.FromSeconds(5));

        _views.Show(Sight(Noon, ("7", Running(Noon) with { State = "COMPLETING" }), ("9", Running(Noon))));

        Assert.Equal(["7 COMPLETING", "9 RUNNING"], SightView.Read(_folder)!.Jobs.OrderBy(static j => j.Key).Select(static j => $"{j.Key} {j.Value.State}"));
    }

    [Fact]
    public void Nothing_is_written_when_nothing_new_was_seen()
    {
        var sight = Sight(Noon, ("7", Running(Noon)));
        _views.Show(sight);
        File.Delete(_folder.SchedulerView);
        _time.Advance(TimeSpan.FromSeconds(5));

        _views.Show(sight);
        _views.Show(Sight(Noon, ("7", Running(Noon))));
        _views.Show(null);

        Assert.False(File.Exists(_folder.SchedulerView));
    }

    [Fact]
    public void A_disk_that_refuses_costs_freshness_and_nothing_else()
    {
        Directory.CreateDirectory(_folder.SchedulerView);
        _views.Show(Sight(Noon, ("7", Running(Noon))));
        Assert.NotNull(_views.Lag);
        Assert.Null(SightView.Read(_folder));

        Directory.Delete(_folder.SchedulerView);
        _time.Advance(TimeSpan.FromSeconds(5));
        _views.Show(Sight(Noon, ("7", Running(Noon))));

        Assert.Null(_views.Lag);
        Assert.NotNull(SightView.Read(_folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"schema\":2,\"witnesses\":[],\"jobs\":{}}")]
    [InlineData("{\"schema\":1,\"jobs\":{}}")]
    public void A_file_that_is_none_is_as_good_as_no_file(string text)
    {
        File.WriteAllText(_folder.SchedulerView, text);
        Assert.Null(SightView.Read(_folder));
    }

    [Theory]
    [InlineData("RUNNING", null, 0, "RUNNING, squeue 12s ago")]
    [InlineData("PENDING", "Resources", 0, "PENDING (Resources), squeue 12s ago")]
    [InlineData("PENDING", "Priority", 125, "PENDING (Priority), starts 14:05, squeue 12s ago")]
    [InlineData("PENDING", "Priority", 1440, "PENDING (Priority), starts 2026-11-23 12:00, squeue 12s ago")]
    public void A_job_is_told_with_its_source_and_age(string state, string? reason, int startsIn, string text)
    {
        var sight = Sight(Noon, ("7", new JobSight(state, reason, "squeue", Noon.AddSeconds(-12), startsIn == 0 ? null : Noon.AddMinutes(startsIn))));
        Assert.Equal(text, SightText.Of(Queued, sight, Noon));
    }

    [Fact]
    public void A_witness_that_does_not_answer_is_told_with_how_long_and_why()
    {
        var sight = new SchedulerSight([new("squeue", Noon.AddSeconds(-70), "Unable to contact slurm controller\n(connect failure)"), new("sacct", null, "Connection refused"), new("ssh", Noon, null)], ImmutableDictionary<string, JobSight>.Empty);
        Assert.Equal(["the controller (squeue) has not answered for 1m10s: Unable to contact slurm controller (connect failure)", "sacct has never answered yet: Connection refused"], SightText.Troubles(sight, Noon));
    }

    [Fact]
    public void Lines_of_a_pipe_tell_each_silence_once_and_its_end()
    {
        using var talk = new StringWriter();
        var screen = new PlainScreen(talk);
        var view = new MonitorView(ExperimentState.Empty, new ProgressBoard(_time), Noon, null);
        foreach (var trouble in (string?[])["down", "down", null, null]) screen.Show(view with { Sight = new([new Witness("sacct", Noon, trouble)], ImmutableDictionary<string, JobSight>.Empty) });
        Assert.Equal("12:00:00 sacct has not answered for 0s: down; the jobs go on\n12:00:00 sacct answers again\n", talk.ToString());
    }

    [Fact]
    public void The_column_of_the_scheduler_is_there_only_when_it_says_something()
    {
        var view = new MonitorView(ExperimentState.Empty, new ProgressBoard(_time), Noon, null) { Sight = Sight(Noon, ("7", Running(Noon))) };
        string Head(RunRecord run) => Consoles.Lines(RunTable.Live([run], view).Fit(200), 200, colour: false).First();
        Assert.Contains("scheduler says", Head(Queued), StringComparison.Ordinal);
        Assert.DoesNotContain("scheduler", Head(Queued with { State = new RunState.Waiting(null) }), StringComparison.Ordinal);
    }

    private static RunRecord Queued { get; } = new()
    {
        Plan = Journaling.JournalPlace.Run("a", 0) with { Slurm = new SlurmJob() },
        State = new RunState.Queued(new AttemptId(new RunId("a"), 1), new JobId("7")),
        AllowedAttempts = 3,
    };
}
