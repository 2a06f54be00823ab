using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Vigil.Core.Tests.Evaluations;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Tests.Cli;

/// <summary><c>vigil report</c> over real folders: a small experiment that ran, and one that still goes on.</summary>
public sealed partial class ReportTests : IDisposable
{
    private static readonly UnixFileMode[] OwnerOnly = [UnixFileMode.UserRead | UnixFileMode.UserWrite];

    private readonly CommandLine _vigil = new();

    public void Dispose() => _vigil.Dispose();

    /// <summary>A stand-in trainer with torchtune's lines; the run with lr 9 dies with a secret in its last lines.</summary>
    private void Train()
    {
        _vigil.Write("train.sh", """
            lr=$1 out=$2
            echo "INFO:torchtune.utils._logging:Running LoRAFinetuneRecipeSingleDevice with resolved config:"; echo "epochs: 2"
            for i in 1 2 3 4; do
              echo "Step $i | loss:$((8 - i)).5 lr:$lr tokens_per_second_per_gpu:$((100 * i)) peak_memory_active:8.1 peak_memory_alloc:8.$i peak_memory_reserved:9.$i "
              [ $((i % 2)) = 1 ] || echo "Step $i | val_loss:$((5 - i)).25 "
            done
            if [ "$lr" = 9 ]; then echo "export HF_TOKEN=hf_abcdefghijklmnop1234"; echo "<b>torch.OutOfMemoryError</b>: CUDA out of memory."; exit 3; fi
            mkdir "$out/epoch_0" && echo '{}' >"$out/epoch_0/pytorch_model.bin"
            printf 'timestamp, utilization.gpu [%%], memory.used [MiB], memory.total [MiB], power.draw [W], temperature.gpu\nt, 87 %%, 2048 MiB, 81920 MiB, 250 W, 61\n' >"$out/gpu_metrics.csv"
            """);
        _vigil.Write("e.yaml", """
            project: {name: cap, base_output_dir: out}
            backend: {command: "bash train.sh ${lr} {output_dir}"}
            lr: 1
            job: {restart: {max_attempts: 1}}
            sweep: {type: product, groups: [{params: {lr: [1, 9]}}]}
            """);
        Assert.Equal(1, _vigil.Run("run", "e.yaml").ExitCode);
    }

    private void Log(string path, double accuracy, string metadata, string status = "success")
    {
        var header = SomeEval.Header(status).Replace("\"value\":0.8,", FormattableString.Invariant($"\"value\":{accuracy},"), StringComparison.Ordinal).Replace("\"metadata\":{\"epoch\":0,\"is_finetuned\":true", $"\"metadata\":{{{metadata}", StringComparison.Ordinal);
        Write(path, SomeEval.Finished(header: header).Bytes);
    }

