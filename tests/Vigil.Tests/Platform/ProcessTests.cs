using System.Diagnostics;
using System.Text;
using Vigil.Platform;

namespace Vigil.Tests.Platform;

public sealed class ProcessTests : IDisposable
{
    private readonly string _dir = Directory.CreateTempSubdirectory("vigil-process-").FullName;
    public void Dispose() => Directory.Delete(_dir, recursive: true);
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("bash")]
    [InlineData("a b")]
    [InlineData("x) S 1 (y")]
    [InlineData(")")]
    public void The_name_of_a_process_may_hold_anything(string name)
    {
        var line = $"4711 ({name}) S 1 4700 4699 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654321 123 4\n";
        Assert.True(ProcessStat.TryParse(Encoding.UTF8.GetBytes(line), out var stat));
        Assert.Equal(new ProcessStat(4711, 'S', 4700, 4699, 987654321), stat);
    }

    [Theory]
    [InlineData("")]
    [InlineData("4711 (x")]
    [InlineData("4711 (x) S 1 2")]
    [InlineData("4711 (x) S a b c d")]
    public void A_torn_line_names_no_process(string line) => Assert.False(ProcessStat.TryParse(Encoding.UTF8.GetBytes(line), out _));

    [Fact]
    public void A_process_is_alive_only_under_its_own_boot_and_start_time()
    {
        var table = new ProcessTable();
        var self = table.Self;
        Assert.True(table.IsAlive(self));
        Assert.False(table.IsAlive(self with { Start = self.Start + 1 }));
        Assert.False(table.IsAlive(self with { Boot = "another" }));
        Assert.False(table.IsAlive(self with { Pid = int.MaxValue }));
        Assert.StartsWith("pid:[", table.Namespace, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zombie_is_dead()
    {
        var pid = Spawn("exit 3");
        var table = new ProcessTable();
        Assert.True(SpinWait.SpinUntil(() => table.Read(pid) is { State: 'Z' }, TimeSpan.FromSeconds(10)));
        Assert.False(table.IsAlive(table.Identify(pid)!.Value));
        Assert.Equal(pid, Libc.WaitPid(pid, out var status, 0));
        Assert.Equal(3, status >> 8);
    }

    private int Spawn(string line, int held = -1)
    {
        var own = held < 0 ? Libc.Open("/dev/null", Libc.OpenReadOnly | Libc.OpenCloseOnExec, 0) : held;
        var pid = DetachedProcess.Start("/bin/bash", ["bash", "-c", line], ["A=b c"], $"{_dir}/log", own);
        if (held < 0) _ = Libc.Close(own);
        return pid;
    }

    [Fact]
    public void A_detached_process_has_its_own_session_default_signals_and_only_the_descriptors_it_was_given()
    {
        using var ours = File.OpenRead("/proc/self/status");
        var pid = Spawn("echo $A; grep -E 'Sig(Blk|Ign)' /proc/self/status; ls /proc/$$/fd; readlink /proc/$$/fd/0; read -r -a s </proc/$$/stat; echo $$ ${s[4]} ${s[5]} >&2");
        Assert.Equal(pid, Libc.WaitPid(pid, out _, 0));
        // Signals 32 and 33 are glibc's own: posix_spawn always ignores them in the child.
        var text = File.ReadAllText($"{_dir}/log").Replace("0000000180000000", "0000000000000000", StringComparison.Ordinal);
        Assert.Equal($"b c\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n0\n1\n2\n3\n/dev/null\n{pid} {pid} {pid}\n", text);
    }

    [Fact]
    public void A_program_that_does_not_exist_is_an_error_number() =>
        Assert.Equal(-Libc.ErrorNoEntry, DetachedProcess.Start("/no/such", ["x"], [], $"{_dir}/log", 2));

    [Fact]
    public void The_lock_of_a_byte_lives_as_long_as_the_last_process_that_holds_the_open_file()
    {
        var path = $"{_dir}/locks";
        int Open() => Libc.Open(path, Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenCloseOnExec, 0x180);
        var (mine, other) = (Open(), Open());
        Assert.True(Libc.TryLockByte(mine, 7));
        Assert.False(Libc.TryLockByte(other, 7));
        Assert.True(Libc.TryLockByte(other, 8));
        Assert.False(Libc.IsByteLocked(mine, 7));
        var pid = Spawn("exec sleep 300", mine);
        _ = Libc.Close(mine);
        Assert.True(Libc.IsByteLocked(other, 7));
        Assert.Equal(0, Libc.Kill(pid, Libc.SignalKill));
        Assert.Equal(pid, Libc.WaitPid(pid, out _, 0));
        Assert.False(Libc.IsByteLocked(other, 7));
        _ = Libc.Close(other);
    }

    [Fact]
    public void The_young_members_of_a_session_are_the_members_of_the_session()
    {
        var table = new ProcessTable();
        var pid = Spawn("sleep 300 & (set -m; sleep 301 & wait) & wait");
        var only = new HashSet<int> { pid };
        Assert.True(SpinWait.SpinUntil(() => table.MembersOf(only)[pid].Count() >= 4, TimeSpan.FromSeconds(10)));
        Assert.Equal(table.MembersOf(only)[pid].Select(static m => m.Pid).Order(), table.MembersOfYoung(only)[pid].Select(static m => m.Pid).Order());
        foreach (var member in table.MembersOf(only)[pid]) _ = Libc.Kill(member.Pid, Libc.SignalKill);
        Assert.Equal(pid, Libc.WaitPid(pid, out _, 0));
    }

    [Fact]
    public async Task A_short_command_gives_its_code_and_both_its_outputs()
    {
        var outcome = await new ProcessRunner(TimeProvider.System).RunAsync(["bash", "-c", "printf '%s' \"$1\"; echo oops >&2; exit 4", "x", "it's $(id)"], TimeSpan.FromSeconds(20), Stop);
        Assert.Equal(new ProcessOutcome(4, "it's $(id)", "oops\n"), outcome);
    }

    [Fact]
    public async Task A_command_that_does_not_exist_or_does_not_end_is_a_value()
    {
        var runner = new ProcessRunner(TimeProvider.System);
        var missing = await runner.RunAsync(["/no/such/program"], TimeSpan.FromSeconds(20), Stop);
        Assert.Null(missing.ExitCode);
        Assert.Contains("/no/such/program cannot be started", missing.Errors, StringComparison.Ordinal);
        var started = Stopwatch.GetTimestamp();
        var endless = await runner.RunAsync(["sleep", "300"], TimeSpan.FromSeconds(0.2), Stop);
        Assert.Equal((null, "sleep gave no answer within 0.2 s"), (endless.ExitCode, endless.Errors));
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_command_without_a_name_is_a_value()
    {
        var outcome = await new ProcessRunner(TimeProvider.System).RunAsync(["", "x"], TimeSpan.FromSeconds(20), Stop);
        Assert.Null(outcome.ExitCode);
        Assert.Contains(ProcessRunner.NotStarted, outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_both_outputs_only_the_beginning_is_kept()
    {
        var outcome = await new ProcessRunner(TimeProvider.System) { MostOutput = 10 }.RunAsync(["bash", "-c", "head -c 300000 /dev/zero | tr '\\0' o; head -c 300000 /dev/zero | tr '\\0' e >&2"], TimeSpan.FromSeconds(20), Stop);
        Assert.Equal(new ProcessOutcome(0, "oooooooooo", "eeeeeeeeee"), outcome);
    }

    [Fact]
    public void A_private_folder_is_private_whatever_the_umask_and_keeps_what_is_there()
    {
        PrivateFolder.Create($"{_dir}/a/b");
        Assert.Equal(0x1C0u, FileStatus.Of($"{_dir}/a/b")!.Value.Permissions);
        Assert.Equal(0x1C0u, FileStatus.Of($"{_dir}/a")!.Value.Permissions);
        Assert.Equal(0, Libc.Chmod($"{_dir}/a", 0x1ED));
        PrivateFolder.Create($"{_dir}/a/c");
        Assert.Equal(0x1EDu, FileStatus.Of($"{_dir}/a")!.Value.Permissions);
        Assert.Null(PrivateFolder.Claim($"{_dir}/a/c"));
        File.WriteAllText($"{_dir}/file", "");
        Assert.Contains("is no folder", PrivateFolder.Claim($"{_dir}/file"), StringComparison.Ordinal);
        Assert.Contains("set VIGIL_RUN_DIR", PrivateFolder.Claim($"{_dir}/file/x"), StringComparison.Ordinal);
    }
}
