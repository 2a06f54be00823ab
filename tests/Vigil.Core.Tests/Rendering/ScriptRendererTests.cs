using System.Text.Json;
using Vigil.Planning;
using Vigil.Rendering;

namespace Vigil.Core.Tests.Rendering;

public sealed class ScriptRendererTests : IDisposable
{
    private readonly Workplace _place = new();
    public void Dispose() => _place.Dispose();

    private (int Code, string Output, string Errors) Run(string line) => _place.Run(Some.Run(Some.Line(line), _place.Dir));
    private JsonElement Exit => JsonDocument.Parse(_place.Read("exit.json")).RootElement;

    [Fact]
    public void This_machine_is_the_only_node()
    {
        var script = ScriptRenderer.Render(Some.Run(Some.Words("t", "{node_rank}", "{master_addr}", "{master_port}", "{local_addr}"), "/exp"), Some.First(Some.Run(Some.Words("t"), "/exp")), "/exp/a");
        Assert.Contains("exec t 0 127.0.0.1 \"$((10000 + VIGIL_JOB_ID % 20000))\" 127.0.0.1\n", script, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_claims_says_that_it_started_runs_and_tells_how_it_ended()
    {
        var run = Some.Run(Some.Words("printf", "%s|", "{name}", "{attempt}", "a b", "", "{last_checkpoint}"), _place.Dir);
        var (code, output, errors) = _place.Run(run, checkpoint: "/c/it's");
        Assert.Equal("", errors);
        Assert.Equal(("lr1e-3|1|a b||/c/it's|", 0), (output, code));

        var started = JsonDocument.Parse(_place.Read("started.json")).RootElement;
        Assert.Equal(("17", "lr1e-3.1"), (started.GetProperty("job_id").GetString(), started.GetProperty("attempt").GetString()));
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), started.GetProperty("boot").GetString());
        Assert.True(started.GetProperty("pid").GetInt32() > 1);
        Assert.True(started.GetProperty("start").GetInt64() > 0);
        Assert.InRange(started.GetProperty("time").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal((0, JsonValueKind.Null), (Exit.GetProperty("code").GetInt32(), Exit.GetProperty("signal").ValueKind));
        Assert.True(Exit.GetProperty("time").GetDateTimeOffset() >= started.GetProperty("time").GetDateTimeOffset());
        Assert.Equal("17", JsonDocument.Parse(_place.Read("claim")).RootElement.GetProperty("job_id").GetString());
        Assert.Equal("slurm-17.out", new FileInfo($"{_place.Dir}/lr1e-3/current.log").LinkTarget);
        Assert.False(_place.Has("exit.json.tmp"));
    }

    [Fact]
    public void A_second_copy_leaves_with_75_and_writes_no_exit()
    {
        var first = Run("echo once");
        File.Delete($"{_place.Folder()}/exit.json");
        var claim = _place.Read("claim");
        var second = Workplace.Bash([$"{_place.Folder()}/script.sh"], job: "18");
        Assert.Equal(("once\n", 75, ""), (first.Output, second.Code, second.Output));
        Assert.Contains("another copy", second.Errors, StringComparison.Ordinal);
        Assert.False(_place.Has("exit.json"));
        Assert.Equal(claim, _place.Read("claim"));
        Assert.Equal("18", JsonDocument.Parse(_place.Read("refused.json")).RootElement.GetProperty("job_id").GetString());
    }

    [Fact]
    public void A_script_that_is_no_job_says_what_to_do_and_claims_nothing()
    {
        File.WriteAllText($"{_place.Folder()}/script.sh", ScriptRenderer.Render(Some.Run(Some.Line("true"), _place.Dir), Some.First(Some.Run(Some.Line("true"), _place.Dir)), _place.Folder()));
        var (code, _, errors) = Workplace.Bash([$"{_place.Folder()}/script.sh"], job: "");
        Assert.Equal(64, code);
        Assert.Contains("vigil retry", errors, StringComparison.Ordinal);
        Assert.False(_place.Has("claim"));
    }

    [Theory]
    [InlineData("exit 7", 7, null)]
    [InlineData("no-such-program-here --x", 127, null)]
    [InlineData("echo \"abc", 2, null)]
    [InlineData("set -e; false; echo on", 1, null)]
    [InlineData("set -u; echo $nope", 1, null)]
    [InlineData("trap 'echo bye' EXIT; exit 9", 9, null)]
    [InlineData("trap '' TERM; exec 1>&- 2>&-; exit 4", 4, null)]
    [InlineData("cd /; umask 777; unset HOSTNAME PATH; vigil_host=x; exit 5", 5, null)]
    [InlineData("kill -9 $BASHPID", 137, 9)]
    [InlineData("bash -c 'kill -TERM $$'", 143, 15)]
    [InlineData("kill -USR1 $$; true", 0, null)]
    [InlineData("kill -TERM $$; exit 3", 3, 15)]
    public void The_exit_tells_the_true_code_of_the_command(string line, int code, int? signal)
    {
        var (own, _, _) = Run(line);
        Assert.Equal(code, own);
        Assert.Equal(code, Exit.GetProperty("code").GetInt32());
        Assert.Equal(signal, Exit.GetProperty("signal").ValueKind is JsonValueKind.Null ? null : Exit.GetProperty("signal").GetInt32());
    }

    [Fact]
    public void A_list_whose_program_does_not_exist_ends_with_127() => Assert.Equal(127, _place.Run(Some.Run(Some.Words("no-such-program"), _place.Dir)).Code);

    [Fact]
    public void A_working_folder_that_is_gone_ends_the_job_with_126()
    {
        var (code, _, errors) = _place.Run(Some.Run(Some.Line("echo no"), _place.Dir) with { WorkDir = "/no/such/folder" });
        Assert.Equal(126, code);
        Assert.Contains("/no/such/folder", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_of_the_run_reaches_the_command_and_the_defaults_only_fill_gaps()
    {
        var run = Some.Run(Some.Line("printf '%s|' \"$A\" $COLUMNS $PYTHONUNBUFFERED $TQDM_MININTERVAL $VIGIL_RUN $VIGIL_ATTEMPT $VIGIL_JOB_ID \"$VIGIL_OUTPUT_DIR\"; pwd"), _place.Dir) with
        {
            Env = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("A", "$(id) 'x'\n").Add("COLUMNS", "80"),
        };
        Assert.Equal($"$(id) 'x'\n|80|1|1|lr1e-3|1|17|{_place.Dir}/lr1e-3|{_place.Dir}\n", _place.Run(run).Output);
        Assert.Equal("||", Fresh(run with { EnvDefaults = false, Env = run.Env.Clear(), Command = Some.Line("printf '%s|' $COLUMNS $PYTHONUNBUFFERED '' ''") }).Output);
    }

    private static (int Code, string Output, string Errors) Fresh(PlannedRun run)
    {
        using var place = new Workplace();
        return place.Run(run with { WorkDir = place.Dir });
    }

    [Fact]
    public void The_lock_that_the_scheduler_passes_does_not_reach_the_command() =>
        Assert.Equal("closed\n", Run("[[ -e /proc/self/fd/3 ]] && echo open || echo closed").Output);

    [Theory]
    [InlineData("line")]
    [InlineData("words")]
    public void The_script_is_what_it_was_agreed_to_be(string kind)
    {
        var run = Some.Run(kind is "line" ? Some.Line("python3 train.py --lr 1e-3 --out {output_dir} --log '{log_path}' | tee x") : Some.Words("python3", "train.py", "--out={output_dir}", "it's"), "/exp") with
        {
            Env = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("OMP_NUM_THREADS", "1"),
        };
        var script = ScriptRenderer.Render(run, Some.First(run), "/exp/lr1e-3/attempts/1");
        var golden = Path.Combine(AppContext.BaseDirectory, "../../../../tests/Vigil.Core.Tests/Rendering", $"golden-{kind}.sh");
        if (Environment.GetEnvironmentVariable("VIGIL_WRITE_GOLDEN") is "1") File.WriteAllText(golden, script);
        Assert.Equal(File.ReadAllText(golden), script);
        Assert.Equal((0, "", ""), Workplace.Bash(["-n", golden]));
        Assert.SkipUnless(File.Exists("/usr/bin/shellcheck"), "shellcheck is not installed");
        Assert.Equal((0, "", ""), Workplace.Program("shellcheck", [golden]));
    }
}
