using System.Text.Json.Nodes;
using Vigil.Tests.House;

namespace Vigil.Tests.Cli;

/// <summary><c>vigil branch</c>, and the folders that then belong to another experiment.</summary>
public sealed class BranchTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    public BranchTests() => _vigil.Write("exp.yaml", $$"""
        project: {name: exp, base_output_dir: {{_vigil["out/exp"]}}}
        backend:
          class_name: MegatronBackend
          launcher_script: echo
          args: {train_iters: 100, save: "${project.base_output_dir}/checkpoints"}
        """);

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void A_branch_joins_the_ended_experiment_with_the_checkpoint_pinned_and_is_shown_under_its_parent()
    {
        Assert.Equal(0, _vigil.Run("run", "exp.yaml").ExitCode);
        Checkpoint("out/exp/exp/ckpt/iter_0000050");

        var shown = _vigil.Run("branch", "out/exp", "exp", "--from", "50", "--dry-run");
        Assert.True(shown.ExitCode == 0, shown.ToString());
        Assert.Single(Directory.GetDirectories(_vigil["out"]));
        var branch = _vigil.Run("branch", "out/exp", "exp", "--from", "50", "backend.args.train_iters=120");

        Assert.True(branch.ExitCode == 0, branch.ToString());
        var folder = Assert.Single(Directory.GetDirectories(_vigil["out"], "exp_cooldown_50_*"));
        Assert.Equal(0, _vigil.Run("watch", "out/exp").ExitCode);
        var log = File.ReadAllText(Assert.Single(Directory.GetFiles(folder, "slurm-*.out", SearchOption.AllDirectories)));
        Assert.Contains("--train-iters 120", log, StringComparison.Ordinal);
        Assert.Contains($"--load {_vigil["out/exp/exp/ckpt"]} --ckpt-step 50", log, StringComparison.Ordinal);
        var runs = JsonNode.Parse(_vigil.Run("status", "out/exp", "--json").Output)!["runs"]!.AsArray();
        Assert.Equal([null, "exp"], runs.Select(static r => (string?)r!["parent"]));
        Assert.Equal(_vigil["out/exp/exp/ckpt/iter_0000050"], (string?)runs[1]!["from_checkpoint"]);
        Assert.Contains("└ exp_cooldown_50_", _vigil.Run("status", "out/exp").Output, StringComparison.Ordinal);

        var followed = _vigil.Run("status", folder);
        Assert.Contains($"{folder} belongs to the experiment in {_vigil["out/exp"]}", followed.Errors, StringComparison.Ordinal);
        Assert.Contains("2 completed", followed.Output, StringComparison.Ordinal);
        var taken = _vigil.Run("run", "exp.yaml", $"project.base_output_dir={folder}");
        Assert.Equal(2, taken.ExitCode);
        Assert.Contains("RUN065", taken.Errors, StringComparison.Ordinal);
        var again = _vigil.Run("run", "exp.yaml");
        Assert.Equal(0, again.ExitCode);
        Assert.DoesNotContain("no longer in the plan", again.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exq", "50", "did you mean 'exp'?")]
    [InlineData("exp", "70", "exp has no checkpoint of step 70; there is 50")]
    [InlineData("exp", "60", "is not whole")]
    [InlineData("exp", "nowhere", "there is no checkpoint nowhere")]
    [InlineData("exp", "/etc", "/etc is no checkpoint, and holds none; there is 50")]
    [InlineData("exp", "exp.yaml", "exp.yaml is no checkpoint")]
    public void What_cannot_be_branched_from_is_refused_and_nothing_is_written(string run, string from, string reason)
    {
        Assert.Equal(0, _vigil.Run("run", "exp.yaml").ExitCode);
        Checkpoint("out/exp/exp/ckpt/iter_0000050");
        Directory.CreateDirectory(_vigil["out/exp/exp/ckpt/iter_0000060"]);
        var before = _vigil.Fingerprint();

        var outcome = _vigil.Run("branch", "out/exp", run, "--from", from);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(reason, outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(before, _vigil.Fingerprint());
    }

    [Fact]
    public void A_command_that_takes_the_last_checkpoint_begins_with_the_one_that_is_named_and_any_other_needs_a_setting()
    {
        _vigil.Write("plain.yaml", "project: {name: plain}\nbackend: {command: 'echo from [{last_checkpoint}]'}\n");
        _vigil.Write("deaf.yaml", "project: {name: deaf}\nresume: none\nbackend: {command: 'echo from ${resume}'}\n");
        Assert.Equal((0, 0), (_vigil.Run("run", "plain.yaml").ExitCode, _vigil.Run("run", "deaf.yaml").ExitCode));
        _vigil.Write("weights.bin", "w");

        var plain = _vigil.Run("branch", "outputs/plain", "plain", "--from", "weights.bin", "project.name=p2", $"project.base_output_dir={_vigil["outputs/p2"]}");
        var refused = _vigil.Run("branch", "outputs/deaf", "deaf", "--from", "weights.bin");
        var deaf = _vigil.Run("branch", "outputs/deaf", "deaf", "--from", "weights.bin", "resume={checkpoint_path}", "project.name=d2", $"project.base_output_dir={_vigil["outputs/d2"]}");

        Assert.True(plain.ExitCode == 0, plain.ToString());
        Assert.True(deaf.ExitCode == 0, deaf.ToString());
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("resume={checkpoint_path}", refused.Errors, StringComparison.Ordinal);
        Assert.Equal((0, 0), (_vigil.Run("watch", "outputs/plain").ExitCode, _vigil.Run("watch", "outputs/deaf").ExitCode));
        Assert.Contains($"from [{_vigil["weights.bin"]}]", _vigil.Run("logs", "outputs/plain", "p2").Output, StringComparison.Ordinal);
        Assert.Contains($"from {_vigil["weights.bin"]}", _vigil.Run("logs", "outputs/deaf", "d2").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{checkpoint_iteration}")]
    [InlineData("{iteration}")]
    public void The_overrides_of_the_docs_cooldown_mean_the_same_in_a_branch(string iteration)
    {
        Assert.Equal(0, _vigil.Run("run", "exp.yaml").ExitCode);
        Checkpoint("out/exp/exp/ckpt/iter_0000050");

        var shown = _vigil.Run("branch", "out/exp", "exp", "--from", "50", "--dry-run", "backend.args.train_iters=120", "++backend.args.load={checkpoint_path}", $"++backend.args.ckpt_step={iteration}");
        var pinned = _vigil.Run("branch", "out/exp", "exp", "--from", "50", "--dry-run", "++backend.args.load={checkpoint_path}");

        Assert.True(shown.ExitCode == 0, shown.ToString());
        Assert.All((string[])[shown.Output, pinned.Output], output =>
        {
            Assert.Contains(" --ckpt-step 50", output, StringComparison.Ordinal);
            Assert.Matches($"--load {_vigil["out/exp/exp/ckpt"]}(?!/)", output);
        });
    }

    [Fact]
    public void A_step_that_is_not_there_is_answered_with_all_that_are()
    {
        Assert.Equal(0, _vigil.Run("run", "exp.yaml").ExitCode);
        for (var step = 10; step <= 130; step += 10) Checkpoint($"out/exp/exp/ckpt/iter_{step:d7}");
        File.WriteAllText(_vigil["out/exp/exp/ckpt/latest_checkpointed_iteration.txt"], "130");

        var refused = _vigil.Run("branch", "out/exp", "exp", "--from", "61");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("there are 130, 120, 110, 100, 90, 80, 70, 60, 50, 40, 30, 20, 10\n", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_takes_the_step_too_begins_with_the_iteration_that_is_named()
    {
        _vigil.Write("step.yaml", "project: {name: step}\nbackend: {command: 'echo from {last_checkpoint} --ckpt-step {last_checkpoint_step}'}\n");
        Assert.Equal(0, _vigil.Run("run", "step.yaml").ExitCode);
        Checkpoint("outputs/step/step/ckpt/iter_0000040");
        Checkpoint("outputs/step/step/ckpt/iter_0000050");

        var branch = _vigil.Run("branch", "outputs/step", "step", "--from", "40", "project.name=s2", $"project.base_output_dir={_vigil["outputs/s2"]}");

        Assert.True(branch.ExitCode == 0, branch.ToString());
        Assert.Equal(0, _vigil.Run("watch", "outputs/step").ExitCode);
        Assert.Contains($"from {_vigil["outputs/step/step/ckpt"]} --ckpt-step 40", _vigil.Run("logs", "outputs/step", "s2").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_would_load_the_newest_checkpoint_instead_of_the_one_that_is_named_is_refused()
    {
        _vigil.Write("newest.yaml", "project: {name: newest}\nlr: 1\nstep: 0\nbackend: {command: 'echo from {last_checkpoint} ${lr} ${step}'}\n");
        Assert.Equal(0, _vigil.Run("run", "newest.yaml").ExitCode);
        Checkpoint("outputs/newest/newest/ckpt/iter_0000040");
        Checkpoint("outputs/newest/newest/ckpt/iter_0000050");
        ShellOutcome Branch(params string[] words) => _vigil.Run(["branch", "outputs/newest", "newest", "--dry-run", .. words]);

        var refused = Branch("--from", "40", "lr=2");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"takes the folder {_vigil["outputs/newest/newest/ckpt"]} and no step, so that it would load the newest", refused.Errors, StringComparison.Ordinal);
        Assert.Equal((0, 0, 0), (Branch("--from", "40", "step={checkpoint_iteration}").ExitCode, Branch("--from", "40", "step=40").ExitCode, Branch("--from", "last", "lr=2").ExitCode));
    }

    private void Checkpoint(string path)
    {
        Directory.CreateDirectory(_vigil[path]);
        _vigil.Write($"{path}/common.pt", "");
        Shell.Run(_vigil.Folder, "python3", "-c", $"import zipfile,sys\nz=zipfile.ZipFile('{path}/common.pt','w')\nz.writestr('archive/data.pkl','x')\nz.writestr('archive/version','3')\nz.close()");
        File.WriteAllText(_vigil[$"{System.IO.Path.GetDirectoryName(path)}/latest_checkpointed_iteration.txt"], "50");
        foreach (var file in Directory.GetFiles(_vigil[path])) File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1));
    }
}
