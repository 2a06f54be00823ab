using Vigil.Cli;
using Vigil.Tests.House;

namespace Vigil.Tests.Cli;

/// <summary>What Tab offers: in bash itself, and for the other shells through the same door.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public CompletionTests()
    {
        Directory.CreateDirectory(_vigil["config/db"]);
        Directory.CreateDirectory(_vigil["config/model/size"]);
        _vigil.Write("config/tiny.yaml", "backend: {command: echo, args: {train_iters: 3, log: true}}\nlr: 1e-3\n");
        _vigil.Write("config/large.yaml", "backend: {command: echo}\n");
        _vigil.Write("config/db/mysql.yaml", "port: 1\n");
        _vigil.Write("config/db/postgres.yaml", "port: 2\n");
        _vigil.Write("config/model/size/small.yaml", "n: 1\n");
        _vigil.Write("mine.yaml", "backend: {command: echo}\nlearning_rate: 1\n");
    }

    public void Dispose() => _vigil.Dispose();

    [Theory]
    [InlineData("vigil pl", "plan ")]
    [InlineData("vigil run --on", "--only ")]
    [InlineData("vigil run --changed ", "keep |retry ")]
    [InlineData("vigil run mi", "mine.yaml ")]
    [InlineData("vigil run ti", "tiny ")]
    [InlineData("vigil run --config-name la", "large ")]
    [InlineData("vigil plan tiny back", "backend.|backend=")]
    [InlineData("vigil plan tiny backend.args.", "backend.args.log=|backend.args.train_iters=")]
    [InlineData("vigil plan tiny backend.args.log=", "false |true ")]
    [InlineData("vigil plan tiny lr", "lr=")]
    [InlineData("vigil plan tiny +mod", "+model/")]
    [InlineData("vigil plan tiny model/size=", "small ")]
    [InlineData("vigil plan tiny db=", "mysql |postgres ")]
    [InlineData("vigil plan tiny db=p", "postgres ")]
    [InlineData("vigil plan -C config tiny d", "db=")]
    [InlineData("vigil plan --json tiny db=m", "mysql ")]
    [InlineData("vigil plan mine.yaml learn", "learning_rate=")]
    [InlineData("vigil plan tiny ~lr", "")]
    [InlineData("vigil plan tiny ~l", "~lr ")]
    [InlineData("vigil plan tiny project.max", "project.max_gpu_hours=")]
    [InlineData("vigil completion z", "zsh ")]
    [InlineData("vigil nonsense x", "")]
    public void Bash_offers_what_may_stand_there(string line, string offered) => Assert.Equal(offered, Bash(line));

    [Theory]
    [InlineData("a b", "a|b")]
    [InlineData("a ", "a|")]
    [InlineData("", "")]
    [InlineData("run 'a b' \"c d\"e f\\ g", "run|a b|c de|f g")]
    [InlineData("run 'a b", "run|a b")]
    [InlineData("run ''", "run|")]
    public void A_line_that_is_being_typed_is_parted_as_the_shell_parts_it(string line, string words) => Assert.Equal(words, string.Join('|', CompletionScripts.LineWords(line)));

    [Fact]
    public void Zsh_and_fish_get_whole_words()
    {
        Assert.Equal("db=mysql\ndb=postgres\n", _vigil.Run(CompletionScripts.Door, "zsh", "plan", "tiny", "db=").Output);
        Assert.Equal("db=mysql\ndb=postgres\n", _vigil.Run(CompletionScripts.Door, "fish", "plan", "tiny", "db=").Output);
    }

    [Fact]
    public void A_broken_file_offers_what_is_known_without_it_and_says_nothing()
    {
        _vigil.Write("broken.yaml", "backend: {command");

        var outcome = _vigil.Run(CompletionScripts.Door, "zsh", "plan", "broken.yaml", "project.na");

        Assert.Equal((0, "project.name=\n", ""), (outcome.ExitCode, outcome.Output, outcome.Errors));
    }

    [Theory]
    [InlineData("bash", "bash", "-n")]
    [InlineData("zsh", "zsh", "-n")]
    [InlineData("fish", "fish", "--no-execute")]
    public void Each_script_is_good_shell(string shell, string program, string check)
    {
        Assert.SkipUnless(Shell.Run("/", "bash", "-c", $"command -v {program}").ExitCode == 0, $"there is no {program} here");
        _vigil.Write("script", _vigil.Run("completion", shell).Output);

        var outcome = Shell.Run(_vigil.Folder, _vigil.Environment(), [program, check, _vigil["script"]]);

        Assert.True(outcome is { ExitCode: 0, Errors: "" }, outcome.ToString());
    }

    [Fact]
    public void The_bash_script_is_clean()
    {
        _vigil.Write("script", _vigil.Run("completion", "bash").Output);

        var outcome = Shell.Run(_vigil.Folder, _vigil.Environment(), ["shellcheck", "--shell=bash", _vigil["script"]]);

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
    }

    /// <summary>Sources the script in bash and does what bash does when Tab is pressed at the end of a line.</summary>
    private string Bash(string line)
    {
        _vigil.Write("press-tab", $$"""
            PATH="{{Path.GetDirectoryName(CommandLine.Program)}}:$PATH"
            source <(vigil completion bash) || exit 9
            complete -p vigil > /dev/null || exit 8
            COMP_LINE=$1 COMP_POINT=${#1}
            # As readline parts it: at spaces, and at the breaks, which are words of their own.
            mapfile -t COMP_WORDS < <(sed 's/[=:]/\n&\n/g; s/ /\n/g' <<< "$1")
            COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
            _vigil
            (IFS='|'; echo -n "${COMPREPLY[*]}")
            """);
        var outcome = Shell.Run(_vigil.Folder, _vigil.Environment(), ["bash", _vigil["press-tab"], line]);
        Assert.True(outcome is { ExitCode: 0, Errors: "" }, outcome.ToString());
        return outcome.Output;
    }
}
