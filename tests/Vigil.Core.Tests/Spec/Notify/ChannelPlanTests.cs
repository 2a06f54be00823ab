using System.Text.Json;
using Vigil.Configuration;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Core.Tests.Spec.Notify;

/// <summary>What a plan keeps of <c>monitoring.notify</c>, and what it says of mistakes there.</summary>
public sealed class ChannelPlanTests
{
    private const string Hook = "https://hooks.example.org/services/T0/B0/q7w8e9r0t1y2";
    private const string Key = "s3cr3t-of-the-mail-0815";

    private static Plan Plan(string monitoring, params (string Name, string Value)[] variables) => Planner.Plan(new(
        new SourceFile("e.yaml", "/home/u/exp/e.yaml", $"project: {{name: e}}\nbackend: {{command: echo}}\n{monitoring}"), [], "/home/u",
        new(name => variables.FirstOrDefault(v => v.Name == name).Value, new(2026, 11, 22, 10, 20, 30, TimeSpan.Zero))));

    private static Plan Channel(string channel, params (string, string)[] variables) => Plan($"monitoring:\n  notify:\n    ops: {channel}\n", variables);

    private static NotifyChannel Kept(string channel, params (string, string)[] variables)
    {
        var plan = Channel(channel, variables);
        Assert.Empty(plan.Diagnostics);
        return plan.Channels.Channels["ops"];
    }

