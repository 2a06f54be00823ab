using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Vigil.Spec;

/// <summary>Where notifications of an experiment go, and how often. Kept in the journal, so no secret is in it.</summary>
/// <param name="Name">What actions call it.</param>
public sealed record NotifyChannel(string Name, ChannelTarget Target)
{
    /// <summary>When nothing is sent; what happens then is sent afterwards. Null: there is no such time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuietHours? Quiet { get; init; }

    /// <summary>So long the first of a group waits for others: they go out as one message.</summary>
    public TimeSpan Group { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>At most one of the same rule and run within it; zero: no limit.</summary>
    public TimeSpan Every { get; init; }

    /// <summary>Messages an hour at most; what is above waits and goes out together.</summary>
    public int PerHour { get; init; } = 60;

    /// <summary>How long one delivery may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>
/// What takes a channel's messages. Every text is a template: what came from the environment stands in it as <c>${oc.env:NAME}</c>,
/// and is filled by whoever sends.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Webhook), "webhook")]
[JsonDerivedType(typeof(Slack), "slack")]
[JsonDerivedType(typeof(Smtp), "smtp")]
[JsonDerivedType(typeof(Command), "command")]
public abstract record ChannelTarget
{
    private ChannelTarget() { }

    /// <summary>A POST of the message as JSON.</summary>
    public sealed record Webhook(string Url, ImmutableSortedDictionary<string, string> Headers) : ChannelTarget;

    /// <summary>A POST of <c>{"text": …}</c>, which Slack, Mattermost and others take.</summary>
    public sealed record Slack(string Url, ImmutableSortedDictionary<string, string> Headers) : ChannelTarget;

    /// <param name="User">Null: nobody logs in.</param>
    /// <param name="PasswordEnv">The environment variable that holds the password; null: nobody logs in.</param>
    public sealed record Smtp(string Host, int Port, string From, ImmutableArray<string> To, SmtpTls Tls, string? User, string? PasswordEnv) : ChannelTarget;

    /// <summary>A program that gets the message as JSON on its standard input; no shell reads its words.</summary>
    public sealed record Command(ImmutableArray<string> Words) : ChannelTarget;
}

/// <summary>How a mail server is spoken to.</summary>
[JsonConverter(typeof(SnakeCaseJson<SmtpTls>))]
public enum SmtpTls
{
    /// <summary>In the clear until the server agrees to TLS, without which nothing is sent.</summary>
    Starttls,
    /// <summary>From the first byte.</summary>
    Implicit,
    /// <summary>In the clear; no password is sent.</summary>
    None,
}

/// <summary>The channels of an experiment by name.</summary>
/// <param name="Id">Follows from the content; empty without channels.</param>
public sealed record ChannelSet(string Id, ImmutableSortedDictionary<string, NotifyChannel> Channels)
{
    public static ChannelSet None { get; } = new("", ImmutableSortedDictionary.Create<string, NotifyChannel>(StringComparer.Ordinal));
}
