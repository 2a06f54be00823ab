using System.Collections.Immutable;
using System.Text;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Tests.Journaling;

public sealed class SnapshotTests : IDisposable
{
    private static readonly string[] Names = ["a", "b", "c", "d"];

    private readonly JournalPlace _place = new();

    public void Dispose() => _place.Dispose();

    /// <summary>A snapshot whose state could not come from the journal shows whether it was used.</summary>
    [Fact]
    public void A_snapshot_is_used_when_its_entry_is_in_the_journal()
    {
        WriteWithSnapshot();
        Assert.Contains("from the snapshot", _place.Follow().State.Wishes);
        Assert.Equal(5, _place.Follow().State.Seq);
        Assert.DoesNotContain("from the snapshot", _place.Follow(static (_, _) => { }).State.Wishes);
    }

    public static TheoryData<string> Useless => ["crc", "epoch", "end", "seq", "future", "schema", "version", "garbage", "empty", "header only", "folder", "state without a type", "state of another seq"];

    [Theory]
    [MemberData(nameof(Useless))]
    public void A_snapshot_that_does_not_fit_is_passed_over(string what)
    {
        WriteWithSnapshot();
        var lines = File.ReadAllText(_place.Folder.Snapshot).Split('\n');
        string Header(string written, string instead) => Replaced(0, json => System.Text.RegularExpressions.Regex.Replace(json, written, instead));
        string Replaced(int line, Func<string, string> change)
        {
            var json = change(lines[line][9..]);
            Assert.NotEqual(lines[line][9..], json);
            return string.Join('\n', lines.Select((l, i) => i == line ? JournalPlace.Line(json) : l));
        }
        var text = what switch
        {
            "crc" => Header("\"checksum\":\\d+", "\"checksum\":1"),
            "epoch" => Header("\"epoch\":1", "\"epoch\":2"),
            "end" => Header("\"end\":(\\d+)", "\"end\":1$1"),
            "seq" => Header("\"seq\":3", "\"seq\":2"),
            "future" => Header("\"seq\":3", "\"seq\":9"),
            "schema" => Header("\"schema\":\\d+", "\"schema\":1"),
            "version" => Header("\"vigil\":\"[^\"]*\"", "\"vigil\":\"0.0.0\""),
            "garbage" => "garbage\n\0\n",
            "empty" => "",
            "header only" => lines[0] + "\n",
            "state without a type" => Replaced(1, static json => json.Replace("\"outbox\":{}", "\"outbox\":{\"x\":{\"effect\":{},\"not_before\":null,\"tries\":0}}", StringComparison.Ordinal)),
            "state of another seq" => Replaced(1, static json => json.Replace("\"seq\":3", "\"seq\":2", StringComparison.Ordinal)),
            _ => null,
        };
        File.Delete(_place.Folder.Snapshot);
        if (text is null) Directory.CreateDirectory(_place.Folder.Snapshot);
        else File.WriteAllText(_place.Folder.Snapshot, text);
        var follower = _place.Follow();
        Assert.Null(follower.Damage);
        Assert.DoesNotContain("from the snapshot", follower.State.Wishes);
        Assert.Equal(JournalPlace.Text(_place.Follow(static (_, _) => { }).State), JournalPlace.Text(follower.State));
        _place.Open().Journal.Dispose();
    }

    [Fact]
    public void Damage_before_the_snapshot_s_entry_is_found_and_what_stands_before_it_is_known()
    {
        WriteWithSnapshot();
        _place.Flip(1, _place.LineStart(1, 2) + 20);
        var follower = _place.Follow();
        Assert.Equal((_place.LineStart(1, 2), 1L), (follower.Damage!.Byte, follower.State.Seq));
    }

