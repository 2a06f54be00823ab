namespace Vigil.Tests.Slurm;

/// <summary>What the tests against a real Slurm rely on.</summary>
[Collection(Testbed.Tests)]
public sealed class TestbedTests(Testbed testbed)
{
    [Theory]
    [InlineData("vigil:0a1b reject:no budget: none", 1, "", "sbatch: error: no budget: none\n")]
    [InlineData("reject:no", 1, "", "sbatch: error: no\n")]
    [InlineData("vigil:0a1b say:hello there", 0, "Submitted batch job", "sbatch: hello there\n")]
    public async Task A_submission_is_refused_or_talked_to_by_a_word_anywhere_in_its_comment(string comment, int exitCode, string output, string errors)
    {
        await testbed.StartAsync();

        var outcome = await testbed.AskAsync("sbatch", $"--comment={comment}", "--output=/dev/null", "--wrap=true");

        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.StartsWith(output, outcome.Output, StringComparison.Ordinal);
        Assert.StartsWith(errors, outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_daemon_serves_again_and_the_queue_is_empty_when_the_break_is_over()
    {
        await testbed.StartAsync();
        await using (await testbed.BreakAsync("kill", "slurmctld"))
        {
            var outcome = await testbed.AskAsync("scontrol", "ping");
            Assert.Contains("is DOWN", outcome.Output, StringComparison.Ordinal);
        }
        await testbed.AskAsync("sbatch", "--hold", "--output=/dev/null", "--wrap=true");
        await using (await testbed.BreakAsync("pause", "slurmctld")) Assert.Contains("paused", (await testbed.StatusAsync()).Output, StringComparison.Ordinal);

        Assert.Equal("", (await testbed.AskAsync("squeue", "-h")).Output);
        Assert.Equal(0, (await testbed.StatusAsync()).ExitCode);
    }
}
