using System.Collections.Immutable;
using System.Diagnostics;
using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Notifying;

/// <summary>Delivers a message on a channel. Only here the channel's secrets are known, and none of them gets into what is said about the delivery.</summary>
/// <param name="environment">The monitor's, which the channels' <c>${oc.env:NAME}</c> are filled from.</param>
internal sealed class ChannelSender(GuardedConnection connection, Func<string, string?> environment, TimeProvider time) : IDisposable
{
    private readonly Lazy<WebSender> _web = new(() => new WebSender(connection, time));
    private readonly MailSender _mail = new(connection, time);
    private readonly CommandSender _command = new(time);

    public async Task<SendOutcome> SendAsync(NotifyChannel channel, NotifyMessage message, CancellationToken stop)
    {
        var filled = new FilledTexts(environment);
        var send = channel.Target switch
        {
            ChannelTarget.Webhook web => Post(filled, channel, web.Url, web.Headers, message, NotifyJson.Whole),
            ChannelTarget.Slack slack => Post(filled, channel, slack.Url, slack.Headers, message, NotifyJson.Slack),
            ChannelTarget.Smtp smtp => Mail(filled, channel, smtp, message),
            ChannelTarget.Command command => Run(filled, channel, command, message),
            _ => throw new UnreachableException(),
        };
        // A variable that is missing needs a person: the monitor has to be started with it.
        if (filled.Missing is { } missing) return new SendOutcome.Refused($"{missing} of the channel cannot be filled: a variable is not set where the monitor runs", Retry.Never);
        return await send(stop) switch
        {
            SendOutcome.Sent sent => new SendOutcome.Sent(filled.Hide(sent.Note)),
            SendOutcome.Refused refused => refused with { Reason = filled.Hide(refused.Reason) },
            _ => throw new UnreachableException(),
        };
    }

    public void Dispose()
    {
        if (_web.IsValueCreated) _web.Value.Dispose();
    }

    private Func<CancellationToken, Task<SendOutcome>> Post(FilledTexts filled, NotifyChannel channel, string url, ImmutableSortedDictionary<string, string> headers, NotifyMessage message, Func<NotifyMessage, ReadOnlyMemory<byte>> body)
    {
        var address = filled.Of(url, "the url");
        var heads = headers.ToImmutableSortedDictionary(static h => h.Key, h => filled.Of(h.Value, $"the header {h.Key}"), StringComparer.Ordinal);
        if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") return stop => _web.Value.PostAsync(uri, heads, message.Id, body(message), channel.Timeout, stop);
        return static _ => Task.FromResult<SendOutcome>(new SendOutcome.Refused("the url of the channel is no http or https address", Retry.Never));
    }

    private Func<CancellationToken, Task<SendOutcome>> Mail(FilledTexts filled, NotifyChannel channel, ChannelTarget.Smtp smtp, NotifyMessage message)
    {
        var password = smtp.PasswordEnv is { } variable ? filled.Of($"${{oc.env:{variable}}}", $"the variable {variable}") : null;
        var user = smtp.User is { } name ? filled.Of(name, "the user") : null;
        var server = new MailServer(filled.Of(smtp.Host, "the host"), smtp.Port, filled.Of(smtp.From, "'from'"), [.. smtp.To.Select(to => filled.Of(to, "'to'"))], smtp.Tls, user is not null && password is not null ? (user, password) : null);
        return stop => _mail.SendAsync(server, message, channel.Timeout, stop);
    }

    private Func<CancellationToken, Task<SendOutcome>> Run(FilledTexts filled, NotifyChannel channel, ChannelTarget.Command command, NotifyMessage message)
    {
        ImmutableArray<string> words = [.. command.Words.Select(word => filled.Of(word, "the command"))];
        return stop => _command.RunAsync(words, message, channel.Timeout, stop);
    }

    /// <summary>The texts of one channel, filled, and what must not be said of them.</summary>
    private sealed class FilledTexts(Func<string, string?> environment)
    {
        private readonly List<string> _values = [];

        /// <summary>The first text that could not be filled; null: all could.</summary>
        public string? Missing { get; private set; }

        public string Of(string template, string what)
        {
            if (ChannelText.Fill(template, Known) is { } text) return text;
            Missing ??= what;
            return "";
        }

        /// <summary>The text without anything that came from the environment.</summary>
        public string Hide(string text) => SecretValues.Of(_values).Hide(text);

        private string? Known(string name)
        {
            var value = environment(name);
            if (value is not null) _values.Add(value);
            return value;
        }
    }
}
