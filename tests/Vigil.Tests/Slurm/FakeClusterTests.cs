using FakeSlurm;
using Vigil.Tests.CrashMatrix;
using Vigil.Tests.House;

namespace Vigil.Tests.Slurm;

/// <summary>What tests that play Slurm rely on: the clock, the ends, the faults, and the program in front of it all.</summary>
public sealed class FakeClusterTests
{
    private const string Timeout = "Socket timed out on send/recv operation";

    private readonly FakeCluster _cluster = new() { Site = { User = "ada", UserId = 1000, Zone = "UTC" } };

    [Fact]
    public void A_job_waits_runs_ends_and_is_forgotten_as_time_passes()
    {
        _cluster.Ends(new Ending("train") { Seconds = 100 });
        Submit("train");

        Assert.Equal("PENDING", State("1"));
        Pass(1);
        Assert.Equal("RUNNING", State("1"));
        Pass(100);
        Assert.Equal("COMPLETED", State("1"));
        Pass(300);
        Assert.Equal((1, "slurm_load_jobs error: Invalid job id specified\n"), Errors("squeue", "-h", "-j", "1"));
        Assert.Equal("1|COMPLETED|0:0|2026-11-22T03:00:01|2026-11-22T03:01:41\n", Ask("sacct", "-X", "-n", "-P", "-o", "JobID,State,ExitCode,Start,End", "-j", "1"));
    }

    [Theory]
    [InlineData("FAILED", 3, 0, "FAILED|3:0", "NonZeroExitCode")]
    [InlineData("FAILED", 0, 9, "FAILED|0:9", "JobLaunchFailure")]
    [InlineData("OUT_OF_MEMORY", 0, 125, "OUT_OF_MEMORY|0:125", "OutOfMemory")]
    [InlineData("NODE_FAIL", 0, 0, "NODE_FAIL|0:0", "NodeDown")]
    [InlineData("PREEMPTED", 0, 0, "PREEMPTED|0:0", "None")]
    [InlineData("DEADLINE", 1, 0, "DEADLINE|1:0", "DeadLine")]
    [InlineData("BOOT_FAIL", 0, 0, "BOOT_FAIL|0:0", "None")]
    [InlineData("LAUNCH_FAILED", 1, 0, "LAUNCH_FAILED|1:0", "None")]
    public void A_job_ends_in_the_state_that_the_test_asks_for_known_to_Slurm_22_or_not(string state, int exitCode, int signal, string accounted, string reason)
    {
        _cluster.Ends(new Ending("tr*", state) { ExitCode = exitCode, Signal = signal, Seconds = 5 });
        Submit("train", "--no-requeue");
        Pass(6);

        Assert.Equal($"{state}|{reason}\n", Ask("squeue", "-h", "-t", "all", "-j", "1", "-o", "%T|%r"));
        Assert.Equal($"{accounted}\n", Ask("sacct", "-X", "-n", "-P", "-o", "State,ExitCode", "-j", "1"));
    }

    [Fact]
    public void A_job_that_would_run_longer_than_its_limit_ends_at_it_and_is_warned_before()
    {
        _cluster.Ends(new Ending("*") { Seconds = null });
        Submit("train", "--time=2", "--signal=B:USR1@30");
        Pass(92);
        Assert.Equal(["USR1"], _cluster.Jobs[0].Signals);
        Assert.Equal("RUNNING", State("1"));
        Pass(29);

        Assert.Equal("TIMEOUT|0:0|00:02:00\n", Ask("sacct", "-X", "-n", "-P", "-o", "State,ExitCode,Elapsed", "-j", "1"));
    }

