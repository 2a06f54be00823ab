using System.Globalization;
using Vigil.Monitoring;
using Vigil.Platform;
using Vigil.Schedulers;
using Vigil.Schedulers.Local;
using static Vigil.Tests.Schedulers.LocalPlace;

namespace Vigil.Tests.Schedulers;

public sealed class LocalSchedulerTests : IDisposable
{
    private readonly LocalPlace _place = new();
    public void Dispose() => _place.Dispose();
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_runs_and_is_reported_with_its_code_its_times_and_its_log()
    {
        var monitor = _place.Monitor();
        var job = await Submit(monitor, _place.Request("a", "echo hello; echo $VIGIL_JOB_ID"));
        var end = await End(monitor, job);
        Assert.Equal((JobState.Completed, null, 0, null), (end.State, end.Reason, end.ExitCode, end.Signal));
        Assert.True(end.Started <= end.Ended);
        Assert.Equal(Environment.MachineName, end.Host);
        Assert.Equal($"hello\n{job.Job}\n", Log(job));
        Assert.Equal($"slurm-{job.Job}.out", new FileInfo($"{_place.Dir}/exp/a/current.log").LinkTarget);
        Assert.True(long.Parse(job.Job!.Value.Value, CultureInfo.InvariantCulture) > 0);
        await monitor.StartReadyAsync(Stop);   // slots are given back when the next jobs could start
        Assert.Equal("", _place.Text("run/slots/cpu-0"));
    }

    [Fact]
    public async Task A_job_that_fails_is_reported_with_its_last_lines()
    {
        var monitor = _place.Monitor();
        var end = await End(monitor, await Submit(monitor, _place.Request("a", "seq 500; echo Traceback >&2; exit 3")));
        Assert.Equal((JobState.Failed, "FAILED", 3), (end.State, end.Reason, end.ExitCode));
        Assert.Equal(200, end.LastLines!.Count);
        Assert.Equal("Traceback", end.LastLines[^1]);
    }

    private string Counting => $"echo + >>{_place.Dir}/count; sleep 0.05; echo - >>{_place.Dir}/count";

    private int MostAtOnce()
    {
        int now = 0, most = 0;
        foreach (var line in File.ReadAllLines($"{_place.Dir}/count")) most = Math.Max(most, now += line is "+" ? 1 : -1);
        return most;
    }

    [Fact]
    public async Task Two_monitors_in_one_run_folder_never_hand_out_one_slot_twice()
    {
        LocalScheduler[] monitors = [_place.Monitor(), _place.Monitor()];
        var jobs = new List<(LocalScheduler Monitor, JobRequest Job)>();
        for (var i = 0; i < 10; i++) jobs.Add((monitors[i % 2], await Submit(monitors[i % 2], _place.Request($"r{i}", Counting))));
        await Task.WhenAll(jobs.GroupBy(static j => j.Monitor).Select(static async own =>
        {
            foreach (var (monitor, job) in own) Assert.Equal(JobState.Completed, (await End(monitor, job)).State);
        }));
        Assert.Equal(2, MostAtOnce());
        Assert.Equal(10, jobs.Select(static j => j.Job.Job).Distinct().Count());
    }

    [Fact]
    public async Task One_experiment_takes_no_more_than_its_own_slots()
    {
        var monitor = _place.Monitor(cpus: 4, slots: 1);
        var jobs = await monitor.SubmitAsync([.. Enumerable.Range(0, 4).Select(i => _place.Request($"r{i}", Counting).Alone())], Stop);
        for (var i = 0; i < 4; i++) await End(monitor, _place.Request($"r{i}", Counting) with { Job = jobs[i].Job() });
        Assert.Equal(1, MostAtOnce());
    }

