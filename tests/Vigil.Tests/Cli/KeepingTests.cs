using Vigil.Cli;
using Vigil.Tests.House;

namespace Vigil.Tests.Cli;

/// <summary>Watches that come back by themselves.</summary>
public sealed class KeepingTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public KeepingTests() => _vigil.Write("patient.yaml", Some.Patient);

    public void Dispose() => _vigil.Dispose();

    [Fact, Trait("scenario", "40")]
    public void Watch_all_takes_up_what_nobody_watches_and_nothing_else()
    {
        _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started").Kill();
        _vigil.Run("doctor", "outputs/patient", "--install");     // keeps it in mind, whatever this machine has to install into
        var known = Path.Combine(_vigil.Environment()["HOME"], ".local/state/vigil/experiments");
        File.AppendAllText(known, "/nowhere/at/all\nnonsense\n");

        var first = _vigil.Run("watch", "--all");
        Assert.Equal(0, first.ExitCode);
        Assert.Contains($"Nobody watches {_vigil["outputs/patient"]}.", first.Errors, StringComparison.Ordinal);
        Assert.Contains("Watched in the background by pid ", first.Errors, StringComparison.Ordinal);
        WaitFor(() => _vigil.Run("status", "outputs/patient").Output.Contains("watched by", StringComparison.Ordinal));

        Assert.Contains("Every known experiment is watched, or done.", _vigil.Run("watch", "--all").Errors, StringComparison.Ordinal);
        _vigil.Write("go", "");
        WaitFor(() => _vigil.State("outputs/patient").AllFinished);
        Assert.Contains("Every known experiment is watched, or done.", _vigil.Run("watch", "--all").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_monitors_on_two_hosts_are_one_monitor_and_one_that_says_so()
    {
        if (Shell.Run("/", "unshare", "--uts", "true").ExitCode != 0) Assert.Skip("this machine lets nobody pretend to be two: unshare --uts needs root");
        var monitor = _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started");

        var other = Shell.Run(_vigil.Folder, _vigil.Environment(), "unshare", "--uts", "bash", "-c", $"hostname another-login-node && exec {CommandLine.Program} watch outputs/patient");
        _vigil.Write("go", "");

        Assert.Equal((4, 0), (other.ExitCode, monitor.End().ExitCode));
        Assert.Contains($"is watched by another monitor: {Environment.MachineName}, pid {monitor.Pid}", other.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Cron_gets_marked_lines_once_and_keeps_its_own()
    {
        Program("crontab", $"table={_vigil["table"]}\nif [[ $1 == -l ]]; then cat \"$table\"; else cp \"$1\" \"$table\"; fi");
        Program("systemctl", "exit 1");
        _vigil.Write("table", "5 4 * * * backup\n");
        _vigil.Extra["SLURM_CONF"] = "/etc/100%/slurm.conf";

        var asked = _vigil.Run("doctor", "--install");
        Assert.Equal((2, "5 4 * * * backup\n"), (asked.ExitCode, File.ReadAllText(_vigil["table"])));
        Assert.Equal(0, _vigil.Run("doctor", "--install", "--yes").ExitCode);
        var table = File.ReadAllText(_vigil["table"]);
        var twice = _vigil.Run("doctor", "--install", "--yes");
        _vigil.Extra["SLURM_CONF"] = "/etc/other.conf";
        Assert.Equal(0, _vigil.Run("doctor", "--install", "--yes").ExitCode);

        Assert.Contains("It is installed already, in your crontab; nothing was changed.", twice.Output, StringComparison.Ordinal);
        Assert.StartsWith("5 4 * * * backup\n# vigil watch --all: begin", table, StringComparison.Ordinal);
        Assert.Matches(@"\n@reboot env PATH=.* SLURM_CONF=/etc/100\\%/slurm\.conf .* watch --all >/dev/null 2>&1\n\*/10 ", table);
        var changed = File.ReadAllText(_vigil["table"]);
        Assert.Equal(2, changed.Split("SLURM_CONF=/etc/other.conf").Length - 1);
        Assert.Equal(table.Split('\n').Length, changed.Split('\n').Length);
    }

    [Theory]
    [InlineData("echo 'no crontab for ada' >&2; exit 1", 0, "Installed: every ten minutes")]
    [InlineData("echo 'You (ada) are not allowed to use this program (crontab)' >&2; exit 1", 1, "crontab -l refused: You (ada) are not allowed")]
    [InlineData("echo '# vigil watch --all: begin (vigil doctor --install wrote these lines; without them nothing watches by itself)'; echo '5 4 * * * backup'", 1, "take that line out with crontab -e")]
    public void A_crontab_that_cannot_be_read_whole_is_not_replaced(string list, int exitCode, string said)
    {
        Program("crontab", $"if [[ $1 == -l ]]; then {list}; else cp \"$1\" {_vigil["table"]}; fi");
        Program("systemctl", "exit 1");

        var install = _vigil.Run("doctor", "--install", "--yes");

        Assert.Equal((exitCode, exitCode == 0), (install.ExitCode, File.Exists(_vigil["table"])));
        Assert.Contains(said, install.Output + install.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_watch_that_may_have_been_submitted_is_said_to_be_so_and_a_full_disk_is_a_refusal()
    {
        _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started").Kill();
        Program("squeue", "exit 0");
        Program("sbatch", "echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' >&2; exit 1");

        var doubt = _vigil.Run("watch", "outputs/patient", "--as-job");
        File.Delete(_vigil["outputs/patient/views/watch.sbatch"]);
        Directory.CreateDirectory(_vigil["outputs/patient/views/watch.sbatch/in-the-way"]);
        var full = _vigil.Run("watch", "outputs/patient", "--as-job");

        Assert.Equal(ExitCode.NoScheduler, doubt.ExitCode);
        Assert.Contains("may have been submitted all the same", doubt.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCode.UserMistake, full.ExitCode);
        Assert.Contains("error RUN052: sbatch did not take the watch: sbatch cannot be started: ", full.Errors, StringComparison.Ordinal);
        Assert.Contains("    Nothing was changed.", full.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("50|RUNNING|None", "already. To end it: scancel 50")]
    [InlineData("50|PENDING|Priority", "already, but does not run: it is PENDING (Priority)\n    It begins when Slurm gets to it. To remove it, and then ask for another: scancel 50")]
    [InlineData("50|PENDING|None", "already, but does not run: it is PENDING\n")]
    [InlineData("50|PENDING|PartitionTimeLimit", "already, but does not run: it is PENDING (PartitionTimeLimit)\n    As it stands it never starts: somebody has to change the job or the cluster. To remove it, and then ask for another: scancel 50")]
    [InlineData("50|PENDING|ReqNodeNotAvail, UnavailableNodes:n1", "it is PENDING (ReqNodeNotAvail, UnavailableNodes:n1)\n    As it stands it never starts")]
    [InlineData("51|PENDING|Dependency\n50|RUNNING|None", "Slurm job 50 ")]
    public void A_watch_that_has_a_job_already_is_told_with_how_that_job_stands(string queue, string said)
    {
        _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started").Kill();
        Program("squeue", $"printf '{queue.Replace("\n", "\\n", StringComparison.Ordinal)}\\n'");
        Program("sbatch", $"touch {_vigil["submitted"]}");

        var again = _vigil.Run("watch", "outputs/patient", "--as-job");

        Assert.Equal((ExitCode.HeldElsewhere, false), (again.ExitCode, File.Exists(_vigil["submitted"])));
        Assert.Contains($"is the watch over {_vigil["outputs/patient"]} already", again.Errors, StringComparison.Ordinal);
        Assert.Contains(said, again.Errors, StringComparison.Ordinal);
        Assert.Contains("Slurm job 50 is to watch it; squeue -j 50 tells whether it has started", _vigil.Run("status", "outputs/patient").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_watch_whose_cluster_answers_no_questions_is_submitted_and_status_names_its_job_without_asking_anyone()
    {
        _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started").Kill();
        Assert.DoesNotContain("is to watch it", _vigil.Run("status", "outputs/patient").Output, StringComparison.Ordinal);
        Program("squeue", $"touch {_vigil["asked"]}; exit 0");
        Program("scontrol", $"touch {_vigil["surveyed"]}; echo 'slurm_load_ctl_conf error: Unable to contact slurm controller (connect failure)' >&2; exit 1");
        Program("sbatch", "echo '50;testbed'");

        var submitted = _vigil.Run("watch", "outputs/patient", "--as-job", "--time", "0", "--partition=nosuch");

        Assert.True(submitted.ExitCode == 0 && File.Exists(_vigil["surveyed"]), submitted.ToString());
        File.Delete(_vigil["asked"]);
        Assert.Contains("\nSlurm job 50 is to watch it; squeue -j 50 tells whether it has started\n", _vigil.Run("status", "outputs/patient").Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_vigil["asked"]), "status asked the cluster");

        _vigil.Write("outputs/patient/views/watch-50.out", "");     // as when the job begins
        Assert.Contains($"\nSlurm job 50 had the watch; what it said: {_vigil["outputs/patient/views/watch-50.out"]}\n", _vigil.Run("status", "outputs/patient").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("50; rm -rf /\n")]
    [InlineData("\u001b[31m50\n")]
    public void A_note_of_a_watch_s_job_that_is_no_job_s_id_names_none(string note)
    {
        _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started").Kill();
        _vigil.Write("outputs/patient/views/watch.job", note);

        Assert.DoesNotContain("Slurm job", _vigil.Run("status", "outputs/patient").Output, StringComparison.Ordinal);
    }

    private void Program(string name, string text)
    {
        Directory.CreateDirectory(_vigil["bin"]);
        _vigil.Write($"bin/{name}", $"#!/bin/bash\n{text}\n");
        File.SetUnixFileMode(_vigil[$"bin/{name}"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _vigil.Path = $"{_vigil["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
    }

    [Fact]
    public void Systemd_gets_a_timer_of_the_user_s_own()
    {
        foreach (var name in (string[])["systemctl", "loginctl"]) Program(name, $"echo \"$0 $*\" >>{_vigil["asked"]}; [[ $* != *is-enabled* || ! -e {_vigil["off"]} ]]");

        var install = _vigil.Run("doctor", "--install", "--yes");

        Assert.True(install.ExitCode == 0, install.ToString());
        Assert.Contains("So that watches stay: loginctl enable-linger", install.Output, StringComparison.Ordinal);
        var units = Path.Combine(_vigil.Environment()["HOME"], ".config/systemd/user");
        Assert.Contains($"ExecStart=\"{CommandLine.Program}\" watch --all\n", File.ReadAllText(Path.Combine(units, "vigil-watch.service")), StringComparison.Ordinal);
        Assert.Contains("OnUnitActiveSec=10min", File.ReadAllText(Path.Combine(units, "vigil-watch.timer")), StringComparison.Ordinal);
        Assert.Contains("systemctl --user enable --now vigil-watch.timer", File.ReadAllText(_vigil["asked"]), StringComparison.Ordinal);
        Assert.Contains("nothing was changed", _vigil.Run("doctor", "--install", "--yes").Output, StringComparison.Ordinal);
        _vigil.Write("off", "");     // as after: systemctl --user disable --now
        Assert.Contains("Installed: every ten minutes", _vigil.Run("doctor", "--install", "--yes").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--all and --as-job exclude each other", "--all", "--as-job")]
    [InlineData("leave out the folder, or leave out --all", "outputs/patient", "--all")]
    [InlineData("they need --as-job", "outputs/patient", "--time", "5")]
    public void Watches_that_cannot_be_meant_are_said(string message, params string[] words)
    {
        var said = _vigil.Run(["watch", .. words]);
        Assert.Equal(2, said.ExitCode);
        Assert.Contains(message, said.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/opt/vigil/vigil", "/opt/vigil/vigil")]
    [InlineData("/no/checkout/.artifacts/launcher/build-1-2/vigil", "/no/checkout/.artifacts/launcher/build-1-2/vigil")]
    public void A_program_is_called_by_its_own_name_where_no_launcher_stands_beside_it(string path, string called) => Assert.Equal(called, Installed.Of(path));

    [Fact]
    public void A_build_of_a_checkout_is_called_by_its_launcher() =>
        Assert.Equal(Path.Combine(Repository.Root, "vigil"), Installed.Of(Path.Combine(Repository.Root, ".artifacts/launcher/build-1-2/vigil")));

    private static void WaitFor(Func<bool> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!holds()) Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(90), "it does not come");
    }
}
