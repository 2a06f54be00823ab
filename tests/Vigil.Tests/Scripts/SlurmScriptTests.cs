using System.Text.Json;
using Vigil.Core.Tests.Rendering;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Tests.Scripts;

public sealed class SlurmScriptTests : IDisposable
{
    private readonly ScriptPlace _place = new();
    public void Dispose() => _place.Dispose();

    [Fact]
    public void A_job_claims_says_where_its_log_is_runs_and_tells_how_it_ended()
    {
        var job = _place.Start(_place.Run("echo \"$VIGIL_RUN|$VIGIL_ATTEMPT|$VIGIL_REQUEUE|$VIGIL_JOB_ID|{job_id}|{log_path}\"; pwd"));
        Assert.Equal(0, job.End());
        Assert.Equal($"lr1e-3|1|0|17|17|{_place.Dir}/lr1e-3/slurm-17.out\n{_place.Dir}\n", job.Log);
        var started = _place.Json("started.json");
        Assert.Equal(("17", 0, "lr1e-3.1", job.LogPath, 0), (started.GetProperty("job_id").GetString(), started.GetProperty("restart").GetInt32(), started.GetProperty("attempt").GetString(), started.GetProperty("log").GetString(), started.GetProperty("log_start").GetInt32()));
        Assert.Equal((0, JsonValueKind.Null), (_place.Json("exit.json").GetProperty("code").GetInt32(), _place.Json("exit.json").GetProperty("signal").ValueKind));
        Assert.Equal("slurm-17.out", new FileInfo($"{_place.Dir}/lr1e-3/current.log").LinkTarget);
        Assert.Equal(["claim", "exit.json", "script.sbatch", "started.json"], Directory.GetFiles(_place.Folder()).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_task_of_an_array_is_named_by_array_and_task_and_its_log_by_its_own_id()
    {
        var job = _place.Start(_place.Run("echo $VIGIL_JOB_ID"), job: "21", array: "20_4");
        Assert.Equal((0, "20_4\n"), (job.End(), job.Log));
        Assert.Equal("20_4", _place.Json("started.json").GetProperty("job_id").GetString());
        Assert.Equal(job.LogPath, _place.Json("started.json").GetProperty("log").GetString());
        Assert.Equal("slurm-21.out", new FileInfo($"{_place.Dir}/lr1e-3/current.log").LinkTarget);
    }

    [Fact]
    public void Outside_a_job_nothing_is_claimed()
    {
        var script = _place.Write(_place.Run("true"));
        var (code, _, errors) = Workplace.Bash([script]);
        Assert.Equal(64, code);
        Assert.Contains("vigil retry", errors, StringComparison.Ordinal);
        Assert.False(_place.Has("claim"));
    }

    [Fact]
    public void A_second_copy_leaves_with_75_and_writes_no_exit()
    {
        Assert.Equal(0, _place.Start(_place.Run("true")).End());
        File.Delete($"{_place.Folder()}/exit.json");
        var second = _place.Start(_place.Run("true"), job: "18");
        Assert.Equal(75, second.End());
        Assert.Contains("another copy", second.Log, StringComparison.Ordinal);
        Assert.False(_place.Has("exit.json"));
        Assert.Equal("18", _place.Json("refused.json").GetProperty("job_id").GetString());
        Assert.Equal("17", _place.Json("claim").GetProperty("job_id").GetString());
    }

    [Fact]
    public void What_slurm_queued_again_goes_on_in_a_folder_of_its_own()
    {
        var run = _place.Run("echo start $VIGIL_ATTEMPT $VIGIL_REQUEUE");
        Assert.Equal(0, _place.Start(run).End());
        var again = _place.Start(run, restart: 2);
        Assert.Equal(0, again.End());
        Assert.Equal("start 1 0\nstart 1 2\n", again.Log);
        var started = _place.Json("started.json", "1.r2");
        Assert.Equal(("17", 2, "lr1e-3.1.r2", 10), (started.GetProperty("job_id").GetString(), started.GetProperty("restart").GetInt32(), started.GetProperty("attempt").GetString(), started.GetProperty("log_start").GetInt32()));
        Assert.Equal(0, _place.Json("exit.json", "1.r2").GetProperty("code").GetInt32());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode($"{_place.Dir}/lr1e-3/attempts/1.r2"));
        Assert.Equal(75, _place.Start(run, job: "18", restart: 2).End());
        Assert.True(_place.Has("refused.json"));
        Assert.Equal(75, _place.Start(run, restart: 1).End());   // late: a later start was claimed
        Assert.True(_place.Has("refused.json"));
    }

    [Fact]
    public void The_same_job_started_anew_after_its_end_runs_nothing_and_ends_the_same()
    {
        var run = _place.Run("echo ran; exit 3");
        Assert.Equal(3, _place.Start(run).End());
        var again = _place.Start(run);
        Assert.Equal(3, again.End());
        Assert.Equal("ran\nvigil: Slurm started this job again; it had ended with exit code 3 before\n", again.Log);
    }

    [Fact]
    public void The_same_job_started_anew_takes_the_place_of_a_first_copy_that_was_killed()
    {
        var run = _place.Run("echo began; exec sleep 60");
        using (var first = _place.Start(run).Process)
        {
            ScriptPlace.Until(() => _place.Has("started.json"), "the first copy started");
            first.Kill(entireProcessTree: true);
            first.WaitForExit();
        }
        var claimed = _place.Read("claim");
        var second = _place.Start(_place.Run("echo second"));
        Assert.Equal(0, second.End());
        Assert.EndsWith("second\n", second.Log, StringComparison.Ordinal);
        Assert.NotEqual(claimed, _place.Read("claim"));
        Assert.Equal(0, _place.Json("exit.json").GetProperty("code").GetInt32());
    }

    [Fact]
    public void The_same_job_started_anew_waits_while_its_first_copy_lives()
    {
        var first = _place.Start(_place.Run("until [[ -e go ]]; do sleep 0.1; done; echo first"));
        ScriptPlace.Until(() => _place.Has("started.json"), "the first copy started");
        var second = _place.Start($"{_place.Folder()}/script.sbatch");
        Assert.False(second.Process.WaitForExit(TimeSpan.FromSeconds(1.5)));
        File.WriteAllText($"{_place.Dir}/go", "");
        Assert.Equal((0, 0), (first.End(), second.End()));
        Assert.Single(first.Log.Split('\n'), "first");
    }

    [Fact]
    public void A_job_that_was_queued_again_before_it_started_keeps_others_out_of_the_attempt()
    {
        var run = _place.Run("echo here");
        Assert.Equal(0, _place.Start(run, restart: 1).End());
        Assert.Equal(("lr1e-3.1.r1", 1), (_place.Json("started.json", "1.r1").GetProperty("attempt").GetString(), _place.Json("claim").GetProperty("restart").GetInt32()));
        Assert.False(_place.Has("started.json"));
        Assert.Equal(75, _place.Start(run, job: "18").End());
    }

    [Fact]
    public void Another_job_that_was_queued_again_does_not_take_over_the_attempt()
    {
        Assert.Equal(0, _place.Start(_place.Run("true")).End());
        Assert.Equal(75, _place.Start(_place.Run("true"), job: "18", restart: 1).End());
        Assert.False(Directory.Exists($"{_place.Dir}/lr1e-3/attempts/1.r1"));
    }

    [Fact]
    public void An_attempt_does_not_start_when_a_later_one_was_claimed()
    {
        Assert.Equal(0, _place.Start(_place.Run("true"), attempt: 10).End());
        var late = _place.Start(_place.Run("echo no"), attempt: 9, job: "16");
        Assert.Equal(75, late.End());
        Assert.Contains("a later start of this run was claimed: 10", late.Log, StringComparison.Ordinal);
        Assert.False(_place.Has("claim", "9"));
    }

    [Fact]
    public void A_link_of_a_chain_has_nothing_to_do_once_the_run_completed()
    {
        Assert.Equal(0, _place.Start(_place.Run("true")).End());
        for (var link = 2; link <= 3; link++)   // behind the third, the second had nothing to do either
        {
            var job = Link(_place.Run("echo on"), link);
            Assert.Equal((0, "vigil: the run completed in the job before this one; nothing is left to do\n"), (job.End(), job.Log));
            var mark = _place.Json("superseded.json", $"{link}");
            Assert.Equal((0, link - 1, false), (mark.GetProperty("code").GetInt32(), mark.GetProperty("after").GetInt32(), _place.Has("claim", $"{link}")));
        }
    }

    private JobRun Link(PlannedRun run, int number) => _place.Start(run, attempt: number, job: $"{17 + number}", after: number - 1);

    private PlannedRun Run(string line, string causes, params SlurmOption[] options) =>
        _place.Run(new CommandTemplate.Line(line), null, options) with { Restart = new(3, 1, [.. causes.Split(' ').Select(static c => Enum.Parse<FailureCause>(c, ignoreCase: true))]) };

    [Theory]
    [InlineData("no-such-program-here", 127, "infrastructure")]
    [InlineData("no-such-program-here", 127, "infrastructure crash")]
    [InlineData("/etc/passwd", 126, "timeout crash")]
    [InlineData("exit 3", 3, "infrastructure timeout")]
    [InlineData("exit 255", 255, "timeout")]
    public void A_link_behind_a_command_that_would_only_fail_again_runs_nothing_and_ends_alike(string line, int code, string causes)
    {
        var run = Run("echo ran >>ran; " + line, causes);
        Assert.Equal(code, _place.Start(run).End());
        for (var link = 2; link <= 3; link++)
        {
            var job = Link(run, link);
            Assert.Equal((code, $"vigil: the run failed in the job before this one, with exit code {code}; nothing is run here\n"), (job.End(), job.Log));
            var mark = _place.Json("superseded.json", $"{link}");
            Assert.Equal((code, link - 1, $"{17 + link}"), (mark.GetProperty("code").GetInt32(), mark.GetProperty("after").GetInt32(), mark.GetProperty("job_id").GetString()));
            Assert.Equal((false, false, false), (_place.Has("claim", $"{link}"), _place.Has("started.json", $"{link}"), _place.Has("exit.json", $"{link}")));
        }
        Assert.Equal("ran\n", File.ReadAllText($"{_place.Dir}/ran"));
    }

    [Theory]
    [InlineData("exit 3", "infrastructure crash", null)]
    [InlineData("kill -KILL $BASHPID", "infrastructure", null)]
    [InlineData("bash -c 'kill -TERM $$'", "infrastructure", null)]
    [InlineData("kill -TERM $$; exit 3", "infrastructure", null)]   // told to end, it failed to
    [InlineData("exit 3", "infrastructure", "B:USR1@60")]           // warned, a command may end with any code
    public void A_link_goes_on_behind_what_did_not_end_by_itself_or_is_to_be_tried_again(string line, string causes, string? signal)
    {
        var run = Run(line, causes, signal is null ? [] : [new SlurmOption("signal", signal)]);
        Assert.NotEqual(0, _place.Start(run).End());
        var second = Link(run with { Command = new CommandTemplate.Line("echo on") }, 2);
        Assert.Equal((0, true, false), (second.End(), second.Log.EndsWith("on\n", StringComparison.Ordinal), _place.Has("superseded.json", "2")));
    }

    [Fact]
    public void A_link_goes_on_behind_one_that_left_no_end()
    {
        _place.Write(_place.Run("true"));
        File.WriteAllText($"{_place.Folder()}/claim", "{}");
        Assert.Equal(0, Link(_place.Run("true"), 2).End());
        Assert.True(_place.Has("exit.json", "2"));
    }

    [Theory]
    [InlineData("exit 3", "kill -KILL $BASHPID", false)]
    [InlineData("kill -KILL $BASHPID", "exit 3", true)]
    public void Of_the_link_before_the_newest_start_counts(string first, string again, bool ends)
    {
        Assert.NotEqual(0, _place.Start(_place.Run(first)).End());
        Assert.NotEqual(0, _place.Start(_place.Run(again), restart: 1).End());
        Assert.Equal(ends ? 3 : 0, Link(_place.Run("true"), 2).End());
    }

    [Fact]
    public void A_link_that_Slurm_queued_again_after_it_began_goes_on_whatever_the_one_before_it_left()
    {
        var link = Link(_place.Run("exit 5"), 2);
        Assert.Equal(5, link.End());
        File.WriteAllText($"{_place.Folder()}/exit.json", """{"code":3,"signal":null,"host":"n1","time":"t"}""" + "\n");
        Assert.Equal(5, _place.Start($"{_place.Folder("2")}/script.sbatch", job: "19", restart: 1).End());
        Assert.Equal((false, true), (_place.Has("superseded.json", "2"), _place.Has("exit.json", "2.r1")));
    }

    [Fact]
    public void A_requeued_link_that_completed_counts_as_well()
    {
        Assert.Equal(9, _place.Start(_place.Run("exit 9")).End());
        Assert.Equal(0, _place.Start(_place.Run("true"), restart: 1).End());
        Assert.Equal(0, _place.Start(_place.Run("echo on"), attempt: 2, job: "18", after: 1).End());
        Assert.True(_place.Has("superseded.json", "2"));
    }

    [Theory]
    [InlineData("exit 7", 7, null)]
    [InlineData("no-such-program-here --x", 127, null)]
    [InlineData("echo \"abc", 2, null)]
    [InlineData("set -e; false; echo on", 1, null)]
    [InlineData("trap 'echo bye' EXIT; exit 9", 9, null)]
    [InlineData("cd /; umask 777; unset HOSTNAME PATH; vigil_host=x; exit 5", 5, null)]
    [InlineData("kill -9 $BASHPID", 137, 9)]
    [InlineData("bash -c 'kill -TERM $$'", 143, 15)]
    [InlineData("kill -TERM $$; exit 3", 3, 15)]
    public void The_exit_tells_the_true_code_of_the_command(string line, int code, int? signal)
    {
        foreach (var option in new SlurmOption[] { new("nodes", "1"), new("signal", "B:USR1@60") })
        {
            using var place = new ScriptPlace();
            var job = place.Start(place.Run(new CommandTemplate.Line(line), null, option));
            Assert.Equal(code, job.End());
            var exit = place.Json("exit.json");
            Assert.Equal(code, exit.GetProperty("code").GetInt32());
            Assert.Equal(signal, exit.GetProperty("signal").ValueKind is JsonValueKind.Null ? null : exit.GetProperty("signal").GetInt32());
        }
    }

    [Fact]
    public void The_users_variables_do_not_reach_the_witness()
    {
        var run = _place.Run(new CommandTemplate.Line("echo \"$A|$IFS|$PATH\"; exit 4"), new() { Env = [new("IFS", "0123456789"), new("PATH", "/nowhere"), new("A", "it's $(id) \"{name}\"")] });
        Assert.Equal(4, _place.Start(run).End());
        Assert.Equal(4, _place.Json("exit.json").GetProperty("code").GetInt32());
        Assert.Equal("it's $(id) \"lr1e-3\"|0123456789|/nowhere\n", File.ReadAllText($"{_place.Dir}/lr1e-3/slurm-17.out"));
    }

    [Fact]
    public void The_runs_own_variables_win_over_the_sections()
    {
        var run = _place.Run(new CommandTemplate.Line("echo $A $B"), new() { Env = [new("A", "section"), new("B", "section")] });
        run = run with { Env = run.Env.Add("A", "run") };
        var job = _place.Start(run);
        Assert.Equal((0, "run section\n"), (job.End(), job.Log));
    }
}
