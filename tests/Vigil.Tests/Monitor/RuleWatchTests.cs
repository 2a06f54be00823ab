using Vigil.Monitor;
using Vigil.Monitoring;

namespace Vigil.Tests.Monitor;

/// <summary>From a file that somebody writes to what the core is told, without the loop.</summary>
public sealed class RuleWatchTests : IDisposable
{
    private readonly LogPlace _place = new();

    [Fact]
    public void A_line_that_matches_is_told_with_its_place_and_its_groups()
    {
        var logs = _place.Open("""
            rules: [{name: saved, when: 'saved (?P<step>\d+) to (?P<path>\S+)', do: {log: "{step}"}}]
            """);
        File.WriteAllText(_place.Log, "hello\nsaved 100 to /out/a\n");
        var seen = Assert.IsType<Observation.LineSeen>(Assert.Single(_place.Read(logs, 0)));
        Assert.Equal((6L, "saved 100 to /out/a", 0), (seen.Offset, seen.Text, seen.File!.Generation));
        Assert.Equal("saved: match=saved 100 to /out/a path=/out/a step=100", Text(Assert.Single(seen.Hits)));
    }

    [Fact, Trait("scenario", "28")]
    public void What_the_journal_knows_is_not_told_again_after_a_restart_of_the_monitor()
    {
        var rules = "rules: [{name: r, when: oops, do: {log: x}}]";
        var logs = _place.Open(rules);
        File.WriteAllText(_place.Log, "oops one\n");
        _place.Take(logs, 0);
        File.AppendAllText(_place.Log, "oops two\n");
        var again = LogPlace.Logs();
        Assert.Equal("oops two", Assert.IsType<Observation.LineSeen>(Assert.Single(_place.Read(again, 0))).Text);
    }

    [Fact, Trait("scenario", "26")]
    public void A_log_that_was_replaced_while_nobody_watched_is_read_from_its_beginning()
    {
        var logs = _place.Open("rules: [{name: r, when: oops, do: {log: x}}]");
        File.WriteAllText(_place.Log, "a long first line of the first log\noops one\n");
        _place.Take(logs, 0);
        File.Move(_place.Log, _place.Log + ".1");
        File.WriteAllText(_place.Log, "another beginning, just as long as it\noops two\n");
        var seenAgain = Assert.IsType<Observation.LineSeen>(Assert.Single(_place.Read(LogPlace.Logs(), 0)));
        Assert.Equal((1, "oops two"), (seenAgain.File!.Generation, seenAgain.Text));
        Assert.NotEmpty(Decider.Decide(_place.State, seenAgain));
    }

    [Fact]
    public void A_printed_configuration_and_our_own_words_fire_nothing()
    {
        Directory.CreateDirectory(_place.Temp["a/provenance"]);
        File.WriteAllText(_place.Temp["a/provenance/resolved_config.yaml"], "monitoring:\n  log_events:\n  - pattern: CUDA out of memory\n");
        var logs = _place.Open("rules: [{name: oom, when: CUDA out of memory, do: {log: x}}]");
        File.WriteAllText(_place.Log, "    - pattern: CUDA out of memory\nvigil: CUDA out of memory\nRuntimeError: CUDA out of memory\n");
        Assert.Equal("RuntimeError: CUDA out of memory", Assert.IsType<Observation.LineSeen>(Assert.Single(_place.Read(logs, 0))).Text);
    }

    [Fact]
    public void The_last_line_of_a_job_that_is_over_counts_without_its_end()
    {
        var logs = _place.Open("rules: [{name: r, when: oops, do: {log: x}}]");
        File.WriteAllText(_place.Log, "hello\noops");
        Assert.Empty(_place.Read(logs, 0));
        var seen = Assert.IsType<Observation.LineSeen>(Assert.Single(logs.ReadToEnd(_place.State, new(new("a"), 1), LogPlace.Noon)));
        Assert.Equal((6L, "oops"), (seen.Offset, seen.Text));
    }

    [Fact]
    public void A_loss_that_is_no_number_is_told_by_its_metric()
    {
        var logs = _place.Open("rules: [{name: nan, when: {metric: lm loss, is: nan}, do: {restart: {cause: numeric}}}]");
        File.WriteAllText(_place.Log, " iteration 1/ 9 | lm loss: 2.5 |\n iteration 2/ 9 | lm loss: NAN |\n");
        var seen = Assert.IsType<Observation.LineSeen>(Assert.Single(_place.Read(logs, 0)));
        Assert.Equal("nan: metric=lm loss step=2 value=nan", Text(Assert.Single(seen.Hits)));
    }

