using Vigil.Monitoring;
using Vigil.Tests.House;

namespace Vigil.Tests.Cli;

/// <summary>The same command again: continue, add, keep, or say the difference.</summary>
public sealed class RunAgainTests : IDisposable
{
    private const string Three = "sweep.groups.0.params.x=[1,2,3]", Two = "sweep.groups.0.params.x=[1,2]";
    private readonly CommandLine _vigil = new();

    public RunAgainTests()
    {
        _vigil.Write("quick.yaml", Some.Quick);
        _vigil.Write("patient.yaml", Some.Patient);
    }

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void An_equal_plan_continues_and_submits_nothing_twice()
    {
        Assert.Equal(0, _vigil.Run("run", "quick.yaml").ExitCode);

        var again = _vigil.Run("run", "quick.yaml");

        Assert.Equal(0, again.ExitCode);
        Assert.Contains("3 completed", again.Output, StringComparison.Ordinal);
        Assert.Equal(3, Submissions("outputs/quick"));
    }

    [Fact]
    public void New_points_are_added_and_said_and_vanished_ones_are_kept_and_listed()
    {
        Assert.Equal(0, _vigil.Run("run", "quick.yaml", Two).ExitCode);

        var grown = _vigil.Run("run", "quick.yaml", Three);
        var shrunk = _vigil.Run("run", "quick.yaml", "sweep.groups.0.params.x=[3,4]");

        Assert.Contains("1 run is new: x3\n", grown.Errors, StringComparison.Ordinal);
        Assert.Contains("2 runs are no longer in the plan and kept: x1, x2\n", shrunk.Errors, StringComparison.Ordinal);
        Assert.Equal((0, 0), (grown.ExitCode, shrunk.ExitCode));
        Assert.Equal(4, Submissions("outputs/quick"));
        Assert.Contains("4 completed", shrunk.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_plan_is_exit_2_with_the_difference_and_nothing_changed()
    {
        Assert.Equal(0, _vigil.Run("run", "quick.yaml").ExitCode);
        var before = _vigil.Fingerprint();

        var outcome = _vigil.Run("run", "quick.yaml", "backend.command=echo bye ${x}");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("error RUN021: x1 differs from what was planned:\n    command: echo hello 1 → echo bye 1\n", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("--changed keep", outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(before, _vigil.Fingerprint());
    }

    [Fact]
    public void A_changed_plan_can_be_ignored_or_run_again()
    {
        Assert.Equal(0, _vigil.Run("run", "quick.yaml").ExitCode);
        string[] changed = ["run", "quick.yaml", "backend.command=echo bye ${x}", "--changed"];

        var keep = _vigil.Run([.. changed, "keep"]);
        var asked = _vigil.Run([.. changed, "retry"]);
        var retry = _vigil.Run([.. changed, "retry", "--yes"]);

        Assert.Equal((0, 2, 0), (keep.ExitCode, asked.ExitCode, retry.ExitCode));
        Assert.Contains("3 runs would start again, as the plan is now; what was done so far stays on disk. Do it? Nobody can answer here: add --yes.", asked.Errors, StringComparison.Ordinal);
        Assert.Equal(6, Submissions("outputs/quick"));
        Assert.Equal("bye 2\n", _vigil.Run("logs", "outputs/quick", "x2").Output);
        Assert.Equal("hello 2\n", _vigil.Run("logs", "outputs/quick", "x2", "--attempt", "1").Output);
    }

    [Fact]
    public void Another_experiments_folder_is_left_alone()
    {
        Assert.Equal(0, _vigil.Run("run", "quick.yaml").ExitCode);
        var before = _vigil.Fingerprint();

        var outcome = _vigil.Run("run", "patient.yaml", "project.base_output_dir=outputs/quick");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains($"outputs/quick holds another experiment: quick, from {_vigil["quick.yaml"]}\n    set project.base_output_dir", outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(before, _vigil.Fingerprint());
    }

    [Fact]
    public void Beside_a_living_monitor_run_becomes_a_viewer_with_the_runs_exit_code()
    {
        var monitor = _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started");
        var viewer = _vigil.Start("run", "patient.yaml").UntilItSays($"pid {monitor.Pid}; showing what it does");

        _vigil.Write("go", "");
        var (seen, done) = (viewer.End(), monitor.End());

        Assert.Equal((0, 0), (seen.ExitCode, done.ExitCode));
        Assert.Contains("2 completed", seen.Output, StringComparison.Ordinal);
        Assert.Equal(2, Submissions("outputs/patient"));
        Assert.Single(Directory.GetFiles(_vigil["outputs/patient/journal"]));
    }

    [Fact]
    public void Beside_a_living_monitor_new_points_are_handed_over_and_changed_ones_are_exit_4()
    {
        var monitor = _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started");

        var conflict = _vigil.Run("run", "patient.yaml", "backend.command=echo other");
        var retry = _vigil.Run("run", "patient.yaml", "backend.command=echo other", "--changed", "retry", "--yes");
        var handed = _vigil.Run("run", "patient.yaml", Three, "--detach");
        monitor.UntilItSays("x3.1 started");
        _vigil.Write("go", "");

        Assert.Equal((4, 4, 0), (conflict.ExitCode, retry.ExitCode, handed.ExitCode));
        Assert.Contains($"(pid {monitor.Pid}) watches this experiment", conflict.Errors, StringComparison.Ordinal);
        Assert.Contains($"kill {monitor.Pid}", retry.Errors, StringComparison.Ordinal);
        Assert.Contains("handed 1 new run to it", handed.Errors, StringComparison.Ordinal);
        Assert.Equal(0, monitor.End().ExitCode);
        Assert.Equal(3, Submissions("outputs/patient"));
    }

    [Fact]
    public void A_viewer_takes_up_the_watch_when_the_monitor_is_killed()
    {
        var monitor = _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started");
        var viewer = _vigil.Start("run", "patient.yaml").UntilItSays("showing what it does");

        monitor.Kill();
        viewer.UntilItSays("The monitor is gone; taking up the watch");
        _vigil.Write("go", "");

        Assert.Equal(0, viewer.End().ExitCode);
        Assert.Equal(2, Submissions("outputs/patient"));
        Assert.Equal(2, _vigil.Journal("outputs/patient").Epoch);
    }

    [Fact]
    public void Rules_that_changed_are_taken_by_the_living_monitor_and_act_on_what_comes_from_then_on()
    {
        _vigil.Write("talk.yaml", Talk("old", "never said"));
        var monitor = _vigil.Start("run", "talk.yaml").UntilItSays("talk.1 started");

        _vigil.Write("talk.yaml", Talk("new", "done talking"));
        var again = _vigil.Run("run", "talk.yaml", "--detach");
        monitor.UntilItSays("watch over talk");
        _vigil.Write("go", "");

        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Contains("the rules over 1 run changed, and hold from now on: talk\n", again.Errors, StringComparison.Ordinal);
        Assert.Contains("handed the changed rules to it", again.Errors, StringComparison.Ordinal);
        Assert.Equal(0, monitor.End().ExitCode);
        Assert.Equal(["new"], _vigil.Events<RunEvent.RuleFired>("outputs/talk").Select(static f => f.Rule));
        Assert.Equal(1, Submissions("outputs/talk"));
    }

    [Fact]
    public void Rules_that_changed_while_nobody_watched_are_taken_once_and_run_nothing_again()
    {
        _vigil.Write("talk.yaml", Talk("old", "never said"));
        _vigil.Write("go", "");
        Assert.Equal(0, _vigil.Run("run", "talk.yaml").ExitCode);
        _vigil.Write("talk.yaml", Talk("new", "done talking"));

        var against = _vigil.Run("plan", "talk.yaml", "--against", "outputs/talk");
        var (again, once) = (_vigil.Run("run", "talk.yaml"), _vigil.Run("run", "talk.yaml"));

        Assert.Contains("watched by other rules or conditions, which hold from then on: 1 run: talk", against.Output, StringComparison.Ordinal);
        Assert.Equal((0, 0), (again.ExitCode, once.ExitCode));
        Assert.Contains("the rules over 1 run changed", again.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("changed", once.Errors, StringComparison.Ordinal);
        Assert.Single(_vigil.Events<RunEvent.RulesChanged>("outputs/talk"));
        Assert.Equal(1, Submissions("outputs/talk"));
    }

    private static string Talk(string rule, string pattern) => $$"""
        backend: {command: "until [[ -e go ]]; do sleep 0.05; done; echo done talking"}
        monitoring: {rules: [{name: {{rule}}, when: '{{pattern}}', do: {log: seen} } ] }
        """;

    private int Submissions(string dir) => _vigil.Events<RunEvent.EffectCompleted>(dir).Count(static e => e.Result is EffectResult.Submitted);
}
