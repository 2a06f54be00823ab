using System.Text;
using Vigil.Journaling;

namespace Vigil.Tests.Journaling;

public sealed class JournalFollowerTests : IDisposable
{
    private readonly JournalPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("d")]
    [InlineData("deadbeef {\"seq\":3")]
    [InlineData("deadbeef {\"seq\":3}\n")]     // with its line end, and wrong all the same
    [InlineData("\0\0\0\0\0\0")]
    public void A_torn_tail_is_cut_once_and_said_once(string tail)
    {
        _place.Write(2);
        var whole = _place.Bytes(1).Length;
        _place.Append(1, tail);
        Assert.Equal((tail.Length, null, 2), (_place.Follow().TornBytes, _place.Follow().Damage, _place.Follow().State.Seq));

        using (var second = _place.Open().Journal) _place.Commit(second, "third");
        Assert.Equal(whole, _place.Bytes(1).Length);
        Assert.Equal(["entry 0", "entry 1", "third"], _place.Texts());
        var third = _place.Open();
        third.Journal.Dispose();
        Assert.Empty(third.Remarks);
        Assert.Equal(3, third.State.Seq);
    }

    [Fact]
    public void A_newest_segment_whose_header_was_cut_is_passed_over_and_said_once()
    {
        _place.Write(2);
        _place.Open().Journal.Dispose();
        var cut = _place.Bytes(2).Length - 20;
        using (var file = File.OpenHandle(_place.Folder.Segment(2), FileMode.Open, FileAccess.Write)) RandomAccess.SetLength(file, cut);
        Assert.Equal((null, 2), (_place.Follow().Damage, _place.Follow().State.Seq));

        var third = _place.Open();
        using (third.Journal) _place.Commit(third.Journal, "third");
        Assert.Contains("its only line had been cut off", Assert.Single(third.Remarks), StringComparison.Ordinal);
        var fourth = _place.Open();
        fourth.Journal.Dispose();
        Assert.Empty(fourth.Remarks);
        Assert.Equal(["entry 0", "entry 1", "third"], _place.Texts());
    }

    [Fact]
    public void The_cut_is_said()
    {
        _place.Write(1);
        _place.Append(1, "torn");
        var opened = _place.Open();
        opened.Journal.Dispose();
        Assert.Contains("the last 4 bytes were cut off", Assert.Single(opened.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_anywhere_stops_and_names_file_and_byte()
    {
        _place.Write(3);
        _place.Write(3);
        var healthy = _place.Bytes(1);
        for (var line = 0; line < 4; line++)
        {
            var at = _place.LineStart(1, line);
            foreach (var offset in (long[])[0, 8, 9, 40])
            {
                _place.Flip(1, at + offset);
                var follower = _place.Follow();
                Assert.Equal((_place.Folder.Segment(1), at), (follower.Damage!.File, follower.Damage.Byte));
                Assert.Equal(Math.Max(0, line - 1), follower.State.Seq);
                Assert.IsType<Opening.Damaged>(_place.TryOpen());
                File.WriteAllBytes(_place.Folder.Segment(1), healthy);
            }
        }
        Assert.Null(_place.Follow().Damage);
    }

    [Fact]
    public void Damage_in_the_middle_of_the_newest_segment_is_not_taken_for_a_torn_tail()
    {
        _place.Write(3);
        var at = _place.LineStart(1, 2);
        _place.Flip(1, at + 20);
        var follower = _place.Follow();
        Assert.Equal((at, 1L), (follower.Damage!.Byte, follower.State.Seq));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_missing_segment_is_damage(int missing)
    {
        for (var i = 0; i < 3; i++) _place.Write(2);
        File.Delete(_place.Folder.Segment(missing));
        var damage = _place.Follow().Damage;
        Assert.Equal($"the segment before it, {missing:000000}.jsonl, is missing", damage?.Text);
        Assert.Equal(_place.Folder.Segment(missing + 1), damage!.File);
        Assert.IsType<Opening.Damaged>(_place.TryOpen());
    }

    [Fact]
    public void A_segment_under_the_name_of_another_is_damage()
    {
        _place.Write(1);
        _place.Write(1);
        File.Move(_place.Folder.Segment(2), _place.Folder.Segment(5));
        Assert.Contains("its header is that of segment 000002", _place.Follow().Damage!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_segment_that_is_shorter_than_its_successor_says_is_damage()
    {
        _place.Write(3);
        _place.Write(1);
        var cut = _place.LineStart(1, 3);
        using (var file = File.OpenHandle(_place.Folder.Segment(1), access: FileAccess.ReadWrite)) RandomAccess.SetLength(file, cut);
        var damage = _place.Follow().Damage;
        Assert.Equal(cut, damage?.Byte);
        Assert.Contains("it ends here", damage!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_sleeping_writer_adds_after_it_lost_the_experiment_does_not_count_and_is_remarked()
    {
        var sleeper = _place.Open().Journal;
        _place.Commit(sleeper, "before");
        _place.Write(1);
        sleeper.Stage(_place.Time.GetUtcNow(), "vigil", "ticked", [new Monitoring.RunEvent.WishGranted("late", "late")]);
        Assert.False(sleeper.TryCommit());
        Assert.Contains("another monitor has taken the experiment over", sleeper.Failure, StringComparison.Ordinal);
        sleeper.Dispose();

        var late = Encoding.UTF8.GetString(_place.Bytes(2)).Split('\n')[1] + "\n";
        _place.Append(1, late);
        Assert.Equal(["before", "entry 0"], _place.Texts());
        var opened = _place.Open();
        opened.Journal.Dispose();
        Assert.Contains($"{late.Length} bytes after its stated end were ignored", Assert.Single(opened.Remarks), StringComparison.Ordinal);
    }

    /// <summary>A reader saw those bytes before the successor's segment was there.</summary>
    [Fact]
    public void A_follower_that_read_what_does_not_count_starts_again_and_tells_no_entry_twice()
    {
        var sleeper = _place.Open().Journal;
        _place.Commit(sleeper, "before");
        var length = _place.Bytes(1).Length;
        _place.Commit(sleeper, "does not count");
        sleeper.Dispose();
        List<string> told = [];
        var follower = _place.Follow((e, _) => told.Add($"{e.Seq} {((Monitoring.RunEvent.WishGranted)e.Events[0]).Text}"));

        var phantom = _place.Bytes(1)[length..];
        using (var file = File.OpenHandle(_place.Folder.Segment(1), access: FileAccess.ReadWrite)) RandomAccess.SetLength(file, length);
        _place.Write(1);
        _place.Append(1, Encoding.UTF8.GetString(phantom));
        follower.Read((e, _) => told.Add($"{e.Seq} {((Monitoring.RunEvent.WishGranted)e.Events[0]).Text}"));

        Assert.Null(follower.Damage);
        Assert.Equal(["1 before", "2 does not count", "2 entry 0"], told);
        Assert.Equal(JournalPlace.Text(_place.Follow().State), JournalPlace.Text(follower.State));
    }

    [Theory]
    [InlineData("\"type\":\"wish-granted\"", "\"type\":\"moon-landed\"")]
    [InlineData("\"type\":\"wish-granted\",", "")]
    [InlineData("\"by\":\"vigil\"", "\"by\":\"vigil\",\"weather\":\"fine\"")]
    [InlineData("\"wish\":", "\"colour\":\"red\",\"wish\":")]
    [InlineData("\"text\":\"entry 0\"", "\"text\":null")]
    [InlineData("\"cause\":\"wish-read\",", "")]
    public void What_this_program_does_not_know_stops_it_with_that_sentence(string written, string instead)
    {
        _place.Write(2);
        var at = _place.LineStart(1, 1);
        _place.Rewrite(1, 1, json => json.Contains(written, StringComparison.Ordinal) ? json.Replace(written, instead, StringComparison.Ordinal) : throw new InvalidOperationException(json));
        var follower = _place.Follow();
        Assert.Equal((_place.Folder.Segment(1), at), (follower.Damage!.File, follower.Damage.Byte));
        Assert.Contains("a newer vigil may have written it", follower.Damage.Text, StringComparison.Ordinal);
        Assert.Equal(0, follower.State.Seq);
    }

    [Theory]
    [InlineData("\"schema\":1", "\"schema\":2", "its schema is 2 and this program reads 1: use a newer vigil")]
    [InlineData("\"schema\":1", "\"schema\":1,\"moon\":true", "a newer vigil may have written it")]
    [InlineData("\"epoch\":1", "\"epoch\":7", "its header is that of segment 000007")]
    [InlineData("\"previous_seq\":0", "\"previous_seq\":4", "it goes on after entry 4, and the segment before it ends with entry 0")]
    public void A_header_of_another_kind_stops_it_with_that_sentence(string written, string instead, string sentence)
    {
        _place.Write(1);
        _place.Rewrite(1, 0, json => json.Replace(written, instead, StringComparison.Ordinal));
        Assert.Contains(sentence, _place.Follow().Damage?.Text ?? "no damage", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"seq\":2", "\"seq\":3", "entry 3 stands where entry 2 belongs")]
    [InlineData("\"seq\":2", "\"seq\":1", "entry 1 stands where entry 2 belongs")]
    public void A_gap_or_a_repetition_in_the_numbers_is_damage(string written, string instead, string sentence)
    {
        _place.Write(3);
        _place.Rewrite(1, 2, json => json.Replace(written, instead, StringComparison.Ordinal));
        Assert.Equal((sentence, _place.LineStart(1, 2)), (_place.Follow().Damage!.Text, _place.Follow().Damage!.Byte));
    }

    [Fact]
    public async Task A_reader_beside_a_writer_gets_every_entry_once()
    {
        const int entries = 2_000;
        using var journal = _place.Open().Journal;
        List<long> seqs = [];
        var follower = _place.Follow((e, _) => seqs.Add(e.Seq));
        var writing = Task.Run(() =>
        {
            for (var i = 0; i < entries; i++) _place.Commit(journal, new string('x', i % 700));
        }, TestContext.Current.CancellationToken);
        while (!writing.IsCompleted) follower.Read((e, _) => seqs.Add(e.Seq));
        await writing;
        follower.Read((e, _) => seqs.Add(e.Seq));
        Assert.Null(follower.Damage);
        Assert.Equal(Enumerable.Range(1, entries).Select(static i => (long)i), seqs);
    }

    [Fact]
    public void Reading_goes_on_over_the_border_of_segments_and_other_files_in_the_folder_are_no_segments()
    {
        _place.Write(2);
        List<long> seqs = [];
        var follower = _place.Follow((e, _) => seqs.Add(e.Seq));
        File.WriteAllText(Path.Combine(_place.Folder.Journal, "2.jsonl"), "not a segment");
        File.WriteAllText(Path.Combine(_place.Folder.Journal, "000002 (copy).jsonl"), "not a segment");
        _place.Write(2);
        _place.Write(2);
        follower.Read((e, _) => seqs.Add(e.Seq));
        Assert.Equal([1, 2, 3, 4, 5, 6], seqs);
        Assert.Equal(3, follower.Epoch);
    }

    [Fact]
    public void Entries_alone_are_read_from_any_number_on()
    {
        _place.Write(3);
        _place.Write(3);
        List<long> seqs = [];
        Assert.Equal(6, JournalFollower.ReadEntries(_place.Folder, 4, e => seqs.Add(e.Seq)));
        Assert.Equal([5, 6], seqs);
    }
}
