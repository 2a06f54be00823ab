namespace Vigil.Tests.House;

/// <summary>The launcher script against a fake <c>dotnet</c> that notes how it was called; the real build is what the whole test run rests on.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly ScratchFolder _scratch = new("vigil launcher ");

    public LauncherTests()
    {
        Directory.CreateDirectory(Path.Combine(Checkout, "src"));
        File.Copy(Path.Combine(Repository.Root, "vigil"), Path.Combine(Checkout, "vigil"));
        foreach (var name in (string[])["src/Program.cs", "src/Other.cs", "Directory.Build.props", "global.json", "nuget.config"]) File.WriteAllText(Path.Combine(Checkout, name), name);
        Directory.CreateDirectory(_scratch["bin"]);
        FakeDotnet("""
            case $1 in
              --version) echo 10.0.401 ;;
              publish)
                echo publish >>"$LOG"
                while [ "$1" != -o ]; do shift; done
                mkdir -p "$2"
                printf '#!/bin/sh\nenv | sort\necho "args: $*"\n' >"$2/vigil"
                chmod +x "$2/vigil" ;;
            esac
            """);
    }

    private string Checkout => _scratch["a checkout"];
    private string Launcher => Path.Combine(Checkout, "vigil");
    private int Builds => File.Exists(_scratch["builds"]) ? File.ReadAllLines(_scratch["builds"]).Length : 0;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_first_start_builds_says_so_on_stderr_and_passes_the_arguments_on()
    {
        var outcome = Start("run", "a b", "x=1");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("args: run a b x=1", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("building (first use", outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(1, Builds);
    }

    [Fact]
    public void The_second_start_builds_nothing_says_nothing_and_writes_nothing()
    {
        Start();
        var before = Listing();

        var outcome = Start();

        Assert.Equal("", outcome.Errors);
        Assert.Equal(1, Builds);
        Assert.Equal(before, Listing());
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("added")]
    [InlineData("removed")]
    [InlineData("props")]
    public void A_start_after_an_edit_builds_again(string edit)
    {
        Start();
        Age();
        switch (edit)
        {
            case "changed": File.WriteAllText(Path.Combine(Checkout, "src/Program.cs"), "new"); break;
            case "added": File.WriteAllText(Path.Combine(Checkout, "src/New.cs"), "new"); break;
            case "removed": File.Delete(Path.Combine(Checkout, "src/Other.cs")); break;
            case "props": File.WriteAllText(Path.Combine(Checkout, "Directory.Packages.props"), "new"); break;
        }

        var outcome = Start();

        Assert.Contains("its sources changed", outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(2, Builds);
    }

    [Fact]
    public void A_running_build_is_not_overwritten_by_the_next_one()
    {
        Start();
        var first = Path.Combine(Checkout, ".artifacts/launcher", new FileInfo(Path.Combine(Checkout, ".artifacts/launcher/current")).LinkTarget!, "vigil");
        var inode = Shell.Run("/", "stat", "-c", "%i %Y", first).Output;

        Start("--rebuild");

        Assert.Equal(2, Builds);
        Assert.Equal(inode, Shell.Run("/", "stat", "-c", "%i %Y", first).Output);
    }

    [Fact]
    public void Two_starts_at_once_on_a_fresh_clone_build_once_and_both_run()
    {
        using var one = Shell.Start("/", Environment(), Launcher, "one");
        using var two = Shell.Start("/", Environment(), Launcher, "two");

        Assert.Contains("args: one", Shell.Finish(one).Output, StringComparison.Ordinal);
        Assert.Contains("args: two", Shell.Finish(two).Output, StringComparison.Ordinal);
        Assert.Equal(1, Builds);
    }

    [Fact]
    public void It_works_through_a_symlink_and_from_another_folder()
    {
        File.CreateSymbolicLink(_scratch["bin/v"], Launcher);

        var outcome = Shell.Run("/usr", Environment(), _scratch["bin/v"], "hello");

        Assert.Contains("args: hello", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_program_and_so_its_jobs_find_no_setting_of_the_build_in_their_environment()
    {
        var outcome = Start();

        Assert.DoesNotContain("DOTNET", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("MSBUILD", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void It_builds_and_starts_without_HOME()
    {
        var environment = Environment();
        environment.Remove("HOME");

        Assert.Equal(0, Shell.Run("/", environment, Launcher).ExitCode);
    }

    [Fact]
    public void A_failing_build_shows_its_whole_output_exits_2_and_starts_nothing()
    {
        Start();
        Age();
        File.WriteAllText(Path.Combine(Checkout, "src/Program.cs"), "wrong");
        FakeDotnet("""[ "$1" = --version ] && exit 0; echo "Program.cs(1,1): error CS0000: no"; exit 1""");

        var outcome = Start("run");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("error CS0000", outcome.Errors, StringComparison.Ordinal);
        Assert.Equal("", outcome.Output);
        Assert.Equal(2, Start("run").ExitCode);
    }

    [Fact]
    public void An_SDK_that_is_too_old_is_named_with_what_to_install()
    {
        FakeDotnet("""[ "$1" = --list-sdks ] && { echo "8.0.100 [/x]"; exit 0; }; exit 155""");

        var outcome = Start();

        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("8.0.100", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("dotnet-sdk-10.0", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkout_that_must_be_built_but_cannot_be_written_says_who_has_to_do_what()
    {
        File.WriteAllText(Path.Combine(Checkout, ".artifacts"), "a file where the folder should be");

        var outcome = Start();

        Assert.Equal(5, outcome.ExitCode);
        Assert.Contains("cannot be written", outcome.Errors, StringComparison.Ordinal);
    }

    private ShellOutcome Start(params string[] words) => Shell.Run("/", Environment(), [Launcher, .. words]);

    private Dictionary<string, string> Environment() => new() { ["PATH"] = $"{_scratch["bin"]}:/usr/bin:/bin", ["HOME"] = _scratch.Path };

    private void FakeDotnet(string script)
    {
        File.WriteAllText(_scratch["bin/dotnet"], $"#!/bin/bash\nLOG='{_scratch["builds"]}'\n{script}\n");
        File.SetUnixFileMode(_scratch["bin/dotnet"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    // Moves the stamp and the sources into the past, so that an edit made now is newer whatever the file system's clock can tell apart.
    private void Age() => Assert.Equal(0, Shell.Run(Checkout, "bash", "-c", "find . -exec touch -h -d '1 minute ago' {} + && touch -d '30 seconds ago' .artifacts/launcher/stamp").ExitCode);

    private string Listing() => Shell.Run(Checkout, "find", ".", "-printf", "%p %T@ %s\n").Output;
}
