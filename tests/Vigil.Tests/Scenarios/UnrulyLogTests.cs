using Vigil.Tests.Monitor;

namespace Vigil.Tests.Scenarios;

/// <summary>Random walks of a job that writes its log, a file system that misbehaves, and a monitor that is killed at times; by a virtual clock, and the same for ever by their seeds.</summary>
public sealed class UnrulyLogTests(ITestOutputHelper output)
{
    private const string Rules = "rules: [{name: r, when: 'event \\d+', do: {log: x}}]";

    [Fact, Trait("scenario", "27")]
    public void A_size_of_a_moment_ago_that_a_new_monitor_sees_first_repeats_nothing()
    {
        using var place = new LogPlace();
        place.Open(Rules);
        var files = new UnrulyFiles { Log = new(1) };
        files.Log.Bytes.AddRange("the log of a job\nevent 1\nevent 2\n"u8);
        place.Take(LogPlace.Logs(files: files), 0);
        foreach (var part in (double[])[0, 0.3, 0.9])
        {
            var logs = LogPlace.Logs(files: files);
            (files.Wrong, files.Lasts) = (new Misbehaviour.OldSize(part), 1);
            place.Take(logs, 5);
            place.Take(logs, 10);
        }
        files.Log.Bytes.AddRange("event 3\n"u8);
        place.Take(LogPlace.Logs(files: files), 15);
        Assert.Equal(["event 1", "event 2", "event 3"], place.Fired);
    }

    public static TheoryData<int, int> Errors => new() { { UnrulyFiles.Stale, 1 }, { UnrulyFiles.Io, 2 }, { UnrulyFiles.NoEntry, 1 } };

    [Theory, Trait("scenario", "27"), MemberData(nameof(Errors))]
    public void The_last_lines_of_a_job_that_is_over_are_read_though_its_log_cannot_be_opened_at_first(int error, int times)
    {
        using var place = new LogPlace();
        place.Open(Rules);
        var files = new UnrulyFiles { Log = new(1) };
        var logs = LogPlace.Logs(files: files);
        files.Log.Bytes.AddRange("event 1\n"u8);
        place.Take(logs, 0);
        files.Log.Bytes.AddRange("event 2\n"u8);
        (files.Wrong, files.Lasts) = (new Misbehaviour.NotOpened(error), times);
        foreach (var seen in logs.ReadToEnd(place.State, new(new("a"), 1), LogPlace.Noon)) place.See(seen);
        Assert.Equal(["event 1", "event 2"], place.Fired);
    }

    [Theory, Trait("scenario", "25"), Trait("scenario", "26"), Trait("scenario", "27")]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8)]
    public void Each_line_is_told_once_and_in_order_whatever_becomes_of_the_file(int seed)
    {
        long written = 0, told = 0;
        for (var walk = 0; walk < 30; walk++)
        {
            using var log = new LogWalk(seed * 1000 + walk);
            log.Go(steps: 400);
            (written, told) = (written + log.Written, told + log.Told.Count());
        }
        // What stood in a file for a moment only may be missed, and is little.
        Assert.InRange(told, written / 2, written);
        output.WriteLine($"{told} of {written} lines were told");
    }
}
