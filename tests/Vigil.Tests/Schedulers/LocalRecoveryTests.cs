using System.Diagnostics;
using Vigil.Monitoring;
using Vigil.Platform;
using Vigil.Schedulers;
using Vigil.Schedulers.Local;
using static Vigil.Tests.Schedulers.LocalPlace;

namespace Vigil.Tests.Schedulers;

/// <summary>What a second monitor makes of the jobs that a dead one left.</summary>
public sealed class LocalRecoveryTests : IDisposable
{
    private const string Waits = "echo ran >>ran; touch ready; until [[ -e go ]]; do sleep 0.01; done; exit 5";
    private readonly LocalPlace _place = new();
    public void Dispose() => _place.Dispose();
    private static CancellationToken Stop => TestContext.Current.CancellationToken;
    private void Go() => File.WriteAllText($"{_place.Dir}/go", "");

    private async Task<JobRequest> LeftRunning(string line = Waits)
    {
        var first = _place.Monitor();
        var job = await Submit(first, _place.Request("a", line));
        await _place.Makes(first, job, "ready");
        first.Dispose();
        return job;
    }

    /// <summary>Accepted, and its monitor died before it started anything.</summary>
    private async Task<JobRequest> LeftWaiting(string line = Waits)
    {
        using var first = _place.Monitor(slots: 0);
        return await Submit(first, _place.Request("a", line));
    }

    [Fact]
    public async Task A_running_job_is_found_again_and_its_end_is_seen()
    {
        var job = await LeftRunning();
        var second = _place.Monitor(cpus: 1);
        Assert.Equal(JobState.Running, (await Report(second, job)).State);
        var next = await Submit(second, _place.Request("b", "true"));
        Assert.Equal(JobState.Queued, (await Report(second, next)).State);   // the only slot is the old job's
        Go();
        Assert.Equal((JobState.Failed, 5), ((await End(second, job)).State, (await End(second, job)).ExitCode));
        Assert.Equal(JobState.Completed, (await End(second, next)).State);
        Assert.Equal("ran\n", _place.Text("ran"));
    }

    [Fact]
    public async Task A_running_job_that_an_earlier_monitor_started_can_be_cancelled()
    {
        var job = await LeftRunning();
        var second = _place.Monitor();
        await second.CancelAsync(job, Stop);
        Assert.Equal((JobState.Cancelled, 143), ((await End(second, job)).State, (await End(second, job)).ExitCode));
    }

    [Fact]
    public async Task A_cancel_whose_monitor_died_is_carried_through_by_the_next()
    {
        var job = await LeftRunning("trap '' TERM; touch ready; while :; do sleep 0.01; done");
        using (var first = _place.Monitor(grace: 30)) await first.CancelAsync(job, Stop);
        _place.Time.Jump(TimeSpan.FromSeconds(31));
        Assert.Equal("CANCELLED", (await End(_place.Monitor(grace: 30), job)).Reason);
    }

    [Fact]
    public async Task A_job_that_ended_while_nobody_watched_is_judged_by_what_it_wrote()
    {
        var job = await LeftRunning();
        Go();
        Assert.Equal((JobState.Failed, 5), ((await End(_place.Monitor(), job)).State, (await End(_place.Monitor(), job)).ExitCode));
    }

    [Fact]
    public async Task A_job_of_before_a_reboot_is_a_failed_node_unless_it_had_ended()
    {
        var job = await LeftRunning();
        Assert.Equal(0, Libc.Kill(-JobFiles.Claim(job.Folder)!.Pid, Libc.SignalKill));
        Assert.Equal((JobState.Lost, "LOST"), ((await End(_place.Monitor(), job)).State, (await End(_place.Monitor(), job)).Reason));
        Assert.Equal((JobState.NodeFail, "NODE_FAIL"), ((await End(_place.Monitor(boot: "another"), job)).State, (await End(_place.Monitor(boot: "another"), job)).Reason));
        File.WriteAllText($"{job.Folder}/exit.json", """{"code":0,"signal":null,"host":"h","time":"2026-01-01T00:00:00+00:00"}""");
        Assert.Equal(JobState.Completed, (await End(_place.Monitor(boot: "another"), job)).State);
    }

