namespace Vigil.Reports;

/// <summary>How well a run used what it was given. Null: its source does not say.</summary>
/// <param name="Source">The sampler's file; <c>sacct</c> with the job's id for what the scheduler says.</param>
public sealed record ComputeRow(string Run, string Source)
{
    /// <summary>Per cent of all cores' time.</summary>
    public double? CpuEfficiency { get; init; }

    public double? PeakMemoryGib { get; init; }

    public double? AskedMemoryGib { get; init; }

    /// <summary>Per cent.</summary>
    public double? GpuUtilizationMean { get; init; }

    public double? GpuUtilizationMin { get; init; }

    public double? GpuUtilizationMax { get; init; }

    public double? GpuMemoryMeanGib { get; init; }

    public double? GpuMemoryPeakGib { get; init; }

    public double? GpuMemoryTotalGib { get; init; }

    public double? PowerMeanWatts { get; init; }

    /// <summary>Degrees Celsius.</summary>
    public double? TemperatureMax { get; init; }

    /// <summary>Null: nothing was sampled.</summary>
    public int? Samples { get; init; }

    internal static IEnumerable<ComputeRow> Of(ReportFacts facts, RunFacts run)
    {
        foreach (var (path, use) in run.Gpus)
            yield return new(run.Run.Id.Value, facts.Source(path))
            {
                GpuUtilizationMean = use.MeanUtilization,
                GpuUtilizationMin = use.LeastUtilization,
                GpuUtilizationMax = use.PeakUtilization,
                GpuMemoryMeanGib = use.MeanMemory,
                GpuMemoryPeakGib = use.PeakMemory,
                GpuMemoryTotalGib = use.TotalMemory,
                PowerMeanWatts = use.MeanPower,
                TemperatureMax = use.PeakTemperature,
                Samples = use.Samples,
            };
        if (run.Job is { } job)
            yield return new(run.Run.Id.Value, $"sacct {job.Job}") { CpuEfficiency = job.CpuEfficiency, PeakMemoryGib = Gib(job.PeakMemoryBytes), AskedMemoryGib = Gib(job.AskedMemoryBytes) };
    }

    private static double? Gib(double? bytes) => bytes / (1 << 30);
}
