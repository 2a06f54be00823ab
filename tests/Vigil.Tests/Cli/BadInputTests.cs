using System.Text.RegularExpressions;
using Vigil.Tests.House;

namespace Vigil.Tests.Cli;

/// <summary>What a user's mistakes get: one clear message each with its place and its remedy, exit 2, and nothing changed.</summary>
public sealed partial class BadInputTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public void Dispose() => _vigil.Dispose();

    [GeneratedRegex(@"^\s+at \S+\(|Unhandled exception|RUN099", RegexOptions.Multiline)]
    private static partial Regex StackTrace { get; }

    [Theory]
    [InlineData("backend: {command: \"echo hi", "bad.yaml:1:", "not YAML")]
    [InlineData("backend: {comand: echo}", "bad.yaml:1:11: error CFG040: 'backend' knows no key 'comand'", "did you mean 'command'?")]
    [InlineData("backend: {command: echo}\njob: {restart: {max_attempts: many}}", "bad.yaml:2:31: error CFG041", "must be a whole number, not 'many'")]
    [InlineData("backend: {command: \"echo ${lr}\"}\nlr: ???", "bad.yaml:2:5: error CFG024: 'lr' is mandatory", "give lr=VALUE")]
    [InlineData("backend: {command: \"echo ${a}\"}\na: ${b}\nb: ${a}", "bad.yaml:2:4: error CFG023", "a → b → a")]
    [InlineData("backend: {command: \"echo ${lrr}\"}\nlr: 1", "bad.yaml:1:20: error CFG021: ${lrr} has no target", "did you mean 'lr'?")]
    [InlineData("backend: {command: \"echo {nmae}\"}", "bad.yaml:1:20: error PLN020", "\\{nmae}")]
    [InlineData("project: {name: \"x${lr}\"}\nbackend: {command: echo}\nlr: 1\nsweep: {type: list, configs: [{lr: 1}, {lr: 1}]}", "two runs would share the folder", "give project.name what tells them apart")]
    [InlineData("backend: {command: nosuchprogram --x}", "starts 'nosuchprogram', which does not exist here", "put it on PATH")]
    [InlineData("backend: {command: [./nosuchfile, a]}", "starts './nosuchfile', which does not exist here", "a relative path starts at project.work_dir")]
    [InlineData("backend: {command: echo}\nproject: {work_dir: /no/such/folder}", "the working folder /no/such/folder does not exist", "set project.work_dir")]
    public void A_mistake_in_the_file_is_said_with_place_and_remedy_and_nothing_is_written(string yaml, string place, string remedy)
    {
        _vigil.Write("bad.yaml", yaml);

        var outcome = Refused(2, "run", "bad.yaml");

        Assert.Contains(place, outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(remedy, outcome.Errors, StringComparison.Ordinal);
        Assert.EndsWith("1 error; nothing was changed.\n", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_said_at_once_each_under_its_line()
    {
        _vigil.Write("bad.yaml", """
            backend: {command: echo}
            job: {restrat: {}}
            local: {slots: [1]}
            project: {max_gpu_hours: lots}
            """);

        var outcome = Refused(2, "run", "bad.yaml");

        Assert.Equal(3, Regex.Count(outcome.Errors, @"^bad\.yaml:\d+:\d+: error CFG", RegexOptions.Multiline));
        Assert.Contains("    | job: {restrat: {}}\n    |       ^^^^^^^\n", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("3 errors; nothing was changed.", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_mistakes_are_ten_diagnostics_each_with_its_text_underlined()
    {
        _vigil.Write("bad.yaml", """
            project: {nmae: tiny}
            backend: {comand: echo, env: {1X: a}}
            local: {slots: zero}
            job:
              fence_secnds: 3
              restart: {max_attempts: 0, causes: [gremlins]}
            lr: ${lrr}
            """);

        var outcome = Refused(2, "run", "bad.yaml", "jobb=3", "x");

        Assert.Equal(10, Regex.Count(outcome.Errors, @"^(bad\.yaml|command line):\d+:\d+: error [A-Z]{3}\d+: ", RegexOptions.Multiline));
        Assert.Equal(10, Regex.Count(outcome.Errors, @"^    \| +\^+$", RegexOptions.Multiline));
        foreach (var word in (string[])["nmae", "comand", "1X", "zero", "fence_secnds", "0", "gremlins", "${lrr}", "jobb", "x"])
            Assert.Contains(Underlined(outcome.Errors), u => u.Contains(word, StringComparison.Ordinal));
        Assert.Contains("10 errors; nothing was changed.", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_in_an_override_shows_the_override()
    {
        _vigil.Write("ok.yaml", "backend: {command: echo}\nlr: 1");

        var outcome = Refused(2, "run", "ok.yaml", "lr=2", "lrr=3");

        Assert.Contains("    | lrr=3\n    | ^^^^^\n", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_in_a_block_is_underlined_where_it_stands()
    {
        _vigil.Write("bad.yaml", "backend:\n  command: |\n    echo begin\n    echo {nope}\n");

        Assert.Contains("   4|     echo {nope}\n    |          ^^^^^^\n", Refused(2, "plan", "bad.yaml").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_nearly_an_experiment_s_is_suggested()
    {
        Directory.CreateDirectory(_vigil["config"]);
        _vigil.Write("config/tiny.yaml", "backend: {command: echo}");

        Assert.Contains("did you mean 'tiny'?", Refused(2, "plan", "tniy").Errors, StringComparison.Ordinal);
    }

    /// <summary>What stands above the carets.</summary>
    private static List<string> Underlined(string talk)
    {
        var lines = talk.Split('\n');
        return [.. lines.Select((line, i) => (line, i)).Where(static l => l.line.TrimEnd('^').TrimEnd() == "    |" && l.line.EndsWith('^'))
            .Select(l => lines[l.i - 1][l.line.IndexOf('^', StringComparison.Ordinal)..Math.Min(lines[l.i - 1].Length, l.line.Length)])];
    }

    [Fact]
    public void Mistakes_of_every_stage_are_said_at_once()
    {
        _vigil.Write("bad.yaml", """
            backend: {command: "echo {nope}", foo: 1}
            local: {slots: -1, cpus_per_run: many}
            job: {restart: {max_attempts: 0, causes: [foo]}}
            z: ${nokey}
            """);

        var outcome = Refused(2, "run", "bad.yaml");

        foreach (var word in (string[])["{nope}", "'foo'", "local.slots", "'many'", "max_attempts", "no cause", "nokey"]) Assert.Contains(word, outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("7 errors; nothing was changed.", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_UTF_8_is_refused_at_its_first_wrong_byte()
    {
        _vigil.Write("bad.yaml", "");
        File.WriteAllBytes(_vigil["bad.yaml"], [.. "backend:\n  command: echo "u8, 0xE9, (byte)'\n']);

        Assert.Contains("bad.yaml:2:17: error RUN005: is not UTF-8 here", Refused(2, "run", "bad.yaml").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_needs_more_CPUs_than_there_are_is_refused_before_anything_is_written()
    {
        _vigil.Write("bad.yaml", "backend: {command: echo}\nlocal: {cpus_per_run: 4096}");

        Assert.Contains("needs 4096 CPUs and this machine has", Refused(2, "run", "bad.yaml").Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'lrr=3' names nothing", "did you mean 'lr'? To add a key write +lrr=3", "run", "ok.yaml", "lrr=3")]
    [InlineData("'x' is not an override", "overrides are key=value", "run", "ok.yaml", "x")]
    [InlineData("there is no experiment 'no.yaml'", "vigil init", "run", "no.yaml")]
    [InlineData("no experiment was named", "vigil init", "run")]
    [InlineData("'vigil run' knows no option '--onyl'; did you mean '--only'?", "vigil run --help", "run", "ok.yaml", "--onyl", "a")]
    [InlineData("there is no command 'rnu'; did you mean 'run'?", "vigil --help", "rnu")]
    [InlineData("--only 'lr=2' matches none of the 1 runs", "the first is called ok", "run", "ok.yaml", "--only", "lr=2")]
    [InlineData("'sometimes'", "vigil run --help", "run", "ok.yaml", "--changed", "sometimes")]
    [InlineData("nosuch does not exist", "Name the folder that 'vigil run' printed", "status", "nosuch")]
    [InlineData(". holds no experiment", "Name the folder that 'vigil run' printed", "watch", ".")]
    [InlineData("no experiment here", "vigil run EXPERIMENT", "status")]
    [InlineData("no experiment here", "vigil run EXPERIMENT", "logs")]
    [InlineData("there is no run 'b' in this plan", "runs: ok", "config", "ok.yaml", "--run", "b")]
    public void A_mistake_on_the_command_line_is_exit_2_with_a_remedy(string message, string remedy, params string[] words)
    {
        _vigil.Write("ok.yaml", "backend: {command: echo}\nlr: 1");

        var outcome = Refused(2, words);

        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(remedy, outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_command_the_help_is_shown_as_talk()
    {
        var outcome = Refused(2);

        Assert.Contains("Usage: vigil COMMAND …", outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a file in its place", "taken", "taken is a file")]
    [InlineData("a file above it", "taken/deep/er", "taken is a file")]
    [InlineData("a place that takes no folders", "/proc/vigil-test", "/proc/vigil-test cannot be written")]
    public void An_output_folder_that_cannot_be_written_is_exit_5(string why, string dir, string message)
    {
        _ = why;
        _vigil.Write("taken", "mine");
        _vigil.Write("ok.yaml", "backend: {command: echo}");

        var outcome = Refused(5, "run", "ok.yaml", $"project.base_output_dir={dir}");

        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "local")]
    [InlineData("plan", "local")]
    [InlineData("plan", "slurm")]
    public void A_log_folder_outside_of_the_experiment_that_cannot_be_made_is_said_with_place_and_remedy(string command, string scheduler)
    {
        _vigil.Write("taken", "mine");
        _vigil.Write("bad.yaml", $"backend: {{command: echo}}\nscheduler: {scheduler}\nproject:\n  log_path: {_vigil["taken"]}/logs/%x/slurm-%j.out\nlr: 1\nsweep: {{type: product, groups: [{{params: {{lr: [1, 2, 3]}}}}]}}");

        var outcome = Refused(5, command, "bad.yaml");

        Assert.Contains($"bad.yaml:4:13: error RUN014: the log of lr1 and 2 more cannot be written: {_vigil["taken"]} is a file", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("set project.log_path", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("1 error; nothing was changed.\n", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_folder_outside_of_the_experiment_is_made_before_the_job_is_submitted_and_the_doctor_looks_at_it()
    {
        _vigil.Write("ok.yaml", $"backend: {{command: \"until [[ -e go ]]; do sleep 0.1; done\"}}\nproject: {{name: ok, log_path: {_vigil["logs"]}/%x/slurm-%j.out}}");
        var ran = _vigil.Run("run", "ok.yaml", "--no-monitor");
        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.True(Directory.Exists(_vigil["logs/ok"]));
        Assert.Equal(0, _vigil.Run("doctor", "outputs/ok").ExitCode);

        Directory.Move(_vigil["logs"], _vigil["moved"]);
        _vigil.Write("logs", "mine");
        var doctor = _vigil.Run("doctor", "outputs/ok");

        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains($"bad   logs         the log of ok cannot be written: {_vigil["logs"]} is a file", doctor.Output, StringComparison.Ordinal);
        File.Delete(_vigil["logs"]);
        Directory.Move(_vigil["moved"], _vigil["logs"]);
        _vigil.Write("go", "");
        Assert.Equal(0, _vigil.Run("watch", "outputs/ok").ExitCode);
    }

    [Fact]
    public void A_plan_that_needs_more_than_the_allowed_GPU_hours_is_a_question()
    {
        _vigil.Write("dear.yaml", "backend: {command: 'true'}\nproject: {max_gpu_hours: 1}\nlocal: {gpus_per_run: 1, time: '10:00:00'}");

        var outcome = Refused(2, "run", "dear.yaml");

        Assert.Contains("10 GPU-hours, more than project.max_gpu_hours (1). Start it? Nobody can answer here: add --yes.", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_folder_that_cannot_be_used_is_exit_3_before_anything_is_written()
    {
        _vigil.Write("ok.yaml", "backend: {command: echo}");
        _vigil.RunFolder = "/dev/null/run";

        var outcome = Refused(3, "run", "ok.yaml");

        Assert.Contains("local jobs cannot run here", outcome.Errors, StringComparison.Ordinal);
    }

    private ShellOutcome Refused(int code, params string[] words)
    {
        var before = _vigil.Fingerprint();
        var outcome = _vigil.Run(words);
        Assert.True(outcome.ExitCode == code, outcome.ToString());
        Assert.Equal(before, _vigil.Fingerprint());
        Assert.Equal("", outcome.Output);
        Assert.DoesNotMatch(StackTrace, outcome.Errors);
        return outcome;
    }
}
