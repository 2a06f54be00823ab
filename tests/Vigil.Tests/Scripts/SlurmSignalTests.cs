using System.Globalization;
using System.Text.Json;
using Vigil.Core.Tests.Rendering;
using Vigil.Planning;

namespace Vigil.Tests.Scripts;

/// <summary>Signals that reach the batch shell alone, and jobs that must end because a later one began.</summary>
public sealed class SlurmSignalTests : IDisposable
{
    private readonly ScriptPlace _place = new();
    public void Dispose() => _place.Dispose();

    private static readonly SlurmOption Usr1 = new("signal", "B:USR1@60");

    /// <summary>What slurmd does for <c>--signal=B:</c>: one signal, to the batch shell and nothing else.</summary>
    private static void Signal(JobRun job, string signal)
    {
        Assert.Equal((0, "", ""), Workplace.Program("bash", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {job.Process.Id}")]));
    }

    private JobRun Running(PlannedRun run)
    {
        var job = _place.Start(run);
        ScriptPlace.Until(() => job.Log.Contains("ready", StringComparison.Ordinal), "the command is ready");
        return job;
    }

    [Theory]
    [InlineData("B:USR1@60", "USR1")]
    [InlineData("B:SIGUSR2@60", "USR2")]
    [InlineData("RB:10@60", "USR1")]
    [InlineData("B:TERM", "TERM")]
    public void The_signal_that_slurm_sends_to_the_batch_shell_reaches_the_command(string option, string signal)
    {
        var run = _place.Run(Some.Words("bash", "-c", $"trap 'echo got; exit 42' {signal}; echo ready; while :; do sleep 0.05; done"), null, new SlurmOption("signal", option));
        var job = Running(run);
        Signal(job, signal);
        Assert.Equal(42, job.End());
        Assert.EndsWith("got\n", job.Log, StringComparison.Ordinal);
        Assert.Equal(42, _place.Json("exit.json").GetProperty("code").GetInt32());
    }

    [Fact]
    public void A_command_that_saves_and_goes_on_is_waited_for()
    {
        var run = _place.Run(Some.Words("bash", "-c", "trap 'echo saved; ((++saves))' USR1; echo ready; while ((saves < 2)); do sleep 0.05; done; exit 5"), null, Usr1);
        var job = Running(run);
        Signal(job, "USR1");
        ScriptPlace.Until(() => job.Log.Contains("saved", StringComparison.Ordinal), "it saves");
        // Signals of one kind that come faster than they are passed on are one signal, as everywhere.
        for (var sent = 0; sent < 10 && !job.Process.WaitForExit(TimeSpan.FromSeconds(2)); sent++) Signal(job, "USR1");
        Assert.Equal((5, 2), (job.End(), job.Log.Split("saved").Length - 1));
    }

    [Fact]
    public void A_command_that_knows_no_signal_ends_by_it()
    {
        var job = Running(_place.Run(Some.Words("bash", "-c", "echo ready; exec sleep 60"), null, Usr1));
        Signal(job, "USR1");
        Assert.Equal(138, job.End());
        Assert.Equal((138, 10), (_place.Json("exit.json").GetProperty("code").GetInt32(), _place.Json("exit.json").GetProperty("signal").GetInt32()));
    }

    [Theory]
    [InlineData("echo ready; exec sleep 60", 143)]
    [InlineData("trap 'echo saved; exit 0' TERM; echo ready; while :; do sleep 0.05; done", 0)]
    [InlineData("trap 'echo saved; exit 9' TERM; echo ready; while :; do sleep 0.05; done", 9)]
    public void That_the_job_is_to_end_reaches_the_command_although_slurm_tells_the_batch_shell_alone(string line, int code)
    {
        var job = Running(_place.Run(Some.Words("bash", "-c", line)));
        Signal(job, "TERM");
        Assert.Equal(code, job.End());
        // Also of one that left with 0: it has saved, which is not to be done.
        Assert.Equal((code, 15), (_place.Json("exit.json").GetProperty("code").GetInt32(), _place.Json("exit.json").GetProperty("signal").GetInt32()));
    }

    [Fact]
    public void What_was_told_to_end_and_left_with_0_goes_on_when_it_is_queued_again()
    {
        var run = _place.Run(Some.Words("bash", "-c", "trap 'exit 0' TERM; [[ -e again ]] && exit 0; touch again; echo ready; while :; do sleep 0.05; done"));
        var job = Running(run);
        Signal(job, "TERM");
        Assert.Equal(0, job.End());

        Assert.Equal(0, _place.Start($"{_place.Folder()}/script.sbatch", restart: 1).End());
        Assert.Equal((0, JsonValueKind.Null), (_place.Json("exit.json", "1.r1").GetProperty("code").GetInt32(), _place.Json("exit.json", "1.r1").GetProperty("signal").ValueKind));
    }

    [Fact]
    public void Of_a_line_of_shell_that_is_to_end_the_rest_is_not_run()
    {
        var job = Running(_place.Run("echo ready; sleep 60; echo never"));
        Signal(job, "TERM");
        Assert.Equal(143, job.End());
        Assert.DoesNotContain("never", job.Log, StringComparison.Ordinal);
        Assert.Equal(15, _place.Json("exit.json").GetProperty("signal").GetInt32());
    }

    [Fact]
    public void An_srun_is_spared_the_term_that_would_make_it_kill_its_tasks()
    {
        var srun = $"{_place.Folder("1")}/srun";
        File.WriteAllText(srun, "#!/bin/bash\ntrap 'echo srun was told' TERM\necho ready\nwhile ((SECONDS < 2)); do :; done\nexit 7\n");
        File.SetUnixFileMode(srun, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var job = Running(_place.Run(Some.Words(srun)));
        Signal(job, "TERM");
        Assert.Equal(7, job.End());
        Assert.Equal("ready\n", job.Log);
    }

    [Fact]
    public void Without_such_an_option_the_command_hears_nothing_of_it()
    {
        var job = Running(_place.Run("echo ready; sleep 0.3; exit 6"));
        Signal(job, "USR1");
        Assert.Equal(6, job.End());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_signal_to_the_whole_job_ends_it_with_its_true_code(bool forwards)
    {
        var run = _place.Run(Some.Words("bash", "-c", "trap 'sleep 0.2; exit 3' TERM; echo ready; while :; do sleep 0.05; done"), null, forwards ? [Usr1] : []);
        var job = Running(run);
        Assert.Equal(0, Workplace.Program("bash", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM -- -{job.Process.Id}")]).Code);
        Assert.Equal(3, job.End());
        Assert.Equal((3, 15), (_place.Json("exit.json").GetProperty("code").GetInt32(), _place.Json("exit.json").GetProperty("signal").GetInt32()));
    }

    /// <summary>Signals arrive at every moment of a short command's life, its end included.</summary>
    [Fact]
    public void The_code_is_never_lost_however_the_signals_fall()
    {
        const int Trials = 80, AtOnce = 8;
        var line = "trap : USR1; echo ready; for ((i = 0; i < $((RANDOM % 30)); i++)); do :; done; exit 23";
        for (var trial = 0; trial < Trials; trial += AtOnce)
        {
            var places = Enumerable.Range(0, AtOnce).Select(static _ => new ScriptPlace()).ToList();
            try
            {
                var jobs = places.ConvertAll(p => p.Start(p.Run(Some.Words("bash", "-c", line), null, Usr1)));
                foreach (var (job, place) in jobs.Zip(places))
                {
                    ScriptPlace.Until(() => job.Log.Contains("ready", StringComparison.Ordinal), "the command is ready");
                    while (!job.Process.HasExited) Workplace.Program("bash", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -USR1 {job.Process.Id} 2>/dev/null; kill -USR1 {job.Process.Id} 2>/dev/null; true")]);
                    Assert.Equal(23, job.End());
                    Assert.Equal(23, place.Json("exit.json").GetProperty("code").GetInt32());
                }
            }
            finally
            {
                places.ForEach(static p => p.Dispose());
            }
        }
    }

    private static string Quickly(string script) => script.Replace("read -r -t 30", "read -r -t 0.2", StringComparison.Ordinal).Replace("read -r -t 1 ", "read -r -t 0.1 ", StringComparison.Ordinal);

    [Theory]
    [InlineData("trap 'exit 8' TERM; echo ready; while :; do sleep 0.05; done", 8, "2")]
    [InlineData("trap '' TERM; echo ready; while :; do sleep 0.05; done", 137, "2")]
    [InlineData("trap 'exit 8' TERM; echo ready; while :; do sleep 0.05; done", 8, "1.r1")]
    public void A_job_that_was_cut_off_ends_when_a_later_start_was_claimed(string line, int code, string later)
    {
        var job = _place.Start(_place.Run(Some.Words("bash", "-c", line)), change: Quickly);
        ScriptPlace.Until(() => job.Log.Contains("ready", StringComparison.Ordinal), "the command is ready");
        Assert.False(_place.Has("fenced.json"));
        File.WriteAllText($"{_place.Folder(later)}/claim", "{}\n");
        Assert.Equal(code, job.End());
        Assert.Equal(later, _place.Json("fenced.json").GetProperty("later").GetString());
        Assert.Equal(code, _place.Json("exit.json").GetProperty("code").GetInt32());
    }

    [Fact]
    public void An_earlier_attempts_claim_ends_nothing()
    {
        File.WriteAllText($"{_place.Folder("1")}/claim", "{}\n");
        var job = _place.Start(_place.Run("sleep 0.8; exit 2"), attempt: 2, change: Quickly);
        Assert.Equal(2, job.End());
        Assert.False(_place.Has("fenced.json", "2"));
    }

    [Fact]
    public void The_watch_ends_with_the_job_and_holds_neither_its_log_nor_its_pipe()
    {
        var job = _place.Start(_place.Run("for n in 3 4 5 6 8; do [[ -e /proc/self/fd/$n ]] && echo $n; done; true"));
        Assert.Equal((0, ""), (job.End(), job.Log));
        ScriptPlace.Until(() => Workplace.Program("bash", ["-c", $"for f in /proc/[0-9]*/fd/*; do [[ $f -ef {job.LogPath} ]] && echo $f; done; true"]).Output.Length == 0, "nobody holds the log");
    }
}
