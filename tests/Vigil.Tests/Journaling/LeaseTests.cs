using Vigil.Journaling;
using Vigil.Monitoring;

namespace Vigil.Tests.Journaling;

public sealed class LeaseTests : IDisposable
{
    private static readonly Writer Me = new("here", "machine", "boot", "ns", 1, 1);

    private readonly JournalPlace _place = new();

    public void Dispose() => _place.Dispose();

    public static TheoryData<string, string, string, string, string, bool, string> Writers => new()
    {
        { "here", "machine", "boot", "ns", "lives", false, "Held" },
        { "here", "machine", "boot", "ns", "dead", false, "Free" },
        { "here", "machine", "boot", "ns", "lives", true, "Free" },
        { "there", "machine", "boot", "ns", "lives", false, "Elsewhere" },
        { "there", "machine", "boot", "ns", "lives", true, "Free" },
        { "here", "machine", "boot", "other ns", "lives", false, "Elsewhere" },
        { "here", "other machine", "boot", "ns", "lives", false, "Elsewhere" },
        { "here", "other machine", "other boot", "ns", "lives", false, "Elsewhere" },
        { "here", "machine", "other boot", "ns", "lives", false, "Free" },
        { "here", "machine", "other boot", "other ns", "lives", false, "Free" },
    };

    [Theory]
    [MemberData(nameof(Writers))]
    public void A_lease_is_judged_by_what_can_be_known_of_its_writer(string host, string machine, string boot, string ns, string life, bool released, string standing)
    {
        var writer = new Writer(host, machine, boot, ns, 7, 7);
        var header = new SegmentHeader(1, 3, writer, DateTimeOffset.UnixEpoch, "0", 2, 10, 5);
        bool Lives(Writer _) => life == "lives";
        Assert.Equal(standing, Lease.Judge(new LeaseRecord(3, writer, 9, released), header, Me, Lives).GetType().Name);
        // The file is missing, garbage, or of an older epoch: the newest segment's header names the same writer.
        if (!released) Assert.Equal(standing, Lease.Judge(null, header, Me, Lives).GetType().Name);
        if (!released) Assert.Equal(standing, Lease.Judge(new LeaseRecord(2, Me, 9, Released: true), header, Me, Lives).GetType().Name);
    }

    [Fact]
    public void Where_machines_have_no_id_another_boot_may_be_another_machine_of_the_same_name()
    {
        var writer = new Writer("here", "", "other boot", "ns", 7, 7);
        Assert.IsType<Standing.Elsewhere>(Lease.Judge(new LeaseRecord(1, writer, 9, Released: false), new SegmentHeader(1, 1, writer, DateTimeOffset.UnixEpoch, "0", 0, 0, 0), Me with { Machine = "" }, static _ => false));
    }

