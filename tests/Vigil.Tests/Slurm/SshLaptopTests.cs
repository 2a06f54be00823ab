using FakeSlurm;
using Vigil.Monitoring;
using Vigil.Tests.Cli;
using Vigil.Tests.House;

namespace Vigil.Tests.Slurm;

/// <summary>Whole experiments from a laptop: the program as a user has it, a real OpenSSH on loopback, a cluster behind it that is played.</summary>
public sealed class SshLaptopTests : IDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly SshPlace _place = SshPlace.Start();
    private readonly CommandLine _cli = new();
    private readonly IReadOnlyDictionary<string, string> _cluster;

    public SshLaptopTests()
    {
        _cluster = Shims.Write(Directory.CreateDirectory(_place["cluster"]).FullName);
        string[] kept = ["PATH", "FAKE_SLURM_STATE"];
        _place.Session(_cluster.Where(v => kept.Contains(v.Key)).Append(new("DOTNET_ROOT", _cli.Environment()["DOTNET_ROOT"])).ToDictionary());
        (_cli.RunFolder, _cli.Path) = (_place.RunFolder, $"{_place.Bin}:{Environment.GetEnvironmentVariable("PATH")}");
        Cluster("fake", "executes=true", "follows-machine-clock=true", "start-delay=0");
        _cli.Write("e.yaml", $$$"""
            project: {base_output_dir: out}
            scheduler: slurm
            slurm:
              host: cluster
              dir: '{{{Root.Replace("'", "''", StringComparison.Ordinal)}}}'
              array: false
              poll_seconds: [1, 2]
              requests_per_second: 1000
              doubt_seconds: 1
            job: {restart: {delay_seconds: 0}}
            backend: {command: "echo begun ${x} in $PWD; until [[ -e go ]]; do sleep 0.1; done; echo 'saving checkpoint at iteration 5 to /ckpt'; echo done ${x}"}
            x: 1
            sweep:
              type: product
              groups: [params: {x: [1, 2]}]
            """);
    }

    private string Root => _place["there", "it's a \"run\" & more"];

    [Theory]
    [InlineData("slurm.array=false")]
    [InlineData("slurm.array=true")]
    public async Task An_experiment_runs_on_the_cluster_and_everything_that_is_read_is_here(string array)
    {
        await _place.OpenAsync(Stop);
        var connections = _place.Logins();
        Go();

        var outcome = _cli.Run("run", "e.yaml", array, "--yes");

        Assert.True(outcome.ExitCode == 0, $"{outcome}\n{File.ReadAllText(_place.ServerLog)}");
        Assert.Equal(array.EndsWith("true", StringComparison.Ordinal) ? 1 : 2, _cli.Events<RunEvent.EffectRequested>("out").Count(static e => e.Effect is Effect.Submit));
        Assert.Equal(connections, _place.Logins());
        foreach (var run in (string[])["x1", "x2"])
        {
            Assert.True(File.Exists($"{Root}/{run}/attempts/1/exit.json"));
            Assert.True(File.Exists($"{Root}/{run}/provenance/resolved_config.yaml"));
            Assert.False(File.Exists(_cli[$"out/{run}/attempts/1/exit.json"]));
            var record = _cli.State("out").Runs[run].LastAttempt!;
            Assert.Equal(_cli[$"out/{run}"], Path.GetDirectoryName(record.Log));
            Assert.Equal(File.ReadAllBytes($"{Root}/{run}/{Path.GetFileName(record.Log)}"), File.ReadAllBytes(record.Log!));
            Assert.Equal(File.ReadAllText(record.Log!), File.ReadAllText(_cli[$"out/{run}/current.log"]));
            Assert.Equal(File.ReadAllText($"{Root}/{run}/attempts/1/script.sbatch"), File.ReadAllText(_cli[$"out/{run}/attempts/1/script.sbatch"]));
        }
        Assert.Contains($"begun 2 in {Root}", _cli.Run("logs", "out", "x2").Output, StringComparison.Ordinal);
        Assert.Contains($"{Root}/x1", _cli.Run("status", "out", "--json").Output.Replace("\\u0027", "'", StringComparison.Ordinal).Replace("\\u0022", "\"", StringComparison.Ordinal).Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\u0026", "&", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_backend_files_asks_for_is_there_before_the_job_starts()
    {
        await _place.OpenAsync(Stop);
        var text = File.ReadAllText(_cli["e.yaml"]);
        var (from, to) = (text.IndexOf("backend: ", StringComparison.Ordinal), text.IndexOf("\nx: 1", StringComparison.Ordinal));
        _cli.Write("e.yaml", $$$"""{{{text[..from]}}}backend: {command: ["{output_dir}/train.sh", "and more"], files: {deep/set.yaml: {lr: "${x}"}, train.sh: [cat, "{output_dir}/deep/set.yaml", --, "{output_dir}/train.sh"]}}{{{text[to..]}}}""");

        var outcome = _cli.Run("run", "e.yaml", "project.compat=fluxgym", "--yes");

        Assert.Contains("lr: 2", _cli.Run("logs", "out", "x2").Output, StringComparison.Ordinal);
        Assert.Contains("and more", outcome.ToString(), StringComparison.Ordinal);   // cat knows no such file
        Assert.Equal("current.log", new FileInfo(_cli["out/x2/training.log"]).LinkTarget);
        Assert.Equal("current.log", new FileInfo($"{Root}/x2/training.log").LinkTarget);
        Assert.True(Directory.Exists($"{Root}/x2/sample"));
        Assert.Contains(" - INFO - x2.1 is job ", File.ReadAllText(_cli["out/x2/monitor.log"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_is_lost_in_the_middle_costs_nothing_but_time()
    {
        await _place.OpenAsync(Stop);
        var watch = _cli.Start("run", "e.yaml", "--yes");
        SshPlace.Wait(() => Runs().Count(static r => r.State is RunState.Running && r.LastAttempt!.Log is { } log && File.Exists(log)) == 2, "the jobs do not run");

        _place.KillMaster();
        var view = _cli["out/views/scheduler.json"];
        SshPlace.Wait(() => File.Exists(view) && File.ReadAllText(view).Contains("lost the connection to cluster: type", StringComparison.Ordinal), "the lost connection is not shown");
        Go();
        SshPlace.Wait(() => Directory.GetFiles(Root, "exit.json", SearchOption.AllDirectories).Length == 2, "the jobs do not end");
        Assert.All(Runs(), static r => Assert.IsType<RunState.Running>(r.State));
        await _place.OpenAsync(Stop);

        var outcome = watch.End();
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.All(Runs(), static r => Assert.Single(r.Attempts));
        Assert.All(Runs(), static r => Assert.Equal(5, r.BestStep));
        Assert.All(Runs(), static r => Assert.EndsWith("\n", File.ReadAllText(r.LastAttempt!.Log!), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("exit 1")]
    [InlineData("exec \"$real\" \"$@\"")]
    public async Task A_monitor_that_is_killed_between_the_copy_and_sbatch_leaves_one_job_a_run(string then)
    {
        await _place.OpenAsync(Stop);
        var (sbatch, hold, asked) = (Path.Combine(_place["cluster"], "bin", "sbatch"), _place["hold"], _place["asked"]);
        File.Move(sbatch, $"{sbatch}.real");
        File.WriteAllText(sbatch, $"#!/bin/bash\nreal='{sbatch}.real'\nif [[ $1 != --version && -e '{hold}' ]]; then echo >>'{asked}'; while [[ -e '{hold}' ]]; do sleep 0.05; done; {then}; fi\nexec \"$real\" \"$@\"\n");
        File.SetUnixFileMode(sbatch, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(hold, "");
        Go();

        var first = _cli.Start("run", "e.yaml", "--yes");
        SshPlace.Wait(() => File.Exists(asked), "sbatch is not called");
        first.Kill();
        File.Delete(hold);
        var outcome = _cli.Run("watch", "out");

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.All(Runs(), static r => Assert.Single(r.Attempts));
        var jobs = Cluster("sacct", "-X", "-n", "-P", "-o", "JobID,State").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, jobs.Length);
        Assert.All(jobs, static j => Assert.EndsWith("|COMPLETED", j, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_connection_the_command_to_type_is_said_nothing_hangs_and_nothing_is_written()
    {
        var outcome = _cli.Run("run", "e.yaml", "slurm.wait_seconds=1", "--yes");

        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains($"there is no connection to cluster: type  ssh -N -f -o ControlMaster=auto -o ControlPersist=yes -o ServerAliveInterval=30 -o ControlPath={_place.Socket} cluster", outcome.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Root));
        Assert.False(Directory.Exists(_cli["out/journal"]));
        Assert.Contains("there is no connection to cluster: type  ssh ", _cli.Run("plan", "e.yaml").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_says_whether_the_connection_stands_and_which_Slurm_answers_and_never_connects()
    {
        await _place.OpenAsync(Stop);
        var run = _cli.Run("run", "e.yaml", "--no-monitor", "--yes");
        Assert.True(run.ExitCode == 0, run.ToString());
        var there = _cli.Run("doctor", "out");
        Assert.Matches(@"(?m)^ok    ssh +the connection to cluster stands; testbed by cluster \(Slurm 22\.05\.\d+\) answers; the whole survey took \d+ ms$", there.Output);

        _place.KillMaster();
        var logins = _place.Logins();
        var gone = _cli.Run("doctor", "out");
        Assert.Equal(1, gone.ExitCode);
        Assert.Matches(@"(?m)^bad   ssh +there is no connection to cluster\n +→ type  ssh -N -f -o ControlMaster=auto .* cluster$", gone.Output);
        Assert.Equal(logins, _place.Logins());

        await _place.OpenAsync(Stop);
        var scontrol = Path.Combine(_place["cluster"], "bin", "scontrol");
        File.Move(scontrol, $"{scontrol}.real");
        File.WriteAllText(scontrol, "#!/bin/sh\n[ \"$1\" = --version ] && exit 0\necho 'slurm_load_ctl_conf error: Unable to contact slurm controller' >&2\nexit 1\n");
        File.SetUnixFileMode(scontrol, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var silent = _cli.Run("doctor", "out");
        Assert.Equal(1, silent.ExitCode);
        Assert.Matches(@"(?m)^bad   ssh +the connection to cluster stands, but of Slurm: it does not answer: .*Unable to contact slurm controller", silent.Output);
        File.Move($"{scontrol}.real", scontrol, overwrite: true);

        Go();
        Assert.Equal(0, _cli.Run("watch", "out").ExitCode);
        _place.KillMaster();
        // Nothing of it is needed any more.
        Assert.Matches("(?m)^note  ssh +there is no connection to cluster", _cli.Run("doctor", "out").Output);
    }

    [Fact]
    public void In_a_terminal_ssh_may_ask_and_then_the_run_goes_on()
    {
        Assert.SkipUnless(Shell.Run("/", "bash", "-c", "command -v tmux").ExitCode == 0, "there is no tmux here");
        File.Delete(_place["known"]);
        Go();
        using var terminal = new Terminal(_cli);

        terminal.Type($"{CommandLine.Program} run e.yaml --yes; echo \"it ended with $?\"");
        var asked = terminal.ScreenWith("Are you sure you want to continue connecting");
        Assert.Contains("Opening the connection to cluster; every question to the cluster goes over it. ssh may ask you something:", asked, StringComparison.Ordinal);
        terminal.Type("yes");
        terminal.ScreenWith("it ended with 0");

        Assert.All(Runs(), static r => Assert.IsType<RunState.Finished>(r.State));
    }

    [Fact]
    public async Task The_page_of_the_guide_can_be_followed()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/laptop.md")).Replace("/scratch/me/sweep", _place["there", "sweep"], StringComparison.Ordinal);
        await _place.OpenAsync(Stop);
        var vigil = Directory.CreateDirectory(_place["guide"]).FullName;
        File.CreateSymbolicLink(Path.Combine(vigil, "vigil"), CommandLine.Program);
        _cli.Path = $"{vigil}:{_cli.Path}";
        foreach (var block in Docs.ShellBlock.Of(page.Replace("host: hpc", $"host: {_place.Host}", StringComparison.Ordinal)))
        {
            var outcome = Shell.Run(_cli.Folder, _cli.Environment(), "timeout", "120", "bash", "-euo", "pipefail", "-c", block.Script);
            Assert.True(outcome.ExitCode == 0, $"line {block.Line}: {outcome}");
            Assert.Null(block.MissingFrom(outcome.Output + outcome.Errors));
        }
        Assert.True(File.Exists(Path.Combine(_place["there", "sweep"], "lr1e-3", "attempts", "1", "exit.json")));
    }

    private void Go()
    {
        // The working folder of the jobs is slurm.dir.
        Directory.CreateDirectory(Root);
        File.WriteAllText(Path.Combine(Root, "go"), "");
    }

    private IEnumerable<RunRecord> Runs() => Directory.Exists(_cli["out/journal"]) ? _cli.State("out").Runs.Values : [];

    private ShellOutcome Cluster(params string[] words)
    {
        var outcome = Shell.Run(_place["cluster"], _cluster, [Path.Combine(_place["cluster"], "bin", words[0]), .. words[1..]]);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        return outcome;
    }

    public void Dispose()
    {
        Go();
        _cli.Dispose();
        _place.Dispose();
    }

    /// <summary>A terminal whose screen can be read.</summary>
    private sealed class Terminal : IDisposable
    {
        private readonly CommandLine _cli;
        private readonly string _socket = $"vigil-{Guid.NewGuid():n}";

        public Terminal(CommandLine cli)
        {
            _cli = cli;
            Tmux("new-session", "-d", "-x", "150", "-y", "40", "bash --norc");
        }

        public void Type(string line) => Tmux("send-keys", line, "Enter");

        public string ScreenWith(string text)
        {
            var screen = "";
            SshPlace.Wait(() => (screen = Tmux("capture-pane", "-p", "-J").Output).Contains(text, StringComparison.Ordinal), $"the screen never showed '{text}':\n{screen}");
            return screen;
        }

        public void Dispose() => Tmux("kill-server");

        private ShellOutcome Tmux(params string[] words) =>
            Shell.Run(_cli.Folder, new Dictionary<string, string>(_cli.Environment()) { ["TERM"] = "xterm-256color", ["LANG"] = "C.UTF-8" }, ["timeout", "60", "tmux", "-L", _socket, "-f", "/dev/null", .. words]);
    }
}
