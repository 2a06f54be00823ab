using Vigil.Schedulers.Slurm;

namespace Vigil.Tests.Slurm;

/// <summary>Real answers of <c>sbatch</c>.</summary>
public sealed class RefusalTests
{
    private const string Failed = "sbatch: error: Batch job submission failed: ";

    [Theory]
    [InlineData(1, "sbatch: error: invalid partition specified: nosuch\n" + Failed + "Invalid partition name specified\n", nameof(Refusal.Permanent), "slurm.sbatch.partition; the cluster's partitions: sinfo -s")]
    [InlineData(1, Failed + "Invalid qos specification\n", nameof(Refusal.Permanent), "slurm.sbatch.qos")]
    [InlineData(1, Failed + "Invalid account or account/partition combination specified\n", nameof(Refusal.Permanent), "slurm.sbatch.account")]
    [InlineData(1, "sbatch: error: QOSMaxWallDurationPerJobLimit\n" + Failed + "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n", nameof(Refusal.Permanent), "slurm.sbatch.time")]
    [InlineData(1, "sbatch: error: Memory specification can not be satisfied\n" + Failed + "Requested node configuration is not available\n", nameof(Refusal.Permanent), "sinfo -o")]
    [InlineData(1, Failed + "Requested node configuration is not available\n", nameof(Refusal.Permanent), "sinfo -o")]
    [InlineData(1, "sbatch: error: Invalid generic resource (gres) specification\n", nameof(Refusal.Permanent), "slurm.sbatch.gres")]
    [InlineData(1, Failed + "Invalid node name specified\n", nameof(Refusal.Permanent), "slurm.sbatch.nodelist")]
    [InlineData(1, Failed + "Invalid feature specification\n", nameof(Refusal.Permanent), "slurm.sbatch.constraint")]
    [InlineData(255, "sbatch: error: Invalid --time specification\n", nameof(Refusal.Permanent), "slurm.sbatch.time")]
    [InlineData(255, "Invalid time specification (pos=0): yesterday\nsbatch: error: Invalid --begin specification\n", nameof(Refusal.Permanent), "slurm.sbatch.begin")]
    [InlineData(1, Failed + "Job dependency problem\n", nameof(Refusal.Permanent), "slurm.sbatch.dependency")]
    [InlineData(255, "sbatch: error: Invalid --mail-type specification\n", nameof(Refusal.Permanent), "")]
    [InlineData(255, "sbatch: unrecognized option '--nosuchoption'\nTry \"sbatch --help\" for more information\n", nameof(Refusal.Permanent), "does not know")]
    [InlineData(1, Failed + "Requested reservation is invalid\n", nameof(Refusal.Permanent), "slurm.sbatch.reservation")]
    [InlineData(1, Failed + "Requested time limit is invalid (missing or exceeds some limit)\n", nameof(Refusal.Permanent), "slurm.sbatch.time")]
    [InlineData(1, Failed + "Invalid license specification\n", nameof(Refusal.Permanent), "slurm.sbatch.licenses")]
    [InlineData(1, "sbatch: error: Unable to open file nosuchfile.sh\n", nameof(Refusal.Permanent), "")]
    [InlineData(1, "sbatch: error: Batch script contains DOS line breaks (\\r\\n)\nsbatch: error: instead of expected UNIX line breaks (\\n).\n", nameof(Refusal.Permanent), "line ends")]
    [InlineData(1, "sbatch: error: This does not look like a batch script.  The first\n", nameof(Refusal.Permanent), "#!/bin/bash")]
    [InlineData(1, "sbatch: error: Batch script is empty!\n", nameof(Refusal.Permanent), "empty")]
    [InlineData(1, Failed + "Pathname of a file, directory or other parameter too long\n", nameof(Refusal.Permanent), "larger")]
    [InlineData(1, "sbatch: error: no budget left\n" + Failed + "Unspecified error\n", nameof(Refusal.Permanent), "")]
    [InlineData(1, Failed + "Something nobody has ever read\n", nameof(Refusal.Permanent), "")]
    [InlineData(1, Failed + "Invalid job array specification\n", nameof(Refusal.ArraySize), "slurm.array_size")]
    [InlineData(1, "sbatch: error: QOSMaxSubmitJobPerUserLimit\n" + Failed + "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n", nameof(Refusal.QueueLimit), "")]
    [InlineData(1, "sbatch: error: AssocMaxSubmitJobLimit\n" + Failed + "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n", nameof(Refusal.QueueLimit), "")]
    [InlineData(1, "sbatch: error: AssocGrpSubmitJobsLimit\n" + Failed + "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n", nameof(Refusal.QueueLimit), "")]
    [InlineData(1, "sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying\n" + Failed + "Resource temporarily unavailable\n", nameof(Refusal.QueueLimit), "")]
    [InlineData(1, Failed + "Unable to contact slurm controller (connect failure)\n", nameof(Refusal.ControllerDown), "")]
    [InlineData(1, "sbatch: error: Munge encode failed: Failed to access \"run/munge.sock\": No such file or directory (Did you start munged?)\nsbatch: error: slurm_send_node_msg: auth_g_create: REQUEST_SUBMIT_BATCH_JOB has authentication error\n" + Failed + "Protocol authentication error\n", nameof(Refusal.ControllerDown), "munge")]
    [InlineData(1, "sbatch: fatal: Could not establish a configuration source\n", nameof(Refusal.ControllerDown), "SLURM_CONF")]
    [InlineData(127, "env: 'sbatch': No such file or directory\n", nameof(Refusal.ControllerDown), "login node")]
    [InlineData(1, Failed + "Rate limit exceeded, please retry momentarily\n", nameof(Refusal.RateLimit), "")]
    [InlineData(1, Failed + "Socket timed out on send/recv operation\n", nameof(Refusal.InDoubt), "")]
    [InlineData(1, Failed + "Zero Bytes were transmitted or received\n", nameof(Refusal.InDoubt), "")]
    [InlineData(1, Failed + "Unexpected message received\n", nameof(Refusal.InDoubt), "")]
    [InlineData(1, Failed + "Unable to contact slurm controller (receive failure)\n", nameof(Refusal.InDoubt), "")]
    [InlineData(1, Failed + "Protocol authentication error\n", nameof(Refusal.InDoubt), "")]
    [InlineData(1, "sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying\n" + Failed + "Socket timed out on send/recv operation\n", nameof(Refusal.InDoubt), "")]
    [InlineData(1, "", nameof(Refusal.InDoubt), "")]
    [InlineData(137, "", nameof(Refusal.InDoubt), "")]
    [InlineData(1, "something crashed\n", nameof(Refusal.InDoubt), "")]
    public void What_sbatch_says_decides_whether_it_is_asked_again(int exitCode, string errors, string kind, string remedy)
    {
        var rule = Refusals.Of(exitCode, errors);

        Assert.Equal(kind, rule.Kind.ToString());
        Assert.Contains(remedy, rule.Remedy, StringComparison.Ordinal);
        if (remedy.Length == 0) Assert.Empty(rule.Remedy);
    }

    [Fact]
    public void The_sentence_for_people_keeps_Slurms_words_once_and_says_where_to_look()
    {
        var errors = "sbatch: error: invalid partition specified: nosuch\n" + Failed + "Invalid partition name specified\n";

        Assert.Equal("sbatch refused: invalid partition specified: nosuch; Invalid partition name specified. Look at slurm.sbatch.partition; the cluster's partitions: sinfo -s", Refusals.Sentence(errors, Refusals.Of(1, errors)));
    }

    [Fact]
    public void No_rule_hides_a_later_one()
    {
        for (var i = 0; i < Refusals.Table.Length; i++)
            Assert.Equal(Refusals.Table[i], Refusals.Of(1, Refusals.Table[i].Text));
    }
}