    [Fact]
    public void An_experiment_that_nobody_ever_wrote_is_free() => Assert.IsType<Standing.Free>(Lease.Judge(null, null, Me, static _ => true));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("{\"epoch\":1}")]
    public void A_missing_or_broken_lease_file_does_not_free_an_experiment_whose_writer_lives(string? content)
    {
        _place.Open().Journal.Dispose();
        if (content is null) File.Delete(_place.Folder.Lease);
        else File.WriteAllText(_place.Folder.Lease, content);
        Assert.IsType<Opening.HeldBy>(_place.TryOpen(isAlive: static _ => true));
        Assert.IsType<Opening.Ready>(_place.TryOpen());
    }

    [Fact]
    public void Of_many_openers_at_once_exactly_one_wins_and_the_others_see_it()
    {
        for (var round = 0; round < 20; round++)
        {
            var openings = new Opening[4];
            var living = new System.Collections.Concurrent.ConcurrentBag<Writer>();
            using var start = new Barrier(openings.Length);
            var threads = Enumerable.Range(0, openings.Length).Select(i => new Thread(() =>
            {
                var me = new Writer("here", "machine", "boot", "ns", 1000 + 10 * round + i, 1);
                living.Add(me);
                start.SignalAndWait();
                openings[i] = _place.TryOpen(isAlive: w => living.Contains(w), me: me);
            })).ToList();
            threads.ForEach(static t => t.Start());
            threads.ForEach(static t => t.Join());
            var winner = Assert.Single(openings.OfType<Opening.Ready>());
            Assert.Equal(openings.Length - 1, openings.OfType<Opening.HeldBy>().Count());
            Assert.Equal(round + 1, winner.Journal.Epoch);
            winner.Journal.Dispose();
        }
    }

    [Fact]
    public void A_foreign_lease_is_taken_over_after_a_minute_without_a_beat()
    {
        _place.Open(Foreign).Journal.Dispose();
        List<string> said = [];
        Assert.IsType<Opening.Ready>(_place.TryOpen(say: said.Add));
        Assert.InRange(_place.Time.Passed.TotalSeconds, 60, 62);
        Assert.Contains("there", Assert.Single(said), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_foreign_lease_is_not_taken_over_while_it_beats(bool leaseFileWasLost)
    {
        var foreign = _place.Open(Foreign);
        if (leaseFileWasLost) File.Delete(_place.Folder.Lease);
        _place.Time.Waited = passed => { if (passed.TotalSeconds % 10 == 9) foreign.Lease.Beat(); };
        Assert.Equal(Foreign, Assert.IsType<Opening.HeldBy>(_place.TryOpen()).Writer);
        Assert.True(_place.Time.Passed < TimeSpan.FromSeconds(21), $"{_place.Time.Passed}");
        foreign.Journal.Dispose();
    }

    [Fact]
    public void A_foreign_lease_that_is_given_back_is_free_at_once()
    {
        var foreign = _place.Open(Foreign);
        _place.Time.Waited = passed => { if (passed.TotalSeconds == 3) foreign.Lease.Release(); };
        Assert.IsType<Opening.Ready>(_place.TryOpen());
        Assert.Equal(3, _place.Time.Passed.TotalSeconds);
        foreign.Journal.Dispose();
    }

    /// <summary>What the last writer decided, and perhaps acted on, after its journal was read and before it was gone.</summary>
    [Fact]
    public void Entries_written_while_the_lease_was_being_judged_are_not_lost()
    {
        var last = _place.Open();
        _place.Commit(last.Journal, "early");
        var opened = Assert.IsType<Opening.Ready>(_place.TryOpen(isAlive: _ =>
        {
            _place.Commit(last.Journal, "late");
            return false;
        }));
        Assert.Equal(2, opened.State.Seq);
        opened.Journal.Dispose();
        last.Journal.Dispose();
        Assert.Equal(["early", "late"], _place.Texts());
    }

    [Fact]
    public void Entries_that_a_foreign_writer_made_in_its_last_seconds_are_not_lost()
    {
        var foreign = _place.Open(Foreign);
        _place.Time.Waited = passed => { if (passed.TotalSeconds == 2) _place.Commit(foreign.Journal, "late"); };
        Assert.Equal(1, Assert.IsType<Opening.Ready>(_place.TryOpen()).State.Seq);
        foreign.Journal.Dispose();
    }

    [Fact]
    public void A_beat_of_the_old_writer_over_the_new_one_s_lease_makes_nobody_the_writer_again()
    {
        var old = _place.Open();
        var next = _place.Open();
        old.Lease.Beat();
        Assert.False(old.Lease.IsMine());
        Assert.True(next.Lease.IsMine());
        old.Journal.Dispose();
        next.Journal.Dispose();
    }

    [Fact]
    public void A_lease_that_cannot_be_read_is_no_reason_to_stop()
    {
        var opened = _place.Open();
        File.Delete(_place.Folder.Lease);
        Assert.True(opened.Lease.IsMine());
        Directory.CreateDirectory(_place.Folder.Lease);
        Assert.True(opened.Lease.IsMine());
        opened.Journal.Dispose();
    }

    private static Writer Foreign { get; } = new("there", "other machine", "boot there", "ns", 7, 7);
}
