using Vigil.Monitoring;
using Vigil.Platform;
using Vigil.Schedulers;
using Vigil.Schedulers.Local;
using static Vigil.Tests.Schedulers.LocalPlace;

namespace Vigil.Tests.Schedulers;

public sealed class LocalEndingTests : IDisposable
{
    private const string HandlesTerm = """
        exec python3 -c '
        import signal, sys, time
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL and signal.getsignal(signal.SIGINT) == signal.default_int_handler
        def leave(*_):
            time.sleep(0.7); open("ended", "w").close(); sys.exit(3)
        signal.signal(signal.SIGTERM, leave)
        open("ready", "w").close()
        time.sleep(60)'
        """;

    private readonly LocalPlace _place = new();
    public void Dispose() => _place.Dispose();
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static bool HasExit(JobRequest job) => File.Exists($"{job.Folder}/exit.json");

    [Theory]
    [InlineData(HandlesTerm)]
    [InlineData("bash -c 'trap \"sleep 0.7; touch ended; exit 3\" TERM; touch ready; while :; do sleep 0.01; done'; echo not reached >no")]
    public async Task A_cancelled_job_keeps_the_code_of_a_command_that_cleans_up_first(string line)
    {
        var monitor = _place.Monitor();
        var job = await Submit(monitor, _place.Request("a", line));
        await _place.Makes(monitor, job, "ready");
        Assert.IsType<EffectResult.Done>(await monitor.CancelAsync(job, Stop));
        Assert.False(HasExit(job));
        var end = await End(monitor, job);
        Assert.Equal((JobState.Cancelled, "CANCELLED", 3), (end.State, end.Reason, end.ExitCode));
        Assert.True(File.GetLastWriteTimeUtc($"{_place.Dir}/ended") <= File.GetLastWriteTimeUtc($"{job.Folder}/exit.json"));
        Assert.False(File.Exists($"{_place.Dir}/no"));
        Assert.IsType<EffectResult.Done>(await monitor.CancelAsync(job, Stop));
    }

    [Fact]
    public async Task A_job_that_does_not_listen_is_killed_after_its_grace_with_all_that_it_started()
    {
        var monitor = _place.Monitor(grace: 30);
        var job = await Submit(monitor, _place.Request("a", "trap '' TERM INT; (set -m; sleep 300 & wait) & touch ready; while :; do sleep 0.01; done"));
        await _place.Makes(monitor, job, "ready");
        await monitor.CancelAsync(job, Stop);
        Assert.Equal(JobState.Running, (await Report(monitor, job)).State);
        var wrapper = JobFiles.Claim(job.Folder)!.Process;
        _place.Time.Jump(TimeSpan.FromSeconds(31));
        var end = await End(monitor, job);
        Assert.Equal((JobState.Cancelled, null), (end.State, end.ExitCode));
        Assert.False(HasExit(job));
        Assert.Empty(LocalSession.Members(new ProcessTable(), [wrapper]));
    }

    [Fact]
    public async Task A_job_over_its_time_limit_ends_as_timeout()
    {
        var monitor = _place.Monitor();
        var job = await Submit(monitor, _place.Request("a", "touch ready; sleep 60", limit: TimeSpan.FromMinutes(10)));
        await _place.Makes(monitor, job, "ready");
        _place.Time.Jump(TimeSpan.FromMinutes(9));
        Assert.Equal(JobState.Running, (await Report(monitor, job)).State);
        _place.Time.Jump(TimeSpan.FromMinutes(1.1));
        var end = await End(monitor, job);
        Assert.Equal((JobState.Timeout, "TIMEOUT", 143, 15), (end.State, end.Reason, end.ExitCode, end.Signal));
    }

    [Fact]
    public async Task The_time_limit_holds_for_a_job_that_an_earlier_monitor_started()
    {
        var request = _place.Request("a", "touch ready; sleep 60", limit: TimeSpan.FromMinutes(10));
        var first = _place.Monitor();
        var job = await Submit(first, request);
        await _place.Makes(first, job, "ready");
        first.Dispose();
        _place.Time.Jump(TimeSpan.FromMinutes(11));
        Assert.Equal("TIMEOUT", (await End(_place.Monitor(), job)).Reason);
    }

