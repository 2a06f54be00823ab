using Vigil.Planning;
using Vigil.Rendering;
using Vigil.Spec;

namespace Vigil.Core.Tests.Rendering;

public sealed class SbatchWordsTests
{
    private static readonly SlurmJob Plain = new() { Sbatch = [new("partition", "gpu"), new("time", "0-01:00:00"), new("exclusive", null)] };

    private static string Of(SlurmJob job, SbatchExtras extras = default) =>
        string.Join(' ', SbatchWords.Of(job, "lr1e-3", "vigil:0123", "/e/lr1e-3/slurm-%j.out", extras, "/w", "/e/script.sbatch").Select(Bash.Quote));

    [Fact]
    public void Everything_that_a_submission_relies_on_is_said_on_the_command_line() => Assert.Equal(
        "sbatch --parsable '--job-name=lr1e-3' '--comment=vigil:0123' '--output=/e/lr1e-3/slurm-%j.out' '--error=/e/lr1e-3/slurm-%j.out' '--open-mode=append' --no-requeue '--chdir=/w' '--partition=gpu' '--time=0-01:00:00' --exclusive /e/script.sbatch",
        Of(Plain));

    [Fact]
    public void What_the_attempt_adds_joins_the_users_own_options() => Assert.Equal(
        "sbatch --parsable '--job-name=lr1e-3' '--comment=vigil:0123 my note' '--output=/e/lr1e-3/slurm-%j.out' '--error=/e/lr1e-3/slurm-%j.out' '--open-mode=append' --requeue '--chdir=/w' '--clusters=c2' '--array=0-9%4' '--dependency=aftercorr:17' '--kill-on-invalid-dep=yes' '--exclude=n9,n1,n[3-4]' '--time=1-02:03:04' /e/script.sbatch",
        Of(new() { Cluster = "c2", Sbatch = [new("comment", "my note"), new("requeue", null), new("exclude", "n9"), new("time", "5"), new("kill-on-invalid-dep", "no")] },
            new(new ArrayRange(10, 4), "aftercorr:17", "n1,n[3-4]", new TimeSpan(1, 2, 3, 4))));

    [Fact]
    public void The_time_that_is_left_and_the_nodes_to_avoid_come_from_the_attempt()
    {
        var extras = SbatchExtras.Of(new(new(new("a"), 2), null) { ExcludedNodes = "n1", TimeLimit = TimeSpan.FromMinutes(90) });
        Assert.Equal(new SbatchExtras(null, null, "n1", TimeSpan.FromMinutes(90)), extras);
    }

    [Theory]
    [InlineData("/e/r/slurm-%j.out", "17", "/e/r/slurm-17.out", "/e/r/slurm-%j.out")]
    [InlineData("/e/r/slurm-%A_%a.out", "17", "/e/r/slurm-17_0.out", "/e/r/slurm-%j_0.out")]
    [InlineData("/e/r/slurm-%A_%a.out", "17_4", "/e/r/slurm-17_4.out", "/e/r/slurm-%j_0.out")]
    [InlineData("/e/r/slurm-%j.out", "17_4", null, "/e/r/slurm-%j.out")]
    [InlineData("/e/r/%j-%N-%t.out", "17", null, "/e/r/%j-%N-%t.out")]
    [InlineData("/e/50%%/slurm-%j%q.out", "17", "/e/50%/slurm-17%q.out", "/e/50%%/slurm-%j%%q.out")]
    public void A_log_path_means_one_file_for_each_job(string path, string job, string? file, string ofSingleJob)
    {
        Assert.Equal(file, LogPattern.Expand(path, new(job)));
        Assert.Equal(ofSingleJob, LogPattern.OfSingleJob(path));
    }

    [Fact]
    public void A_node_that_is_known_is_filled_in() => Assert.Equal("/e/17-n1-0", LogPattern.Expand("/e/%j-%N-%t", new("17"), "n1"));

    [Fact]
    public void The_folder_of_a_log_is_a_folder_and_no_pattern() => Assert.Equal("/e/50%", LogPattern.Folder("/e/50%%/slurm-%j.out"));
}
