using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;
using Vigil.Schedulers;
using Vigil.Schedulers.Slurm;

namespace Vigil.Bench;

/// <summary>Our processor time for one look at ten thousand jobs of a cluster: the answer of <c>squeue</c> read from a program, and joined with what is known.</summary>
internal static class PollBench
{
    private const int Jobs = 10_000, TasksAnArray = 1000;

    public static async Task RunAsync(string scratch)
    {
        var answer = Path.Combine(scratch, "squeue.txt");
        await File.WriteAllTextAsync(answer, Answer(scratch));
        var time = new Seconds();
        var scheduler = new SlurmScheduler(new Canned(answer), new(null, RequestBudget.Unlimited, time, "boot"), SlurmSettings.Default with { ShortestPoll = 0, LongestPoll = 0 },
            new(null, scratch, DateTimeOffset.UtcNow), static _ => [], time);
        ImmutableArray<JobRequest> jobs = [.. Enumerable.Range(0, Jobs).Select(Request)];
        if ((await scheduler.ReportAsync(jobs, CancellationToken.None)).Length != Jobs) throw new InvalidOperationException("not every job was told");

        var runner = new ProcessRunner(TimeProvider.System);
        var theirs = await CpuAsync(async () => (await runner.RunAsync(["cat", answer], TimeSpan.FromMinutes(1), CancellationToken.None)).Output.Length);
        var ours = await CpuAsync(async () =>
        {
            time.Pass();
            return (await scheduler.ReportAsync(jobs, CancellationToken.None)).Length;
        });
        var size = new FileInfo(answer).Length / 1e6;
        Row.Print(string.Create(CultureInfo.InvariantCulture, $"a look at {Jobs:N0} jobs: CPU"), ours, string.Create(CultureInfo.InvariantCulture, $"{size:0.0} MB from cat"), theirs, "reach: <= 100 ms");
    }

    private static string Name(int job) => string.Create(CultureInfo.InvariantCulture, $"lr{job % 100}e-4_seed{job / 100}_stable");
    private static string Id(int job) => string.Create(CultureInfo.InvariantCulture, $"{4_000_000 + job / TasksAnArray}_{job % TasksAnArray}");

    private static string Array(int job) => string.Create(CultureInfo.InvariantCulture, $"{job / TasksAnArray:x6}");

    private static string Answer(string experiment)
    {
        var text = new StringBuilder();
        for (var job = 0; job < Jobs; job++)
            text.AppendJoin(SlurmText.Unit, Id(job), "4000000", job % 3 == 0 ? "RUNNING" : "PENDING", "0", job % 3 == 0 ? "None" : "Priority", "1795337090", "1795423490", "1795337000", job % 3 == 0 ? "node[0123-0126]" : "", $"tiny-lm.{Array(job)}", SubmissionToken.Of(experiment, $"submit:array.{Array(job)}"))
                .Append(SlurmText.Record).Append('\n');
        return text.ToString();
    }

    private static JobRequest Request(int job)
    {
        var run = new PlannedRun
        {
            Id = new(Name(job)),
            Point = Name(job),
            Index = job,
            OutputDir = $"/scratch/tiny-lm/{Name(job)}",
            LogPath = $"/scratch/tiny-lm/{Name(job)}/slurm-%j.out",
            Command = new CommandTemplate.Line("true"),
            WorkDir = "/scratch",
            Slurm = new(),
        };
        return new(new(run.Id, 1), run, $"{run.OutputDir}/attempts/1", new(Id(job))) { Array = Array(job) };
    }

    private static async Task<TimeSpan> CpuAsync(Func<Task<int>> action)
    {
        var times = new List<TimeSpan>();
        for (var i = 0; i < 15; i++)
        {
            GC.Collect();
            using var process = Process.GetCurrentProcess();
            var before = process.TotalProcessorTime;
            await action();
            process.Refresh();
            times.Add(process.TotalProcessorTime - before);
        }
        return times.Order().ElementAt(times.Count / 2);
    }

    /// <summary>A second passes when it is told to.</summary>
    private sealed class Seconds : TimeProvider
    {
        private long _passed;
        public void Pass() => _passed += TimeSpan.TicksPerSecond;
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public override long GetTimestamp() => _passed;
    }

    /// <summary>Each command is a program that prints a file; every running job has said that it started.</summary>
    private sealed class Canned(string answer) : ISite
    {
        private readonly ProcessRunner _runner = new(TimeProvider.System);

        public string Name => "";

        public async ValueTask<ProcessOutcome> RunAsync(ImmutableArray<string> words, TimeSpan limit, CancellationToken stop) =>
            words.Contains("squeue") ? await _runner.RunAsync(["cat", answer], limit, stop) : throw new InvalidOperationException($"nobody expected {string.Join(' ', words)}");

        public ValueTask<ImmutableArray<AttemptMarks>?> MarksAsync(ImmutableArray<string> folders, CancellationToken stop) =>
            new([.. folders.Select(static _ => AttemptMarks.None with { Started = new("1", 1, 1, "b", "n1") })]);

        public ValueTask<SiteWrites?> LastWritesAsync(ImmutableArray<string> paths, CancellationToken stop) => new((SiteWrites?)null);

        public ValueTask<ImmutableArray<IReadOnlyList<string>>> LastLinesAsync(ImmutableArray<string> files, CancellationToken stop) => new([.. files.Select(static _ => (IReadOnlyList<string>)[])]);
    }
}