    [Theory]
    [InlineData(+3)]
    [InlineData(-3)]
    public async Task A_wall_clock_that_is_set_neither_ends_a_job_nor_keeps_it(int hours)
    {
        var monitor = _place.Monitor(grace: 30);
        var job = await Submit(monitor, _place.Request("a", "trap '' TERM INT; touch ready; while :; do sleep 0.01; done", limit: TimeSpan.FromMinutes(10)));
        await _place.Makes(monitor, job, "ready");
        _place.Time.SetWallClock(TimeSpan.FromHours(hours));
        Assert.Equal(JobState.Running, (await Report(monitor, job)).State);
        Assert.Null(JobFiles.Record(job.Folder)!.Ending);
        _place.Time.Jump(TimeSpan.FromMinutes(11));
        await monitor.ReportAsync([job], Stop);
        _place.Time.SetWallClock(TimeSpan.FromHours(hours));
        _place.Time.Jump(TimeSpan.FromSeconds(31));
        Assert.Equal("TIMEOUT", (await End(monitor, job)).Reason);
    }

    [Fact]
    public async Task A_queued_job_that_is_cancelled_never_starts()
    {
        var monitor = _place.Monitor(cpus: 1);
        var first = await Submit(monitor, _place.Request("first", "until [[ -e go ]]; do sleep 0.01; done"));
        var job = await Submit(monitor, _place.Request("a", "touch ran"));
        await monitor.CancelAsync(job, Stop);
        Assert.Equal((JobState.Cancelled, "CANCELLED"), ((await Report(monitor, job)).State, (await Report(monitor, job)).Reason));
        File.WriteAllText($"{_place.Dir}/go", "");
        await End(monitor, first);
        Assert.Equal(JobState.Cancelled, (await End(_place.Monitor(), job)).State);
        Assert.False(File.Exists($"{_place.Dir}/ran"));
        Assert.False(File.Exists($"{job.Folder}/claim"));
    }

    [Fact]
    public async Task Looking_at_jobs_starts_none()
    {
        var monitor = _place.Monitor();
        var request = _place.Request("a", "touch ran");
        var job = request with { Job = Assert.Single(await monitor.SubmitAsync([request.Alone()], Stop)).Job() };
        Assert.Equal(JobState.Queued, Assert.Single(await monitor.ReportAsync([job], Stop)).State);
        await monitor.WaitForNewsAsync(TimeSpan.Zero, Stop);
        await monitor.CancelAsync(job, Stop);
        await monitor.StartReadyAsync(Stop);
        Assert.Equal(JobState.Cancelled, (await End(monitor, job)).State);
        Assert.False(File.Exists($"{job.Folder}/claim"));
    }

    [Fact]
    public async Task An_end_that_a_full_disk_does_not_take_is_written_when_there_is_room_again()
    {
        using var disk = Journaling.TinyDisk.TryMount($"{_place.Dir}/exp");
        Assert.SkipWhen(disk is null, "a disk of a test's own needs root");
        var monitor = _place.Monitor();
        var job = await Submit(monitor, _place.Request("a", $"cat /dev/zero >{_place.Dir}/exp/fill; touch {_place.Dir}/full; exit 0"));
        await _place.Makes(monitor, job, "full");
        Assert.Equal(JobState.Running, (await Until(monitor, job, _ => File.Exists($"{job.Folder}/exit.json.tmp"))).State);
        File.Delete($"{_place.Dir}/exp/fill");
        Assert.Equal((JobState.Completed, 0), ((await End(monitor, job)).State, (await End(monitor, job)).ExitCode));
    }