    [Fact]
    public async Task Jobs_that_take_no_cpu_are_not_held_back()
    {
        var monitor = _place.Monitor(cpus: 1);
        var jobs = new List<JobRequest>();
        for (var i = 0; i < 3; i++) jobs.Add(await Submit(monitor, _place.Request($"r{i}", $"touch in{i}; until [[ -e go ]]; do sleep 0.01; done", cpus: 0)));
        for (var i = 0; i < 3; i++) await _place.Makes(monitor, jobs[i], $"in{i}");
        File.WriteAllText($"{_place.Dir}/go", "");
        foreach (var job in jobs) Assert.Equal(JobState.Completed, (await End(monitor, job)).State);
    }

    [Fact]
    public async Task Larger_priority_starts_first_then_the_earlier_job()
    {
        var monitor = _place.Monitor(cpus: 1);
        var first = await Submit(monitor, _place.Request("first", "until [[ -e go ]]; do sleep 0.01; done"));
        var jobs = new List<JobRequest>();
        foreach (var (name, priority) in new[] { ("a", 0), ("b", 5), ("c", 1), ("d", 5) })
            jobs.Add(await Submit(monitor, _place.Request(name, $"echo {name} >>order", priority: priority)));
        foreach (var job in jobs) Assert.Equal(JobState.Queued, (await LocalPlace.Report(monitor, job)).State);
        Assert.Empty(await monitor.ReportAsync([.. jobs], Stop));   // told once
        File.WriteAllText($"{_place.Dir}/go", "");
        foreach (var job in jobs) await End(monitor, job);
        Assert.Equal("b\nd\nc\na\n", _place.Text("order"));
        Assert.Equal(JobState.Completed, (await Report(monitor, first)).State);
    }

    [Fact]
    public async Task A_big_job_is_passed_by_smaller_ones_for_a_minute_and_then_waited_for()
    {
        var monitor = _place.Monitor(cpus: 2);
        await Submit(monitor, _place.Request("blocker", "until [[ -e go ]]; do sleep 0.01; done"));
        var big = await Submit(monitor, _place.Request("big", "echo big >>order", cpus: 2));
        var passing = await Submit(monitor, _place.Request("passing", "echo passing >>order"));
        Assert.Equal(JobState.Completed, (await End(monitor, passing)).State);
        _place.Time.Jump(TimeSpan.FromSeconds(61));
        var late = await Submit(monitor, _place.Request("late", "echo late >>order"));
        Assert.Equal(JobState.Queued, (await Report(monitor, late)).State);
        File.WriteAllText($"{_place.Dir}/go", "");
        await End(monitor, big);
        await End(monitor, late);
        Assert.Equal("passing\nbig\nlate\n", _place.Text("order"));
    }

    [Fact]
    public async Task A_run_that_can_never_fit_is_refused_with_words()
    {
        var monitor = _place.Monitor(cpus: 2);
        var outcomes = await monitor.SubmitAsync([_place.Request("cpus", "true", cpus: 3).Alone(), _place.Request("gpus", "true", gpus: 1).Alone(), _place.Request("fits", "true").Alone()], Stop);
        Assert.Equal(new EffectResult.Refused("the run needs 3 CPUs, this machine has 2; lower local.cpus_per_run", Retryable: false), outcomes[0].Refusal());
        Assert.StartsWith("the run needs 1 GPUs, this machine has 0 (/no/such/nvidia-smi cannot be started", outcomes[1].Refusal()!.Reason, StringComparison.Ordinal);
        Assert.False(outcomes[1].Refusal()!.Retryable);
        Assert.NotNull(outcomes[2].Job());
    }

    [Fact]
    public async Task One_attempt_is_one_job_however_often_it_is_submitted()
    {
        var monitor = _place.Monitor();
        var request = _place.Request("a", "echo ran >>ran");
        Assert.Null(Assert.Single(await monitor.FindAsync([request.Alone()], Stop)).Job());
        var job = await Submit(monitor, request);
        var again = await Submit(_place.Monitor(), request);
        Assert.Equal(job.Job, again.Job);
        Assert.Equal(job.Job, Assert.Single(await _place.Monitor().FindAsync([request.Alone()], Stop)).Job());
        await End(monitor, job);
        await End(_place.Monitor(), again);
        Assert.Equal("ran\n", _place.Text("ran"));
        Assert.False(File.Exists($"{job.Folder}/refused.json"));
    }