    private void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_vigil[path])!);
        File.WriteAllBytes(_vigil[path], bytes);
    }

    [Fact]
    public void Every_table_is_made_of_what_lies_in_the_folder_with_its_sources()
    {
        Train();
        Log("out/lr1/eval/cap_epoch0/logs/a.eval", 0.75, "\"epoch\":0,\"is_finetuned\":true");
        Log("out/lr1/eval/base/logs/b.eval", 0.25, "\"is_finetuned\":false");
        Log("out/lr1/eval/cap_epoch0/logs/c.eval", 0.99, "\"epoch\":0,\"is_finetuned\":true", "error");
        Write("out/lr1/eval/cap_epoch1/logs/d.eval", SomeEval.Unfinished().Entries);

        var report = _vigil.Run("report", "out");

        Assert.True(report.ExitCode == 0, report.ToString());
        var text = Job().Replace(Duration().Replace(report.Output, "| TIME |"), "slurm-N.out");
        Assert.Contains("1 of 2 runs complete (1 completed, 1 failed); 2 of 2 evaluations have a result.", text, StringComparison.Ordinal);
        Assert.Contains("| `lr1` | completed | 4.5000 | 1.2500 | 4 | 2 | 250/GPU | TIME | 9.4 GiB | `lr1/slurm-N.out` |", text, StringComparison.Ordinal);
        Assert.Contains("| `lr9` | failed | 4.5000 | 1.2500 | 4 | – | 250/GPU | TIME | 9.4 GiB | `lr9/slurm-N.out` |", text, StringComparison.Ordinal);
        Assert.Contains("| lr1 (control) | – | 0.250 ± 0.133 | NaN | inf | -inf | 20 | `lr1/eval/base/logs/b.eval` |\n| `lr1` | 0 | **0.750 ± 0.133** | NaN | inf | -inf | 20 | `lr1/eval/cap_epoch0/logs/a.eval` |", text, StringComparison.Ordinal);
        Assert.Contains("Best `match/accuracy` 0.750 ± 0.133: `lr1` epoch 0; controls: `lr1` 0.250 ± 0.133", text, StringComparison.Ordinal);
        Assert.Contains("| error | says error", text, StringComparison.Ordinal);
        Assert.Contains("| unfinished | has no header yet: the evaluation runs, or was killed (3 samples are in it) | `lr1/eval/cap_epoch1/logs/d.eval` |", text, StringComparison.Ordinal);
        Assert.Contains("| `lr1` | `epoch_0` | – | 0 | 3 B | ✓ valid | `lr1/epoch_0` |", text, StringComparison.Ordinal);
        Assert.Contains("| `lr1` | 87 % (87–87) | 2 (2) of 80 GiB | 250 W | 61 °C | 1 | `lr1/gpu_metrics.csv` |", text, StringComparison.Ordinal);
        Assert.Matches(@"\| `lr1` \| \d+ \| [\d.]+ kB \| 3 B \| `lr1` \|", text);
        Assert.Contains("`lr9` ended with, by `lr9/slurm-N.out`:", text, StringComparison.Ordinal);
        Assert.Contains("\nexport HF_TOKEN=***\n<b>torch.OutOfMemoryError</b>: CUDA out of memory.\n```\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_abcdefghijklmnop1234", string.Concat(Directory.GetFiles(_vigil["out/report"]).Select(File.ReadAllText)), StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;torch.OutOfMemoryError&lt;/b&gt;", File.ReadAllText(_vigil["out/report/report.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_files_are_private_whole_and_the_same_when_nothing_changed()
    {
        Train();

        var (first, second) = (_vigil.Run("report", "out"), Files());
        var again = _vigil.Run("report", "out");

        Assert.Equal((0, 0), (first.ExitCode, again.ExitCode));
        Assert.Equal(["evaluations.csv", "report.html", "report.json", "summary.md", "training.csv"], second.Keys);
        Assert.Equal(second.Values.Select(static t => Stamp().Replace(t, "")), Files().Values.Select(static t => Stamp().Replace(t, "")));
        Assert.Equal(Stamp().Replace(first.Output, ""), Stamp().Replace(File.ReadAllText(_vigil["out/report/summary.md"]), ""));
        Assert.Equal(OwnerOnly, Directory.GetFiles(_vigil["out/report"]).Select(File.GetUnixFileMode).Distinct());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_vigil["out/report"]));
        Assert.Equal($"written: summary.md, report.html, report.json, training.csv, evaluations.csv in {_vigil["out/report"]}\n", again.Errors);
    }

    [Fact]
    public void The_view_of_the_metrics_may_be_deleted_and_the_report_stays()
    {
        Train();
        var before = _vigil.Run("report", "out").Output;
        Directory.Delete(_vigil["out/views"], recursive: true);

        Assert.Equal(Stamp().Replace(before, ""), Stamp().Replace(_vigil.Run("report", "out").Output, ""));
    }

    [Fact]
    public void Json_goes_to_stdout_and_files_where_they_are_asked_for()
    {
        Train();

        var report = _vigil.Run("report", "out", "--json", "--out", "kept/here");

        using var json = JsonDocument.Parse(report.Output);
        Assert.Equal(["schema", "experiment", "dir", "generated", "progress", "training", "evaluations", "checkpoints", "storage", "compute", "jobs", "failures", "issues", "notes"], json.RootElement.EnumerateObject().Select(static p => p.Name));
        Assert.Equal((1, _vigil["out"]), (json.RootElement.GetProperty("schema").GetInt32(), json.RootElement.GetProperty("dir").GetString()));
        Assert.Equal(3, json.RootElement.GetProperty("failures")[0].GetProperty("exit_code").GetInt32());
        Assert.Equal(report.Output, File.ReadAllText(_vigil["kept/here/report.json"]));
        Assert.False(Directory.Exists(_vigil["out/report"]));
    }

    [Fact]
    public void Planned_evaluations_have_their_rows_before_they_have_results_and_what_lies_in_their_folders_is_theirs()
    {
        PlannedRun Plan(string id, int index, PlannedEvaluation? evaluation = null, string? folder = null) => new()
        {
            Id = new(id),
            Point = id.Split('_')[0],
            Index = index,
            OutputDir = _vigil[$"out/{folder ?? id}"],
            LogPath = _vigil[$"out/{folder ?? id}/slurm-%j.out"],
            Command = new CommandTemplate.Line("true"),
            WorkDir = _vigil.Folder,
            Evaluation = evaluation,
        };
        Journal([Plan("r4", 0), Plan("r4_cap_epoch0", 1, new("cap", new("r4"), 0), "r4/eval/cap_epoch0"), Plan("r4_cap_epoch1", 2, new("cap", new("r4"), 1), "r4/eval/cap_epoch1"), Plan("base_cap", 3, new("cap", null, null), "base/eval/cap")]);
        Log("out/r4/eval/cap_epoch0/logs/a.eval", 0.5, "\"is_finetuned\":true");
        Log("out/base/eval/cap/logs/b.eval", 0.1, "\"is_finetuned\":false");

        var report = _vigil.Run("report", "out");

        Assert.True(report.ExitCode == 0, report.ToString());
        Assert.Contains("0 of 4 runs complete (4 waiting); 2 of 3 evaluations have a result. **These results are partial: runs go on or wait.**", report.Output, StringComparison.Ordinal);
        Assert.Contains("| `r4` | 0 | **0.500 ± 0.133** | NaN | inf | -inf | 20 | `r4/eval/cap_epoch0/logs/a.eval` |\n| `r4` | 1 | – | – | – | – | – | waiting |\n| base (control) | – | 0.100 ± 0.133 |", report.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Logs that are no results", report.Output, StringComparison.Ordinal);
        Assert.Contains("Nobody watches the experiment", report.Output, StringComparison.Ordinal);
        Assert.Contains("\r\nr4,cap,1,false,waiting,,,,,,,,,,,,\r\n", File.ReadAllText(_vigil["out/report/evaluations.csv"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_have_the_contracts_exit_codes_and_leave_nothing()
    {
        Train();
        Directory.CreateDirectory(_vigil["empty"]);
        _vigil.Write("file", "");

        var several = _vigil.Run("report", "empty", "no where");
        Assert.Equal((2, "error RUN040: a report is of one experiment, and 2 folders are named. One report each: for dir in empty 'no where'; do vigil report \"$dir\"; done\n"), (several.ExitCode, several.Errors));
        Assert.Equal(2, _vigil.Run("report", "empty").ExitCode);
        Assert.Equal(2, _vigil.Run("report", "nowhere").ExitCode);
        var refused = _vigil.Run("report", "out", "--out", "file/below");
        Assert.Equal(5, refused.ExitCode);
        Assert.Contains("error RUN071", refused.Errors, StringComparison.Ordinal);
        Assert.Equal("", refused.Output);
        var inside = _vigil.Run("report", "out", "--out", "out/lr1");
        Assert.Equal(2, inside.ExitCode);
        Assert.Contains("is the folder of the run lr1", inside.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_vigil["out/report"]));
    }

    private void Journal(ImmutableArray<PlannedRun> runs)
    {
        var folder = new ExperimentFolder(_vigil["out"]);
        Directory.CreateDirectory(folder.Root);
        var opening = new JournalOpening(folder, ThisProcess.Writer with { Pid = int.MaxValue }, static _ => false, TimeProvider.System).OpenAsync(static _ => { }, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        var ready = Assert.IsType<Opening.Ready>(opening);
        ready.Journal.Stage(TimeProvider.System.GetUtcNow(), "vigil", "planned", [new RunEvent.ExperimentPlanned(new ExperimentHeader { Name = "evals", Dir = folder.Root, File = _vigil["e.yaml"], Scheduler = "local" }), .. runs.Select(static r => new RunEvent.RunPlanned(r))]);
        Assert.True(ready.Journal.TryCommit(), ready.Journal.Failure);
        ready.Journal.Dispose();
        File.Delete(folder.Lease);
    }

    private SortedDictionary<string, string> Files() => new(Directory.GetFiles(_vigil["out/report"]).ToDictionary(static f => Path.GetFileName(f), File.ReadAllText), StringComparer.Ordinal);

    [GeneratedRegex(@"slurm-\d+\.out", RegexOptions.CultureInvariant)]
    private static partial Regex Job();

    [GeneratedRegex(@"\| \d+s \|", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();

    [GeneratedRegex("""\*\*Generated:\*\* \S+ \S+ \S+|Generated \S+ \S+ \S+|"generated": "[^"]*",""", RegexOptions.CultureInvariant)]
    private static partial Regex Stamp();
}
