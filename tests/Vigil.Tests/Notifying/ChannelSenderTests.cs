using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using Vigil.Monitoring;
using Vigil.Notifying;
using Vigil.Spec;

namespace Vigil.Tests.Notifying;

/// <summary>Deliveries to real servers and programs on this machine.</summary>
public sealed class ChannelSenderTests : IDisposable
{
    private const string Secret = "s3cr3t-0815-token";
    private static readonly NotifyMessage Message = new("e", "/out/e", [new("a.1/nan@9#0", "a", "nan", "stop <it>", "loss is nan", ["step 1"], new(2026, 11, 22, 3, 0, 0, TimeSpan.Zero))]);
    private static readonly ImmutableSortedDictionary<string, string> NoHeaders = ImmutableSortedDictionary<string, string>.Empty;

    private readonly ChannelSender _sender = new(GuardedConnection.Real, static name => name == "OPS_TOKEN" ? Secret : null, TimeProvider.System);

    public void Dispose() => _sender.Dispose();

    private Task<SendOutcome> Send(ChannelTarget target, double seconds = 20) => _sender.SendAsync(new("ops", target) { Timeout = TimeSpan.FromSeconds(seconds) }, Message, TestContext.Current.CancellationToken);
    private Task<SendOutcome> Post(TinyServer server, double seconds = 20) => Send(new ChannelTarget.Webhook(server.Url.ToString(), NoHeaders), seconds);