    [Fact]
    public async Task A_folder_of_logs_that_somebody_removed_is_made_again()
    {
        var monitor = _place.Monitor();
        var first = _place.Request("a", "true");
        first = first with { Run = first.Run with { LogPath = $"{_place.Dir}/logs/%j.out" } };
        await End(monitor, await Submit(monitor, first));
        Directory.Delete($"{_place.Dir}/logs", recursive: true);
        var second = _place.Request("a", "true", attempt: 2);
        Assert.Equal(JobState.Completed, (await End(monitor, await Submit(monitor, second with { Run = first.Run }))).State);
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_ends_the_job_with_a_reason()
    {
        var monitor = _place.Monitor();
        var request = _place.Request("a", "true");
        File.WriteAllText($"{_place.Dir}/file", "");
        var job = await Submit(monitor, request with { Run = request.Run with { LogPath = $"{_place.Dir}/file/slurm-%j.out" } });
        var end = await End(monitor, job);
        Assert.Equal((JobState.Failed, "LAUNCH_FAILED", null), (end.State, end.Reason, end.ExitCode));
        Assert.Contains($"{_place.Dir}/file", Assert.Single(end.LastLines!), StringComparison.Ordinal);
        Assert.Equal("LAUNCH_FAILED", (await End(_place.Monitor(), job)).Reason);
    }

    [Fact]
    public async Task A_script_that_never_claims_is_not_started_for_ever()
    {
        var monitor = _place.Monitor();
        var request = _place.Request("a", "true");
        File.WriteAllText(request.ScriptPath, "exit 1");
        var end = await End(monitor, await Submit(monitor, request));
        Assert.Equal((JobState.Failed, "LAUNCH_FAILED"), (end.State, end.Reason));
        Assert.Contains("before it claimed", end.LastLines![^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Job_ids_are_never_used_again_even_if_the_folder_was_deleted()
    {
        var folder = _place.OpenFolder();
        var first = folder.TakeIds(5);
        Assert.Equal(first + 5, _place.OpenFolder().TakeIds(1));
        Directory.Delete(_place.RunFolderPath, recursive: true);
        _place.Time.Jump(TimeSpan.FromSeconds(10));
        Assert.True(_place.OpenFolder().TakeIds(1) > first + 5);
    }

    [Fact]
    public void A_run_folder_that_others_can_enter_or_prepare_is_refused_with_a_remedy()
    {
        _ = _place.OpenFolder();
        Assert.Equal(0, Libc.Chmod(_place.RunFolderPath, 0x1ED));
        Assert.Null(RunFolder.Open(_place.RunFolderPath, _place.Time, out var open));
        Assert.Contains($"chmod 700 {_place.RunFolderPath}", open, StringComparison.Ordinal);

        var link = Path.Combine(_place.Dir, "link");
        Directory.CreateSymbolicLink(link, _place.Dir);
        Assert.Null(RunFolder.Open(link, _place.Time, out var linked));
        Assert.Contains("is no folder", linked, StringComparison.Ordinal);

        Assert.Null(RunFolder.Open("/proc/vigil", _place.Time, out var unwritable));
        Assert.Contains("set VIGIL_RUN_DIR", unwritable, StringComparison.Ordinal);
        Assert.Equal("/x/y", RunFolder.DefaultPath(static name => name == "VIGIL_RUN_DIR" ? "/x/y" : null));
        Assert.EndsWith($"/tmp/vigil-{Libc.EffectiveUser()}", RunFolder.DefaultPath(static _ => null), StringComparison.Ordinal);
    }
}
