using Vigil.Monitoring;
using Vigil.Tests.House;

namespace Vigil.Tests.Cli;

/// <summary><c>cancel</c> and <c>retry</c>, with and without a living monitor.</summary>
public sealed class WishTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public WishTests() => _vigil.Write("patient.yaml", Some.Patient);

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void A_living_monitor_is_asked_and_the_cancelled_job_leaves_no_process()
    {
        var monitor = _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started");

        var cancel = _vigil.Run("cancel", "outputs/patient", "x=1");
        monitor.UntilItSays("x1 cancelled");
        Assert.Empty(Processes("x1"));
        _vigil.Write("go", "");

        Assert.Equal(0, cancel.ExitCode);
        Assert.Contains($"Asked the monitor on {Environment.MachineName} (pid {monitor.Pid}): cancel x1", cancel.Errors, StringComparison.Ordinal);
        Assert.Equal(1, monitor.End().ExitCode);
        Assert.Equal(["cancelled", "completed"], States());
        Assert.Empty(Directory.GetFiles(_vigil["outputs/patient/inbox"]));
    }

    [Fact]
    public void Where_nobody_watches_cancel_ends_the_jobs_itself()
    {
        _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started").Kill();

        var cancel = _vigil.Run("cancel", "outputs/patient", "state=running");

        Assert.True(cancel.ExitCode == 0, cancel.ToString());
        Assert.Equal(["cancelled", "cancelled"], States());
        Assert.Empty(Processes("x1"));
        Assert.Empty(Processes("x2"));
    }

    [Fact]
    public void A_wish_waits_for_its_own_runs_whatever_other_runs_wait_for()
    {
        LeaveWithoutAFolderForX2();

        var cancel = _vigil.Run("cancel", "outputs/patient", "x1");

        Assert.True(cancel.ExitCode == 0, cancel.ToString());
        Assert.Equal(["cancelled", "submitted"], States());
        Assert.Empty(Processes("x1"));
    }

    [Fact]
    public void A_wish_that_the_scheduler_does_not_take_just_now_is_kept_for_the_next_watch()
    {
        LeaveWithoutAFolderForX2();

        var cancel = _vigil.Run("cancel", "outputs/patient", "x2");
        var retry = _vigil.Run("retry", "outputs/patient", "x2");
        File.Delete(_vigil["outputs/patient/x2"]);
        var watch = _vigil.Start("watch", "outputs/patient").UntilItSays("x2.2 started");
        _vigil.Write("go", "");

        // What was not handed over yet needs nobody to be cancelled.
        Assert.True(cancel.ExitCode == 0, cancel.ToString());
        Assert.True(retry.ExitCode == 3, retry.ToString());
        Assert.Contains($"What is left of the wish is kept; to have it carried out: vigil watch {_vigil["outputs/patient"]}", retry.Errors, StringComparison.Ordinal);
        Assert.Equal(0, watch.End().ExitCode);
        Assert.Equal(["completed", "completed"], States());
    }

    /// <summary>x1 runs, nobody watches, and the disk does not take x2's folder: its submission is tried again and again.</summary>
    private void LeaveWithoutAFolderForX2()
    {
        Directory.CreateDirectory(_vigil["outputs/patient"]);
        _vigil.Write("outputs/patient/x2", "in the way");
        _vigil.Start("run", "patient.yaml").UntilItSays("cannot write").UntilItSays("x1.1 started").Kill();
    }

    [Fact]
    public void Retry_starts_ended_runs_again_and_watch_brings_them_to_their_end()
    {
        _vigil.Write("fails.yaml", "backend: {command: \"[[ -e go ]]\"}");
        Assert.Equal(1, _vigil.Run("run", "fails.yaml").ExitCode);
        _vigil.Write("go", "");

        var retry = _vigil.Run("retry", "outputs/fails", "state=failed");
        var watch = _vigil.Run("watch", "outputs/fails");

        Assert.Equal((0, 0), (retry.ExitCode, watch.ExitCode));
        Assert.Contains("Nobody watches " + _vigil["outputs/fails"] + " now. To take up the watch: vigil watch", retry.Errors, StringComparison.Ordinal);
        Assert.Equal(2, _vigil.State("outputs/fails").Runs["fails"].Attempts.Length);
    }

    [Fact]
    public void A_living_monitor_retries_when_asked()
    {
        _vigil.Write("mixed.yaml", Some.Patient.Replace("echo begun ${x};", "[[ ${x} == 1 && {attempt} == 1 ]] && exit 3;", StringComparison.Ordinal));
        var monitor = _vigil.Start("run", "mixed.yaml").UntilItSays("x1 failed");

        Assert.Equal(0, _vigil.Run("retry", "outputs/mixed", "x1").ExitCode);
        monitor.UntilItSays("x1.2 started");
        _vigil.Write("go", "");

        Assert.Equal(0, monitor.End().ExitCode);
    }

    [Fact]
    public void A_held_run_starts_when_it_is_released()
    {
        _vigil.Write("narrow.yaml", Some.Patient.Replace("cpus_per_run: 0", "cpus_per_run: 0, slots: 1", StringComparison.Ordinal));
        var monitor = _vigil.Start("run", "narrow.yaml").UntilItSays("x1.1 started");

        var hold = _vigil.Run("hold", "outputs/narrow", "x2");
        monitor.UntilItSays("holds x2");
        _vigil.Write("go", "");
        monitor.UntilItSays("x1 completed");
        Assert.Contains("1 held · 1 completed", _vigil.Run("status", "outputs/narrow").Output, StringComparison.Ordinal);
        Assert.Contains("Nothing to hold: x2 is held", _vigil.Run("hold", "outputs/narrow", "x2").Errors, StringComparison.Ordinal);
        var release = _vigil.Run("release", "outputs/narrow", "state=held");

        Assert.Equal((0, 0, 0), (hold.ExitCode, release.ExitCode, monitor.End().ExitCode));
        Assert.Contains($"Asked the monitor on {Environment.MachineName} (pid {monitor.Pid}): hold x2", hold.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("requeue", "the local scheduler knows no requeue; 'vigil cancel', then 'vigil retry' starts it again")]
    [InlineData("update", "a job of the local scheduler cannot be changed", "--time", "10")]
    public void What_only_Slurm_can_do_is_said_of_a_local_run(string command, string message, params string[] words)
    {
        var monitor = _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started");

        var said = _vigil.Run([command, "outputs/patient", "x1", .. words]);
        _vigil.Write("go", "");

        Assert.Equal((2, 0), (said.ExitCode, monitor.End().ExitCode));
        Assert.Contains(message, said.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "'x9' matches none of the 2 runs; they are x1, x2", "cancel", "x9")]
    [InlineData(2, "'=3' compares nothing", "cancel", "=3")]
    [InlineData(0, "Nothing to cancel: x1 is completed", "cancel", "x1")]
    [InlineData(0, "Nothing to retry: x1 is completed, x2 is completed", "retry", "name~x")]
    public void What_matches_nothing_or_needs_nothing_is_said(int code, string message, string command, string selector)
    {
        _vigil.Write("go", "");
        Assert.Equal(0, _vigil.Run("run", "patient.yaml").ExitCode);
        var before = _vigil.Fingerprint();

        var outcome = _vigil.Run(command, "outputs/patient", selector);

        Assert.Equal(code, outcome.ExitCode);
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(before, _vigil.Fingerprint());
    }

    private IEnumerable<string> States() => _vigil.State("outputs/patient").InPlanOrder.Select(Views.RunWords.State);

    /// <summary>Processes of a run, by its script's path.</summary>
    private string[] Processes(string run) =>
        Shell.Run("/", "pgrep", "-f", _vigil[$"outputs/patient/{run}/attempts/"]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
