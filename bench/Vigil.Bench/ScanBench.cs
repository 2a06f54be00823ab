using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Vigil.Logs;
using Vigil.Spec;

namespace Vigil.Bench;

/// <summary>A Megatron log of 500 MB looked through for patterns, beside ripgrep and a Python loop on the same file. One core, from the page cache.</summary>
internal static class ScanBench
{
    private const int Lines = 1_400_000, BlockBytes = 256 << 10, Runs = 5;

    public static void Run(string scratch)
    {
        var log = Path.Combine(scratch, "scan.log");
        ScanLog.Write(log, Lines);
        var bytes = new FileInfo(log).Length;
        var read = Row.MedianCpu(Runs, () => Row.ReadBytes([log]));
        var peers = new ScanPeers(scratch, log);

        var twelve = Ours(log, ScanLog.Twelve, out var hits);
        Compare("12 patterns", peers, ScanLog.Twelve, twelve, hits, "reach: >= 5 x");
        var mixed = Ours(log, ScanLog.Mixed, out hits);
        Compare(@"14 patterns, one (?i), one from \d+", peers, ScanLog.Mixed, mixed, hits, "reach: >= 5 x");
        var plain = Ours(log, ScanLog.Plain, out hits);
        Compare("12 plain texts", peers, ScanLog.Plain, plain, hits, "reach: >= 0.5 x");
        if (peers.Python(ScanLog.Twelve) is { } python) Row.Print("the 12 beside a loop of re.search", Pace(bytes, twelve), $"Python {Pace(bytes, python)}", Over(python, twelve), "reach: >= 30 x");
        var alone = Row.MedianCpu(Runs, () => Scan(log, ScanLog.Twelve, null));
        Row.Print("the 12: pace of a core", Pace(bytes, alone), $"reading alone {Pace(bytes, read)}", Over(read, alone), "reach: >= 4 GB/s");
        var metrics = Row.MedianCpu(Runs, () => Scan(log, ScanLog.Twelve, new RunProgress()));
        Row.Print("the 12, and metrics from every line", Pace(bytes, metrics), $"without {Pace(bytes, alone)}", Over(alone, metrics), "reach: >= 1 GB/s");
        var one = Ours(log, ScanLog.Many(1), out _);
        var many = Ours(log, ScanLog.Many(200), out _);
        Row.Print("200 patterns beside 1", Row.Text(many), $"1 pattern {Row.Text(one)}", Over(many, one), "reach: <= 1.3 x");
        File.Delete(log);
    }

    private static void Compare(string what, ScanPeers peers, ImmutableArray<string> patterns, TimeSpan ours, long hits, string reach)
    {
        if (peers.Ripgrep(patterns) is not { } theirs)
        {
            Row.Print($"{what}, {hits} hits", Row.Text(ours), "ripgrep is not here", "", reach);
            return;
        }
        Row.Print($"{what}, {hits} hits", Row.Text(ours), $"rg -c, {theirs.Lines} lines {Row.Text(theirs.Time)}", Over(theirs.Time, ours), reach);
    }

    private static TimeSpan Ours(string log, ImmutableArray<string> patterns, out long hits)
    {
        long count = 0;
        var time = Row.Median(Runs, () => count = Scan(log, patterns, null));
        hits = count;
        return time;
    }

    /// <summary>As the tail of a log reads it, from compiling the patterns to the last hit.</summary>
    private static long Scan(string log, ImmutableArray<string> patterns, RunProgress? progress)
    {
        var scanner = new LogScanner(PatternSet.Of([.. patterns.Select(static p => new LinePattern(PatternKind.Regex, p))]));
        var block = new byte[BlockBytes];
        long hits = 0;
        using var file = File.OpenHandle(log);
        for (int read; (read = RandomAccess.Read(file, block, scanner.Position)) > 0;)
            foreach (var _ in scanner.Scan(block.AsSpan(0, read), progress)) hits++;
        return hits;
    }

    private static string Pace(long bytes, TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{bytes / time.TotalSeconds / 1e9:0.00} GB/s");

    private static string Over(TimeSpan one, TimeSpan other) => string.Create(CultureInfo.InvariantCulture, $"{one / other:0.00} x");
}

/// <summary>The others on the same file, their start-up taken off.</summary>
internal sealed class ScanPeers(string scratch, string log)
{
    private const string Loop = """
        import re, sys, time
        began = time.perf_counter()
        patterns = [re.compile(p.encode()) for p in open(sys.argv[1]).read().splitlines()]
        hits = 0
        with open(sys.argv[2], 'rb') as file:
            for line in file:
                for pattern in patterns:
                    if pattern.search(line): hits += 1
        print(time.perf_counter() - began)
        """;