    [Fact]
    public void Silence_and_standstill_are_told_when_they_have_lasted_and_not_while_the_job_is_suspended()
    {
        var logs = _place.Open("rules: [{name: silent, when: {inactivity: 60}, do: {log: x}}, {name: still, when: {no_progress: 90}, do: {log: x}}]");
        File.WriteAllText(_place.Log, " iteration 1/ 9 | lm loss: 2.5 |\n");
        Assert.Empty(_place.Read(logs, 0));
        Assert.Empty(_place.Read(logs, 59));
        Assert.Equal(TimeSpan.FromSeconds(60), Assert.IsType<Observation.QuietSeen>(Assert.Single(_place.Read(logs, 60))).Silent);
        File.AppendAllText(_place.Log, "noise\n");
        var still = Assert.IsType<Observation.QuietSeen>(Assert.Single(_place.Read(logs, 95)));
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(95), 1L), (still.Silent, still.Still, still.Step));
        Assert.Empty(logs.Read(_place.State, static _ => true, LogPlace.Noon.AddSeconds(120)));
        Assert.Empty(_place.Read(logs, 179));
    }

    [Fact, Trait("scenario", "27")]
    public void A_log_that_cannot_be_read_is_no_proof_of_silence()
    {
        var logs = _place.Open("rules: [{name: silent, when: {inactivity: 60}, do: {log: x}}]");
        File.WriteAllText(_place.Log, "x\n");
        Assert.Empty(_place.Read(logs, 0));
        File.Delete(_place.Log);
        Directory.CreateDirectory(_place.Log);
        Assert.Empty(_place.Read(logs, 100));
        Assert.Empty(logs.Troubles(LogPlace.Noon.AddSeconds(110)));
        Assert.Contains("not a regular file", Assert.Single(logs.Troubles(LogPlace.Noon.AddSeconds(120))).Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_are_kept_and_made_again_from_the_log_when_they_were_deleted()
    {
        var store = new MetricStore(_place.Temp["views"]);
        var logs = _place.Open("rules: [{name: r, when: oops, do: {log: x}}]", store);
        File.WriteAllText(_place.Log, string.Concat(Enumerable.Range(1, 50).Select(static i => $" iteration {i}/ 50 | lm loss: {i}.5 |\n")) + "oops\n");
        _place.Take(logs, 0);
        store.Flush();
        var kept = File.ReadAllBytes(store.FileOf(new("a")));
        Assert.Equal(50, store.Read(new("a"), "lm loss").Length);
        Directory.Delete(_place.Temp["views"], recursive: true);
        var again = new MetricStore(_place.Temp["views"]);
        Assert.Empty(_place.Read(LogPlace.Logs(again), 0));
        again.Flush();
        Assert.Equal(kept, File.ReadAllBytes(again.FileOf(new("a"))));
    }

    [Fact]
    public void Metrics_that_no_disk_took_for_long_are_read_from_the_log_again_when_one_does()
    {
        var (views, written) = (_place.Temp["views"], 0);
        File.WriteAllText(views, "in the way");
        var store = new MetricStore(views);
        var logs = _place.Open("rules: [{name: r, when: oops, do: {log: x}}]", store);
        for (var second = 0; second < 40; second += 10)
        {
            File.AppendAllText(_place.Log, string.Concat(Enumerable.Range(written + 1, 30_000).Select(static i => $" iteration {i}/ 500000 | lm loss: {i * 7919 % 10_007}.{i % 89} | grad norm: {i * 31 % 1009}.5 |\n")) + "oops\n");
            written += 30_000;
            _place.Take(logs, second);
        }
        Assert.False(store.Takes(new("a")));
        File.Delete(views);
        for (var second = 40; second < 100; second += 10) _place.Take(logs, second);
        store.Flush();
        Assert.Equal(written, logs.LastStep(new(new("a"), 1)));
        Assert.Equal([.. Enumerable.Range(1, written).Select(static i => (long)i)], store.Read(new("a"), "lm loss").Select(static p => p.Step));
        Assert.Equal(4, _place.Fired.Count());
    }

    public void Dispose() => _place.Dispose();

    private static string Text(RuleHit hit) => $"{hit.Rule}: {string.Join(' ', hit.Fields.Select(static f => $"{f.Key}={f.Value}"))}";
}
