using System.Text.Json;
using Vigil.Cli;

namespace Vigil.Tests.Cli;

/// <summary><c>logs</c> and <c>events</c>.</summary>
public sealed class LogTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void The_last_lines_are_shown_of_one_run_and_of_all_and_control_characters_do_not_reach_the_terminal()
    {
        _vigil.Write("noisy.yaml", """
            backend: {command: "for i in {1..150}; do echo line $i; done; printf 'a\\033[31mred\\007\\302\\233x\\rb\\n\\nend without a line end'"}
            x: 1
            sweep: {type: product, groups: [{params: {x: [1, 2]}}]}
            """);
        Assert.Equal(0, _vigil.Run("run", "noisy.yaml").ExitCode);

        var whole = _vigil.Run("logs", "outputs/noisy", "x1", "-n", "0").Output;
        Assert.Equal(153, whole.Split('\n').Length - 1);
        Assert.EndsWith("line 150\na\ufffd[31mred\ufffd\ufffdx\nb\nend without a line end\n", whole, StringComparison.Ordinal);
        Assert.Equal("line 150\na\ufffd[31mred\ufffd\ufffdx\nb\nend without a line end\n", _vigil.Run("logs", "outputs/noisy", "x1", "-n", "4").Output);
        Assert.StartsWith("line 54\n", _vigil.Run("logs", "outputs/noisy", "x1").Output, StringComparison.Ordinal);
        Assert.Equal("==> x1 <==\nend without a line end\n==> x2 <==\nend without a line end\n", _vigil.Run("logs", "outputs/noisy", "-n", "1").Output);
        Assert.Equal("x1: line 77\nx2: line 77\n", _vigil.Run("logs", "outputs/noisy", "--grep", "line 77$").Output);
        Assert.Equal("line 77\n", _vigil.Run("logs", "outputs/noisy", "x2", "--grep", "7{2}").Output);
        Assert.Contains("a\e[31mred\a", _vigil.Run("logs", "outputs/noisy", "x1", "--raw").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no run 'x9' here; the runs are x1, x2, x3", "outputs/quick", "x9")]
    [InlineData("-f follows one run; name it, for example: vigil logs ", "outputs/quick", "-f")]
    [InlineData("-f follows the newest attempt", "outputs/quick", "x1", "-f", "--attempt", "1")]
    [InlineData("--grep '(' is no pattern that can be used here", "outputs/quick", "--grep", "(")]
    [InlineData("-n -1 is no number of lines", "outputs/quick", "-n", "-1")]
    public void A_mistake_is_said(string message, params string[] words)
    {
        _vigil.Write("quick.yaml", Some.Quick);
        _vigil.Run("run", "quick.yaml");

        var outcome = _vigil.Run(["logs", .. words]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_was_logged_that_is_said()
    {
        _vigil.Write("mute.yaml", "backend: {command: 'true'}");
        _vigil.Run("run", "mute.yaml");

        var (all, third) = (_vigil.Run("logs", "outputs/mute"), _vigil.Run("logs", "outputs/mute", "--attempt", "3"));

        Assert.Equal((0, "", "Nothing has been logged yet.\n"), (all.ExitCode, all.Output, all.Errors));
        Assert.Equal("There is no log of attempt 3.\n", third.Errors);
    }

    [Fact]
    public void Following_goes_over_a_restart_and_ends_with_the_run()
    {
        _vigil.Write("again.yaml", """
            backend: {command: "echo begun {attempt}; until [[ -e go{attempt} ]]; do sleep 0.05; done; echo more {attempt}; printf over; [[ {attempt} == 2 ]]"}
            job: {restart: {max_attempts: 2, delay_seconds: 0.1, causes: [crash]}}
            """);
        var run = _vigil.Start("run", "again.yaml").UntilItSays("again.1 started");
        var logs = _vigil.Start("logs", "outputs/again", "again", "-f").UntilItPrints("begun 1");

        _vigil.Write("go1", "");
        logs.UntilItPrints("more 1").UntilItPrints("over").UntilItPrints("begun 2");
        _vigil.Write("go2", "");
        var end = logs.End();

        Assert.Equal((0, "more 2\nover\n"), (end.ExitCode, end.Output));
        Assert.Contains("==> ", end.Errors, StringComparison.Ordinal);
        Assert.Equal(0, run.End().ExitCode);
        Assert.Equal("begun 1\nmore 1\nover\n", _vigil.Run("logs", "outputs/again", "--attempt", "1").Output);
    }

    [Fact]
    public void Events_follow_the_journal_and_as_json_each_line_is_one_entry()
    {
        _vigil.Write("patient.yaml", Some.Patient);
        var run = _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started");
        var events = _vigil.Start("events", "outputs/patient", "-f").UntilItPrints("x2.1 started");
        _vigil.Write("go", "");
        events.UntilItPrints("x1 completed");
        Assert.Equal(0, run.End().ExitCode);

        var lines = _vigil.Run("events", "outputs/patient", "--json").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        for (var i = 0; i < lines.Length; i++)
        {
            using var entry = JsonDocument.Parse(lines[i]);
            Assert.Equal(["seq", "at", "by", "cause", "events"], entry.RootElement.EnumerateObject().Select(static p => p.Name));
            Assert.Equal(i + 1, entry.RootElement.GetProperty("seq").GetInt64());
        }
        Assert.Contains("\"id\":\"submit:x1.1\"", string.Concat(lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Events_end_when_nobody_reads_them()
    {
        _vigil.Write("patient.yaml", Some.Patient);
        _vigil.Start("run", "patient.yaml").UntilItSays("x2.1 started");

        var outcome = House.Shell.Run(_vigil.Folder, _vigil.Environment(), "bash", "-c", $"timeout 60 {CommandLine.Program} events outputs/patient -f | head -1; touch go; echo ${{PIPESTATUS[0]}}");

        Assert.EndsWith("\n0\n", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_tabs_are_left_of_the_control_characters() => Assert.Equal("a\tb�c�", LogText.Safe("a\tb\ec\u009b"));
}
