using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary>How long the plan's trainings are, by the data that they will read: what is too short for its own settings is told before hours of a queue find out.</summary>
internal static class TrainingPreflight
{
    public static ImmutableArray<TrainingOutlook> Check(Plan plan, DiagnosticBag report)
    {
        var data = new TrainingData();
        var isElsewhere = plan.Runs.Any(static r => r.Slurm?.Host is not null);
        var told = new HashSet<string>(StringComparer.Ordinal);
        var outlooks = ImmutableArray.CreateBuilder<TrainingOutlook>();
        foreach (var training in PlannedTraining.Of(plan))
        {
            var count = isElsewhere ? new SampleCount.Unknown("lies on another machine") : data.Count(training);
            outlooks.Add(TrainingOutlook.Of(training, count));
            if (count is SampleCount.Missing { Why: var why } && told.Add($"{training.Data} {training.Field}"))
                report.Warning("DOC041", training.SamplesAt, $"the training of '{training.Run}' would find no samples: {training.Data} {why}", "backend.finetune.train_field names the list of samples; null: the file is a list, or JSON lines");
        }
        TrainingChecks.Check([.. outlooks], report);
        return outlooks.DrainToImmutable();
    }
}
