using System.Text;
using System.Text.RegularExpressions;
using Vigil.Monitoring;
using Vigil.Tests.House;

namespace Vigil.Tests.Cli;

/// <summary>A journal that was cut short or damaged, and disks that are full or read-only: said, never guessed.</summary>
public sealed class JournalTroubleTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public JournalTroubleTests() => _vigil.Write("quick.yaml", Some.Quick);

    public void Dispose() => _vigil.Dispose();

    private string Segment => _vigil["outputs/quick/journal/000001.jsonl"];

    [Fact]
    public void A_journal_cut_in_its_last_line_is_cut_there_said_once_and_goes_on()
    {
        Assert.Equal(0, _vigil.Run("run", "quick.yaml").ExitCode);
        File.Delete(_vigil["outputs/quick/views/snapshot"]);
        var bytes = File.ReadAllBytes(Segment);
        File.WriteAllBytes(Segment, bytes[..^20]);

        var doctor = _vigil.Run("doctor", "outputs/quick");
        var (first, second) = (_vigil.Run("run", "quick.yaml"), _vigil.Run("run", "quick.yaml"));

        Assert.Matches(@"the last \d+ bytes are an interrupted write and will be cut off by the next watch", doctor.Output);
        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Single(Regex.Matches(first.Errors, "bytes were cut off; a write had been interrupted there"));
        Assert.DoesNotContain("cut off", second.Errors, StringComparison.Ordinal);
        Assert.Equal(3, _vigil.Events<RunEvent.EffectRequested>("outputs/quick").Count);
    }

    [Fact]
    public void A_journal_damaged_in_the_middle_stops_every_command_with_the_byte_and_the_remedy()
    {
        var at = DamageThirdLine();
        var before = _vigil.Fingerprint();

        foreach (string[] words in (string[][])[["run", "quick.yaml"], ["watch", "outputs/quick"], ["status", "outputs/quick"], ["logs", "outputs/quick"], ["events", "outputs/quick"], ["cancel", "outputs/quick", "x1"]])
        {
            var outcome = _vigil.Run(words);
            Assert.True(outcome.ExitCode == 5, $"{words[0]}: {outcome}");
            Assert.Contains($"the journal is damaged: {Segment}, byte {at}: ", outcome.Errors, StringComparison.Ordinal);
            Assert.Contains("vigil doctor --recover " + _vigil["outputs/quick"], outcome.Errors, StringComparison.Ordinal);
        }
        Assert.Equal(before, _vigil.Fingerprint());
    }

    [Fact]
    public void Recovery_shows_what_would_be_lost_asks_copies_and_nothing_is_submitted_twice()
    {
        DamageThirdLine();
        var (before, damaged) = (_vigil.Fingerprint(), File.ReadAllBytes(Segment));

        var asked = _vigil.Run("doctor", "--recover", "outputs/quick");
        Assert.Equal(2, asked.ExitCode);
        Assert.Contains("Nobody can answer here: add --yes. Nothing was changed.", asked.Errors, StringComparison.Ordinal);
        Assert.Contains("x1.1 ended: completed", asked.Output, StringComparison.Ordinal);
        Assert.Equal(before, _vigil.Fingerprint());

        var recovered = _vigil.Run("doctor", "--recover", "outputs/quick", "--yes");
        Assert.True(recovered.ExitCode == 0, recovered.ToString());
        var copy = Assert.Single(Directory.GetDirectories(_vigil["outputs/quick"], "journal.damaged-*"));
        Assert.Equal(damaged, File.ReadAllBytes(Path.Combine(copy, "000001.jsonl")));

        var run = _vigil.Run("run", "quick.yaml");
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("was found again as job", run.Errors, StringComparison.Ordinal);
        Assert.Equal(3, Directory.GetFiles(_vigil["outputs/quick"], "slurm-*.out", SearchOption.AllDirectories).Length);
        Assert.Empty(Directory.GetFiles(_vigil["outputs/quick"], "refused.json", SearchOption.AllDirectories));
        var log = File.ReadAllText(_vigil["outputs/quick/run.log"]);
        Assert.Contains("was found again", log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_whose_very_beginning_is_damaged_can_be_recovered_without_submitting_twice()
    {
        Assert.Equal(0, _vigil.Run("run", "quick.yaml").ExitCode);
        Damage(12);

        Assert.Equal(5, _vigil.Run("status", "outputs/quick").ExitCode);
        Assert.Equal(0, _vigil.Run("doctor", "--recover", "outputs/quick", "--yes").ExitCode);
        var run = _vigil.Run("run", "quick.yaml");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(3, Directory.GetFiles(_vigil["outputs/quick"], "slurm-*.out", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void A_whole_journal_needs_no_recovery()
    {
        Assert.Equal(0, _vigil.Run("run", "quick.yaml").ExitCode);
        var before = _vigil.Fingerprint();

        var outcome = _vigil.Run("doctor", "--recover", "outputs/quick", "--yes");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches(@"The journal of .* is whole: \d+ entries\.", outcome.Output);
        Assert.Equal(before, _vigil.Fingerprint());
    }

    [Fact]
    public void A_disk_that_is_full_from_the_start_is_exit_5_and_the_command_works_once_there_is_room()
    {
        using var disk = SmallDisk.Mount(_vigil["outputs"], "64k");
        disk.Fill();

        var full = _vigil.Run("run", "quick.yaml");
        disk.MakeRoom();
        disk.Grow("4m");
        var again = _vigil.Run("run", "quick.yaml");

        Assert.True(full.ExitCode == 5, full.ToString());
        Assert.Contains("No space left", full.Errors, StringComparison.Ordinal);
        Assert.Contains("Nothing was started. Make room", full.Errors, StringComparison.Ordinal);
        Assert.True(again.ExitCode == 0, again.ToString());
    }

    [Fact, Trait("scenario", "33")]
    public void A_disk_that_fills_up_under_a_watch_stops_it_from_acting_until_there_is_room()
    {
        using var disk = SmallDisk.Mount(_vigil["outputs"], "4m");
        _vigil.Write("patient.yaml", Some.Patient);
        var run = _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started");

        disk.Fill();
        Assert.Equal(0, _vigil.Run("status", "outputs/patient").ExitCode);
        _vigil.Write("go", "");
        run.UntilItSays("no job is started until it can");      // the journal has nothing to take just now: the lease's next beat tells
        disk.MakeRoom();
        var end = run.UntilItSays("all is well again").End();

        Assert.DoesNotContain("RUN099", end.Errors, StringComparison.Ordinal);
        Assert.Equal(2, _vigil.State("outputs/patient").Runs.Count);
        Assert.True(_vigil.State("outputs/patient").AllFinished);
    }

    [Fact]
    public void A_watch_in_the_background_that_cannot_begin_is_told_by_whoever_started_it()
    {
        using var disk = SmallDisk.Mount(_vigil["outputs"], "4m");
        _vigil.Write("patient.yaml", Some.Patient);
        _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started").Kill();

        disk.Fill();
        var full = _vigil.Run("watch", "--all");
        disk.MakeRoom();
        var again = _vigil.Run("watch", "--all");
        _vigil.Write("go", "");

        Assert.True((full.ExitCode, again.ExitCode) == (5, 0), $"{full}\n{again}");
        Assert.Contains($"error RUN057: nobody watches {_vigil["outputs/patient"]}: the watch in the background ended at once, with exit code 5", full.Errors, StringComparison.Ordinal);
        Assert.Contains("to see what hinders it: vigil watch " + _vigil["outputs/patient"], full.Errors, StringComparison.Ordinal);
        Assert.Equal(0, _vigil.Run("run", "patient.yaml").ExitCode);
    }

    [Fact, Trait("scenario", "33")]
    public void A_read_only_file_system_is_exit_5()
    {
        using var disk = SmallDisk.Mount(_vigil["outputs"], "64k");
        disk.MakeReadOnly();

        var outcome = _vigil.Run("run", "quick.yaml");

        Assert.True(outcome.ExitCode == 5, outcome.ToString());
        Assert.Contains("mounted read-only", outcome.Errors, StringComparison.Ordinal);
    }

    private long DamageThirdLine()
    {
        Assert.Equal(0, _vigil.Run("run", "quick.yaml").ExitCode);
        File.Delete(_vigil["outputs/quick/views/snapshot"]);
        var lines = File.ReadAllText(Segment, Encoding.Latin1).Split('\n');
        var at = lines.Take(3).Sum(static l => l.Length + 1);
        Damage(at + 40);
        return at;
    }

    private void Damage(int at)
    {
        var bytes = File.ReadAllBytes(Segment);
        bytes[at] ^= 1;
        File.WriteAllBytes(Segment, bytes);
    }

    /// <summary>A file system of a few pages. Only root may mount one.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly string _path;

        private SmallDisk(string path) => _path = path;

        public static SmallDisk Mount(string path, string size)
        {
            Directory.CreateDirectory(path);
            Assert.SkipUnless(Shell.Run("/", "mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", path).ExitCode == 0, "only root may mount a small disk");
            return new SmallDisk(path);
        }

        public void Fill() => Shell.Run(_path, "dd", "if=/dev/zero", "of=fill", "bs=4k");

        public void MakeRoom() => File.Delete(Path.Combine(_path, "fill"));

        public void Grow(string size) => Shell.Run("/", "mount", "-o", $"remount,size={size}", _path);

        public void MakeReadOnly() => Shell.Run("/", "mount", "-o", "remount,ro", _path);

        public void Dispose() => Shell.Run("/", "umount", "-l", _path);
    }
}
