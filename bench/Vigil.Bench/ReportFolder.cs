using System.Globalization;
using System.Text;
using Vigil.Journaling;
using Vigil.Logs;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Bench;

/// <summary>An experiment as it is when it is reported: a hundred runs of two thousand steps, each with a checkpoint and nine logs of evaluations.</summary>
internal static class ReportFolder
{
    private const int Runs = 100, Steps = 2_000, Evaluations = 9;

    private static readonly DateTimeOffset At = new(2026, 11, 22, 3, 0, 0, TimeSpan.FromHours(1));

    public static void Write(string root)
    {
        var folder = new ExperimentFolder(root);
        Directory.CreateDirectory(root);
        var plan = LongJournal.Plan(Runs, root);
        using (var journal = LongJournal.Open(folder).Journal)
        {
            journal.Stage(At, "vigil", "plan-accepted", [new RunEvent.ExperimentPlanned(LongJournal.Experiment), .. plan.Select(static r => new RunEvent.RunPlanned(r)), .. plan.SelectMany(Life)]);
            if (!journal.TryCommit()) throw new InvalidOperationException(journal.Failure);
        }
        var store = new MetricStore(folder.Views);
        foreach (var run in plan) Fill(run, store);
    }

    private static IEnumerable<RunEvent> Life(PlannedRun run)
    {
        var attempt = new AttemptId(run.Id, 1);
        yield return new RunEvent.EffectRequested($"submit:{attempt}", new Effect.Submit([new AttemptStart(attempt, null)]));
        yield return new RunEvent.EffectCompleted($"submit:{attempt}", new EffectResult.Submitted([new SubmittedJob(attempt, new JobId($"{run.Index}"), LogOf(run), run.ConfigHash)]));
        yield return new RunEvent.AttemptStarted(attempt, At, "node17");
        yield return new RunEvent.AttemptEnded(attempt, JobState.Completed, null, 0, null, null, At.AddHours(1), Steps);
        yield return new RunEvent.RunFinished(run.Id, Outcome.Completed, null);
    }

    private static string LogOf(PlannedRun run) => string.Create(CultureInfo.InvariantCulture, $"{run.OutputDir}/slurm-{run.Index}.out");

    private static void Fill(PlannedRun run, MetricStore store)
    {
        Directory.CreateDirectory(Path.Combine(run.OutputDir, "epoch_0"));
        File.WriteAllText(Path.Combine(run.OutputDir, "epoch_0", "adapter_config.json"), "{}");
        var log = new StringBuilder("INFO:torchtune.utils._logging:Running LoRAFinetuneRecipeSingleDevice with resolved config:\nepochs: 2\n");
        for (var step = 1; step <= Steps; step++)
            log.Append(CultureInfo.InvariantCulture, $"Step {step} | loss:{2.5 / Math.Sqrt(step) + 1e-3 * run.Index:0.0000000} lr:2e-05 tokens_per_second_per_gpu:{600 + step % 7}.25 peak_memory_active:8.1 peak_memory_alloc:8.1 peak_memory_reserved:9.25 \n");
        File.WriteAllText(LogOf(run), log.ToString());
        for (var i = 0; i < Evaluations; i++) EvalBench.Write(string.Create(CultureInfo.InvariantCulture, $"{run.OutputDir}/eval/task{i}_epoch1/logs"), run.Index * Evaluations + i);

        // As the monitor leaves it.
        var (writer, tail) = (new SeriesWriter(), new LogTail(LogOf(run)));
        tail.Progress.Points = writer.From("log 1");
        while (tail.Read(At).More) { }
        Directory.CreateDirectory(Path.GetDirectoryName(store.FileOf(run.Id))!);
        File.WriteAllBytes(store.FileOf(run.Id), writer.Pending);
    }
}
