using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Notifying;
using Vigil.Planning;
using Vigil.Platform;
using Vigil.Spec;

namespace Vigil.Tests.Notifying;

/// <summary>From an effect of the outbox to its end.</summary>
public sealed class NotifierTests : IDisposable
{
    private readonly Notifier _notifier = New();

    private static Notifier New() => new(new(GuardedConnection.Real, static _ => null, TimeProvider.System), TimeProvider.System);

    public void Dispose() => _notifier.Dispose();

    private static NotifyChannel Web(string name, TinyServer server) => new(name, new ChannelTarget.Webhook(server.Url.ToString(), ImmutableSortedDictionary<string, string>.Empty)) { Group = TimeSpan.Zero };

    private static ExperimentState With(params NotifyChannel[] channels) => ExperimentState.Empty with
    {
        Experiment = new() { Name = "e", Dir = "/out/e", File = "/e.yaml", Scheduler = "local" },
        Channels = channels.Length == 0 ? null : new("1", channels.ToImmutableSortedDictionary(static c => c.Name, static c => c, StringComparer.Ordinal)),
    };

    private static void Take(Notifier notifier, ExperimentState state, string run, string to = "")
    {
        var effect = new Effect.Notify($"{run}.1/nan@9", 0, new(run), to, "stop it");
        notifier.Take($"notify:{run}.1/nan@9#0", effect, () => NotifyItem.Of(state, effect, DateTimeOffset.UnixEpoch, ["step 1"]));
    }