    [Fact]
    public async Task A_job_that_meets_a_full_disk_waits_for_room_and_then_runs_once()
    {
        using var disk = Journaling.TinyDisk.TryMount($"{_place.Dir}/exp");
        Assert.SkipWhen(disk is null, "a disk of a test's own needs root");
        var monitor = _place.Monitor();
        var request = _place.Request("a", $"echo ran >>{_place.Dir}/ran");
        var outcome = Assert.Single(await monitor.SubmitAsync([request.Alone()], Stop));
        using (var fill = System.Diagnostics.Process.Start("bash", ["-c", $"cat /dev/zero 2>/dev/null >{_place.Dir}/exp/fill"])) await fill.WaitForExitAsync(Stop);
        await monitor.StartReadyAsync(Stop);
        var job = request with { Job = outcome.Job() };
        Assert.Equal(JobState.Running, (await Until(monitor, job, _ => File.Exists($"{job.Folder}/claim"))).State);
        Assert.False(File.Exists($"{_place.Dir}/ran"));
        File.Delete($"{_place.Dir}/exp/fill");
        Assert.Equal(JobState.Completed, (await End(monitor, job)).State);
        Assert.Equal("ran\n", File.ReadAllText($"{_place.Dir}/ran"));
        Assert.False(File.Exists($"{job.Folder}/refused.json"));
    }

    [Fact]
    public async Task A_job_whose_folder_was_removed_while_it_ran_is_lost_and_not_unlaunched()
    {
        var monitor = _place.Monitor();
        var job = await Submit(monitor, _place.Request("a", "rm -rf exp/a/attempts; touch gone"));
        await _place.Makes(monitor, job, "gone");
        Assert.Equal((JobState.Lost, "LOST"), ((await End(monitor, job)).State, (await End(monitor, job)).Reason));
    }

    [Fact]
    public async Task What_a_job_leaves_behind_is_ended_before_the_job_is_over()
    {
        var monitor = _place.Monitor(grace: 30);
        var job = await Submit(monitor, _place.Request("a", "(trap '' TERM; touch ready; exec sleep 300) & until [[ -e ready ]]; do :; done; exit 0"));
        Assert.Equal(JobState.Running, (await Until(monitor, job, static r => r.Reason is "COMPLETING")).State);
        Assert.True(HasExit(job));
        Assert.NotEqual("", _place.Text("run/slots/cpu-0"));
        _place.Time.Jump(TimeSpan.FromSeconds(31));
        var end = await End(monitor, job);
        Assert.Equal((JobState.Completed, 0), (end.State, end.ExitCode));
        Assert.Empty(LocalSession.Members(new ProcessTable(), [JobFiles.Claim(job.Folder)!.Process]));
    }

    [Fact]
    public async Task A_job_that_was_killed_is_lost_not_completed()
    {
        var monitor = _place.Monitor();
        var job = await Submit(monitor, _place.Request("a", "echo last words; touch ready; sleep 60"));
        await _place.Makes(monitor, job, "ready");
        Assert.Equal(0, Libc.Kill(-JobFiles.Claim(job.Folder)!.Pid, Libc.SignalKill));
        var end = await End(monitor, job);
        Assert.Equal((JobState.Lost, "LOST", null), (end.State, end.Reason, end.ExitCode));
        Assert.Equal(["last words"], end.LastLines);
        Assert.False(HasExit(job));
    }

    [Theory]
    [InlineData(Libc.SignalTerm, 143)]
    [InlineData(2, 130)]
    public async Task A_signal_from_elsewhere_to_the_group_gives_the_true_code(int signal, int code)
    {
        var monitor = _place.Monitor();
        var job = await Submit(monitor, _place.Request("a", "touch ready; sleep 60; echo not reached >no"));
        await _place.Makes(monitor, job, "ready");
        Assert.Equal(0, Libc.Kill(-JobFiles.Claim(job.Folder)!.Pid, signal));
        var end = await End(monitor, job);
        Assert.Equal((JobState.Failed, "FAILED", code, signal), (end.State, end.Reason, end.ExitCode, end.Signal));
        Assert.False(File.Exists($"{_place.Dir}/no"));
    }
}
