namespace Vigil.Reports;

/// <summary>How well a run used its GPUs. Null: the sampler's file does not say.</summary>
public sealed record ComputeRow(string Run, string Source)
{
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
    }
}
