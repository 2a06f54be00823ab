using Vigil.Monitoring;

namespace Vigil.Views;

/// <summary>Why an attempt failed, as people read it.</summary>
public static class WhyText
{
    /// <summary>Null: the journal says no more than its cause.</summary>
    public static string? Of(AttemptRecord attempt) => attempt.Sign is { } sign ? Of(sign) : attempt.Why;

    internal static string Of(FailureSign sign) => $"by its line '{sign.Line.Trim()}' ({sign.Signature}: {sign.Advice.TrimEnd('.')}; suggested: {sign.Action})";
}
