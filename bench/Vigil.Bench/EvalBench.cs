using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Vigil.Evaluations;
using Vigil.Platform;

namespace Vigil.Bench;

/// <summary>The headers of 900 finished logs of evaluations, found below a folder and read, beside Python's zipfile and json on the same files.</summary>
internal static class EvalBench
{
    private const int Logs = 900, Samples = 200, Runs = 5;

    private const string Python = """
        import json, os, sys, time, zipfile
        times = []
        for _ in range(5):
            began, done = time.perf_counter(), 0
            for folder, _, names in os.walk(sys.argv[1]):
                for name in names:
                    with zipfile.ZipFile(os.path.join(folder, name)) as log:
                        done += json.loads(log.read('header.json'))['results']['completed_samples']
            times.append(time.perf_counter() - began)
        print(sorted(times)[2], done)
        """;

    public static void Run(string scratch)
    {
        var root = Path.Combine(scratch, "evals");
        for (var i = 0; i < Logs; i++) Write(Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"run{i / 9}"), "eval"), i);
        var (zstd, found) = (Zstd.Find(Zstd.Library), 0L);
        var ours = Row.Median(Runs, () => found = EvalLogFolder.Whole.Find(root, zstd).Logs.Sum(static log => (log.Reading as EvalReading.Read)?.Log.CompletedSamples ?? 0));
        var (theirs, same) = Peer(root);
        if (found != same) throw new InvalidOperationException($"we read {found} samples, Python {same}");
        Row.Print(string.Create(CultureInfo.InvariantCulture, $"{Logs} logs of evaluations: headers"), ours, "Python's zipfile", theirs, "reach: <= 5 s, <= 0.5 x");
        Directory.Delete(root, recursive: true);
    }

    private static (TimeSpan Time, long Samples) Peer(string root)
    {
        using var process = Process.Start(new ProcessStartInfo("python3", ["-c", Python, root]) { RedirectStandardOutput = true })!;
        var words = process.StandardOutput.ReadToEnd().Split();
        process.WaitForExit();
        return (TimeSpan.FromSeconds(double.Parse(words[0], CultureInfo.InvariantCulture)), long.Parse(words[1], CultureInfo.InvariantCulture));
    }

    /// <summary>One finished log of two hundred samples.</summary>
    public static void Write(string folder, int number)
    {
        Directory.CreateDirectory(folder);
        using var zip = ZipFile.Open(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{number}.eval")), ZipArchiveMode.Create);
        var spec = string.Create(CultureInfo.InvariantCulture, $$$"""{"created":"2026-02-11T15:18:04-05:00","task":"task{{{number % 9}}}","task_id":"id{{{number}}}","dataset":{"name":"words","samples":{{{Samples}}},"sample_ids":[{{{string.Join(',', Enumerable.Range(1, Samples))}}}]},"model":"hf/run","model_args":{"model_path":"/runs/run"},"config":{"epochs":1},"metadata":{"epoch":1}}""");
        Add(zip, "_journal/start.json", $$"""{"version":2,"eval":{{spec}},"plan":{"steps":[]} }""");
        for (var i = 1; i <= Samples; i++) Add(zip, string.Create(CultureInfo.InvariantCulture, $"samples/{i}_epoch_1.json"), string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{i}},"epoch":1,"input":"a word to be written in capitals","messages":[],"scores":{"match":1} }"""));
        Add(zip, "header.json", $$"""{"version":2,"status":"success","eval":{{spec}},"plan":{"steps":[]},"results":{"total_samples":200,"completed_samples":200,"scores":[{"name":"match","scorer":"match","metrics":{"accuracy":{"name":"accuracy","value":0.8},"stderr":{"name":"stderr","value":NaN} } }]},"stats":{} }""");
    }

    private static void Add(ZipArchive zip, string name, string content)
    {
        using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        entry.Write(Encoding.UTF8.GetBytes(content));
    }
}
