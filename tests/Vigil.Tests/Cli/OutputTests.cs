using System.Text.Json;
using Vigil.Journaling;

namespace Vigil.Tests.Cli;

/// <summary>Results on stdout, talk on stderr, JSON as the contract lists it, no control codes in pipes, and commands that only look change nothing.</summary>
public sealed class OutputTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public OutputTests() => _vigil.Write("quick.yaml", Some.Quick);

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void Commands_that_only_look_change_nothing()
    {
        Assert.Equal(0, _vigil.Run("run", "quick.yaml").ExitCode);
        var before = _vigil.Fingerprint();

        foreach (string[] words in (string[][])[["status"], ["status", "outputs/quick", "--json"], ["logs", "outputs/quick"], ["events", "outputs/quick"], ["events", "outputs/quick", "--json"],
            ["plan", "quick.yaml"], ["plan", "quick.yaml", "--json"], ["config", "quick.yaml", "--resolve"], ["config", "quick.yaml", "--run", "x2", "--json"], ["run", "quick.yaml", "--dry-run"], ["doctor", "outputs/quick"]])
        {
            var outcome = _vigil.Run(words);
            Assert.True(outcome.ExitCode == 0, $"{string.Join(' ', words)}: {outcome}");
            Assert.NotEqual("", outcome.Output);
            Assert.Equal("", outcome.Errors);
        }
        Assert.Equal(before, _vigil.Fingerprint());
    }

    [Fact]
    public void A_run_in_a_pipe_prints_results_to_stdout_and_talk_to_stderr_without_control_codes()
    {
        _vigil.Extra["TERM"] = "xterm-256color";

        var run = _vigil.Run("run", "quick.yaml");

        Assert.StartsWith("run  state", run.Output, StringComparison.Ordinal);
        Assert.Contains("x1.1 started", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Output + run.Errors);
        Assert.All(run.Output.Split('\n'), static line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public void Plan_for_people_is_a_block_a_run()
    {
        _vigil.Write("chain.yaml", """
            backend: {command: "echo {name} ${from}"}
            stage: a
            from: x
            sweep: {type: list, configs: [{stage: a}, {stage: b, from: "{sibling.a.output_dir}"}]}
            """);

        var plan = _vigil.Run("plan", "chain.yaml");

        Assert.True(plan.ExitCode == 0, plan.ToString());
        Assert.Equal($"""
            chain: 2 runs in {_vigil["outputs/chain"]}

            a
                echo a x

            b  after a
                echo b {_vigil["outputs/chain/a"]}

            a failed run is tried up to 3 times when the cause is infrastructure, first after 60 s, then after twice that

            """, plan.Output);
    }

    [Theory]
    [InlineData(5, 2, "[infrastructure]", "a failed run is tried up to 5 times when the cause is infrastructure, first after 60 s, then after twice that; 5 jobs of each run are queued one behind the other, and the next goes on at once where one was ended by its time limit or from outside")]
    [InlineData(2, 4, "[timeout]", "a failed run is tried up to 4 times when the cause is timeout, first after 60 s, then after twice that; 2 jobs of each run are queued one behind the other, and the next goes on at once where one was ended by its time limit or from outside")]
    [InlineData(3, 1, "[]", "a failed run is not tried again; 3 jobs of each run are queued one behind the other, and the next goes on at once where one was ended by its time limit or from outside")]
    [InlineData(1, 2, "[timeout]", "a failed run is tried up to 2 times when the cause is timeout, first after 60 s, then after twice that")]
    public void Plan_tells_how_often_a_run_of_a_chain_may_be_tried(int chain, int attempts, string causes, string told)
    {
        var plan = _vigil.Run("plan", "quick.yaml", "scheduler=slurm", $"slurm.chain={chain}", $"job.restart.max_attempts={attempts}", $"job.restart.causes={causes}");

        Assert.True(plan.ExitCode == 0, plan.ToString());
        Assert.Contains(told + "\n", plan.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_as_json_has_the_contracts_keys()
    {
        using var plan = Json("plan", "quick.yaml", "--json");

        Assert.Equal(["schema", "experiment", "runs", "gpu_hours", "diagnostics"], Keys(plan.RootElement));
        Assert.Equal(["name", "stage", "index", "output_dir", "log_path", "log_path_current", "depends_on", "watches", "overrides", "gpu_hours", "command"], Keys(plan.RootElement.GetProperty("runs")[0]));
        Assert.Equal("echo hello 1", plan.RootElement.GetProperty("runs")[0].GetProperty("command").GetString());
    }

    [Theory]
    [InlineData("bad.yaml")]
    [InlineData("missing.yaml")]
    public void Plan_as_json_carries_mistakes_as_diagnostics_and_exits_2(string file)
    {
        _vigil.Write("bad.yaml", "backend: {comand: echo}");

        var outcome = _vigil.Run("plan", file, "--json");

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Errors));
        using var plan = JsonDocument.Parse(outcome.Output);
        Assert.Equal(["code", "severity", "file", "line", "column", "message", "hint"], Keys(plan.RootElement.GetProperty("diagnostics")[0]));
        Assert.Equal("error", plan.RootElement.GetProperty("diagnostics")[0].GetProperty("severity").GetString());
        Assert.Empty(plan.RootElement.GetProperty("runs").EnumerateArray());
    }

    [Fact]
    public void Status_as_json_has_the_contracts_keys()
    {
        Assert.Equal(0, _vigil.Run("run", "quick.yaml").ExitCode);

        using var one = Json("status", "outputs/quick", "--json");
        using var many = Json("status", "--json");

        var status = one.RootElement;
        Assert.Superset(new HashSet<string>(["schema", "experiment", "dir", "monitor", "counts", "runs"]), Keys(status).ToHashSet());
        Assert.Equal(["alive", "host", "pid", "beat"], Keys(status.GetProperty("monitor")));
        Assert.Equal(["waiting", "held", "submitted", "queued", "running", "completed", "failed", "cancelled", "skipped", "lost", "needs_person"], Keys(status.GetProperty("counts")));
        var run = status.GetProperty("runs")[0];
        Assert.Superset(new HashSet<string>(["name", "stage", "state", "reason", "source", "age_seconds", "attempt", "job_id", "log", "output_dir", "attempts", "progress", "metrics", "checkpoint"]), Keys(run).ToHashSet());
        Assert.Superset(new HashSet<string>(["number", "requeue", "job_id", "state", "exit_code", "signal", "log", "submitted", "started", "ended"]), Keys(run.GetProperty("attempts")[0]).ToHashSet());
        Assert.Equal(["step", "total", "epoch", "epochs", "eta_seconds"], Keys(run.GetProperty("progress")));
        Assert.Equal(_vigil["outputs/quick"], status.GetProperty("dir").GetString());
        Assert.Equal(JsonValueKind.String, run.GetProperty("job_id").ValueKind);
        Assert.Equal(["schema", "experiments"], Keys(many.RootElement));
    }

    [Fact]
    public void Status_of_several_experiments_names_each_folder_and_folds_what_is_long()
    {
        _vigil.Write("long.yaml", $"backend: {{command: 'true'}}\nx: 1\nsweep: {{type: product, groups: [{{params: {{x: [{string.Join(',', Enumerable.Range(0, 14))}]}}}}]}}");
        _vigil.Run("run", "quick.yaml");
        _vigil.Run("run", "long.yaml", "--no-monitor");

        var (all, one) = (_vigil.Run("status"), _vigil.Run("status", "outputs/long"));

        Assert.Contains(_vigil["outputs/quick"], all.Output, StringComparison.Ordinal);
        Assert.Contains("… and 4 more runs: vigil status " + _vigil["outputs/long"], all.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("more runs", one.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_says_what_works_with_remedies_and_as_json()
    {
        using var json = Json("doctor", "--json");
        Assert.Equal(["schema", "checks"], Keys(json.RootElement));
        Assert.Equal(["verdict", "what", "found", "remedy"], Keys(json.RootElement.GetProperty("checks")[0]));

        var missing = _vigil.Run("doctor", "nowhere");
        Assert.Equal(1, missing.ExitCode);
        Assert.Matches(@"bad +folder +.*nowhere does not exist", missing.Output);
    }

    [Fact]
    public void What_init_writes_runs_as_it_is_and_is_never_overwritten()
    {
        var init = _vigil.Run("init", "first");
        Assert.Equal((0, "Wrote first/experiment.yaml. Look at it, then: vigil run first\n"), (init.ExitCode, init.Output));
        var written = File.ReadAllText(_vigil["first/experiment.yaml"]);
        File.WriteAllText(_vigil["first/experiment.yaml"], written.Replace("sleep 1;", "", StringComparison.Ordinal));

        var run = _vigil.Run("run", "first");
        var again = _vigil.Run("init", "first");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("2 completed", run.Output, StringComparison.Ordinal);
        Assert.Equal("done\n", File.ReadAllText(_vigil["outputs/first/lr1e-3/result.txt"]));
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("exists already and was left as it is", again.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "Usage: vigil run [EXPERIMENT] [KEY=VALUE …] [options]")]
    [InlineData("plan", "Usage: vigil plan [EXPERIMENT] [KEY=VALUE …] [options]")]
    [InlineData("config", "Usage: vigil config [EXPERIMENT] [KEY=VALUE …] [options]")]
    [InlineData("watch", "Usage: vigil watch [DIR] [options]")]
    [InlineData("status", "Usage: vigil status [DIR …] [options]")]
    [InlineData("logs", "Usage: vigil logs [DIR] [RUN] [options]")]
    [InlineData("events", "Usage: vigil events [DIR] [options]")]
    [InlineData("cancel", "Usage: vigil cancel DIR SELECTOR … [options]")]
    [InlineData("retry", "Usage: vigil retry DIR SELECTOR … [options]")]
    [InlineData("doctor", "Usage: vigil doctor [DIR] [options]")]
    [InlineData("init", "Usage: vigil init [NAME] [options]")]
    [InlineData("schema", "Usage: vigil schema [options]")]
    [InlineData("completion", "Usage: vigil completion SHELL [options]")]
    public void Each_command_explains_itself(string command, string usage)
    {
        var help = _vigil.Run(command, "--help");

        Assert.Equal((0, ""), (help.ExitCode, help.Errors));
        Assert.Contains(usage + "\n", help.Output, StringComparison.Ordinal);
        Assert.DoesNotMatch("<[A-Z]", help.Output);
    }

    [Fact]
    public void The_schema_is_one_JSON_document()
    {
        using var schema = Json("schema");

        Assert.Equal("object", schema.RootElement.GetProperty("type").GetString());
        Assert.True(schema.RootElement.GetProperty("properties").TryGetProperty("backend", out _));
    }

    [Fact]
    public void The_version_is_one_line() => Assert.Equal(ProgramVersion.Text + "\n", _vigil.Run("--version").Output);

    private JsonDocument Json(params string[] words)
    {
        var outcome = _vigil.Run(words);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        return JsonDocument.Parse(outcome.Output);
    }

    private static IEnumerable<string> Keys(JsonElement element) => element.EnumerateObject().Select(static p => p.Name);
}
