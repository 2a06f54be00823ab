using System.Diagnostics;
using System.Globalization;
using Vigil.Monitoring;

namespace Vigil.Views;

/// <summary>Changes of jobs in words.</summary>
public static class ChangeText
{
    /// <summary>What is wished, to be followed by whom it is about: <c>hold</c>, <c>set the time limit 02:00:00 of</c>.</summary>
    public static string Wish(JobChange change) => change switch
    {
        JobChange.Hold => "hold",
        JobChange.Release => "release",
        JobChange.Requeue => "requeue",
        JobChange.TimeLimit limit => $"set the time limit {Time(limit.Limit)} of",
        JobChange.ExcludeNodes nodes => $"exclude {nodes.Nodes} for",
        _ => throw new UnreachableException(),
    };

    /// <summary>As Slurm writes it: <c>02:00:00</c>, <c>1-00:00:00</c>.</summary>
    public static string Time(TimeSpan time) => time.Days > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{time.Days}-{time.Hours:00}:{time.Minutes:00}:{time.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{time.Hours:00}:{time.Minutes:00}:{time.Seconds:00}");
}
