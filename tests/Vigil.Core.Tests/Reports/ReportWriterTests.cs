using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Vigil.Logs.Checkpoints;
using Vigil.Monitoring;
using Vigil.Reports;
using static Vigil.Core.Tests.Reports.SomeReport;

namespace Vigil.Core.Tests.Reports;

/// <summary>The forms of a report.</summary>
public sealed partial class ReportWriterTests
{
    [Fact]
    public void Partial_results_are_reported_as_partial()
    {
        var report = Of(Run("a"), Run("b", new RunState.Running(Monitoring.Some.Attempt("b"), new("7"))), Evaluation("a", "cap", 0, new RunState.Waiting(null)));

        Assert.True(report.Progress.IsPartial);
        Assert.Contains("**Status:** 1 of 3 runs complete (1 waiting, 1 running, 1 completed); 0 of 1 evaluations have a result. **These results are partial: runs go on or wait.**", MarkdownReport.Write(report), StringComparison.Ordinal);
        Assert.Contains("<strong>These results are partial: runs go on or wait.</strong>", HtmlReport.Write(report), StringComparison.Ordinal);
        Assert.DoesNotContain("partial", MarkdownReport.Write(Of(Run("a"))), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_state_gives_the_same_bytes_but_for_the_stamp()
    {
        string[] Texts(int minutes)
        {
            var facts = Facts(Run("a", null, new SeriesPointOf("loss", 1, 2)), Evaluation("a", "cap", 0, null, Log("/out/a.eval"))) with { Generated = Monitoring.Some.Time.AddMinutes(minutes) };
            var report = ExperimentReport.Of(facts);
            return [MarkdownReport.Write(report), HtmlReport.Write(report), ReportDocument.Write(report), CsvReport.Training(report), CsvReport.Evaluations(report)];
        }

        Assert.Equal(Texts(1).Select(WithoutStamp), Texts(2).Select(WithoutStamp));
        Assert.Equal([true, true, true, false, false], Texts(1).Select(static t => WithoutStamp(t) != t));
    }

    [Fact]
    public void A_failure_shows_its_cause_and_last_lines_and_no_line_ends_its_block()
    {
        var run = Run("bad", new RunState.Finished(Outcome.Failed, "FAILED"));
        run = run with { Run = run.Run with { Attempts = [run.Run.Attempts[0] with { ExitCode = 1 }] }, LastLines = ["```", "</pre><script>x</script>", "CUDA out of memory"] };
        var report = Of(run);

        Assert.Contains("| `bad` | failed | 1 | 1 | – | `bad/slurm-7.out` |", MarkdownReport.Write(report), StringComparison.Ordinal);
        Assert.Contains("````text\n```\n</pre><script>x</script>\nCUDA out of memory\n````\n", MarkdownReport.Write(report), StringComparison.Ordinal);
        Assert.Contains("<pre>```\n&lt;/pre&gt;&lt;script&gt;x&lt;/script&gt;\nCUDA out of memory</pre>", HtmlReport.Write(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoints_storage_and_compute_have_their_tables()
    {
        var report = Of(Run("a") with
        {
            Checkpoints = [Checkpoint("/out/a/epoch_1", 1, CheckpointValidity.Invalid, "model.safetensors is cut"), Checkpoint("/out/a/epoch_0", 0)],
            Size = new(5_000_000_000, 42, IsPart: false),
            Gpus = [new("/out/a/gpu_metrics.csv", new(2, 85, 80, 90, 11, 12, 80, 255.5, 64))],
        });
        var text = MarkdownReport.Write(report);

        Assert.Contains("1 of 2 are whole", text, StringComparison.Ordinal);
        Assert.Contains("| `a` | `epoch_0` | – | 0 | 2.3 GB | ✓ valid | `a/epoch_0` |\n| `a` | `epoch_1` | – | 1 | 2.3 GB | ✗ invalid (model.safetensors is cut) | `a/epoch_1` |", text, StringComparison.Ordinal);
        Assert.Contains("| `a` | 42 | 5 GB | 4.6 GB | `a` |", text, StringComparison.Ordinal);
        Assert.Contains("| `a` | 85 % (80–90) | 11 (12) of 80 GiB | 255.5 W | 64 °C | 2 | `a/gpu_metrics.csv` |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_names_break_no_table_and_no_script()
    {
        foreach (var name in Hostile)
        {
            var report = Of(Run($"r{name}", null, new SeriesPointOf("loss", 1, 2)), Evaluation($"r{name}", name, 0, null, Log($"/out/{name}.eval", log => log with { Scores = [new(name, name, name, 1, 0, [new(name, 0.5), new("accuracy", 1)])] }))) with { Experiment = name };
            foreach (var table in Tables(MarkdownReport.Write(report))) Assert.All(table, row => Assert.Equal(Width(table[0]), Width(row)));
            var html = HtmlReport.Write(report);
            Assert.Equal(2, Regex.Count(html, "</script>", RegexOptions.IgnoreCase));
            Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
            Assert.Equal(name, JsonDocument.Parse(Plots().Match(html).Groups["json"].Value).RootElement.EnumerateArray().SelectMany(static p => p.GetProperty("lines").EnumerateArray()).First().GetProperty("name").GetString()![1..]);
            Assert.Equal(name, JsonDocument.Parse(ReportDocument.Write(report)).RootElement.GetProperty("experiment").GetString());
        }
    }

    [Fact]
    public void The_page_lets_exactly_its_own_script_run_and_reaches_for_nothing()
    {
        var html = HtmlReport.Write(Of(Run("a", null, new SeriesPointOf("loss", 1, 2))));
        var script = html[(html.LastIndexOf("<script>", StringComparison.Ordinal) + "<script>".Length)..html.LastIndexOf("</script>", StringComparison.Ordinal)];

        Assert.Contains($"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'", html, StringComparison.Ordinal);
        Assert.DoesNotContain(" src=", html[..html.IndexOf("<script>", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.DoesNotContain("<link", html, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
        Assert.Contains("Copyright (c) 2022 Leon Sorokin", script, StringComparison.Ordinal);
    }

    [Fact]
    public void A_control_is_a_dashed_line_across_the_epochs_of_the_others()
    {
        var report = Of(Evaluation("a", "cap", 0, null, Accuracy("/out/a.eval", 0.5)), Evaluation("a", "cap", 3, null, Accuracy("/out/b.eval", 0.6)), Evaluation("base", "cap", null, null, Accuracy("/out/c.eval", 0.1)));
        using var plots = JsonDocument.Parse(Plots().Match(HtmlReport.Write(report)).Groups["json"].Value);

        var lines = Assert.Single(plots.RootElement.EnumerateArray()).GetProperty("lines");
        Assert.Equal(["[0,3] [0.5,0.6] false", "[0,3] [0.1,0.1] true"], lines.EnumerateArray().Select(static l => $"{l.GetProperty("x").GetRawText()} {l.GetProperty("y").GetRawText()} {l.GetProperty("is_control").GetRawText()}"));
    }

    [Fact]
    public void Every_number_of_the_JSON_and_of_CSV_has_its_source()
    {
        var report = Of(Run("a", null, new SeriesPointOf("loss", 1, 2)), Evaluation("a", "cap", 0, null, Accuracy("/out/a/e.eval", 0.5)));
        using var json = JsonDocument.Parse(ReportDocument.Write(report));

        Assert.Equal((1, "cap", "/out"), (json.RootElement.GetProperty("schema").GetInt32(), json.RootElement.GetProperty("experiment").GetString(), json.RootElement.GetProperty("dir").GetString()));
        Assert.Equal("a/slurm-7.out", json.RootElement.GetProperty("training")[0].GetProperty("final_loss").GetProperty("source").GetString());
        Assert.Equal("a/e.eval", json.RootElement.GetProperty("evaluations")[0].GetProperty("source").GetString());
        Assert.StartsWith("run,stage,state,reason,attempts,final_loss,final_loss_source,", CsvReport.Training(report), StringComparison.Ordinal);
        Assert.Contains("\r\na,,completed,,1,2,a/slurm-7.out,", CsvReport.Training(report), StringComparison.Ordinal);
        Assert.Contains("\r\na,cap,0,false,success,match,match,,accuracy,0.5,0.036,false,20,20,hf/rank4_epoch_0,", CsvReport.Evaluations(report), StringComparison.Ordinal);
    }

    private static string WithoutStamp(string text) => Stamp().Replace(text, "");

    private static IEnumerable<string[]> Tables(string markdown) =>
        markdown.Split("\n\n").Where(static block => block.StartsWith("| ", StringComparison.Ordinal)).Select(static block => block.TrimEnd('\n').Split('\n'));

    /// <summary>How many pipes part the row, as GitHub counts.</summary>
    private static int Width(string row) => Pipe().Count(row);

    [GeneratedRegex(@"(?<!\\)(?:\\\\)*\|", RegexOptions.CultureInvariant)]
    private static partial Regex Pipe();

    [GeneratedRegex("id=\"plots\">(?<json>.*?)</script>", RegexOptions.CultureInvariant)]
    private static partial Regex Plots();

    [GeneratedRegex("""\*\*Generated:\*\* \S+ \S+ \S+|Generated \S+ \S+ \S+|"generated": "[^"]*",""", RegexOptions.CultureInvariant)]
    private static partial Regex Stamp();
}
