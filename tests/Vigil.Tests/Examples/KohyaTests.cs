using System.Text.Json;
using Vigil.Monitoring;
using Vigil.Tests.Cli;
using Vigil.Tests.House;

namespace Vigil.Tests.Examples;

/// <summary>The example for kohya's scripts, in the folders that FluxGym's users know: it really trains, and every shell line of their guide works on it.</summary>
public sealed class KohyaTests : IDisposable
{
    private const string Lora = "outputs/my-lora";

    private readonly CommandLine _vigil = new();

    public KohyaTests()
    {
        Shell.Run(_vigil.Folder, "cp", "-r", Path.Combine(Repository.Root, "examples/kohya/."), _vigil.Folder);
        _vigil.Path = $"{_vigil["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
        _vigil.Extra["TERM"] = "dumb";
    }

    public void Dispose() => _vigil.Dispose();

    private ShellOutcome Bash(string line) => Shell.Run(_vigil.Folder, _vigil.Environment(), ["bash", "-c", line]);

    private JsonElement State(string run = Lora) => JsonDocument.Parse(File.ReadAllText(_vigil[$"{run}/ui_state.json"])).RootElement;

    /// <summary>Each training ends only when the file <c>go</c> is there.</summary>
    private RunningCommand StartPatiently(params string[] words)
    {
        File.Move(_vigil["bin/accelerate"], _vigil["bin/accelerate.whole"]);
        _vigil.Write("bin/accelerate", "#!/bin/bash\naccelerate.whole \"$@\" || exit\nuntil [[ -e go ]]; do sleep 0.05; done\n");
        File.SetUnixFileMode(_vigil["bin/accelerate"], UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        return _vigil.Start(["run", ".", "--yes", .. words]);
    }

    private void Wait(string line) => Assert.Equal(0, Bash($"for ((i = 0; i < 600; i++)); do {line} && exit; sleep 0.1; done; exit 1").ExitCode);

    [Fact]
    public void The_example_trains_two_adapters_and_the_one_that_dies_goes_on_from_its_state()
    {
        var run = _vigil.Run("run", ".", "--yes");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("2 completed", run.Output, StringComparison.Ordinal);
        foreach (var name in (string[])["training.log", "monitor.log", "ui_state.json", "my-lora.safetensors", "my-lora-000004.safetensors", "my-lora-000004-state/train_state.json", "train.sh", "dataset.toml", "sample_prompts.txt"])
            Assert.True(File.Exists(_vigil[$"{Lora}/{name}"]), name);
        Assert.Equal("current.log", new FileInfo(_vigil[$"{Lora}/training.log"]).LinkTarget);
        Assert.Equal(8, Directory.GetFiles(_vigil[$"{Lora}/sample"], "my-lora_000*.png").Length);
        Assert.Equal(("completed", "my-lora", "a red circle", "12G", 5, "8e-4"), (State().GetProperty("status").GetString(), State().GetProperty("lora_name").GetString(), State().GetProperty("concept_sentence").GetString(), State().GetProperty("vram").GetString(), State().GetProperty("num_repeats").GetInt32(), State().GetProperty("learning_rate").GetString()));

        var record = _vigil.State("outputs").Runs["my-important-lora"];
        Assert.Equal(2, record.Attempts.Length);
        var state = _vigil["outputs/my-important-lora/my-important-lora-000004-state"];
        Assert.Equal(state, State("outputs/my-important-lora").GetProperty("resume_from_checkpoint").GetString());
        var log = File.ReadAllText(_vigil["outputs/my-important-lora/training.log"]);
        Assert.Contains($"resume training from local state: {state}", log, StringComparison.Ordinal);
        Assert.DoesNotContain("epoch 4/16", log, StringComparison.Ordinal);
        Assert.Contains("epoch 5/16", log, StringComparison.Ordinal);
        Assert.Contains(" 1/320 [", log, StringComparison.Ordinal);   // its bar begins at 0 again; ours goes on
        Assert.Matches("my-important-lora +completed +320/320", run.Output);
        Assert.Matches(@"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - ERROR - my-important-lora\.1 ended: FAILED, exit 1, cause ", File.ReadAllText(_vigil["outputs/my-important-lora/monitor.log"]));
    }

    [Fact]
    public void Train_sh_is_what_ran_and_resumes_by_hand()
    {
        Assert.Equal(0, _vigil.Run("run", ".", "--yes", "--only", "my-lora").ExitCode);

        var again = Shell.Run("/", _vigil.Environment(), [_vigil[$"{Lora}/train.sh"], "--resume", _vigil[$"{Lora}/my-lora-000012-state"]]);

        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Contains("\nepoch 13/16\n", again.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\nepoch 12/16\n", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_shell_line_of_the_guide_works_while_a_training_runs()
    {
        foreach (var folder in (string[])["outputs/old-lora", "outputs/ancient-lora", "backups"]) Directory.CreateDirectory(folder == "backups" ? Path.Combine(_vigil.Environment()["HOME"], folder) : _vigil[folder]);
        _vigil.Write("outputs/old-lora/training.log", "steps: 100%\n");
        _vigil.Write("outputs/ancient-lora/training.log", "steps: 100%\n");
        File.SetLastWriteTimeUtc(_vigil["outputs/ancient-lora/training.log"], DateTime.UtcNow.AddDays(-31));
        var running = StartPatiently();
        Wait($"grep -q 'model saved' {Lora}/training.log outputs/my-important-lora/training.log && [[ -s {Lora}/monitor.log && $(<{Lora}/ui_state.json) == *'\"running\"'* ]]");
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "tests/Vigil.Tests/Examples/training-log-guide.sh")).Where(static l => l.Length > 0 && l[0] != '#').ToList();

        foreach (var line in lines.OrderBy(static l => l.StartsWith("rm ", StringComparison.Ordinal)))   // what is removed cannot be looked at
        {
            var outcome = line.StartsWith("tail -f", StringComparison.Ordinal) || line.StartsWith("watch", StringComparison.Ordinal) ? FirstOf(line) : Bash(line);
            Assert.True(outcome.ExitCode == 0 || line.StartsWith("grep -i error", StringComparison.Ordinal) && outcome.ExitCode == 1, $"{line}: {outcome}");
            Assert.True(IsAnswered(line, outcome.Output), $"{line}: {outcome}");
        }

        Assert.Equal(25, lines.Count);
        Assert.True(File.Exists(_vigil["outputs/old-lora/training.log.gz"]));
        Assert.False(File.Exists(_vigil["outputs/ancient-lora/training.log"]));
        Assert.Contains("steps:", File.ReadAllText(Directory.GetFiles(Path.Combine(_vigil.Environment()["HOME"], "training-logs"))[0]), StringComparison.Ordinal);
        Assert.Contains("model saved", File.ReadAllText(Path.Combine(_vigil.Environment()["HOME"], "backups/training.log")), StringComparison.Ordinal);
        _vigil.Write("go", "");
        Assert.Equal(0, running.End().ExitCode);
        Assert.False(File.Exists(_vigil[$"{Lora}/training.log"]));   // whoever removes it is not argued with
        Assert.Equal(0, _vigil.Run("run", ".", "--yes", "--changed", "retry", "backend.args.seed=7").ExitCode);
        Assert.Contains("model saved", File.ReadAllText(_vigil[$"{Lora}/training.log"]), StringComparison.Ordinal);   // a new training has it again
    }

    /// <summary>What a command shows that does not end by itself, once it has shown something.</summary>
    private ShellOutcome FirstOf(string line)
    {
        using var process = Shell.Start(_vigil.Folder, _vigil.Environment(), ["bash", "-c", $"exec {line}"]);
        var first = new char[4096];
        var read = 0;
        while (!first.AsSpan(0, read).Contains('l') && process.StandardOutput.Read(first, read, first.Length - read) is > 0 and var more) read += more;
        var runs = !process.HasExited;
        process.Kill();
        process.WaitForExit();
        return new ShellOutcome(runs ? 0 : process.ExitCode, new string(first, 0, read), "");
    }

    private static bool IsAnswered(string line, string output) => line.Split(' ')[0] switch
    {
        "cat" or "tail" when !line.Contains("monitor.log", StringComparison.Ordinal) => output.Contains("steps:", StringComparison.Ordinal) || output.Contains("INFO", StringComparison.Ordinal),
        "tail" => output.Contains(" - INFO - ", StringComparison.Ordinal),
        "ls" or "watch" or "wc" => output.Contains("training.log", StringComparison.Ordinal),
        "ps" => output.Contains("flux_train_network.py", StringComparison.Ordinal),
        "grep" => true,   // nothing is wrong in it; and kohya writes epochs small
        _ => output.Length == 0,
    };

    [Fact]
    public void What_an_earlier_FluxGym_left_in_the_folder_is_kept_aside()
    {
        Directory.CreateDirectory(_vigil[Lora]);
        string[] files = ["training.log", "monitor.log", "ui_state.json", "train.sh"];
        foreach (var file in files) _vigil.Write($"{Lora}/{file}", $"old {file}\n");

        Assert.Equal(0, _vigil.Run("run", ".", "--yes", "--only", "my-lora").ExitCode);

        Assert.All(files, file => Assert.Equal($"old {file}\n", File.ReadAllText(_vigil[$"{Lora}/{file}.before"])));
        Assert.Contains("model saved", File.ReadAllText(_vigil[$"{Lora}/training.log"]), StringComparison.Ordinal);
        var before = _vigil.Fingerprint(Lora);
        Assert.Equal(0, _vigil.Run("run", ".", "--yes", "--only", "my-lora").ExitCode);
        Assert.Equal(before, _vigil.Fingerprint(Lora));
    }

    [Fact]
    public void A_log_of_Vigil_s_is_packed_by_gzip_f_and_its_archive_needs_h()
    {
        Assert.Equal(0, _vigil.Run("run", ".", "--yes", "--only", "my-lora").ExitCode);
        var log = File.ReadAllBytes(_vigil[$"{Lora}/training.log"]);
        File.Delete(_vigil[$"{Lora}/monitor.log"]);

        Assert.NotEqual(0, Bash($"gzip {Lora}/training.log").ExitCode);
        Assert.Equal(log.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), Bash($"tar -czhf all.tar.gz {Lora}/training.log && tar -xzOf all.tar.gz | wc -c").Output.Trim());
        Assert.Equal(0, Bash($"gzip -f {Lora}/training.log").ExitCode);
        Assert.Equal(log.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), Bash($"gzip -dc {Lora}/training.log.gz | wc -c").Output.Trim());
        Assert.Equal(log, File.ReadAllBytes(_vigil[$"{Lora}/current.log"]));