    [Fact]
    public void A_preempted_job_waits_again_under_its_id_and_accounting_keeps_both_runs()
    {
        _cluster.Ends(new Ending("train") { Seconds = 10 });
        _cluster.Ends(new Ending("train", "PREEMPTED") { Seconds = 10, Run = 0 });
        Submit("train");
        Pass(11);

        Assert.Equal("1|PENDING|BeginTime|1\n", Ask("squeue", "-h", "-O", "JobID:|,State:|,Reason:|,RestartCnt:"));
        Pass(150);
        Assert.Equal("PREEMPTED\nCOMPLETED\n", Ask("sacct", "-X", "-n", "-P", "-D", "-o", "State", "-j", "1"));
        Assert.Equal("COMPLETED\n", Ask("sacct", "-X", "-n", "-P", "-o", "State", "-j", "1"));
    }

    [Fact]
    public void A_crashed_node_ends_what_ran_on_it_and_takes_nothing_until_it_is_back()
    {
        Submit("train", "--no-requeue");
        Pass(1);
        _cluster.CrashNode("n1");
        Submit("next");
        Pass(1);

        Assert.Equal("NODE_FAIL", State("1"));
        Assert.Equal("n2\n", Ask("squeue", "-h", "-j", "2", "-o", "%N"));
        Assert.Equal("down*|1\nidle|2\nmixed|1\n", string.Concat(Ask("sinfo", "-h", "-p", "main", "-o", "%T|%D").Split('\n', StringSplitOptions.RemoveEmptyEntries).Order().Select(line => line + "\n")));
    }

    [Fact]
    public void No_more_jobs_run_at_once_than_there_are_slots_GPUs_or_the_arrays_own_limit()
    {
        _cluster.Site.Slots = 3;
        Submit("many", "--array=0-9");
        Pass(1);
        Assert.Equal(3, Running);

        _cluster.Site.Slots = null;
        Pass(60);
        Submit("throttled", "--array=0-9%2");
        Submit("wide", "--array=0-9", "--gres=gpu:2");
        Pass(1);
        Assert.Equal(2, _cluster.Jobs.Count(job => job.IsRunning && job.Name == "throttled"));
        Assert.Equal(8, _cluster.Jobs.Count(job => job.IsRunning && job.Name == "wide"));
    }

    [Fact]
    public void Accounting_is_behind_by_as_much_as_it_was_told()
    {
        _cluster.Site.AccountingLag = 30;
        _cluster.Ends(new Ending("*") { Seconds = 10 });
        Submit("train");
        Pass(12);

        Assert.Equal("COMPLETED", State("1"));
        Assert.Equal("", Ask("sacct", "-X", "-n", "-P", "-o", "State", "-j", "1"));
        Pass(20);
        Assert.Equal("RUNNING\n", Ask("sacct", "-X", "-n", "-P", "-o", "State", "-j", "1"));
        Pass(10);
        Assert.Equal("COMPLETED\n", Ask("sacct", "-X", "-n", "-P", "-o", "State", "-j", "1"));
    }

