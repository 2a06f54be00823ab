using Vigil.Tests.House;

namespace Vigil.Tests.Cli;

/// <summary>The live table in a real terminal: tmux's, whose screen can be read.</summary>
public sealed class TerminalTests : IDisposable
{
    private readonly CommandLine _vigil = new();
    private readonly string _socket = $"vigil-{Guid.NewGuid():n}";

    public TerminalTests()
    {
        Assert.SkipUnless(Shell.Run("/", "bash", "-c", "command -v tmux").ExitCode == 0, "there is no tmux here");
        _vigil.Write("patient.yaml", Some.Patient);
        Tmux("new-session", "-d", "-x", "70", "-y", "20", "bash --norc");
    }

    public void Dispose()
    {
        Tmux("kill-server");
        _vigil.Dispose();
    }

    [Fact]
    public void The_table_is_live_and_Ctrl_C_leaves_a_clean_screen_with_its_cursor()
    {
        Type($"{CommandLine.Program} run patient.yaml; tmux -L {_socket} wait-for -S ended");
        var live = ScreenWith("x2   running");
        Assert.Contains("patient  2 running", live, StringComparison.Ordinal);
        Assert.Contains("Ctrl-C leaves; the jobs go on", live, StringComparison.Ordinal);
        Assert.Equal("0", Tmux("display", "-p", "#{cursor_flag}").Output.Trim());

        Tmux("resize-window", "-x", "50", "-y", "12");
        Tmux("send-keys", "C-c");
        Tmux("wait-for", "ended");

        var screen = Screen();
        Assert.DoesNotContain("x1   running", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("patient  2 running", screen, StringComparison.Ordinal);
        Assert.Contains("Leaving; the jobs go on.", screen, StringComparison.Ordinal);
        Assert.Contains("Left; 2 jobs go on.", screen, StringComparison.Ordinal);
        Assert.Equal("1", Tmux("display", "-p", "#{cursor_flag}").Output.Trim());
    }

    [Fact]
    public void The_end_leaves_the_result_table_and_a_dumb_terminal_gets_plain_lines()
    {
        Type($"{CommandLine.Program} run patient.yaml; tmux -L {_socket} wait-for -S ended");
        ScreenWith("x2   running");
        _vigil.Write("go", "");
        Tmux("wait-for", "ended");
        Assert.Matches(@"x2 +completed +1/3", Screen());

        Type($"clear; TERM=dumb {CommandLine.Program} run patient.yaml project.base_output_dir=outputs/dumb; tmux -L {_socket} wait-for -S ended");
        Tmux("wait-for", "ended");
        Assert.Contains("x2.1 ended: completed", Screen(), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_leaves_at_once_has_the_cursor_back()
    {
        Type($"{CommandLine.Program} run patient.yaml; tmux -L {_socket} wait-for -S ended");
        ScreenWith("x2   running");

        Tmux("send-keys", "C-c", "C-c");
        Tmux("wait-for", "ended");

        Assert.Equal("1", Tmux("display", "-p", "#{cursor_flag}").Output.Trim());
    }

    private void Type(string line) => Tmux("send-keys", line, "Enter");

    private string Screen() => Tmux("capture-pane", "-p", "-J").Output;

    /// <summary>Looks until the screen holds the text, for half a minute at most.</summary>
    private string ScreenWith(string text)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(30))
            if (Screen() is var screen && screen.Contains(text, StringComparison.Ordinal)) return screen;
        throw new InvalidOperationException($"the screen never showed '{text}':\n{Screen()}");
    }

    private ShellOutcome Tmux(params string[] words) => Shell.Run(_vigil.Folder, new Dictionary<string, string>(_vigil.Environment()) { ["TERM"] = "xterm-256color", ["LANG"] = "C.UTF-8" }, ["timeout", "60", "tmux", "-L", _socket, "-f", "/dev/null", .. words]);
}