        Assert.Equal(0, _vigil.Run("run", ".", "--yes", "--only", "my-lora").ExitCode);
        Assert.False(File.Exists(_vigil[$"{Lora}/training.log"]));
        Assert.EndsWith(" - INFO - my-lora completed\n", File.ReadAllText(_vigil[$"{Lora}/monitor.log"]), StringComparison.Ordinal);   // made of the journal again
    }

    [Fact]
    public void Any_backend_has_the_files_when_it_asks_and_a_hostile_command_runs_as_it_is_written()
    {
        _vigil.Write("e.yaml", """
            project: {name: e, base_output_dir: "it's \"here\"", compat: fluxgym}
            w: "$HOME `x` it's\n\"two\" \\ *"
            backend:
              type: mine
              command: [bash, "{output_dir}/go.sh", "more $words"]
              files: {go.sh: [printf, "<%s>", "${w}", {underscores: {lr: "${w}"}}]}
            """);

        var run = _vigil.Run("run", "e.yaml");

        Assert.True(run.ExitCode == 0, run.ToString());
        const string word = "$HOME `x` it's\n\"two\" \\ *";
        Assert.Equal($"<{word}><--lr><{word}><more $words>", File.ReadAllText(_vigil["it's \"here\"/e/training.log"]));
        Assert.True(Directory.Exists(_vigil["it's \"here\"/e/sample"]));
        Assert.Equal("completed", State("it's \"here\"/e").GetProperty("status").GetString());
    }
}
