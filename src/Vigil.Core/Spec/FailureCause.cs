using System.Text.Json.Serialization;

namespace Vigil.Spec;

/// <summary>Why an attempt failed, in the words of <c>job.restart.causes</c>.</summary>
[JsonConverter(typeof(SnakeCaseJson<FailureCause>))]
public enum FailureCause
{
    /// <summary>Node, fabric, file system, preemption.</summary>
    Infrastructure,
    Timeout,
    Hang,
    /// <summary>NaN or Inf.</summary>
    Numeric,
    /// <summary>Any other non-zero exit or signal, out of memory included.</summary>
    Crash,
    /// <summary>A missing module or program, a bad argument: never restarted.</summary>
    UserError,
}
