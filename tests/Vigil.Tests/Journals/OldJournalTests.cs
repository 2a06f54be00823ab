using System.Text.Json;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Spec;
using Vigil.Tests.House;

namespace Vigil.Tests.Journals;

/// <summary>Journals that earlier versions wrote. They are never written anew: what cannot be read any more would be lost to whoever has it.</summary>
public sealed class OldJournalTests
{
    [Fact]
    public void The_first_version_s_journal_is_read_to_the_same_state_as_ever()
    {
        var folder = new ExperimentFolder(Path.Combine(Repository.Root, "tests/Vigil.Tests/Journals/v1"));
        List<JournalEntry> entries = [];
        var follower = new JournalFollower(folder);
        follower.Read((e, _) => entries.Add(e));

        Assert.Null(follower.Damage);
        Assert.Equal(3, follower.Epoch);
        Assert.Contains("bytes after its stated end were ignored", Assert.Single(follower.Remarks), StringComparison.Ordinal);
        var expected = File.ReadAllText(Path.Combine(folder.Root, "state.json")).TrimEnd();
        Assert.Equal(expected, JsonSerializer.Serialize(follower.State with { Wishes = [] }, JournalJson.Plain.ExperimentState));
        Assert.Equal(["w1", "w2", "w3"], follower.State.Wishes.Order(StringComparer.Ordinal));
        Assert.Equal("""
            a finished completed 2
            a_eval finished skipped 0
            b waiting 2
            c finished cancelled 1
            d submitting 1
            e running 1
            """, string.Join('\n', follower.State.Runs.Values.Select(static r => $"{r.Id} {r.State switch
        {
            RunState.Finished f => $"finished {f.Outcome}",
            var other => other.GetType().Name,
        }} {r.Attempts.Length}".ToLowerInvariant())));
        Assert.Equal(["submit:d.1"], follower.State.Outbox.Keys);
    }

    [Fact]
    public void A_journal_of_a_cluster_is_read_to_the_same_state_as_ever()
    {
        var folder = new ExperimentFolder(Path.Combine(Repository.Root, "tests/Vigil.Tests/Journals/v2"));
        var follower = new JournalFollower(folder);
        follower.Read();
        Assert.Null(follower.Damage);
        Assert.Equal(File.ReadAllText(Path.Combine(folder.Root, "state.json")).TrimEnd(), JsonSerializer.Serialize(follower.State with { Wishes = [] }, JournalJson.Plain.ExperimentState));
        Assert.Equal(["cancel:c.1", "cancel:long.2", "exclude-nodes:long.1", "submit:a.2"], follower.State.Outbox.Keys);
    }

    [Fact]
    public void A_journal_of_a_job_that_was_stuck_and_is_no_more_is_read_so()
    {
        var follower = new JournalFollower(new ExperimentFolder(Path.Combine(Repository.Root, "tests/Vigil.Tests/Journals/v3")));
        List<JournalEntry> entries = [];
        follower.Read((e, _) => entries.Add(e));
        Assert.Null(follower.Damage);
        Assert.Equal([7, 8], entries.Where(static e => e.Events.Any(static x => x is RunEvent.JobStuck or RunEvent.JobUnstuck)).Select(static e => e.Seq));
        Assert.Null(Assert.Single(follower.State.Runs["c"].Attempts).Stuck);
    }

    [Fact]
    public void A_journal_of_checkpoints_that_were_looked_at_is_read_so()
    {
        var follower = new JournalFollower(new ExperimentFolder(Path.Combine(Repository.Root, "tests/Vigil.Tests/Journals/v4-checkpoints")));
        follower.Read();
        Assert.Null(follower.Damage);
        var run = follower.State.Runs["a"];
        Assert.Equal([new UsableCheckpoint("/out/a/ckpt/iter_0000010", 10, "/out/a/ckpt"), new UsableCheckpoint("/out/a/last.ckpt", null, "/out/a/last.ckpt")], run.Usable!.Value);
        Assert.Equal(["/out/a/ckpt/iter_0000010"], run.Doubted!.Value);
    }

    [Fact]
    public void A_journal_of_rules_that_acted_is_read_so()
    {
        var follower = new JournalFollower(new ExperimentFolder(Path.Combine(Repository.Root, "tests/Vigil.Tests/Journals/v5-rules")));
        follower.Read();
        Assert.Null(follower.Damage);
        var (state, run) = (follower.State, follower.State.Runs["v5"]);
        Assert.Equal("v5.1/saved@100#0", state.Runs["v5_b"].Plan.Lineage!.By);
        Assert.Equal([("big", 1), ("nan", 1), ("node", 1), ("oom", 1), ("saved", 1), ("told", 1)], run.Tallies!.Select(static t => (t.Key, t.Value.Fired)));
        Assert.Equal(FailureCause.Numeric, run.Attempts[0].Cause);
        Assert.Equal("n013", Assert.Single(state.Exclusions!.Value).Nodes);
        Assert.Equal("team", Assert.Single(state.Channels!.Channels).Key);
        Assert.Contains("submit:v5_b.1", state.Outbox.Keys);
    }

    [Fact]
    public void Every_kind_of_event_is_in_some_old_journal()
    {
        var kinds = typeof(RunEvent).GetNestedTypes().Select(static t => t.Name).ToHashSet();
        var read = new HashSet<string>();
        foreach (var version in new[] { "v1", "v2", "v3", "v4-checkpoints", "v5-rules" })
            new JournalFollower(new ExperimentFolder(Path.Combine(Repository.Root, "tests/Vigil.Tests/Journals", version))).Read((entry, _) => read.UnionWith(entry.Events.Select(static e => e.GetType().Name)));
        Assert.Equal(kinds.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
    }
}
