using System.Collections.Immutable;
using System.Globalization;

namespace Vigil.Documents;

/// <summary>What a run of a plan asks of the cluster, or of this machine.</summary>
internal static class JobRequest
{
    /// <summary>A folder of its own: evaluations that start together would race for a common one.</summary>
    public const string DatasetCache = "{output_dir}/cache/hf-datasets";

    private const double Margin = 1.5;

    /// <summary>The time limit for an estimate: half as much again, in steps of five minutes.</summary>
    public static TimeSpan Limit(TimeSpan estimate) => TimeSpan.FromMinutes(Math.Ceiling(estimate.TotalMinutes * Margin / 5) * 5);

    /// <summary>Where a setting of a job belongs; null for one of the training.</summary>
    public static string? Option(string key) => key switch
    {
        "mem" or "account" or "partition" or "constraint" or "cpus_per_task" => $"slurm.sbatch.{key}",
        _ => null,
    };

    /// <param name="gpus">Of one job; null when the document does not say: one.</param>
    /// <param name="limit">Where nothing nearer says how long the job may take; null: the site's own default.</param>
    public static void Add(TreeBuilding entry, Written<int>? gpus, ImmutableArray<DocumentParameter> compute, ImmutableArray<DocumentParameter> slurm, TimeSpan? limit)
    {
        if (limit is { } most) Time(entry, Clock(most), null);
        Gpus(entry, (gpus?.Value ?? 1).ToString(CultureInfo.InvariantCulture), gpus);
        foreach (var asked in compute)
            if (asked.Key == "gpus") Gpus(entry, asked.Value, new(0, asked.At));
            else if (asked.Key == "time") Time(entry, asked.Value, asked);
            else entry.Text($"slurm.sbatch.{asked.Key}", asked.Value, asked.At);
        foreach (var asked in slurm) entry.Text($"slurm.sbatch.{asked.Key}", asked.Value, asked.At);
    }

    private static void Gpus(TreeBuilding entry, string number, Written<int>? said)
    {
        entry.Text("slurm.sbatch.gres", $"gpu:{number}", said?.At);
        if (said is not null) entry.Plain("local.gpus_per_run", number, said.At);
    }

    public static void Time(TreeBuilding entry, string time, DocumentParameter? said) => entry.Text("slurm.sbatch.time", time, said?.At).Text("local.time", time, said?.At);

    /// <summary>As Slurm writes it.</summary>
    private static string Clock(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}");
}
