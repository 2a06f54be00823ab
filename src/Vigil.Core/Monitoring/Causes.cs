using Vigil.Logs.Signatures;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>Why an attempt failed: what the scheduler says comes first, then the code of its command, then what the end of its log shows.</summary>
internal static class Causes
{
    public static FailureCause Of(JobReport report) => report.State switch
    {
        JobState.Timeout => FailureCause.Timeout,
        JobState.NodeFail or JobState.Preempted => FailureCause.Infrastructure,
        JobState.OutOfMemory => FailureCause.Crash,
        JobState.Failed when report.ExitCode is { } code && ExitCodes.OfUserErrors.Contains(code) => FailureCause.UserError,
        _ => Sign(report)?.Signature.Cause ?? FailureCause.Crash,
    };

    /// <summary>The known failure that the end of the log shows; null: none.</summary>
    public static SignatureMatch? Sign(JobReport report) => report.LastLines is { Count: > 0 } lines ? SignaturePack.BuiltIn.Classify(lines) : null;
}
