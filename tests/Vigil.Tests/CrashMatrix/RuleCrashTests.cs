using System.Text.RegularExpressions;
using Vigil.Monitoring;

namespace Vigil.Tests.CrashMatrix;

/// <summary>
/// The monitor dies at every journal write (torn at some length), before every flush, on either side of every request to the scheduler and of every plan
/// of a run; then its successor dies at some moment, too. Rules did everything once all the same: no event is lost, none is told twice.
/// </summary>
public sealed partial class RuleCrashTests(ITestOutputHelper output)
{
    private const int Seeds = 3;

    [Theory, Trait("scenario", "28")]
    [InlineData(1), InlineData(2), InlineData(Seeds)]
    public async Task What_rules_ask_for_happens_once_wherever_the_monitor_and_its_successor_die(int seed)
    {
        var (random, lives, crashes, died) = (new Random(seed), 0, 0, true);
        for (var first = seed - 1; died; first += Seeds)
        {
            using var night = new RuledNight();
            died = await night.DiesAsync(first, random.NextDouble());
            var again = died && await night.DiesAsync(random.Next(25), random.NextDouble());
            await night.LiveOnAsync();
            AssertRight(night, $"seed {seed}, moment {first}", died && again ? 2 : died ? 1 : 0);
            (lives, crashes) = (lives + 1, crashes + (died ? 1 : 0) + (again ? 1 : 0));
        }
        Assert.True(crashes > lives, $"{lives} nights met only {crashes} crashes");
        output.WriteLine($"{lives} nights, {crashes} crashes");
    }

    [Theory, Trait("scenario", "33")]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public async Task On_a_disk_that_fills_and_empties_rules_do_nothing_that_is_not_recorded_and_everything_once(int seed)
    {
        var random = new Random(seed);
        for (var nights = 0; nights < 3; nights++)
        {
            // For some writes in a row, as disks are; the first night none but the first goes through for a while.
            var (full, left) = (nights == 0, nights == 0 ? 20 : 0);
            using var night = new RuledNight();
            await night.LiveOnFullDiskAsync(write =>
            {
                if (write == 0) return false;
                if (left-- <= 0) (full, left) = (!full, random.Next(4));
                return full;
            });
            AssertRight(night, $"seed {seed}, night {nights}", crashes: 0);
        }
    }

    private static void AssertRight(RuledNight night, string where, int crashes)
    {
        var events = night.Events;
        void Equal<T>(IEnumerable<T> expected, IEnumerable<T> actual, string what) => Assert.True(expected.SequenceEqual(actual), $"{where}: {what}: {string.Join(' ', actual)}");

        Equal(["again 1", "broken 1", "cool 3", "list 3", "once 1", "tell 1"], events.OfType<RunEvent.RuleFired>().DistinctBy(static f => f.Firing).CountBy(static f => f.Rule).Select(static c => $"{c.Key} {c.Value}").Order(StringComparer.Ordinal), "each line fires");
        Equal([], Repeated(events.OfType<RunEvent.RuleFired>().Select(static f => f.Firing)), "and once");
        Equal([], Repeated(events.OfType<RunEvent.ActionSettled>().Select(static s => $"{s.Firing}#{s.Action}")), "settled twice");
        Equal([], Repeated(events.OfType<RunEvent.EffectRequested>().Select(static e => e.Id)), "asked for twice");
        Equal([100, 200, 300], events.OfType<RunEvent.CheckpointSaved>().Select(static c => c.Step), "checkpoints");
        Equal(["cool-100", "cool-200", "cool-300"], events.OfType<RunEvent.RunPlanned>().Where(static p => p.Run.Lineage is not null).Select(static p => p.Run.Id.Value).Order(StringComparer.Ordinal), "cooldowns");
        Equal(["a.1", "a.2", "cool-100.1", "cool-200.1", "cool-300.1"], night.Submissions.Order(StringComparer.Ordinal), "submissions");
        Equal(["broken"], events.OfType<RunEvent.RestartRequested>().Select(static r => r.By["rule:".Length..]), "restarts");
        Equal(["n013", "n014"], night.Lines("a/bad").Order(StringComparer.Ordinal), "lines appended");
        AssertCommands(night, events, where, crashes);
        Assert.True(night.State.Runs.Values.All(static r => r.State is RunState.Finished { Outcome: Outcome.Completed }), where);
    }

    private static void AssertCommands(RuledNight night, List<RunEvent> events, string where, int crashes)
    {
        var outcomes = events.OfType<RunEvent.ActionSettled>().ToDictionary(static s => s.Firing[(s.Firing.IndexOf('/', StringComparison.Ordinal) + 1)..], static s => s.Outcome);
        var once = outcomes.Single(static o => o.Key.StartsWith("once@", StringComparison.Ordinal)).Value;
        // One that may have run is a person's to judge.
        Assert.True(night.Lines("once").Length is var ran && (once is ActionOutcome.Done ? ran == 1 : once is ActionOutcome.Parked && ran <= 1 && crashes > 0), $"{where}: ran {ran} times and was {once}");
        Assert.InRange(night.Lines("again").Length, 1, 1 + crashes);
        Assert.Equal(ActionOutcome.Done, outcomes.Single(static o => o.Key.StartsWith("again@", StringComparison.Ordinal)).Value);
        var told = night.Lines("told").Where(static l => l.Length > 0).Select(static l => EventId.Match(l).Groups[1].Value).ToList();
        Assert.InRange(told.Count, 1, 1 + crashes);
        Assert.StartsWith("a.1/tell@", Assert.Single(told.Distinct()), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Repeated(IEnumerable<string> ids) => ids.CountBy(static id => id).Where(static c => c.Value > 1).Select(static c => c.Key);

    [GeneratedRegex("\"event_id\":\"([^\"]+)\"")]
    private static partial Regex EventId { get; }
}
