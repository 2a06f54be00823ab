namespace Vigil.Notifying;

/// <summary>How one try to deliver a message ended.</summary>
internal abstract record SendOutcome
{
    private SendOutcome() { }

    /// <param name="Note">What the receiver said.</param>
    public sealed record Sent(string Note) : SendOutcome;

    /// <param name="Retryable">Whether trying again later can help.</param>
    /// <param name="Wait">For how long the receiver wants no more; null: it did not say.</param>
    public sealed record Refused(string Reason, Retry Retryable, TimeSpan? Wait = null) : SendOutcome;
}

internal enum Retry { Later, Never }