    [Fact]
    public void A_snapshot_and_the_rest_of_the_journal_give_the_same_state_as_the_whole_journal()
    {
        for (var seed = 0; seed < 25; seed++)
        {
            using var place = new JournalPlace();
            var random = new Random(seed);
            var state = ExperimentState.Empty;
            var snapshots = 0;
            for (var life = 0; life < 3; life++)
            {
                using var journal = place.Open().Journal;
                for (var step = 0; step < 60; step++)
                {
                    state = Step(journal, state, RandomNews(random, state, place.Time.GetUtcNow()));
                    place.Time.Advance(TimeSpan.FromSeconds(random.Next(60)));
                    Assert.True(journal.TryCommit());
                    if (random.Next(40) > 0 || journal.LastChecksum is not { } checksum) continue;
                    Snapshot.Write(place.Folder, state, journal.Epoch, journal.Length, checksum);
                    snapshots++;
                }
            }
            var whole = JournalPlace.Text(place.Follow(static (_, _) => { }).State);
            Assert.Equal(JournalPlace.Text(state), whole);
            Assert.Equal(snapshots > 0, File.Exists(place.Folder.Snapshot));
            Assert.Equal(whole, JournalPlace.Text(place.Follow().State));
            Directory.Delete(place.Folder.Views, recursive: true);
            Assert.Equal(whole, JournalPlace.Text(place.Follow().State));
        }
    }

    [Fact]
    public void A_snapshot_holds_the_facts_and_nothing_that_follows_from_them()
    {
        WriteWithSnapshot();
        var text = File.ReadAllText(_place.Folder.Snapshot, Encoding.UTF8);
        foreach (var name in (string[])["all_finished", "in_plan_order", "last_attempt", "next_number"]) Assert.DoesNotContain($"\"{name}\"", text, StringComparison.Ordinal);
    }

    /// <summary>Three entries, a snapshot, two more.</summary>
    private void WriteWithSnapshot()
    {
        using var journal = _place.Open().Journal;
        for (var i = 0; i < 3; i++) _place.Commit(journal, $"{i}");
        var state = _place.Follow(static (_, _) => { }).State;
        Snapshot.Write(_place.Folder, state with { Wishes = state.Wishes.Add("from the snapshot") }, journal.Epoch, journal.Length, journal.LastChecksum!.Value);
        for (var i = 3; i < 5; i++) _place.Commit(journal, $"{i}");
    }

    private static ExperimentState Step(Journal journal, ExperimentState state, Observation seen)
    {
        var events = Decider.Decide(state, seen);
        return events.IsEmpty ? state : state.Apply(journal.Stage(seen.At, Decider.By(seen), Decider.Cause(seen), events));
    }

    private static Observation RandomNews(Random random, ExperimentState state, DateTimeOffset now)
    {
        if (state.Experiment is null) return new Observation.PlanAccepted(now, "user:ada", JournalPlace.Experiment, [.. Names.Select(JournalPlace.Run)], []);
        var attempt = new AttemptId(new RunId(Names[random.Next(Names.Length)]), 1);
        attempt = attempt with { Number = Math.Max(1, state.Runs[attempt.Run.Value].Attempts.Length) };
        return random.Next(7) switch
        {
            < 2 => new Observation.Ticked(now),
            < 4 when state.Outbox.FirstOrDefault() is { Value: { } pending } due => new Observation.EffectSettled(now, due.Key, pending.Effect switch
            {
                _ when random.Next(4) == 0 => new EffectResult.Refused("no space \"quoted\" \u00e9\u2028", Retryable: random.Next(2) == 0),
                Effect.Submit submit => new EffectResult.Submitted([new SubmittedJob(submit.Attempts[0].Attempt, new JobId($"{submit.Attempts[0].Attempt}"), "/log", "hash")]),
                _ => new EffectResult.Done(),
            }),
            4 => new Observation.LineSeen(now, attempt, null, random.Next(1000), "", []) { Checkpoint = new(random.Next(100), "/ckpt/\u00fc") },
            5 when random.Next(3) == 0 => new Observation.WishRead(now, new Wish($"w{random.Next(20)}", "user:ada", now,
                random.Next(2) == 0 ? new WishContent.Cancel([attempt.Run]) : new WishContent.Retry([attempt.Run]))),
            _ => new Observation.JobReported(now, new JobReport(attempt, new JobId($"{attempt}"), (JobState)random.Next(10), "WHY", random.Next(3), Started: now), random.Next(50)),
        };
    }
}
