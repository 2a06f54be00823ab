using System.Collections.Immutable;
using System.Globalization;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>A planned training with what its data says.</summary>
/// <param name="Steps">Null: unknown.</param>
/// <param name="Unknown">Why the steps are not known; null: they are.</param>
public sealed record TrainingOutlook(PlannedTraining Training, TrainingSteps? Steps, string? Unknown)
{
    /// <param name="count">Of the training's data; null where it was not looked for.</param>
    public static TrainingOutlook Of(PlannedTraining training, SampleCount? count) => (training.Uncountable, count) switch
    {
        ({ } why, _) => new(training, null, why),
        (null, SampleCount.Known { Samples: var samples }) => TorchtuneSteps.Of(training, samples) is { } steps ? new(training, steps, null) : new(training, null, "batch_size, epochs or gradient_accumulation_steps is no whole number from 1, or too great"),
        (null, SampleCount.Unknown { Why: var why }) => new(training, null, $"{Path.GetFileName(training.Data)} {why}"),
        (null, SampleCount.Missing { Why: var why }) => new(training, null, $"{Path.GetFileName(training.Data)} {why}"),
        _ => new(training, null, "its data cannot be read here"),
    };
}

/// <summary>What is wrong with trainings that are shorter than somebody thought.</summary>
public static class TrainingChecks
{
    private const int MostNames = 3;

    public static void Check(ImmutableArray<TrainingOutlook> outlooks, DiagnosticBag report)
    {
        foreach (var same in outlooks.Where(static o => o.Steps is not null).GroupBy(static o => (o.Steps!.Samples, o.Steps.PerEpoch, o.Steps.Total, Batch: o.Training.BatchSize!.Value, Accumulation: o.Training.Accumulation?.Value ?? 1, o.Training.Replicas, Warmup: o.Training.WarmupSteps?.Value, Validation: o.Training.ValidationSteps?.Value)))
            CheckAlike([.. same], report);
    }

    private static void CheckAlike(ImmutableArray<TrainingOutlook> runs, DiagnosticBag report)
    {
        var (first, steps) = (runs[0].Training, runs[0].Steps!);
        if (steps.Total == 0)
        {
            if (first.Epochs!.Value > 0 && first.MaxStepsPerEpoch is not { Value: 0 })
                report.Error("DOC038", Place(first.BatchSize!, first), string.Create(CultureInfo.InvariantCulture, $"{Names(runs)} would train no step: {Batch(first)} is more than the {steps.Samples} samples of {Path.GetFileName(first.Data)}"),
                    "torchtune trains on whole batches only; make batch_size or gradient_accumulation_steps smaller");
            return;
        }
        if (first.WarmupSteps is { } warmup && warmup.Value >= steps.Total)
            report.Warning("DOC037", Place(warmup, first), string.Create(CultureInfo.InvariantCulture, $"the warm-up of {Names(runs)} takes {warmup.Value} steps, and the whole training has {steps.Total}: the learning rate never reaches its full value"),
                string.Create(CultureInfo.InvariantCulture, $"num_warmup_steps well below {steps.Total}: a tenth would be {Math.Max(1, steps.Total / 10)}"));
        if (first.ValidationSteps is { } validation && validation.Value > steps.Total)
            report.Warning("DOC039", Place(validation, first), string.Create(CultureInfo.InvariantCulture, $"{Names(runs)} would never be validated: that is done every {validation.Value} steps, and the whole training has {steps.Total}"),
                string.Create(CultureInfo.InvariantCulture, $"run_val_every_n_steps of {Math.Max(1, steps.PerEpoch)} validates once an epoch"));
    }

    /// <summary>Of what was measured, the runs whose time limit is shorter.</summary>
    public static void CheckLimits(Plan plan, Func<TimeSpan, string> text, DiagnosticBag report)
    {
        var trainings = plan.Trainings.ToDictionary(static t => t.Training.Run);
        var runs = plan.Runs.ToDictionary(static r => r.Id);
        var late = plan.Estimates.Where(e => e is { Kind: EstimateKind.Measured, Time: { } time } && runs[e.Run].TimeLimit is { } limit && time > limit);
        foreach (var same in late.GroupBy(e => (e.Time, Limit: runs[e.Run].TimeLimit, e.Source)))
        {
            ImmutableArray<TrainingOutlook> named = [.. same.Select(e => trainings[e.Run])];
            report.Warning("DOC040", named[0].Training.At, $"{Names(named)} would take {text(same.Key.Time!.Value)}, {same.Key.Source}, and the time limit is {text(same.Key.Limit!.Value)}",
                $"compute.time in a plan document, slurm.sbatch.time or local.time elsewhere; half as much again as measured would be {text(same.Key.Time.Value * 1.5)}");
        }
    }

    private static string Batch(PlannedTraining training)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"a batch of {training.BatchSize!.Value}");
        if (training.Accumulation is { Value: > 1 and var accumulation }) text += string.Create(CultureInfo.InvariantCulture, $", accumulated {accumulation} times,");
        return training.Replicas > 1 ? text + string.Create(CultureInfo.InvariantCulture, $" on each of {training.Replicas} processes") : text;
    }

    /// <summary>What nobody wrote is told where the run stands.</summary>
    private static SourceSpan Place(PlannedNumber number, PlannedTraining training) => PlannedTraining.IsSaid(number.At) ? number.At : training.At;

    /// <summary><c>'a', 'b' and 98 more</c>.</summary>
    public static string Names(IReadOnlyCollection<TrainingOutlook> runs)
    {
        var names = runs.Select(static r => $"'{r.Training.Run}'").ToList();
        return names.Count <= MostNames ? string.Join(names.Count == 2 ? " and " : ", ", names) : $"{string.Join(", ", names.Take(MostNames - 1))} and {names.Count - MostNames + 1} more";
    }
}
