using System.Text.Json;
using System.Text.Json.Nodes;
using Vigil.Logs;
using static Vigil.Core.Tests.Logs.LogReading;

namespace Vigil.Core.Tests.Logs;

/// <summary>Logs in the form that each trainer's source prints, and what is known after the last line. Set VIGIL_GOLDEN=write to write the answers anew, and read the difference.</summary>
public sealed class GoldenLogTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Logs => [.. Directory.EnumerateFiles(Folder(), "*.log").Select(static f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Logs))]
    public void A_trainers_log_tells_its_progress_and_its_metrics(string name)
    {
        var log = File.ReadAllBytes(Path.Combine(Folder(), name + ".log"));
        var answer = Path.Combine(Folder(), name + ".json");
        var told = Tell(Progress(log).Progress).ToJsonString(Indented) + "\n";
        if (Environment.GetEnvironmentVariable("VIGIL_GOLDEN") == "write") File.WriteAllText(answer, told);
        Assert.Equal(File.ReadAllText(answer), told);
    }

    [Theory, MemberData(nameof(Logs))]
    public void A_trainers_log_tells_the_same_in_pieces_and_with_lines_of_others_before(string name)
    {
        var log = File.ReadAllBytes(Path.Combine(Folder(), name + ".log"));
        var whole = Tell(Progress(log).Progress).ToJsonString();
        Assert.Equal(whole, Tell(Progress(log, Enumerable.Repeat(7, log.Length / 7)).Progress).ToJsonString());
        byte[] noisy = [.. Bytes("Downloading: 100%|██████████| 9/9 [00:01<00:00, 5.2it/s]\nport=8080 world size: 4\n"), .. log];
        Assert.Equal(whole, Tell(Progress(noisy).Progress).ToJsonString());
    }

    [Fact]
    public void Every_pack_that_is_shipped_has_a_golden_log()
    {
        var trainers = Logs.Select(static row => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder(), row.Data + ".json")))!["trainer"]?.GetValue<string>());
        Assert.Empty(ProgressPacks.BuiltIn.All.Where(static p => p.Kind is PackKind.Trainer or PackKind.Library or PackKind.Pairs).Select(static p => p.Name).Except(trainers));
    }

    private static JsonObject Tell(RunProgress progress)
    {
        var report = progress.Report();
        var metrics = new JsonObject();
        foreach (var metric in report.Metrics) metrics[metric.Name] = double.IsFinite(metric.Value) ? new JsonArray(metric.Step, metric.Value) : new JsonArray(metric.Step, metric.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return new JsonObject
        {
            ["trainer"] = report.Trainer,
            ["step"] = report.Step,
            ["total"] = report.Total,
            ["epoch"] = report.Epoch,
            ["epochs"] = report.Epochs,
            ["approximate"] = report.IsApproximate,
            ["phase"] = report.Phase.ToString(),
            ["ended"] = report.HasEnded,
            ["seconds_per_step"] = report.SecondsPerStep is { } pace ? Math.Round(pace, 6) : null,
            ["eta_seconds"] = report.Eta is { } eta ? Math.Round(eta.TotalSeconds, 1) : null,
            ["metrics"] = metrics,
        };
    }

    internal static string Folder([System.Runtime.CompilerServices.CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Golden");
}