    /// <summary>Null: the machine has none.</summary>
    public (TimeSpan Time, string Lines)? Ripgrep(ImmutableArray<string> patterns)
    {
        var (empty, wanted) = (Path.Combine(scratch, "empty.log"), Wanted(patterns));
        File.WriteAllText(empty, "");
        if (Output("rg", "--version") is null) return null;
        var lines = "";
        var start = Row.Median(9, () => Output("rg", "-c", "-f", wanted, empty));
        var time = Row.Median(3, () => lines = Output("rg", "-c", "-f", wanted, log)?.Trim() ?? "");
        return (time - start, lines);
    }

    public TimeSpan? Python(ImmutableArray<string> patterns) =>
        Output("python3", "-c", Loop, Wanted(patterns), log) is { } seconds ? TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)) : null;

    private string Wanted(ImmutableArray<string> patterns)
    {
        var file = Path.Combine(scratch, "patterns.txt");
        File.WriteAllLines(file, patterns);
        return file;
    }

    private static string? Output(string program, params string[] words)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardOutput = true });
            var output = process?.StandardOutput.ReadToEnd();
            process?.WaitForExit();
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;   // no such program
        }
    }
}

/// <summary>A log as Megatron-LM writes it, and what is looked for in it.</summary>
internal static class ScanLog
{
    public static ImmutableArray<string> Twelve { get; } =
    [
        @"successfully saved checkpoint from iteration\s+(\d+) to (\S+)", "CUDA out of memory", @"torch\.OutOfMemoryError", "NCCL (WARN|ERROR)",
        @"Traceback \(most recent call last\)", "DUE TO TIME LIMIT", @"Exited with exit code [1-9]\d*", "FATAL ERROR|OutOfMemoryError",
        "lm loss: (nan|NaN|inf)", "Segmentation fault", @"srun: error: .* task \d+", @"validation loss at iteration\s+(\d+)",
    ];

    public static ImmutableArray<string> Mixed { get; } = [.. Twelve, "(?i)uncorrectable ecc error", @"\d+ steps were skipped"];

    public static ImmutableArray<string> Plain { get; } =
    [
        "successfully saved checkpoint", "CUDA out of memory", "torch.OutOfMemoryError".Replace(".", @"\.", StringComparison.Ordinal), "NCCL WARN", "Traceback", "DUE TO TIME LIMIT",
        "Exited with exit code", "FATAL ERROR", "lm loss: nan", "Segmentation fault", "srun: error: ", "validation loss at iteration",
    ];

    /// <summary>What failures say, in many words; the first is the same for every count.</summary>
    public static ImmutableArray<string> Many(int count)
    {
        string[] who = ["CUDA error: ", "NCCL error in ", "Xid ", "slurmstepd: error: ", "OSError: ", "RuntimeError: ", "srun: fatal: ", "ibv_poll_cq: ", "nvlink: ", "kernel: "];
        string[] what = ["device lost", "illegal address", "timed out after", "connection reset", "stale file handle", "no space left", "quota exceeded", "cannot allocate", "bad magic", "key not found",
            "unhandled event", "port is down", "link flapped", "page retired", "version mismatch", "not responding", "out of range", "is not finite", "killed by", "was preempted"];
        return [.. from i in Enumerable.Range(0, count) select i % 3 == 2 ? $@"{who[i % 10]}.*{what[i / 10]} \d+" : $"{who[i % 10]}{what[i / 10]}"];
    }

    public static void Write(string path, int lines)
    {
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 20);
        uint seed = 3;
        for (var i = 1; i < lines; i++)
        {
            file.Write(Line(ref seed, i));
            if (i % 50_000 == 0) file.Write(string.Create(CultureInfo.InvariantCulture, $"  successfully saved checkpoint from iteration {i,8} to /outputs/exp/checkpoints\n"));
        }
    }

    /// <summary>One line of an iteration, with its end.</summary>
    public static string Line(ref uint seed, int i) => string.Create(CultureInfo.InvariantCulture,
        $" [2026-11-22 00:{i / 60 % 60:00}:{i % 60:00}] iteration {i,8}/ 1500000 | consumed samples: {i * 512L,12} | elapsed time per iteration (ms): {Next(ref seed, 900, 1100):0.0} | throughput per GPU (TFLOP/s/GPU): {Next(ref seed, 300, 420):0.0} | learning rate: 3.000000E-04 | global batch size:   512 | lm loss: {Next(ref seed, 2, 3):0.000000}E+00 | loss scale: 1.0 | grad norm: {Next(ref seed, 0.1, 1):0.000} | number of skipped iterations:   0 | number of nan iterations:   0 |\n");

    private static double Next(ref uint seed, double from, double to)
    {
        seed = seed * 1664525 + 1013904223;
        return from + (to - from) * (seed >> 8) / (1 << 24);
    }
}
