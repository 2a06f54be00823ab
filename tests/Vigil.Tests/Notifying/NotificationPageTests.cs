using System.Text.RegularExpressions;
using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Tests.Notifying;

public sealed class NotificationPageTests
{
    [Fact]
    public void The_configuration_that_the_page_shows_is_planned_without_a_word()
    {
        var page = File.ReadAllText(Path.Combine(House.Repository.Root, "docs/notifications.md"));
        var blocks = Regex.Matches(page, "```yaml\n(.*?)```", RegexOptions.Singleline, TimeSpan.FromSeconds(5));

        var block = Assert.Single(blocks).Groups[1].Value;
        var plan = Planner.Plan(new(new SourceFile("e.yaml", "/home/u/exp/e.yaml", $"project: {{name: e}}\nbackend: {{command: echo}}\n{block}"), [], "/home/u", new(
            static name => name switch { "SLACK_WEBHOOK_URL" => "https://hooks.example.org/a1b2c3", "SMTP_PASSWORD" or "TICKETS_TOKEN" => "0815-4711", _ => null }, DateTimeOffset.UnixEpoch)));

        Assert.Empty(plan.Diagnostics);
        Assert.Equal(["chat", "mail", "pager", "tickets"], plan.Channels.Channels.Keys);
        Assert.Equal(["needs_person"], Assert.Single(plan.RuleSets).Rules.Select(static r => r.Name).Where(static n => n == "needs_person"));
    }
}
