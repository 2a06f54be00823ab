using Vigil.Configuration;

namespace Vigil.Core.Tests.Planning;

/// <summary>Runs on a cluster behind a login node: their folders lie there, the experiment's own lies here.</summary>
public sealed class RemoteFolderTests
{
    private const string Base = "scheduler: slurm\nbackend: {command: \"echo ${lr} {output_dir}\"}\nlr: 1\n";

    [Fact]
    public void The_experiments_folder_is_here_and_everything_of_a_run_is_there()
    {
        var plan = Some.Good(Base + "slurm: {host: me@login, dir: /scratch/me/sweep/}\nsweep: {type: product, groups: [{params: {lr: [1, 2]}}]}");

        Assert.Equal("/home/u/outputs/e", plan.Experiment.Dir);
        Assert.Equal(["/scratch/me/sweep/lr1", "/scratch/me/sweep/lr2"], plan.Runs.Select(static r => r.OutputDir));
        var run = plan.Runs[0];
        Assert.Equal(("/scratch/me/sweep/lr1/slurm-%j.out", "/scratch/me/sweep/lr1/current.log", "/scratch/me/sweep/", "me@login"), (run.LogPath, run.LogPathCurrent, run.WorkDir, run.Slurm!.Host));
    }

    [Fact]
    public void Paths_that_are_given_are_the_clusters()
    {
        var run = Some.Good(Base + "project: {work_dir: /home/me/code, log_path: \"/logs/{name}/%j.out\", base_output_dir: /here}\nslurm: {host: login, dir: \"/scratch/${user}\"}\nuser: me").Runs.Single();

        Assert.Equal(("/scratch/me/e", "/logs/e/%j.out", "/home/me/code"), (run.OutputDir, run.LogPath, run.WorkDir));
    }

    [Fact]
    public void Runs_of_one_sweep_may_go_to_several_clusters_and_to_this_one()
    {
        var plan = Some.Good(Base + """
            slurm: {host: null}
            sweep:
              type: list
              configs:
                - {lr: 1}
                - {lr: 2, slurm.host: me@a, slurm.dir: /a/x}
                - {lr: 3, slurm.host: me@b, slurm.dir: /b/x}
            """);

        Assert.Equal(["/home/u/outputs/e/", "/a/x/", "/b/x/"], plan.Runs.Select(static r => r.OutputDir[..(r.OutputDir.LastIndexOf('/') + 1)]));
        Assert.Equal([null, "me@a", "me@b"], plan.Runs.Select(static r => r.Slurm!.Host));
        Assert.Equal(3, plan.Runs.Select(static r => r.Slurm!.PackKey).Distinct().Count());
    }

    [Fact]
    public void The_local_scheduler_knows_no_host()
    {
        var run = Some.Plan(Base.Replace("slurm", "local", StringComparison.Ordinal) + "slurm: {host: me@login}").Runs.Single();

        Assert.Equal("/home/u/outputs/e/e", run.OutputDir);
    }

    [Theory]
    [InlineData("host: me@login", "SLM040", "'slurm.host: me@login' needs 'slurm.dir'")]
    [InlineData("host: login, dir: outputs/x", "SLM041", "'slurm.dir: outputs/x' must be the absolute path of a folder on login: it starts nowhere on this machine")]
    [InlineData("host: login, dir: ~/x", "SLM041", "nothing there spells out '~' or a variable")]
    [InlineData("host: login, dir: \"/a/{name}\"", "SLM041", "placeholders are filled only later")]
    [InlineData("host: login, dir: /", "SLM041", "must be the absolute path")]
    [InlineData("host: login, dir: \"/a\\nb\"", "SLM041", "/a\\nb")]
    [InlineData("host: login, dir: /a, env_file: env.sh", "SLM044", "'slurm.env_file: env.sh' must be an absolute path on login")]
    public void Mistakes_are_named_with_their_remedy(string slurm, string code, string words)
    {
        var mistake = Some.Mistake(Base + $"slurm: {{{slurm}}}");

        Assert.Equal((code, Severity.Error), (mistake.Code, mistake.Severity));
        Assert.Contains(words, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_working_folder_that_is_counted_from_somewhere_is_refused()
    {
        var mistake = Some.Mistake(Base + "project: {work_dir: code}\nslurm: {host: login, dir: /a}");

        Assert.Equal(("SLM042", "'project.work_dir: code' must be an absolute path on login: the command starts there"), (mistake.Code, mistake.Message));
    }

    [Fact]
    public void A_folder_without_a_host_has_no_effect_and_that_is_said() =>
        Assert.Equal(("SLM043", Severity.Warning), Some.Mistake(Base + "slurm: {dir: /a}") is var m ? (m.Code, m.Severity) : default);

    [Fact]
    public void A_mistake_that_every_run_makes_is_told_once() =>
        Assert.Equal("SLM040", Some.Mistake(Base + "slurm: {host: login}\nsweep: {type: product, groups: [{params: {lr: [1, 2, 3]}}]}").Code);
}
