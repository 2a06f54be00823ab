using Vigil.Cli;
using Vigil.Tests.House;

namespace Vigil.Tests.Cli;

/// <summary>Watches that come back by themselves.</summary>
public sealed class KeepingTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public KeepingTests() => _vigil.Write("patient.yaml", Some.Patient);

    public void Dispose() => _vigil.Dispose();

    [Fact]
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
        Directory.CreateDirectory(_vigil["bin"]);
        _vigil.Write("bin/crontab", $"#!/bin/bash\ntable={_vigil["table"]}\nif [[ $1 == -l ]]; then cat \"$table\"; else cp \"$1\" \"$table\"; fi\n");
        _vigil.Write("bin/systemctl", "#!/bin/bash\nexit 1\n");
        foreach (var name in (string[])["crontab", "systemctl"]) File.SetUnixFileMode(_vigil[$"bin/{name}"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _vigil.Path = $"{_vigil["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
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

    [Fact]
    public void Systemd_gets_a_timer_of_the_user_s_own()
    {
        Directory.CreateDirectory(_vigil["bin"]);
        foreach (var name in (string[])["systemctl", "loginctl"])
        {
            _vigil.Write($"bin/{name}", $"#!/bin/bash\necho \"$0 $*\" >>{_vigil["asked"]}\n");
            File.SetUnixFileMode(_vigil[$"bin/{name}"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        _vigil.Path = $"{_vigil["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";

        var install = _vigil.Run("doctor", "--install", "--yes");

        Assert.True(install.ExitCode == 0, install.ToString());
        Assert.Contains("So that watches stay: loginctl enable-linger", install.Output, StringComparison.Ordinal);
        var units = Path.Combine(_vigil.Environment()["HOME"], ".config/systemd/user");
        Assert.Contains($"ExecStart=\"{CommandLine.Program}\" watch --all\n", File.ReadAllText(Path.Combine(units, "vigil-watch.service")), StringComparison.Ordinal);
        Assert.Contains("OnUnitActiveSec=10min", File.ReadAllText(Path.Combine(units, "vigil-watch.timer")), StringComparison.Ordinal);
        Assert.Contains("systemctl --user enable --now vigil-watch.timer", File.ReadAllText(_vigil["asked"]), StringComparison.Ordinal);
        Assert.Contains("nothing was changed", _vigil.Run("doctor", "--install", "--yes").Output, StringComparison.Ordinal);
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