    [Fact]
    public void Options_of_the_command_line_win_over_those_of_the_script_and_the_rest_of_the_script_is_its_own()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder["job.sh"], "#!/bin/bash\n\n#SBATCH --job-name=inside   # a name\n#SBATCH -t 5 --comment='from inside'\n# a comment\n#SBATCH --array=1-2\necho go\n#SBATCH --partition=nosuch\n");

        Assert.Equal("1\n", _cluster.Run(["sbatch", "--parsable", "--job-name=outside", "job.sh", "--qos=an-argument"], folder: folder.Path).Output);
        Assert.Equal("1_[1-2]|outside|from inside|5:00|main\n", Ask("squeue", "-h", "-o", "%i|%j|%k|%l|%P"));
        Assert.Equal(["--qos=an-argument"], _cluster.Jobs[0].Arguments);
    }

    [Theory]
    [InlineData(FaultKind.Down, 9, 1, "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)\n", false)]
    [InlineData(FaultKind.Hung, 10, 1, $"sbatch: error: Batch job submission failed: {Timeout}\n", false)]
    [InlineData(FaultKind.AcceptThenTimeOut, 10, 1, $"sbatch: error: Batch job submission failed: {Timeout}\n", true)]
    [InlineData(FaultKind.RateLimited, 0, 1, "sbatch: error: Batch job submission failed: Rate limit exceeded, please retry momentarily\n", false)]
    [InlineData(FaultKind.TemporarilyUnable, 1, 0, "sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying\n", true)]
    [InlineData(FaultKind.StaysUnable, 120, 1, "sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying\nsbatch: error: Batch job submission failed: Resource temporarily unavailable\n", false)]
    public void A_submission_fails_as_it_is_told_and_the_job_is_there_or_not(FaultKind fault, int seconds, int exitCode, string errors, bool isThere)
    {
        _cluster.Fails(fault, times: 1);
        var before = _cluster.Now;

        var answer = _cluster.Run(["sbatch", "--parsable", "--wrap=true"]);

        Assert.Equal((exitCode, errors), (answer.ExitCode, answer.Errors));
        Assert.Equal(TimeSpan.FromSeconds(seconds), answer.Took);
        Assert.Equal(before.AddSeconds(seconds), _cluster.Now);
        Assert.Equal(isThere ? 1 : 0, _cluster.Jobs.Count);
        Assert.Equal(0, _cluster.Run(["sbatch", "--wrap=true"]).ExitCode);
    }

    [Fact]
    public void A_fault_befalls_the_calls_it_names_and_no_others()
    {
        _cluster.Fails(new Fault(FaultKind.Down) { Command = "squeue", Times = 2, Spares = 1 });

        Assert.Equal([0, 1, 1, 0], Enumerable.Range(0, 4).Select(_ => _cluster.Run(["squeue", "-h"]).ExitCode));
        Assert.Equal(0, _cluster.Run(["sbatch", "--wrap=true"]).ExitCode);
        Assert.Equal(4, _cluster.Calls["squeue"]);
        Assert.Equal(1, _cluster.Calls["sbatch"]);
    }

    [Fact]
    public void Squeue_can_be_empty_show_the_jobs_of_others_or_be_garbled()
    {
        Submit("mine");
        Submit("mine-too");
        _cluster.AddForeignJob("bob", "theirs", "vigil:0a1b");
        string[] look = ["squeue", "--me", "-h", "-o", "%u %j"];

        Assert.Equal("ada mine\nada mine-too\n", Ask(look));
        _cluster.Fails(FaultKind.EmptyQueue, times: 1);
        Assert.Equal("", Ask(look));
        _cluster.Fails(FaultKind.OtherUsers, times: 1);
        Assert.Equal("ada mine\nada mine-too\nbob theirs\n", Ask(look));
        _cluster.Fails(FaultKind.OnlyOtherUsers, times: 1);
        Assert.Equal("bob theirs\n", Ask(look));
        _cluster.Fails(FaultKind.Garbled, times: 1);
        Assert.DoesNotContain("ada mine\nada mine-too\n", Ask(look), StringComparison.Ordinal);
        Assert.Equal("ada mine\nada mine-too\n", Ask(look));
    }

    [Fact]
    public void Sbatch_can_be_noisy_and_name_its_cluster()
    {
        _cluster.Fails(new Fault(FaultKind.Noise) { Times = 1, Text = "*** maintenance on Monday ***" });
        Assert.Equal("*** maintenance on Monday ***\n1\n", Ask("sbatch", "--parsable", "--wrap=true"));
        _cluster.Fails(FaultKind.ClusterSuffix, times: 1);
        Assert.Equal("2;testbed\n", Ask("sbatch", "--parsable", "--wrap=true"));
    }

    [Fact]
    public void Accounting_can_be_down_off_empty_or_without_comments_and_the_queue_does_not_care()
    {
        Submit("train", "--comment=vigil:0a1b");
        string[] look = ["sacct", "-X", "-n", "-P", "-o", "Comment", "-j", "1"];

        Assert.Equal("vigil:0a1b\n", Ask(look));
        _cluster.Site.DropsComments = true;
        Assert.Equal("\n", Ask(look));
        _cluster.Fails(FaultKind.EmptyAccounting, times: 1);
        Assert.Equal("", Ask(look));
        _cluster.Fails(FaultKind.AccountingDown, times: 1);
        Assert.Contains("sacct: error: Problem talking to the database: Connection refused\n", Errors(look).Text, StringComparison.Ordinal);
        _cluster.Site.HasNoAccounting = true;
        Assert.Equal((1, "Slurm accounting storage is disabled\n"), Errors(look));
        Assert.Equal("PENDING", State("1"));
    }

    [Fact]
    public void Witnesses_contradict_each_other_as_they_are_told()
    {
        Submit("train");
        Pass(1);
        _cluster.State.FalseWitnesses.Add(new("squeue", "train", null));
        _cluster.State.FalseWitnesses.Add(new("sacct", "tr*", "MELTED"));

        Assert.Equal("", Ask("squeue", "-h", "-o", "%i"));
        Assert.Equal("MELTED\n", Ask("sacct", "-X", "-n", "-P", "-o", "State", "-j", "1"));
        _cluster.Heal();
        Assert.Equal("RUNNING", State("1"));
    }

    [Fact]
    public void An_id_is_used_again_and_belongs_to_the_younger_job()
    {
        Submit("old");
        Pass(61);
        _cluster.State.NextId = 1;
        Submit("young");

        Assert.Equal("young\n", Ask("squeue", "-h", "-t", "all", "-j", "1", "-o", "%j"));
        Assert.Equal("old|COMPLETED\nyoung|PENDING\n", Ask("sacct", "-X", "-n", "-P", "-D", "-o", "JobName,State", "-j", "1"));
    }

    [Fact]
    public void A_client_that_asks_too_often_waits_without_a_word()
    {
        (_cluster.Site.RateBucket, _cluster.Site.RateRefill) = (3, 2);

        var took = Enumerable.Range(0, 5).Select(_ => _cluster.Run(["squeue", "-h"]).Took.TotalSeconds).ToArray();

        Assert.Equal([0, 0, 0, 1, 0], took);
        Assert.Equal(1, _cluster.Calls["rate-limited"]);
    }

    [Fact]
    public void The_cluster_follows_a_clock_that_it_is_given_and_prints_its_own_zone_and_skew()
    {
        var time = new VirtualTime();
        var cluster = new FakeCluster { Clock = time, Skew = TimeSpan.FromMinutes(7), Site = { Zone = "Europe/Berlin" } };
        time.Advance(TimeSpan.FromMinutes(1));
        cluster.Run(["sbatch", "--wrap=true"]);

        Assert.Equal("2026-11-22T04:08:00\n", cluster.Run(["squeue", "-h", "-o", "%V"]).Output);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("CD\n", cluster.Run(["squeue", "-h", "-t", "all", "-o", "%t"]).Output);
    }

    [Fact]
    public void Ten_thousand_jobs_are_a_matter_of_moments()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        _cluster.Site.Slots = 2000;
        (_cluster.Site.NodeCount, _cluster.Site.MinJobAge) = (200, 100_000);
        Submit("many", "--array=0-9999");
        Pass(600);

        Assert.Equal(10_000, Ask("squeue", "-h", "-r", "-t", "CD", "-o", "%i").Count(c => c == '\n'));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }

    [Fact]
    public async Task Programs_on_PATH_answer_for_one_cluster_in_a_file_many_at_once()
    {
        using var folder = new ScratchFolder();
        var environment = Shims.Write(folder.Path);
        ShellOutcome Call(string program, params string[] words) => Shell.Run(folder.Path, environment, [folder[$"bin/{program}"], .. words]);

        Assert.Equal(0, Call("fake", "user=ada", "zone=UTC", "end=*:FAILED:3:10").ExitCode);
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Call("sbatch", "--parsable", "--wrap=true").Output.Trim())));
        Assert.Equal(Enumerable.Range(1, 8).Select(id => $"{id}"), ids.Order());
        Assert.Equal("", Call("fake", "advance=20", "down:squeue=1").Output);
        Assert.Equal("slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n", Call("squeue", "--me").Errors);
        Assert.Equal("FAILED\n", Call("squeue", "-h", "-t", "all", "-j", "8", "-o", "%T").Output);
        Assert.Equal("{\"sbatch\":8,\"squeue\":2}\n", Call("fake", "calls").Output);
    }

    [Fact]
    public void A_script_really_runs_where_it_is_asked_to_with_what_Slurm_tells_a_job_and_ends_as_it_ends()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder["job.sh"], "#!/bin/bash\n#SBATCH --job-name=real --array=4-5 --output=%x-%A_%a.out\necho \"$1 $SLURM_JOB_ID $SLURM_ARRAY_TASK_ID ${SLURM_RESTART_COUNT-unset} $PWD\"\nexit $((SLURM_ARRAY_TASK_ID - 4))\n");
        _cluster.Site.Executes = true;
        _cluster.State.ExecutionFolder = folder["jobs"];

        Assert.Equal(0, _cluster.Run(["sbatch", "job.sh", "a word"], folder: folder.Path).ExitCode);
        Pass(61);

        Assert.Equal("COMPLETED|0:0\nFAILED|1:0\n", Ask("sacct", "-X", "-n", "-P", "-o", "State,ExitCode", "-j", "1"));
        Assert.Equal($"a word 2 4 unset {folder.Path}\n", File.ReadAllText(folder["real-1_4.out"]));
        Assert.Equal($"a word 1 5 unset {folder.Path}\n", File.ReadAllText(folder["real-1_5.out"]));
    }

    [Fact]
    public void A_cancelled_script_is_asked_to_end_before_it_is_ended_and_a_requeued_one_appends()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder["job.sh"], "#!/bin/bash\n#SBATCH --output=log --open-mode=append\ntrap 'echo asked; exit 9' TERM\necho \"run ${SLURM_RESTART_COUNT-0}\"\ntouch \"up$SLURM_RESTART_COUNT\"\nwhile :; do sleep 0.05; done\n");
        _cluster.Site.Executes = true;
        _cluster.State.ExecutionFolder = folder["jobs"];
        _cluster.Ends(new Ending("*") { Seconds = null });
        _cluster.Run(["sbatch", "job.sh"], folder: folder.Path);
        Pass(1);
        Until(() => File.Exists(folder["up"]));

        _cluster.Run(["scontrol", "requeue", "1"]);
        Pass(130);
        Until(() => File.Exists(folder["up1"]));
        _cluster.Run(["scancel", "1"]);

        // Bash itself tells of its sleep, which was ended too.
        Assert.Equal(["run 0", "asked", "run 1", "asked"], File.ReadLines(folder["log"]).Where(line => line != "Terminated"));
        Assert.Equal("REQUEUED\nCANCELLED by 1000\n", Ask("sacct", "-X", "-n", "-P", "-D", "-o", "State", "-j", "1"));
    }

    private static void Until(Func<bool> holds) => Assert.True(SpinWait.SpinUntil(holds, TimeSpan.FromSeconds(30)));

    private int Running => _cluster.Jobs.Count(job => job.IsRunning);

    private void Submit(string name, params string[] options) => Assert.Equal(0, _cluster.Run(["sbatch", $"--job-name={name}", .. options, "--wrap=true"]).ExitCode);

    private void Pass(double seconds) => _cluster.Advance(TimeSpan.FromSeconds(seconds));

    private string Ask(params string[] words) => _cluster.Run(words).Output;

    private (int ExitCode, string Text) Errors(params string[] words) => _cluster.Run(words) is var answer ? (answer.ExitCode, answer.Errors) : default;

    private string State(string id) => Ask("squeue", "-h", "-t", "all", "-j", id, "-o", "%T").TrimEnd('\n');
}
