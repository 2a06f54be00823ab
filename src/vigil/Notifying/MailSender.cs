using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Notifying;

/// <summary>A mail server with every text filled.</summary>
/// <param name="Login">Null: nobody logs in.</param>
internal sealed record MailServer(string Host, int Port, string From, ImmutableArray<string> To, SmtpTls Tls, (string User, string Password)? Login);

/// <summary>Sends messages as mails, one connection each.</summary>
internal sealed class MailSender(GuardedConnection connection, TimeProvider time)
{
    public async Task<SendOutcome> SendAsync(MailServer server, NotifyMessage message, TimeSpan limit, CancellationToken stop)
    {
        if (server.To.Prepend(server.From).FirstOrDefault(static a => !ChannelText.IsMailAddress(a)) is { } wrong) return new SendOutcome.Refused($"'{SafeText.Line(wrong)}' is no mail address", Retry.Never);
        using var enough = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, enough.Token);
        try
        {
            return await DeliverAsync(server, message, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return Refused(Retry.Later, $"gave no answer within {limit.TotalSeconds:0.#} s");
        }
        catch (ForbiddenAddressException forbidden)
        {
            return new SendOutcome.Refused(forbidden.Message, Retry.Never);
        }
        catch (SmtpCommandException answer)
        {
            // 4xx: not now; 5xx: not ever.
            return Refused((int)answer.StatusCode < 500 ? Retry.Later : Retry.Never, string.Create(CultureInfo.InvariantCulture, $"answered {(int)answer.StatusCode}: {answer.Message}"));
        }
        catch (ServiceNotAuthenticatedException answer)
        {
            return Refused(Retry.Never, $"wants a login, or TLS before it: {answer.Message}");
        }
        catch (ParseException refusal)
        {
            return Refused(Retry.Never, $"was not asked, since an address is none: {refusal.Message}");
        }
        catch (Exception refusal) when (refusal is MailKit.Security.AuthenticationException or NotSupportedException)
        {
            return Refused(Retry.Never, $"does not let us log in or has no STARTTLS: {refusal.Message}");
        }
        catch (Exception refusal) when (refusal is SslHandshakeException or System.Security.Authentication.AuthenticationException)
        {
            return Refused(Retry.Never, $"has no certificate that this machine trusts, or no TLS there: {refusal.Message}");
        }
        catch (Exception refusal) when (refusal is SocketException or IOException or ProtocolException or ServiceNotConnectedException)
        {
            return Refused(Retry.Later, $"cannot be reached: {refusal.Message}");
        }

        SendOutcome.Refused Refused(Retry retryable, string what) => new(SafeText.Line($"{server.Host} {what}"), retryable);
    }

    private async Task<SendOutcome> DeliverAsync(MailServer server, NotifyMessage message, CancellationToken stop)
    {
        using var socket = await connection.OpenAsync(server.Host, server.Port, stop);
        using var client = new SmtpClient { CheckCertificateRevocation = false };   // many mail servers are inside a site, where nobody answers for revocations
        var options = server.Tls switch { SmtpTls.Implicit => SecureSocketOptions.SslOnConnect, SmtpTls.None => SecureSocketOptions.None, _ => SecureSocketOptions.StartTls };
        await client.ConnectAsync(socket, server.Host, server.Port, options, stop);
        if (server.Login is var (user, password)) await client.AuthenticateAsync(user, password, stop);
        using var mail = Mail(server, message);
        var answer = await client.SendAsync(mail, stop);
        // It is delivered: how the server says good-bye does not matter any more.
        try { await client.DisconnectAsync(quit: true, stop); }
        catch (Exception e) when (e is IOException or ProtocolException or SocketException or ServiceNotConnectedException) { return Sent(); }
        return Sent();

        SendOutcome.Sent Sent() => new(SafeText.Line($"{server.Host} took the mail: {answer}"));
    }

    private MimeMessage Mail(MailServer server, NotifyMessage message)
    {
        // The title is one line already, and the library encodes whatever is in it.
        var mail = new MimeMessage { Subject = message.Title, Date = time.GetLocalNow(), MessageId = $"{message.Id}@vigil.invalid", Body = new TextPart("plain") { Text = message.Text(TextForm.Plain) } };
        mail.From.Add(new MailboxAddress("vigil", server.From));
        foreach (var to in server.To) mail.To.Add(new MailboxAddress("", to));
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        mail.Headers.Add("X-Vigil-Message", message.Id);
        return mail;
    }
}