    [Fact]
    public async Task A_webhook_gets_the_message_as_JSON_with_the_secret_that_only_the_sender_knows()
    {
        using var server = TinyServer.Http("200 OK");

        var outcome = await Send(new ChannelTarget.Webhook(server.Url.ToString(), NoHeaders.Add("Authorization", "Bearer ${oc.env:OPS_TOKEN}")));

        Assert.IsType<SendOutcome.Sent>(outcome);
        var (head, body) = Assert.Single(server.Requests);
        Assert.Contains($"Authorization: Bearer {Secret}", head, StringComparison.Ordinal);
        Assert.Contains($"Idempotency-Key: {Message.Id}", head, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(body);
        Assert.Equal("a.1/nan@9#0", json.RootElement.GetProperty("items")[0].GetProperty("event_id").GetString());
    }

    [Fact]
    public async Task Slack_gets_a_text()
    {
        using var server = TinyServer.Http("200 OK");

        Assert.IsType<SendOutcome.Sent>(await Send(new ChannelTarget.Slack(server.Url.ToString(), NoHeaders)));

        using var json = JsonDocument.Parse(server.Requests[0].Body);
        Assert.Contains("stop &lt;it&gt;", json.RootElement.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        using var other = TinyServer.Http("200 OK");
        using var server = TinyServer.Http($"302 Found\r\nLocation: {other.Url}");

        var refused = Assert.IsType<SendOutcome.Refused>(await Post(server));

        Assert.Equal(Retry.Never, refused.Retryable);
        Assert.Contains("redirects are not followed", refused.Reason, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
    }

    [Theory]
    [InlineData("429 Too Many\r\nRetry-After: 120", "Later", 120)]
    [InlineData("500 Oops", "Later", null)]
    [InlineData("503 Busy\r\nRetry-After: 999999", "Later", 3600)]
    [InlineData("404 Not Found", "Never", null)]
    [InlineData("400 Bad", "Never", null)]
    public async Task What_a_receiver_refuses_is_tried_again_where_that_can_help(string answer, string retry, int? wait)
    {
        using var server = TinyServer.Http(answer);

        var refused = Assert.IsType<SendOutcome.Refused>(await Post(server));

        Assert.Equal((Enum.Parse<Retry>(retry), wait is { } s ? TimeSpan.FromSeconds(s) : (TimeSpan?)null), (refused.Retryable, refused.Wait));
        Assert.Contains("said", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_hangs_is_given_up()
    {
        var over = new TaskCompletionSource();
        using var server = new TinyServer((_, _) => over.Task);

        var refused = Assert.IsType<SendOutcome.Refused>(await Post(server, seconds: 0.3));
        over.SetResult();

        Assert.Equal((Retry.Later, "127.0.0.1 gave no answer within 0.3 s"), (refused.Retryable, refused.Reason));
    }

    [Fact]
    public async Task Nobody_there_is_tried_again()
    {
        string url;
        using (var gone = TinyServer.Http("200 OK")) url = gone.Url.ToString();

        Assert.Equal(Retry.Later, Assert.IsType<SendOutcome.Refused>(await Send(new ChannelTarget.Webhook(url, NoHeaders))).Retryable);
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("fe80::1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("fd00:ec2::254")]
    public async Task A_name_that_leads_to_a_link_local_address_is_refused_even_beside_a_good_one(string address)
    {
        using var server = TinyServer.Http("200 OK");
        using var sender = new ChannelSender(new((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.Parse(address)])), static _ => null, TimeProvider.System);

        var web = await sender.SendAsync(new("ops", new ChannelTarget.Webhook($"http://innocent.example:{server.Port}/", NoHeaders)), Message, TestContext.Current.CancellationToken);
        var mail = await sender.SendAsync(new("ops", new ChannelTarget.Smtp("innocent.example", server.Port, "a@b.c", ["d@e.f"], SmtpTls.None, null, null)), Message, TestContext.Current.CancellationToken);

        Assert.All(new[] { web, mail }, static o => Assert.Equal(Retry.Never, Assert.IsType<SendOutcome.Refused>(o).Retryable));
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("::1", false)]
    [InlineData("169.253.255.255", false)]
    [InlineData("169.254.0.0", true)]
    [InlineData("febf::1", true)]
    [InlineData("fec0::1", false)]
    [InlineData("::169.254.1.1", true)]
    public void Only_the_link_and_the_metadata_addresses_are_forbidden(string address, bool forbidden) => Assert.Equal(forbidden, Forbidden.Holds(IPAddress.Parse(address)));

    [Fact]
    public async Task A_variable_that_is_not_set_needs_a_person_and_no_secret_gets_into_what_is_said()
    {
        using var server = TinyServer.Http("400 Bad");

        var missing = Assert.IsType<SendOutcome.Refused>(await Send(new ChannelTarget.Slack("${oc.env:NOT_THERE}", NoHeaders)));
        var echoed = Assert.IsType<SendOutcome.Refused>(await Send(new ChannelTarget.Command(["bash", "-c", "echo \"$1\" >&2; exit 3", "bash", "${oc.env:OPS_TOKEN}"])));

        Assert.Equal(Retry.Never, missing.Retryable);
        Assert.DoesNotContain(Secret, echoed.Reason, StringComparison.Ordinal);
        Assert.Contains("***", echoed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_reads_the_message_from_its_input()
    {
        using var folder = new TempFolder();

        Assert.IsType<SendOutcome.Sent>(await Send(new ChannelTarget.Command(["tee", folder["got.json"]])));

        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder["got.json"], TestContext.Current.CancellationToken));
        Assert.Equal(1, json.RootElement.GetProperty("schema").GetInt32());
    }

    [Fact]
    public async Task A_command_that_fails_or_reads_nothing_or_is_not_there_is_told_apart()
    {
        var failed = Assert.IsType<SendOutcome.Refused>(await Send(new ChannelTarget.Command(["bash", "-c", "echo no line >&2; exit 7"])));
        var deaf = await Send(new ChannelTarget.Command(["true"]));
        var absent = Assert.IsType<SendOutcome.Refused>(await Send(new ChannelTarget.Command(["/no/such/program"])));

        Assert.Equal((Retry.Later, "bash exited 7: no line"), (failed.Retryable, failed.Reason));
        Assert.IsType<SendOutcome.Sent>(deaf);
        Assert.Equal(Retry.Never, absent.Retryable);
    }

    [Fact]
    public async Task A_mail_arrives_whole()
    {
        using var server = Mailbox("250 taken", out var heard);

        var outcome = await Send(new ChannelTarget.Smtp("127.0.0.1", server.Port, "vigil@a.example", ["ada@a.example", "bob@a.example"], SmtpTls.None, null, null));

        Assert.IsType<SendOutcome.Sent>(outcome);
        Assert.Contains(heard, static l => l.StartsWith("MAIL FROM:<vigil@a.example>", StringComparison.Ordinal));
        Assert.Equal(2, heard.Count(static l => l.StartsWith("RCPT TO:", StringComparison.Ordinal)));
        Assert.Contains("Subject: e: a: nan", heard);
        Assert.Contains("Auto-Submitted: auto-generated", heard);
        Assert.Contains($"Message-Id: <{Message.Id}@vigil.invalid>", heard);
        Assert.Contains("a: nan: stop <it>", heard);
    }

    [Theory]
    [InlineData("451 not now", "Later")]
    [InlineData("554 spam", "Never")]
    public async Task A_mail_that_is_refused_is_tried_again_only_when_the_server_says_so(string answer, string retry)
    {
        using var server = Mailbox(answer, out _);

        var refused = Assert.IsType<SendOutcome.Refused>(await Send(new ChannelTarget.Smtp("127.0.0.1", server.Port, "a@a.example", ["b@a.example"], SmtpTls.None, null, null)));

        Assert.Equal(Enum.Parse<Retry>(retry), refused.Retryable);
    }

    [Theory]
    [InlineData("530 5.7.0 Authentication Required", "wants a login")]
    [InlineData("530 5.7.0 Must issue a STARTTLS command first", "STARTTLS")]
    public async Task A_server_that_wants_a_login_first_needs_a_person_and_does_not_end_the_watch(string answer, string said)
    {
        using var server = Mailbox("250 taken", out _, afterFrom: answer);

        var refused = Assert.IsType<SendOutcome.Refused>(await Send(new ChannelTarget.Smtp("127.0.0.1", server.Port, "a@a.example", ["b@a.example"], SmtpTls.None, null, null)));

        Assert.Equal(Retry.Never, refused.Retryable);
        Assert.Contains(said, refused.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a@b..c")]
    [InlineData("a..b@c")]
    [InlineData(".a@b.c")]
    [InlineData("a@b-.c")]
    public async Task An_address_that_is_none_ends_nothing(string address)
    {
        using var server = Mailbox("250 taken", out _);

        await Send(new ChannelTarget.Smtp("127.0.0.1", server.Port, "a@a.example", [address], SmtpTls.None, null, null));
    }

    [Fact]
    public async Task Without_the_TLS_that_was_asked_for_no_mail_and_no_password_is_sent()
    {
        using var server = Mailbox("250 taken", out var heard);

        var refused = Assert.IsType<SendOutcome.Refused>(await Send(new ChannelTarget.Smtp("127.0.0.1", server.Port, "a@a.example", ["b@a.example"], SmtpTls.Starttls, "u", "OPS_TOKEN")));

        Assert.Equal(Retry.Never, refused.Retryable);
        Assert.DoesNotContain(heard, static l => l.StartsWith("AUTH", StringComparison.Ordinal) || l.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_address_with_a_line_break_from_the_environment_is_no_address()
    {
        using var sender = new ChannelSender(GuardedConnection.Real, static _ => "a@b.c\r\nBcc: x@y.z", TimeProvider.System);

        var refused = Assert.IsType<SendOutcome.Refused>(await sender.SendAsync(new("ops", new ChannelTarget.Smtp("127.0.0.1", 1, "a@b.c", ["${oc.env:TO}"], SmtpTls.None, null, null)), Message, TestContext.Current.CancellationToken));

        Assert.Equal(Retry.Never, refused.Retryable);
    }

    /// <summary>A mail server without TLS.</summary>
    private static TinyServer Mailbox(string afterData, out List<string> heard, string afterFrom = "250 fine")
    {
        List<string> lines = heard = [];
        return new(async (stream, reader) =>
        {
            Task Say(string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n")).AsTask();
            await Say("220 here");
            var inData = false;
            while (await reader.ReadLineAsync() is { } line)
            {
                lines.Add(line);
                if (inData && line != ".") continue;
                await Say(line switch
                {
                    "." => afterData,
                    "DATA" => "354 go on",
                    "QUIT" => "221 bye",
                    _ when line.StartsWith("EHLO", StringComparison.Ordinal) => "250-here\r\n250 AUTH PLAIN",
                    _ when line.StartsWith("MAIL", StringComparison.Ordinal) => afterFrom,
                    _ => "250 fine",
                });
                inData = line == "DATA";
            }
        });
    }
}