    [Fact]
    public void A_channel_is_kept_with_its_times_and_limits()
    {
        var channel = Kept("{type: webhook, url: 'https://a.example/x', quiet_hours: \"22:00-07:00\", group_seconds: 5, every: 10m, per_hour: 6, timeout: 3}");

        Assert.Equal("https://a.example/x", ((ChannelTarget.Webhook)channel.Target).Url);
        Assert.Equal((new QuietHours(new(22, 0), new(7, 0)), TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10), 6, TimeSpan.FromSeconds(3)), (channel.Quiet, channel.Group, channel.Every, channel.PerHour, channel.Timeout));
    }

    [Fact]
    public void Left_out_a_group_waits_30_seconds_and_an_hour_holds_60_messages()
    {
        var channel = Kept("{type: slack, url: 'https://a.example/x'}");

        Assert.Equal((null, TimeSpan.FromSeconds(30), TimeSpan.Zero, 60), (channel.Quiet, channel.Group, channel.Every, channel.PerHour));
    }

    [Theory]
    [InlineData("{type: slack, url: '${oc.env:SLACK_WEBHOOK_URL}'}", "SLACK_WEBHOOK_URL", Hook)]
    [InlineData("{type: slack, url: '${oc.env:OPS_ADDRESS}'}", "OPS_ADDRESS", Hook)]   // a secret whatever its name
    [InlineData("{type: webhook, url: 'https://a.example/${oc.env:OPS_KEY}', headers: {Authorization: 'Bearer ${oc.env:OPS_KEY}'}}", "OPS_KEY", Key)]
    [InlineData("{type: command, command: [page, --with, '${oc.env:PAGER_TOKEN}']}", "PAGER_TOKEN", Key)]
    [InlineData("{type: smtp, host: m.example, from: a@m.example, to: b@m.example, user: '${oc.env:MAIL_USER}', password_env: MAIL_USER}", "MAIL_USER", Key)]
    public void What_comes_from_the_environment_is_kept_as_its_name_and_filled_when_it_is_sent(string text, string name, string value)
    {
        var channel = Kept(text, (name, value));

        var kept = JsonSerializer.Serialize(channel, SpecJson.Default.NotifyChannel);
        Assert.DoesNotContain(value, kept, StringComparison.Ordinal);
        Assert.Contains(name, kept, StringComparison.Ordinal);
        var template = channel.Target switch
        {
            ChannelTarget.Webhook web => web.Headers["Authorization"],
            ChannelTarget.Slack slack => slack.Url,
            ChannelTarget.Command command => command.Words[2],
            ChannelTarget.Smtp smtp => smtp.User!,
            _ => "",
        };
        Assert.EndsWith(value, ChannelText.Fill(template, n => n == name ? value : null), StringComparison.Ordinal);
        Assert.Null(ChannelText.Fill(template, static _ => null));
    }

    [Fact]
    public void A_secret_that_another_key_brings_is_found_all_the_same()
    {
        var plan = Plan("metadata: {hook: '${oc.env:WHERE}'}\nmonitoring: {notify: {ops: {type: slack, url: '${metadata.hook}'}}}\n", ("WHERE", Hook));

        Assert.Empty(plan.Diagnostics);
        Assert.Equal("${oc.env:WHERE}", ((ChannelTarget.Slack)plan.Channels.Channels["ops"].Target).Url);
    }

    [Fact]
    public void A_text_that_only_looks_like_an_interpolation_stays_what_it_is()
    {
        var channel = Kept("{type: command, command: [page, '\\${oc.env:HOME}']}");

        Assert.Equal("${oc.env:HOME}", ChannelText.Fill(((ChannelTarget.Command)channel.Target).Words[1], static _ => "no"));
    }

    [Theory]
    [InlineData("{type: webhook}", "RUL004")]
    [InlineData("{type: pigeon}", "RUL005")]
    [InlineData("{url: 'https://a.example'}", "RUL004")]
    [InlineData("pigeon", "RUL090")]
    [InlineData("{type: slack, url: a.example}", "RUL093")]
    [InlineData("{type: slack, url: 'file:///etc/passwd'}", "RUL093")]
    [InlineData("{type: slack, url: 'https://a.example', color: red}", "RUL006")]
    [InlineData("{type: slack, url: 'https://a.example', quiet_hours: late}", "RUL005")]
    [InlineData("{type: slack, url: 'https://a.example', quiet_hours: \"25:00-07:00\"}", "RUL005")]
    [InlineData("{type: slack, url: 'https://a.example', per_hour: 0}", "RUL005")]
    [InlineData("{type: slack, url: 'https://a.example', timeout: 1h}", "RUL005")]
    [InlineData("{type: slack, url: 'https://a.example', headers: {'X Y': a}}", "RUL093")]
    [InlineData("{type: webhook, url: 'https://a.example', headers: {Authorization: Basic abc}}", "RUL096")]
    [InlineData("{type: webhook, url: 'http://169.254.169.254/latest'}", "RUL094")]
    [InlineData("{type: webhook, url: 'http://0xA9FEA9FE/'}", "RUL094")]
    [InlineData("{type: webhook, url: 'http://2852039166/'}", "RUL094")]
    [InlineData("{type: webhook, url: 'http://[fe80::1]/'}", "RUL094")]
    [InlineData("{type: webhook, url: 'http://[FEBF::1]/'}", "RUL094")]
    [InlineData("{type: webhook, url: 'http://[::ffff:169.254.169.254]/'}", "RUL094")]
    [InlineData("{type: webhook, url: 'http://metadata.google.internal/'}", "RUL094")]
    [InlineData("{type: smtp, host: 169.254.1.1, from: a@b.c, to: d@e.f}", "RUL094")]
    [InlineData("{type: smtp, host: 'fe80::1', from: a@b.c, to: d@e.f}", "RUL094")]
    [InlineData("{type: smtp, host: m.example, from: a@b.c}", "RUL004")]
    [InlineData("{type: smtp, host: m.example, from: \"a@b.c\\r\\nBcc: x@y.z\", to: d@e.f}", "RUL093")]
    [InlineData("{type: smtp, host: m.example, from: a@b.c, to: d@e.f, password: hunter2}", "RUL096")]
    [InlineData("{type: smtp, host: m.example, from: a@b.c, to: d@e.f, user: u}", "RUL004")]
    [InlineData("{type: smtp, host: m.example, from: a@b.c, to: d@e.f, user: u, password_env: NOT_SET}", "RUL097")]
    [InlineData("{type: smtp, host: m.example, port: 70000, from: a@b.c, to: d@e.f}", "RUL005")]
    [InlineData("{type: command, command: page --now}", "RUL007")]
    [InlineData("{type: command}", "RUL004")]
    public void A_mistake_in_a_channel_has_its_code_and_its_place(string channel, params string[] codes)
    {
        var found = Channel(channel).Diagnostics;

        Assert.Equal(codes.Order(StringComparer.Ordinal), found.Select(static d => d.Code).Order(StringComparer.Ordinal));
        Assert.All(found, static d => Assert.True(d.At.Line >= 3, d.ToString()));
    }

    [Theory]
    [InlineData("http://170.254.1.1/")]
    [InlineData("http://[fec0::1]/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://localhost:8080/")]
    public void Other_addresses_are_taken_however_near_they_are(string url) => Assert.Empty(Channel($"{{type: webhook, url: '{url}'}}").Diagnostics);

    [Fact]
    public void A_function_of_a_secret_is_kept_as_it_is_written()
    {
        var channel = Kept("{type: slack, url: 'https://a.example/${oc.decode:${oc.env:OPS_TOKEN}}'}", ("OPS_TOKEN", "'12345678'"));

        Assert.Equal("https://a.example/${oc.decode:${oc.env:OPS_TOKEN}}", ((ChannelTarget.Slack)channel.Target).Url);
    }

    [Fact]
    public void A_secret_that_cannot_be_kept_apart_is_refused()
    {
        var report = new DiagnosticBag();
        ConfigNode.Scalar Text(string text) => new(SourceSpan.None, text, ScalarStyle.Quoted);
        ConfigNode Channel(string url) => new ConfigNode.Mapping(SourceSpan.None, [new("ops", SourceSpan.None, new ConfigNode.Mapping(SourceSpan.None, [new("url", SourceSpan.None, Text(url))]))]);

        var kept = new ChannelTexts(Channel("https://a.example/***"), Channel("${metadata.hook}"), static s => s.Text, static _ => Key, report).Keep(Text($"https://a.example/{Key}"), "ops", "url");

        Assert.Equal("", kept);
        Assert.Equal("RUL099", Assert.Single(report.All).Code);
    }

    [Theory]
    [InlineData("{notify: {ops: {type: command, command: [x]}}, rules: [{when: nan, do: {class_name: NotifyAction, to: opps, message: m}}]}", "RUL091")]
    [InlineData("{rules: [{when: nan, do: {class_name: NotifyAction, to: ops, message: m}}]}", "RUL091")]
    [InlineData("{rules: [{when: nan, do: {notify: m}}]}", "RUL092")]
    public void An_action_without_its_channel_is_told_at_plan_time(string monitoring, string code)
    {
        var found = Assert.Single(Plan($"monitoring: {monitoring}\n").Diagnostics);

        Assert.Equal(code, found.Code);
        Assert.NotNull(found.Hint);
    }

    [Fact]
    public void An_action_with_a_known_channel_is_fine() =>
        Assert.Empty(Plan("monitoring: {notify: {ops: {type: command, command: [x]}}, rules: [{when: nan, do: {class_name: NotifyAction, to: ops, message: m}}]}\n").Diagnostics);

    [Fact]
    public void A_channel_that_is_not_the_same_for_two_runs_is_refused()
    {
        var plan = Plan("metadata: {x: 0}\nmonitoring: {notify: {ops: {type: slack, url: 'https://a.example/${metadata.x}'}}}\nsweep: {params: {metadata.x: [1, 2]}}\n");

        Assert.Contains(plan.Diagnostics, static d => d.Code == "RUL098");
    }

    [Fact]
    public void Runs_that_share_their_channels_have_one_set_and_other_channels_make_another_one()
    {
        const string Sweep = "metadata: {x: 0}\nsweep: {params: {metadata.x: [1, 2, 3]}}\n";
        var one = Plan($"monitoring: {{notify: {{ops: {{type: slack, url: 'https://a.example/'}}}}}}\n{Sweep}");
        var other = Plan($"monitoring: {{notify: {{ops: {{type: slack, url: 'https://b.example/'}}}}}}\n{Sweep}");

        Assert.Equal(3, one.Runs.Length);
        Assert.Single(one.Channels.Channels);
        Assert.NotEqual(one.Channels.Id, other.Channels.Id);
        Assert.Same(ChannelSet.None, Plan("").Channels);
    }
}