    [Fact]
    public async Task A_job_on_another_machine_is_not_judged_before_its_own_word()
    {
        var job = await LeftRunning();
        var mark = JobFiles.Claim(job.Folder)!;
        foreach (var file in (string[])["claim", "started.json"])
        {
            var text = File.ReadAllText($"{job.Folder}/{file}").Replace($"\"host\":\"{mark.Host}\"", "\"host\":\"login2\"", StringComparison.Ordinal);
            File.WriteAllText($"{job.Folder}/{file}", text.Replace(mark.Boot, "boot-of-login2", StringComparison.Ordinal));
        }
        using var folder = RunFolder.Open($"{_place.Dir}/run-of-this-machine", _place.Time, out _)!;
        using var here = new LocalScheduler(folder, new(new ProcessTable(), 2, new(new(TimeProvider.System), TimeProvider.System, null), [], "/bin/bash"), new(null, false, 1), _place.Time);
        Assert.Equal(JobState.Running, (await Report(here, job)).State);
        _place.Time.Jump(TimeSpan.FromDays(1));
        Assert.Equal(JobState.Running, (await Report(here, job)).State);
        Assert.Contains("login2", Assert.IsType<EffectResult.Refused>(await here.CancelAsync(job, Stop)).Reason, StringComparison.Ordinal);
        Go();
        Assert.Equal((JobState.Failed, 5), ((await End(here, job)).State, (await End(here, job)).ExitCode));
        Assert.Equal("ran\n", _place.Text("ran"));
    }

    [Fact]
    public async Task A_job_that_was_waiting_when_its_monitor_died_is_started_once()
    {
        var job = await LeftWaiting("echo ran >>ran");
        Assert.Equal(JobState.Completed, (await End(_place.Monitor(), job)).State);
        Assert.Equal("ran\n", _place.Text("ran"));
    }

    [Fact]
    public async Task A_job_whose_lock_is_held_is_being_started_and_is_started_again_only_when_it_was_not()
    {
        var job = await LeftWaiting("echo ran >>ran");
        var lockOfSpawner = Assert.NotNull(_place.OpenFolder().TryHold(LocalJob.NumberOf(job.Job!.Value)));
        var second = _place.Monitor();
        Assert.Equal(JobState.Running, (await Report(second, job)).State);
        _place.Time.Jump(TimeSpan.FromSeconds(10));
        Assert.Equal(JobState.Running, (await Report(second, job)).State);
        Assert.False(File.Exists($"{_place.Dir}/ran"));
        _ = Libc.Close(lockOfSpawner);   // the spawner is killed before it spawned
        _place.Time.Jump(TimeSpan.FromSeconds(10));
        Assert.Equal(JobState.Completed, (await End(second, job)).State);
        Assert.Equal("ran\n", _place.Text("ran"));
        Assert.False(File.Exists($"{job.Folder}/refused.json"));
    }

    [Fact]
    public async Task A_job_whose_spawner_was_killed_right_after_the_spawn_is_not_started_again()
    {
        var job = await LeftWaiting();
        // Stands for the monitor in its spawn window: takes the lock, starts the script with it, and is gone by SIGKILL at once.
        var spawner = $"""
            import fcntl, os, struct, subprocess
            lock = os.open("{_place.RunFolderPath}/jobs", os.O_RDWR)
            fcntl.fcntl(lock, 37, struct.pack("hhqqi4x", 1, 0, {job.Job}, 1, 0))
            os.dup2(lock, 3)
            log = open("{job.LogPath(job.Job!.Value)}", "w")
            subprocess.Popen(["bash", "{job.ScriptPath}"], start_new_session=True, pass_fds=[3], stdout=log, stderr=log, env=dict(os.environ, VIGIL_JOB_ID="{job.Job}"))
            os.kill(os.getpid(), 9)
            """;
        using (var process = Process.Start(new ProcessStartInfo("python3", ["-c", spawner]))!) await process.WaitForExitAsync(Stop);
        var second = _place.Monitor();
        await _place.Makes(second, job, "ready");
        Assert.Equal(JobState.Running, (await Report(second, job)).State);
        Go();
        Assert.Equal((JobState.Failed, 5), ((await End(second, job)).State, (await End(second, job)).ExitCode));
        Assert.Equal("ran\n", _place.Text("ran"));
        Assert.False(File.Exists($"{job.Folder}/refused.json"));
    }

    [Fact]
    public async Task A_slot_stays_held_by_what_a_dead_wrapper_left_running()
    {
        var job = await LeftRunning("(trap '' TERM; touch ready; exec sleep 300) & sleep 300");
        var wrapper = JobFiles.Claim(job.Folder)!.Process;
        Assert.Equal(0, Libc.Kill(wrapper.Pid, Libc.SignalKill));
        var other = _place.Monitor(cpus: 1);
        var waiting = await Submit(other, _place.Request("b", "true"));
        Assert.Equal(JobState.Queued, (await Report(other, waiting)).State);
        LocalSession.Signal(LocalSession.Members(new ProcessTable(), [wrapper])[wrapper.Pid], Libc.SignalKill);
        Assert.Equal(JobState.Completed, (await End(other, waiting)).State);
    }
}
