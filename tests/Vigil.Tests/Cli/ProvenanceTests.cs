using System.Text.Json;
using Vigil.Journaling;
using Vigil.Tests.House;

namespace Vigil.Tests.Cli;

/// <summary>What a run's <c>provenance/</c> tells: from which code, by which command, where, and nothing that is secret.</summary>
public sealed class ProvenanceTests : IDisposable
{
    private const string Token = "hf" + "_abcdefghijklmnopqrstuvwxyz";

    private readonly CommandLine _vigil = new();

    public ProvenanceTests() => _vigil.Write("quick.yaml", Some.Quick);

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void A_run_knows_its_commit_its_branch_and_what_was_changed_since()
    {
        Git("init", "-q", "-b", "trunk");
        Git("add", "quick.yaml");
        Git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "first");
        _vigil.Write("quick.yaml", Some.Quick.Replace("hello", "good day", StringComparison.Ordinal));
        _vigil.Write("new.txt", "");

        var git = Metadata("x1", "run", "quick.yaml").GetProperty("git");

        Assert.Matches("^[0-9a-f]{40}$", git.GetProperty("commit").GetString()!);
        Assert.Equal("trunk", git.GetProperty("branch").GetString());
        Assert.True(git.GetProperty("dirty").GetBoolean());
        Assert.Contains(" M quick.yaml\n", git.GetProperty("status").GetString(), StringComparison.Ordinal);
        Assert.Contains("?? new.txt\n", git.GetProperty("status").GetString(), StringComparison.Ordinal);
        Assert.Contains("+backend: {command: \"echo good day", git.GetProperty("diff").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, git.GetProperty("problem").ValueKind);
    }

    [Fact]
    public void Hooks_and_programs_that_a_repository_names_are_not_started()
    {
        Git("init", "-q");
        Git("add", "quick.yaml");
        Git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "first");
        foreach (var setting in (string[])["core.fsmonitor", "diff.external", "core.pager", "diff.x.textconv"]) Git("config", setting, $"touch {_vigil["started"]}; true");
        _vigil.Write(".gitattributes", "*.yaml diff=x\n");
        _vigil.Write("quick.yaml", Some.Quick + "\n# changed\n");

        var git = Metadata("x1", "run", "quick.yaml").GetProperty("git");

        Assert.Contains("+# changed", git.GetProperty("diff").GetString(), StringComparison.Ordinal);
        Assert.False(File.Exists(_vigil["started"]));
    }

    [Fact]
    public void Without_a_repository_that_is_said_and_the_run_goes_on()
    {
        _vigil.Extra["GIT_CEILING_DIRECTORIES"] = "/";

        var git = Metadata("x1", "run", "quick.yaml").GetProperty("git");

        Assert.Equal(JsonValueKind.Null, git.GetProperty("commit").ValueKind);
        Assert.Equal("the folder is in no git repository", git.GetProperty("problem").GetString());
    }

    [Fact]
    public void A_long_diff_stands_once_for_all_runs()
    {
        Git("init", "-q");
        _vigil.Write("notes.txt", "");
        Git("add", ".");
        Git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "first");
        _vigil.Write("notes.txt", string.Concat(Enumerable.Repeat("a line of notes\n", 100_000)));

        var git = Metadata("x1", "run", "quick.yaml").GetProperty("git");

        Assert.Equal(JsonValueKind.Null, git.GetProperty("diff").ValueKind);
        Assert.True(git.GetProperty("diff_is_cut").GetBoolean());
        using var launch = JsonDocument.Parse(File.ReadAllText(git.GetProperty("diff_file").GetString()!));
        Assert.InRange(launch.RootElement.GetProperty("git").GetProperty("diff").GetString()!.Length, 1 << 19, 1 << 20);
    }

    [Fact]
    public void The_command_the_host_and_the_versions_are_there_and_overrides_are_this_run_s()
    {
        var metadata = Metadata("x2", "run", "quick.yaml", "+note=a b");

        Assert.Equal(["vigil", "run", "quick.yaml", "+note=a b"], metadata.GetProperty("command").EnumerateArray().Select(static w => w.GetString()));
        Assert.Equal(Environment.MachineName, metadata.GetProperty("host").GetString());
        Assert.Equal(ProgramVersion.Text, metadata.GetProperty("versions").GetProperty("vigil").GetString());
        Assert.Equal(["+note=a b", "x=2"], metadata.GetProperty("overrides").EnumerateArray().Select(static w => w.GetString()));
        Assert.Equal("2", metadata.GetProperty("job").GetProperty("parameters").GetProperty("x").GetString());
        using var reference = JsonDocument.Parse(File.ReadAllText(_vigil["outputs/quick/x2/provenance/config_reference.json"]));
        Assert.Equal(("quick", _vigil.Folder), (reference.RootElement.GetProperty("config_name").GetString(), reference.RootElement.GetProperty("config_dir").GetString()));
        Assert.Equal(["+note=a b", "x=2"], reference.RootElement.GetProperty("overrides").EnumerateArray().Select(static w => w.GetString()));
    }

    [Fact]
    public void A_config_found_by_name_is_referred_to_by_name()
    {
        Directory.CreateDirectory(_vigil["conf/experiments"]);
        _vigil.Write("conf/experiments/quick.yaml", "# @package _global_\n" + Some.Quick);

        Metadata("x1", "run", "experiments/quick", "-C", "conf");

        using var reference = JsonDocument.Parse(File.ReadAllText(_vigil["outputs/quick/x1/provenance/config_reference.json"]));
        Assert.Equal(("experiments/quick", _vigil["conf"]), (reference.RootElement.GetProperty("config_name").GetString(), reference.RootElement.GetProperty("config_dir").GetString()));
    }

    [Fact]
    public void Secrets_are_masked_by_name_and_by_shape_and_the_rest_is_kept()
    {
        _vigil.Extra["WANDB_API_KEY"] = "short";
        _vigil.Extra["DB_PASSWORD"] = "tiger";
        _vigil.Extra["NOTE"] = $"use {Token} there";
        _vigil.Extra["PROXY"] = "http://ada:lovelace@proxy:3128";
        _vigil.Extra["TOKENIZER_PATH"] = "/data/tok";

        var metadata = Metadata("x1", "run", "quick.yaml", $"+hub.token={Token}");

        var environment = metadata.GetProperty("environment");
        foreach (var (name, shown) in (ValueTuple<string, string>[])[("WANDB_API_KEY", "***"), ("DB_PASSWORD", "***"), ("NOTE", "use *** there"), ("PROXY", "http://***@proxy:3128"), ("TOKENIZER_PATH", "/data/tok")])
            Assert.Equal(shown, environment.GetProperty(name).GetString());
        var written = File.ReadAllText(_vigil["outputs/quick/x1/provenance/run_metadata.json"]);
        foreach (var secret in (string[])[Token, "tiger", "lovelace"]) Assert.DoesNotContain(secret, written, StringComparison.Ordinal);
        Assert.Contains("+hub.token=***", written, StringComparison.Ordinal);
    }

    [Fact]
    public void All_of_it_is_private_whatever_the_umask()
    {
        Metadata("x1", "run", "quick.yaml");

        foreach (var file in Directory.GetFiles(_vigil["outputs/quick/x1/provenance"]).Concat(Directory.GetFiles(_vigil["outputs/quick/provenance"])))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    private JsonElement Metadata(string run, params string[] words)
    {
        var outcome = _vigil.Run(words);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        using var metadata = JsonDocument.Parse(File.ReadAllText(_vigil[$"outputs/quick/{run}/provenance/run_metadata.json"]));
        return metadata.RootElement.Clone();
    }

    private void Git(params string[] words)
    {
        var outcome = Shell.Run(_vigil.Folder, _vigil.Environment(), ["git", .. words]);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
    }
}
