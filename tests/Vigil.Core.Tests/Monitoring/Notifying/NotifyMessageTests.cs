using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Core.Tests.Monitoring.Notifying;

public sealed class NotifyMessageTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 22, 3, 4, 5, TimeSpan.Zero);

    private static NotifyItem Item(string run, string rule = "node_fail", string? message = null, params string[] excerpt) =>
        new($"{run}.1/{rule}@9#0", run, rule, message ?? "NODE_FAIL", "node n013 is down", SafeText.Excerpt(excerpt, SecretValues.None), At);

    private static NotifyMessage Of(params ImmutableArray<NotifyItem> items) => new("sweep-7", "/out/sweep-7", items);

    [Fact]
    public void Many_runs_with_one_trouble_are_one_paragraph_with_a_count()
    {
        var message = Of([.. Enumerable.Range(0, 37).Select(static i => Item($"r{i}"))]);

        Assert.Equal("sweep-7: 37 runs: node_fail", message.Title);
        var text = message.Text(TextForm.Plain);
        Assert.StartsWith("37 runs: node_fail: NODE_FAIL\nr0, r1, r2, r3, r4, r5, r6, r7 and 29 more\n", text, StringComparison.Ordinal);
        Assert.Single(text.Split('\n'), static l => l.Contains("NODE_FAIL", StringComparison.Ordinal));
    }

    [Fact]
    public void One_run_is_told_with_its_evidence_its_log_and_its_event()
    {
        var text = Of(Item("a", "nan", "stop it", "step 1", "step 2")).Text(TextForm.Plain);

        Assert.Equal($"a: nan: stop it\nnode n013 is down\n    step 1\n    step 2\n2026-11-22 03:04:05 +00:00, event a.1/nan@9#0\n\n/out/sweep-7\nmessage {Of(Item("a", "nan")).Id}\n", text);
    }

    [Fact]
    public void A_repeat_is_known_by_its_id_and_another_message_has_another_one()
    {
        Assert.Equal(Of(Item("a"), Item("b")).Id, Of(Item("a"), Item("b")).Id);
        Assert.NotEqual(Of(Item("a"), Item("b")).Id, Of(Item("a")).Id);
    }

    [Fact]
    public void A_program_gets_every_item_with_its_event_id()
    {
        using var json = JsonDocument.Parse(NotifyJson.Whole(Of(Item("a", excerpt: "x"), Item("b", excerpt: "x"), Item("c", excerpt: "x"), Item("d", excerpt: "x"))));
        var root = json.RootElement;

        Assert.Equal((1, "sweep-7", "/out/sweep-7"), (root.GetProperty("schema").GetInt32(), root.GetProperty("experiment").GetString(), root.GetProperty("dir").GetString()));
        var items = root.GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(["a.1/node_fail@9#0", "b.1/node_fail@9#0", "c.1/node_fail@9#0", "d.1/node_fail@9#0"], items.Select(static i => i.GetProperty("event_id").GetString()));
        Assert.Equal(["event_id", "run", "rule", "message", "evidence", "excerpt", "at"], items[0].EnumerateObject().Select(static p => p.Name));
        Assert.Equal([1, 1, 1, 0], items.Select(static i => i.GetProperty("excerpt").GetArrayLength()));
    }

    [Fact]
    public void Text_of_a_log_is_no_grammar_of_Slack()
    {
        using var json = JsonDocument.Parse(NotifyJson.Slack(Of(Item("a", "x&y", "<!channel> look", "```", "<http://evil|here>"))));
        var text = json.RootElement.GetProperty("text").GetString()!;

        Assert.DoesNotContain('<', text);
        Assert.DoesNotContain('>', text);
        Assert.Contains("&lt;!channel&gt; look", text, StringComparison.Ordinal);
        Assert.Contains("x&amp;y", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("```").Length - 1);
    }

    [Theory]
    [InlineData("\u001b[31mred\u001b[0m", "red")]
    [InlineData("\u001b]0;title\u0007text", "text")]
    [InlineData("10%\r50%\r99% done\r\n", "99% done")]
    [InlineData("a\tb\u0000c\u202ed\u2028e", "a bcde")]
    [InlineData("token hf_abcdefghijklmnopqrstuvwx end", "token *** end")]
    [InlineData("post https://hooks.slack.com/services/T0/B0/abcdefgh failed", "post https://*** failed")]
    [InlineData("api_key=abcdef123456", "api_key=***")]
    public void Lines_of_a_log_are_cleaned_and_masked(string line, string expected) => Assert.Equal([expected], SafeText.Excerpt([line], SecretValues.None));

    [Fact]
    public void A_key_over_several_lines_is_one_secret() =>
        Assert.Equal(["a", "***", "b"], SafeText.Excerpt(["a", "-----BEGIN RSA PRIVATE KEY-----", "MIIEpAIBAAKCAQEA", "-----END RSA PRIVATE KEY-----", "b"], SecretValues.None));

    [Fact]
    public void Of_a_long_log_the_last_twenty_lines_are_kept_each_of_them_short()
    {
        var excerpt = SafeText.Excerpt(Enumerable.Range(0, 100).Select(static i => $"{i} {new string('x', 5000)}"), SecretValues.None);

        Assert.Equal(20, excerpt.Length);
        Assert.StartsWith("80 x", excerpt[0], StringComparison.Ordinal);
        Assert.All(excerpt, static l => Assert.True(l.Length <= 301));
    }

    [Fact]
    public void Half_a_surrogate_is_no_reason_to_fail()
    {
        var message = Of(Item("a", "r", SafeText.Line("x\ud800y" + new string('z', 298) + "\U0001F600")));

        Assert.NotEmpty(Encoding.UTF8.GetString(NotifyJson.Whole(message).Span));
    }

    [Fact]
    public void A_title_is_one_line_whatever_a_rule_is_called() => Assert.Equal("sweep-7: a: x Bcc: y@z", Of(Item("a", "x\r\nBcc: y@z")).Title);
}