    private static async Task<ImmutableArray<EffectEnd>> Ends(Notifier notifier, ExperimentState state, int count)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        var ends = ImmutableArray<EffectEnd>.Empty;
        while ((ends = ends.AddRange(await notifier.CompletedAsync(state))).Length < count) await Task.Delay(5, deadline.Token);
        return ends;
    }

    [Fact]
    public async Task Several_firings_go_to_every_channel_as_one_message_each()
    {
        using var one = TinyServer.Http("200 OK");
        using var other = TinyServer.Http("200 OK");
        var state = With(Web("one", one), Web("other", other));
        for (var i = 0; i < 37; i++) Take(_notifier, state, $"r{i}");

        var ends = await Ends(_notifier, state, 37);

        Assert.All(ends, static e => Assert.IsType<EffectResult.Done>(e.Result));
        Assert.Equal(37, ends.Select(static e => e.Id).Distinct().Count());
        foreach (var server in new[] { one, other })
        {
            using var json = JsonDocument.Parse(Assert.Single(server.Requests).Body);
            Assert.Equal(37, json.RootElement.GetProperty("items").GetArrayLength());
        }
        Assert.Empty(await _notifier.CompletedAsync(state));
    }

    [Fact]
    public async Task A_channel_that_had_it_is_not_told_again_when_the_other_one_is()
    {
        using var good = TinyServer.Http("200 OK");
        using var bad = TinyServer.Http("500 Oops", "200 OK");
        var state = With(Web("bad", bad), Web("good", good));
        Take(_notifier, state, "a");

        var refused = Assert.IsType<EffectResult.Refused>(Assert.Single(await Ends(_notifier, state, 1)).Result);
        Take(_notifier, state, "a");
        var done = Assert.IsType<EffectResult.Done>(Assert.Single(await Ends(_notifier, state, 1)).Result);

        Assert.True(refused.Retryable);
        Assert.Contains("bad: 127.0.0.1 answered 500", refused.Reason, StringComparison.Ordinal);
        Assert.Contains("good: 127.0.0.1 answered 200", done.Note, StringComparison.Ordinal);
        Assert.Single(good.Requests);
        Assert.Equal(2, bad.Requests.Count);
        Assert.Equal(Message(bad.Requests[0].Body), Message(bad.Requests[1].Body));
    }

    [Fact]
    public async Task Who_had_an_effect_is_forgotten_once_it_is_in_the_outbox_no_more()
    {
        using var good = TinyServer.Http("200 OK");
        using var bad = TinyServer.Http("404 Gone");
        var state = With(Web("bad", bad), Web("good", good));
        Take(_notifier, state, "a");
        await Ends(_notifier, state, 1);

        Assert.Empty(await _notifier.CompletedAsync(state));
        Take(_notifier, state, "a");
        await Ends(_notifier, state, 1);

        Assert.Equal(2, good.Requests.Count);
    }

    [Fact]
    public async Task Whoever_leaves_ends_the_program_that_is_being_told()
    {
        using var folder = new TempFolder();
        var state = With(new NotifyChannel("page", new ChannelTarget.Command(["/bin/bash", "-c", "echo $$ >$0.new; mv $0.new $0; exec sleep 300", folder["pid"]])) { Group = TimeSpan.Zero, Timeout = TimeSpan.FromMinutes(5) });
        var hands = new RuleHands(new(TimeProvider.System), new(new NoRuns(), TimeProvider.System), New());
        Take(hands.Notifier, state, "a");
        await hands.Notifier.CompletedAsync(state);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(folder["pid"]), TimeSpan.FromSeconds(60)));

        hands.Dispose();

        var (table, pid) = (new ProcessTable(), int.Parse(await File.ReadAllTextAsync(folder["pid"], TestContext.Current.CancellationToken), CultureInfo.InvariantCulture));
        Assert.True(SpinWait.SpinUntil(() => table.Read(pid) is null or { State: 'Z' }, TimeSpan.FromSeconds(15)));
    }

    private sealed class NoRuns : IRunStarter
    {
        public EffectResult Start(ExperimentState state, Effect.StartRun ask) => throw new NotSupportedException();
    }

    [Fact]
    public async Task After_a_crash_the_same_event_is_told_with_the_same_id()
    {
        using var server = TinyServer.Http("200 OK");
        var state = With(Web("ops", server));
        Take(_notifier, state, "a");
        await Ends(_notifier, state, 1);
        using var next = New();   // the settlement was never written

        Take(next, state, "a");
        await Ends(next, state, 1);

        Assert.Equal(Message(server.Requests[0].Body), Message(server.Requests[1].Body));
        Assert.Equal("a.1/nan@9#0", Message(server.Requests[0].Body).Event);
    }

    [Fact]
    public async Task A_final_refusal_beside_a_delivery_needs_a_person()
    {
        using var good = TinyServer.Http("200 OK");
        using var bad = TinyServer.Http("404 Gone");
        var state = With(Web("bad", bad), Web("good", good));
        Take(_notifier, state, "a");

        var refused = Assert.IsType<EffectResult.Refused>(Assert.Single(await Ends(_notifier, state, 1)).Result);

        Assert.False(refused.Retryable);
        Assert.Contains("good: 127.0.0.1 answered 200", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_channel_it_is_only_recorded_and_an_unknown_one_needs_a_person()
    {
        Take(_notifier, With(), "a");
        var recorded = Assert.Single(await Ends(_notifier, With(), 1));
        Take(_notifier, With(), "b", to: "ops");
        var unknown = Assert.Single(await Ends(_notifier, With(), 1));

        Assert.Contains("only recorded", Assert.IsType<EffectResult.Done>(recorded.Result).Note, StringComparison.Ordinal);
        Assert.False(Assert.IsType<EffectResult.Refused>(unknown.Result).Retryable);
    }

    [Fact]
    public async Task What_waits_for_its_group_is_not_sent_and_its_log_is_read_once()
    {
        using var server = TinyServer.Http("200 OK");
        var state = With(Web("ops", server) with { Group = TimeSpan.FromHours(2) });
        var (effect, read) = (new Effect.Notify("a.1/nan@9", 0, new("a"), "", "stop it"), 0);
        for (var turn = 0; turn < 3; turn++) _notifier.Take("notify:a.1/nan@9#0", effect, () => NotifyItem.Of(state, effect, DateTimeOffset.UnixEpoch, [$"look {++read}"]));

        Assert.Equal(1, read);
        Assert.Empty(await _notifier.CompletedAsync(state));
        Assert.False(_notifier.IsSending);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void Channels_are_read_back_from_the_journal_as_they_were_planned_and_without_their_secrets()
    {
        var mail = new NotifyChannel("mail", new ChannelTarget.Smtp("m.example", 587, "a@b.c", ["d@e.f"], SmtpTls.Starttls, "u", "SMTP_PASSWORD")) { Quiet = QuietHours.Parse("22:00-07:00") };
        var events = Decider.Decide(ExperimentState.Empty, new Observation.PlanAccepted(DateTimeOffset.UnixEpoch, "vigil", With().Experiment!, [], [])
        {
            Channels = new("1", With(mail, new("page", new ChannelTarget.Command(["page"]))).Channels!.Channels),
        });
        var entry = new JournalEntry(1, DateTimeOffset.UnixEpoch, "vigil", "plan-accepted", events);

        var text = JsonSerializer.Serialize(entry, JournalJson.Plain.JournalEntry);
        var read = ExperimentState.Empty.Apply(JsonSerializer.Deserialize(text, JournalJson.Plain.JournalEntry)!);

        Assert.Equal(text, JsonSerializer.Serialize(JsonSerializer.Deserialize(text, JournalJson.Plain.JournalEntry)!, JournalJson.Plain.JournalEntry));
        Assert.Equal(mail.Quiet, read.Channels!.Channels["mail"].Quiet);
        Assert.Empty(Decider.Decide(read, new Observation.PlanAccepted(DateTimeOffset.UnixEpoch, "vigil", With().Experiment!, [], []) { Channels = read.Channels }));
        Assert.Null(read.Apply(new(2, DateTimeOffset.UnixEpoch, "vigil", "x", Decider.Decide(read, new Observation.PlanAccepted(DateTimeOffset.UnixEpoch, "vigil", With().Experiment!, [], []) { Channels = ChannelSet.None }))).Channels);
    }

    private static (string? Id, string? Event) Message(string body)
    {
        using var json = JsonDocument.Parse(body);
        return (json.RootElement.GetProperty("id").GetString(), json.RootElement.GetProperty("items")[0].GetProperty("event_id").GetString());
    }
}
