using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>Why an attempt failed, from what the scheduler and the last lines of the log say.</summary>
internal static class Causes
{
    /// <summary>Python's and bash's own words for a command that can never work as it is written.</summary>
    private static readonly string[] UserErrors =
        ["ModuleNotFoundError: ", "error: unrecognized arguments: ", "error: the following arguments are required: ", "error: argument ", ": invalid choice: "];

    public static FailureCause Of(JobReport report) => report.State switch
    {
        JobState.Timeout => FailureCause.Timeout,
        JobState.NodeFail or JobState.Preempted => FailureCause.Infrastructure,
        JobState.Failed when report.ExitCode is { } code && ExitCodes.OfUserErrors.Contains(code) => FailureCause.UserError,
        JobState.Failed when report.LastLines is { } lines && lines.Any(IsUserError) => FailureCause.UserError,
        _ => FailureCause.Crash,
    };

    private static bool IsUserError(string line) => UserErrors.Any(words => line.Contains(words, StringComparison.Ordinal));
}
