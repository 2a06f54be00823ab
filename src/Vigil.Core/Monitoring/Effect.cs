using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Vigil.Planning;

namespace Vigil.Monitoring;

/// <summary>One request to the world. Its id comes from its content, so deciding twice gives the same id.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Submit), "submit")]
[JsonDerivedType(typeof(Cancel), "cancel")]
public abstract record Effect
{
    private Effect() { }

    /// <summary>One call to the scheduler. Several attempts make one array job.</summary>
    public sealed record Submit(ImmutableArray<AttemptStart> Attempts) : Effect;

    /// <summary>Repeat freely.</summary>
    public sealed record Cancel(AttemptId Attempt, JobId Job) : Effect;
}

/// <summary>How an effect went, as the world told it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Submitted), "submitted")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(Refused), "refused")]
public abstract record EffectResult
{
    private EffectResult() { }

    public sealed record Submitted(ImmutableArray<SubmittedJob> Jobs) : EffectResult;
    public sealed record Done : EffectResult;

    /// <param name="Retryable">Whether asking again later can help.</param>
    public sealed record Refused(string Reason, bool Retryable) : EffectResult;
}

/// <summary>An accepted submission.</summary>
/// <param name="Log">Absolute: the job's log file.</param>
/// <param name="ScriptHash">SHA-256 (hex) of the script that was handed over.</param>
/// <param name="Adopted">Found when looking before submitting: an earlier submission had reached the scheduler.</param>
public sealed record SubmittedJob(AttemptId Attempt, JobId Job, string Log, string ScriptHash, bool Adopted = false);
