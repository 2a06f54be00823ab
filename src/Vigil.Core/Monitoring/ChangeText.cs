using System.Diagnostics;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>Changes of jobs in words.</summary>
public static class ChangeText
{
    /// <summary>What is wished, to be followed by whom it is about: <c>hold</c>, <c>set the time limit 02:00:00 of</c>.</summary>
    public static string Wish(JobChange change) => change switch
    {
        JobChange.Hold => "hold",
        JobChange.Release => "release",
        JobChange.Requeue => "requeue",
        JobChange.TimeLimit limit => $"set the time limit {WallTime.Text(limit.Limit)} of",
        JobChange.ExcludeNodes nodes => $"exclude {nodes.Nodes} for",
        _ => throw new UnreachableException(),
    };
}
