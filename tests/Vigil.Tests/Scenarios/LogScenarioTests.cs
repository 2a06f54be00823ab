using System.Globalization;
using System.Text;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Tests.Monitor;

namespace Vigil.Tests.Scenarios;

/// <summary>What happens to logs on shared file systems: each event exactly once, whatever becomes of the file.</summary>
public sealed class LogScenarioTests : IDisposable
{
    private const string Rules = "rules: [{name: r, when: 'event (?P<n>\\d+)', do: {log: '{n}'}}]";

    private readonly LogPlace _place = new();

    [Theory, Trait("scenario", "25")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void A_line_that_comes_in_pieces_fires_once_however_it_ends(string end)
    {
        var logs = _place.Open(Rules);
        var text = string.Concat(Enumerable.Range(0, 40).Select(i => $"some é text before event {i} and after it{end}"));
        var (bytes, second) = (Encoding.UTF8.GetBytes(text), 0.0);
        for (var at = 0; at < bytes.Length; at += 7)
        {
            Append(bytes.AsSpan(at, Math.Min(7, bytes.Length - at)));
            _place.Take(logs, second += 1);
        }
        Assert.Equal(40, _place.Fired.Count());
    }

    [Fact, Trait("scenario", "25")]
    public void A_line_without_end_takes_bounded_memory_and_what_follows_it_is_read()
    {
        var logs = _place.Open(Rules);
        var piece = new byte[1 << 20];
        Array.Fill(piece, (byte)'x');
        for (var i = 0; i < 100; i++) Append(piece);
        Append("\nevent 7\n"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var second = 0; second < 60; second++) _place.Take(logs, second);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
        Assert.Equal(["event 7"], _place.Fired);
    }

    [Fact, Trait("scenario", "26")]
    public void A_log_that_is_truncated_and_written_anew_fires_what_is_new_and_nothing_twice()
    {
        var logs = _place.Open(Rules);
        Append("the first beginning\nevent 1\n"u8);
        _place.Take(logs, 0);
        File.WriteAllText(_place.Log, "the other beginning, longer than before it was\nevent 2\n");
        _place.Take(logs, 1);
        _place.Take(logs, 2);
        Assert.Equal(["event 1", "event 2"], _place.Fired);
    }

    [Fact, Trait("scenario", "26")]
    public void A_log_that_is_deleted_and_made_again_goes_on_with_the_new_one()
    {
        var logs = _place.Open(Rules);
        Append("event 1\n"u8);
        _place.Take(logs, 0);
        File.Delete(_place.Log);
        _place.Take(logs, 1);
        File.WriteAllText(_place.Log, "event 2\n");
        _place.Take(logs, 2);
        Assert.Equal(["event 1", "event 2"], _place.Fired);
    }

    [Fact, Trait("scenario", "26")]
    public void A_link_that_leads_to_another_file_is_followed()
    {
        var logs = _place.Open(Rules);
        File.WriteAllText(_place.Temp["one"], "event 1\n");
        File.WriteAllText(_place.Temp["two"], "event 2\n");
        File.CreateSymbolicLink(_place.Log, _place.Temp["one"]);
        _place.Take(logs, 0);
        File.Delete(_place.Log);
        File.CreateSymbolicLink(_place.Log, _place.Temp["two"]);
        _place.Take(logs, 1);
        Assert.Equal(["event 1", "event 2"], _place.Fired);
    }

    [Fact, Trait("scenario", "27")]
    public void A_size_that_goes_back_for_a_moment_is_not_believed()
    {
        var logs = _place.Open(Rules);
        Append("event 1\nevent 2\n"u8);
        _place.Take(logs, 0);
        var whole = File.ReadAllBytes(_place.Log);
        Truncate(8);
        _place.Take(logs, 1);
        Append(whole.AsSpan(8));
        Append("event 3\n"u8);
        _place.Take(logs, 2);
        Assert.Equal(["event 1", "event 2", "event 3"], _place.Fired);
    }

    [Fact, Trait("scenario", "27")]
    public void NULs_at_the_end_are_bytes_that_are_still_to_come()
    {
        var logs = _place.Open(Rules);
        Append("event 1\n"u8);
        Append(new byte[4096]);
        _place.Take(logs, 0);
        using (var file = File.OpenWrite(_place.Log))
        {
            file.Position = 8;
            file.Write("event 2\n"u8);
        }
        Truncate(16);
        _place.Take(logs, 1);
        Assert.Equal(["event 1", "event 2"], _place.Fired);
    }

    [Fact, Trait("scenario", "27")]
    public void An_error_neither_proves_silence_nor_starts_its_clock_anew()
    {
        var logs = _place.Open("rules: [{name: quiet, when: {inactivity: 60}, do: {log: quiet}}]");
        Append("x\n"u8);
        _place.Take(logs, 0);
        File.Move(_place.Log, _place.Log + ".away");
        Directory.CreateDirectory(_place.Log);
        _place.Take(logs, 65);
        Assert.Empty(_place.Fired);
        Directory.Delete(_place.Log);
        File.Move(_place.Log + ".away", _place.Log);
        _place.Take(logs, 70);
        Assert.Equal(["its log has been silent for 1m10s (threshold 1m)"], _place.Fired);
    }

    [Fact, Trait("scenario", "29")]
    public void After_two_days_away_events_are_caught_up_in_order_and_each_once()
    {
        var logs = _place.Open(Rules);
        Append("event 1\n"u8);
        _place.Take(logs, 0);
        var filler = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("nothing to see in this line of the log, which is one of very many\n", 20_000)));
        for (var i = 2; i <= 10; i++)
        {
            Append(filler);
            Append(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"event {i}\n")));
        }
        var later = LogPlace.Logs();
        for (var second = 0; second < 20; second++) _place.Take(later, 172_800 + second);
        Assert.Equal(Enumerable.Range(1, 10).Select(static i => string.Create(CultureInfo.InvariantCulture, $"event {i}")), _place.Fired);
    }

    [Fact, Trait("scenario", "31")]
    public void The_printed_configuration_and_our_own_words_fire_nothing()
    {
        Directory.CreateDirectory(_place.Temp["a/provenance"]);
        File.WriteAllText(_place.Temp["a/provenance/resolved_config.yaml"], "on_failure:\n- pattern: event 5\n");
        var logs = _place.Open(Rules);
        Append("  - pattern: event 5\nvigil: event 6\nevent 7\n"u8);
        _place.Take(logs, 0);
        Assert.Equal(["event 7"], _place.Fired);
    }

    [Fact, Trait("scenario", "32")]
    public void A_pattern_that_would_never_end_elsewhere_is_answered()
    {
        var logs = _place.Open("rules: [{name: evil, when: '^(a+)+$', do: {log: x}}, {name: r, when: event, do: {log: x}}]");
        Append(Encoding.UTF8.GetBytes(new string('a', 60_000) + "!\nevent\n"));
        _place.Take(logs, 0);
        Assert.Equal(["event"], _place.Fired);
    }

    [Fact, Trait("scenario", "35")]
    public void A_log_that_chatters_while_the_step_stands_still_is_a_hang()
    {
        var logs = _place.Open("rules: [{name: stuck, when: {no_progress: 10m}, do: {restart: {cause: hang}}}]");
        Append(" iteration 70/ 500 | lm loss: 2.5 |\n"u8);
        for (var second = 0; second <= 600; second += 30)
        {
            Append("[data] worker 0 still waits for its next shard\n"u8);
            _place.Take(logs, second);
        }
        var restart = Assert.Single(_place.Events.OfType<RunEvent.RestartRequested>());
        Assert.Equal(("NO_PROGRESS", Spec.FailureCause.Hang, "rule:stuck"), (restart.Reason, restart.Cause, restart.By));
        Assert.Contains("step 70 has stood for 10m", Assert.Single(_place.Fired), StringComparison.Ordinal);
    }

    public void Dispose() => _place.Dispose();

    private void Append(ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(_place.Log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        file.Write(bytes);
    }

    private void Truncate(long length)
    {
        using var file = File.OpenHandle(_place.Log, FileMode.Open, FileAccess.Write);
        RandomAccess.SetLength(file, length);
    }
}
