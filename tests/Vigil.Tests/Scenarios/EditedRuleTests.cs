using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Tests.CrashMatrix;
using Vigil.Tests.Monitor;

namespace Vigil.Tests.Scenarios;

/// <summary>Rules that are edited while the run that they watch goes on.</summary>
public sealed class EditedRuleTests : IDisposable
{
    private const string Old = "rules: [{name: old, when: 'spike (?P<n>\\d+)', do: {log: '{n}'}}]", New = "rules: [{name: new, when: 'change (?P<n>\\d+)', do: {log: '{n}'}}]";

    private readonly TempFolder _temp = new();
    private readonly VirtualTime _time = new();

    public void Dispose() => _temp.Dispose();

    private Plan Plan(string monitoring)
    {
        var plan = Planner.Plan(new PlanRequest(new SourceFile("e.yaml", _temp["e.yaml"], $"project: {{name: a, base_output_dir: '{_temp.Path}'}}\nbackend: {{command: train}}\nmonitoring:\n  {monitoring}\n"), [], _temp.Path, new ConfigWorld(static _ => null, _time.GetUtcNow())));
        Assert.Empty(plan.Diagnostics);
        return plan;
    }

    [Theory, Trait("scenario", "30")]
    [InlineData(int.MaxValue)]
    [InlineData(5)]
    public async Task From_the_edit_on_the_new_rules_watch_and_not_a_byte_of_the_log_is_read_twice_or_left_out(int diesAtLine)
    {
        var (before, after) = (Plan(Old), Plan(New));
        var folder = new ExperimentFolder(_temp["out"]);
        // The edit comes in the middle of a line.
        string[] said = ["spike 1\nchange 2\n", "spike 3\nchan", "", "ge 4\nspike 5\nchange 6\n", "spike 7\n", "change 8\n"];
        var lines = 0;
        Directory.CreateDirectory(_temp["a"]);
        var scheduler = new FakeScheduler { Ending = attempt => new(attempt, default, lines < said.Length ? JobState.Running : JobState.Completed, ExitCode: 0, Started: DateTimeOffset.UnixEpoch) };
        scheduler.Reporting = () =>
        {
            if (lines >= said.Length) return Task.CompletedTask;
            if (lines == 2) Inbox.Drop(folder, new("w1", "user:ada", _time.GetUtcNow(), new WishContent.Grow(before.Experiment, [], []) { Rules = after.RuleSets, Rewatched = after.Runs }));
            var log = LogPattern.Expand(before.Runs[0].LogPath, new("1"))!;
            Directory.CreateDirectory(Path.GetDirectoryName(log)!);
            File.AppendAllText(log, said[lines++]);
            return Task.CompletedTask;
        };

        var isOver = false;
        var lived = await new MonitorLife(folder, scheduler, _time, before.Runs)
        {
            Rules = before.RuleSets,
            Prepare = journal => journal.BeforeFlush = () => { if (!isOver && lines >= diesAtLine) { isOver = true; throw new SimulatedCrash(); } },
        }.LiveAsync();
        if (!lived) Assert.True(await new MonitorLife(folder, scheduler, _time, before.Runs).LiveAsync());

        Assert.Equal(diesAtLine == int.MaxValue, lived);
        List<RunEvent> events = [];
        new JournalFollower(folder).Read((entry, _) => events.AddRange(entry.Events));
        Assert.Equal(["old 1", "old 3", "new 4", "new 6", "new 8"], events.OfType<RunEvent.RuleFired>().Select(static f => $"{f.Rule} {f.Fields["n"]}"));
        var changed = Assert.Single(events.OfType<RunEvent.RulesChanged>());
        Assert.Equal(after.RuleSets[0].Id, changed.To.Rules);
        Assert.Equal("user:ada", By(folder, changed));
        Assert.Single(events.OfType<RunEvent.AttemptStarted>());
    }

    [Fact, Trait("scenario", "30")]
    public void Rules_that_change_when_the_log_has_just_begun_anew_go_on_in_the_new_one()
    {
        using var place = new LogPlace();
        var logs = place.Open("rules: [{name: r, when: 'event (?P<n>\\d+)', do: {log: '{n}'}}]");
        File.WriteAllText(place.Log, "the first log\n" + new string('x', 200) + "\nevent 1\n");
        place.Take(logs, 0);
        File.Delete(place.Log);
        place.Take(logs, 5);
        File.WriteAllText(place.Log, "the second log\n");
        place.Take(logs, 10);
        var plan = place.Plan("rules: [{name: r, when: 'event (?P<n>\\d+)', do: {log: 'again {n}'}}]");
        place.See(new Observation.PlanAccepted(LogPlace.Noon, "user:ada", plan.Experiment, [], []) { Rules = plan.RuleSets, Rewatched = plan.Runs });
        File.AppendAllText(place.Log, "event 2\n" + new string('y', 400) + "\nevent 3\n");
        place.Take(logs, 15);
        Assert.Equal(["event 1", "event 2", "event 3"], place.Fired);
        Assert.Equal(1, place.State.Runs["a"].LastAttempt!.LogFile!.Generation);
    }

    private static string? By(ExperimentFolder folder, RunEvent e)
    {
        string? by = null;
        new JournalFollower(folder).Read((entry, _) => by = entry.Events.Any(other => other.GetType() == e.GetType()) ? entry.By : by);
        return by;
    }
}
