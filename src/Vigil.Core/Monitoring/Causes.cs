using Vigil.Logs.Signatures;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>Why an attempt failed: what the scheduler says comes first, then the code of its command, then what the end of its log shows.</summary>
internal static class Causes
{
    public static FailureCause Of(JobReport report) => Judge(report).Cause;

    /// <summary>The same with the sign that told; null where it was not the log that did.</summary>
    public static (FailureCause Cause, SignatureMatch? Sign) Judge(JobReport report) => report.State switch
    {
        JobState.Timeout => (FailureCause.Timeout, null),
        JobState.NodeFail or JobState.Preempted => (FailureCause.Infrastructure, null),
        JobState.OutOfMemory => (FailureCause.Crash, null),
        JobState.Failed when report.ExitCode is { } code && ExitCodes.OfUserErrors.Contains(code) => (FailureCause.UserError, null),
        _ when Sign(report) is { } sign => (sign.Signature.Cause, sign),
        _ => (FailureCause.Crash, null),
    };

    /// <summary>The known failure that the end of the log shows; null: none.</summary>
    public static SignatureMatch? Sign(JobReport report) => report.LastLines is { Count: > 0 } lines ? SignaturePack.BuiltIn.Classify(lines) : null;
}
