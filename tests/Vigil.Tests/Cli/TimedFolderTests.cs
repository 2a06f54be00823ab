using Vigil.Cli;

namespace Vigil.Tests.Cli;

/// <summary>The same command again where the output folder's name holds the time: what is unfinished is continued, and a new one is made only when asked for.</summary>
public sealed class TimedFolderTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public TimedFolderTests() => _vigil.Write("timed.yaml", "project: {name: tiny, base_output_dir: \"outputs/tiny_${oc.timestring:}\"}\n" + Some.Patient);

    public void Dispose() => _vigil.Dispose();

    [Theory]
    [InlineData("/o/e_19870615_214837", "/o/e_20261231_090554", "/o/e_*_*")]
    [InlineData("/o/1987/06-15/e", "/o/2026/12-31/e", "/o/*/*-*/e")]
    [InlineData("/o/e19870615x", "/o/e20261231x", "/o/e*x")]
    [InlineData("/o/June-15", "/o/December-31", "/o/*-*")]
    [InlineData("/o/a*b_1", "/o/a*b_2", "/o/a\\*b_*")]
    [InlineData("/o/e_Mon 1", "/o/e_Thu 31", "/o/e_* *")]
    [InlineData("/o/e_am", "/o/e_1pm", "/o/e_*m")]
    public void What_differs_between_two_moments_is_the_time(string early, string late, string pattern) => Assert.Equal(pattern, TimedFolder.Pattern(early, late));

    [Fact]
    public void The_unfinished_experiment_of_the_same_command_is_continued_and_that_is_said()
    {
        Assert.Equal(0, _vigil.Run("run", "timed.yaml", "--detach").ExitCode);
        var first = Assert.Single(Folders());

        var again = _vigil.Start("run", "timed.yaml").UntilItSays("Continuing " + first);
        _vigil.Write("go", "");
        var outcome = again.End();

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Contains("where 0 of 2 runs ended; --new starts afresh.", outcome.Errors, StringComparison.Ordinal);
        Assert.Equal([first], Folders());
        Assert.Contains("2 completed", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_finished_is_left_and_another_begins()
    {
        _vigil.Write("go", "");
        Assert.Equal(0, _vigil.Run("run", "timed.yaml").ExitCode);

        var again = _vigil.Run("run", "timed.yaml");

        Assert.Equal(0, again.ExitCode);
        Assert.DoesNotContain("Continuing", again.Errors, StringComparison.Ordinal);
        Assert.Equal(2, Folders().Count);
    }

    [Fact]
    public void Other_overrides_another_file_and_new_start_afresh()
    {
        File.Copy(_vigil["timed.yaml"], _vigil["other.yaml"]);
        foreach (string[] words in (string[][])[["run", "timed.yaml", "--no-monitor"], ["run", "timed.yaml", "--no-monitor", "job.restart.max_attempts=1"], ["run", "other.yaml", "--no-monitor"], ["run", "timed.yaml", "--no-monitor", "--new"]])
        {
            var outcome = _vigil.Run(words);
            Assert.True(outcome.ExitCode == 0, outcome.ToString());
            Assert.DoesNotContain("Continuing", outcome.Errors, StringComparison.Ordinal);
        }
        Assert.Equal(4, Folders().Count);
    }

    [Fact]
    public void A_look_at_the_plan_continues_nothing()
    {
        Assert.Equal(0, _vigil.Run("run", "timed.yaml", "--no-monitor").ExitCode);
        var before = _vigil.Fingerprint();

        Assert.DoesNotContain(Folders()[0], _vigil.Run("plan", "timed.yaml").Output, StringComparison.Ordinal);
        Assert.Equal(before, _vigil.Fingerprint());
    }

    [Fact]
    public void New_in_a_folder_that_is_taken_is_refused()
    {
        _vigil.Write("quick.yaml", Some.Quick);
        Assert.Equal(0, _vigil.Run("run", "quick.yaml", "--new").ExitCode);
        var before = _vigil.Fingerprint();

        var again = _vigil.Run("run", "quick.yaml", "--new");

        Assert.Equal(2, again.ExitCode);
        Assert.Contains("error RUN024: " + _vigil["outputs/quick"], again.Errors, StringComparison.Ordinal);
        Assert.Equal(before, _vigil.Fingerprint());
    }

    private List<string> Folders() => [.. Directory.GetDirectories(_vigil["outputs"]).Order(StringComparer.Ordinal)];
}
