using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Logs;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Tests.Monitor;

/// <summary>From a file that somebody writes to what the core is told, without the loop.</summary>
public sealed class RuleWatchTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _temp = new();
    private readonly string _log;

    public RuleWatchTests() => _log = _temp["job.log"];

    [Fact]
    public void A_line_that_matches_is_told_with_its_place_and_its_groups()
    {
        var logs = Logs(out var state, """
            rules: [{name: saved, when: 'saved (?P<step>\d+) to (?P<path>\S+)', do: {log: "{step}"}}]
            """);
        File.WriteAllText(_log, "hello\nsaved 100 to /out/a\n");
        var seen = Assert.IsType<Observation.LineSeen>(Assert.Single(Read(logs, state, 0)));
        Assert.Equal((6L, "saved 100 to /out/a", 0), (seen.Offset, seen.Text, seen.File!.Generation));
        Assert.Equal("saved: match=saved 100 to /out/a path=/out/a step=100", Text(Assert.Single(seen.Hits)));
    }

    [Fact]
    public void What_the_journal_knows_is_not_told_again_after_a_restart_of_the_monitor()
    {
        var rules = "rules: [{name: r, when: oops, do: {log: x}}]";
        var logs = Logs(out var state, rules);
        File.WriteAllText(_log, "oops one\n");
        foreach (var seen in Read(logs, state, 0)) state = Apply(state, seen);
        File.AppendAllText(_log, "oops two\n");
        var again = new AttemptLogs(new ProgressBoard(TimeProvider.System), Guard);
        Assert.Equal("oops two", Assert.IsType<Observation.LineSeen>(Assert.Single(Read(again, state, 0))).Text);
    }

    [Fact]
    public void A_log_that_was_replaced_while_nobody_watched_is_read_from_its_beginning()
    {
        var logs = Logs(out var state, "rules: [{name: r, when: oops, do: {log: x}}]");
        File.WriteAllText(_log, "a long first line of the first log\noops one\n");
        foreach (var seen in Read(logs, state, 0)) state = Apply(state, seen);
        File.Move(_log, _log + ".1");
        File.WriteAllText(_log, "another beginning, just as long as it\noops two\n");
        var seenAgain = Assert.IsType<Observation.LineSeen>(Assert.Single(Read(new AttemptLogs(new ProgressBoard(TimeProvider.System), Guard), state, 0)));
        Assert.Equal((1, "oops two"), (seenAgain.File!.Generation, seenAgain.Text));
        Assert.NotEmpty(Decider.Decide(state, seenAgain));
    }

    [Fact]
    public void A_printed_configuration_and_our_own_words_fire_nothing()
    {
        Directory.CreateDirectory(_temp["a/provenance"]);
        File.WriteAllText(_temp["a/provenance/resolved_config.yaml"], "monitoring:\n  log_events:\n  - pattern: CUDA out of memory\n");
        var logs = Logs(out var state, "rules: [{name: oom, when: CUDA out of memory, do: {log: x}}]");
        File.WriteAllText(_log, "    - pattern: CUDA out of memory\nvigil: CUDA out of memory\nRuntimeError: CUDA out of memory\n");
        Assert.Equal("RuntimeError: CUDA out of memory", Assert.IsType<Observation.LineSeen>(Assert.Single(Read(logs, state, 0))).Text);
    }

    [Fact]
    public void A_loss_that_is_no_number_is_told_by_its_metric()
    {
        var logs = Logs(out var state, "rules: [{name: nan, when: {metric: lm loss, is: nan}, do: {restart: {cause: numeric}}}]");
        File.WriteAllText(_log, " iteration 1/ 9 | lm loss: 2.5 |\n iteration 2/ 9 | lm loss: NAN |\n");
        var seen = Assert.IsType<Observation.LineSeen>(Assert.Single(Read(logs, state, 0)));
        Assert.Equal("nan: metric=lm loss step=2 value=nan", Text(Assert.Single(seen.Hits)));
    }

    [Fact]
    public void Silence_and_standstill_are_told_when_they_have_lasted_and_not_while_the_job_is_suspended()
    {
        var logs = Logs(out var state, "rules: [{name: silent, when: {inactivity: 60}, do: {log: x}}, {name: still, when: {no_progress: 90}, do: {log: x}}]");
        File.WriteAllText(_log, " iteration 1/ 9 | lm loss: 2.5 |\n");
        Assert.Empty(Read(logs, state, 0));
        Assert.Empty(Read(logs, state, 59));
        Assert.Equal(TimeSpan.FromSeconds(60), Assert.IsType<Observation.QuietSeen>(Assert.Single(Read(logs, state, 60))).Silent);
        File.AppendAllText(_log, "noise\n");
        var still = Assert.IsType<Observation.QuietSeen>(Assert.Single(Read(logs, state, 95)));
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(95), 1L), (still.Silent, still.Still, still.Step));
        Assert.Empty(logs.Read(state, static _ => true, Noon.AddSeconds(120)));
        Assert.Empty(Read(logs, state, 179));
    }

    [Fact]
    public void A_log_that_cannot_be_read_is_no_proof_of_silence()
    {
        var logs = Logs(out var state, "rules: [{name: silent, when: {inactivity: 60}, do: {log: x}}]");
        File.WriteAllText(_log, "x\n");
        Assert.Empty(Read(logs, state, 0));
        File.Delete(_log);
        Directory.CreateDirectory(_log);
        Assert.Empty(Read(logs, state, 100));
        Assert.Contains("not a regular file", Assert.Single(logs.Troubles).Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_are_kept_and_made_again_from_the_log_when_they_were_deleted()
    {
        var store = new MetricStore(_temp["views"]);
        var logs = Logs(out var state, "rules: [{name: r, when: oops, do: {log: x}}]", store);
        File.WriteAllText(_log, string.Concat(Enumerable.Range(1, 50).Select(static i => $" iteration {i}/ 50 | lm loss: {i}.5 |\n")) + "oops\n");
        foreach (var seen in Read(logs, state, 0)) state = Apply(state, seen);
        store.Flush();
        var kept = File.ReadAllBytes(store.FileOf(new("a")));
        Assert.Equal(50, store.Read(new("a"), "lm loss").Length);
        Directory.Delete(_temp["views"], recursive: true);
        var again = new MetricStore(_temp["views"]);
        Assert.Empty(Read(new AttemptLogs(new ProgressBoard(TimeProvider.System), Guard) { Store = again }, state, 0));
        again.Flush();
        Assert.Equal(kept, File.ReadAllBytes(again.FileOf(new("a"))));
    }

    public void Dispose() => _temp.Dispose();

    private static EchoGuard Guard => new(static (_, path) => path);

    private AttemptLogs Logs(out ExperimentState state, string monitoring, MetricStore? store = null)
    {
        var yaml = $"project: {{name: a, base_output_dir: '{_temp.Path}'}}\nbackend: {{command: train}}\nmonitoring:\n  {monitoring.Trim()}\n";
        var plan = Planner.Plan(new PlanRequest(new SourceFile("e.yaml", _temp["e.yaml"], yaml), [], _temp.Path, new ConfigWorld(static _ => null, Noon)));
        Assert.Empty(plan.Diagnostics);
        var run = plan.Runs[0];
        var attempt = new AttemptId(run.Id, 1);
        var job = new JobId("7");
        state = ExperimentState.Empty;
        state = Apply(state, new Observation.PlanAccepted(Noon, "user:ada", plan.Experiment, plan.Runs, []) { Rules = plan.RuleSets });
        state = Apply(state, new Observation.Ticked(Noon));
        state = Apply(state, new Observation.EffectSettled(Noon, "submit:a.1", new EffectResult.Submitted([new SubmittedJob(attempt, job, _log, "hash")])));
        state = Apply(state, new Observation.JobReported(Noon, new JobReport(attempt, job, JobState.Running, Started: Noon)));
        return new AttemptLogs(new ProgressBoard(TimeProvider.System), Guard) { Store = store };
    }

    private static ExperimentState Apply(ExperimentState state, Observation seen)
    {
        var events = Decider.Decide(state, seen);
        return events.IsEmpty ? state : state.Apply(new JournalEntry(state.Seq + 1, seen.At, "vigil", "test", events));
    }

    private static ImmutableArray<Observation> Read(AttemptLogs logs, ExperimentState state, int second) => [.. logs.Read(state, static _ => false, Noon.AddSeconds(second))];

    private static string Text(RuleHit hit) => $"{hit.Rule}: {string.Join(' ', hit.Fields.Select(static f => $"{f.Key}={f.Value}"))}";
}
