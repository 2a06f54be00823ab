using Vigil.Schedulers.Slurm;

namespace Vigil.Tests.Slurm;

/// <summary>What jobs used, in rows as a real Slurm writes them.</summary>
public sealed class UsageTextTests
{
    private static UsageText Of(params string[] rows) => new(Lines(rows));

    private static string Lines(string[] rows) => string.Concat(rows.Select(static r => r.Replace('|', SlurmText.Unit) + "\n"));

    [Fact]
    public void A_job_s_CPU_time_is_measured_against_all_of_its_CPUs_and_its_memory_against_what_was_asked()
    {
        var use = Of("1|1|COMPLETED|16|60|2|1|200M|00:06.085|", "1.batch|1.batch|COMPLETED|16||2|1||00:06.085|cpu=00:00:05,energy=0,fs/disk=1701015,mem=139464K,pages=0,vmem=143812K").Uses["1"];

        Assert.Equal((16.0, 3600.0, 2, 6.085), (use.WallSeconds!.Value, use.LimitSeconds!.Value, use.Cpus!.Value, use.CpuSeconds!.Value));
        Assert.Equal((139464L << 10, 200L << 20), (use.MemoryBytes!.Value, use.MemoryAskedBytes!.Value));
        Assert.Equal(6.085 / 32, use.CpuEfficiency!.Value, 1e-12);
        Assert.Equal(139464.0 / 204800, use.MemoryEfficiency!.Value, 1e-12);
        Assert.Equal(("COMPLETED", "sacct -j 1", false), (use.State, use.Source, use.IsRunning));
    }

    [Theory]
    [InlineData("1-02:03:04", 93784.0)]
    [InlineData("02:03:04", 7384.0)]
    [InlineData("03:04.500", 184.5)]
    [InlineData("", null)]
    public void CPU_time_has_days_hours_and_fractions(string text, double? seconds) => Assert.Equal(seconds, Of($"7|7|FAILED|10|UNLIMITED|1|1|0|{text}|").Uses["7"].CpuSeconds);

    [Theory]
    [InlineData("4Gc", 8, 2, 32L << 30)]
    [InlineData("4Gn", 8, 2, 8L << 30)]
    [InlineData("1.50G", 8, 2, 3L << 29)]
    [InlineData("0", 8, 2, null)]
    public void Older_versions_say_memory_by_CPU_or_node(string text, int cpus, int nodes, long? bytes)
    {
        var use = Of($"7|7|FAILED|10|UNLIMITED|{cpus}|{nodes}|{text}|00:01|").Uses["7"];

        Assert.Equal(bytes, use.MemoryAskedBytes);
        Assert.Null(use.LimitSeconds);
    }

    [Fact]
    public void Of_several_steps_the_one_that_held_the_most_memory_counts() =>
        Assert.Equal(300L << 10, Of("9|9|COMPLETED|5|1|1|1|1M|00:01|", "9.batch|9.batch|COMPLETED|5||1|1||00:00|mem=100K", "9.0|9.0|COMPLETED|5||1|1||00:01|cpu=00:00:01,mem=300K", "9.extern|9.extern|COMPLETED|5||1|1||00:00|mem=0").Uses["9"].MemoryBytes);

    [Fact]
    public void A_task_that_runs_is_asked_about_by_the_number_that_it_has_besides()
    {
        var usage = Of("4_1|5|RUNNING|10|60|2|1|200M|00:00:00|", "4_1.batch|5.batch|RUNNING|10||2|1||00:00:00|", "4_0|4|CANCELLED by 1000|3|60|2|1|200M|00:01|");
        Assert.Equal(["5"], usage.Running);
        Assert.Null(usage.Uses["4_1"].CpuEfficiency);

        usage.AddLive(Lines(["5.batch|cpu=00:00:04,mem=1024K", "5.0|cpu=00:00:06,mem=2048K", "77.0|cpu=00:00:06,mem=2048K"]));

        Assert.Equal((0.5, 2L << 20, true), (usage.Uses["4_1"].CpuEfficiency!.Value, usage.Uses["4_1"].MemoryBytes!.Value, usage.Uses["4_1"].IsRunning));
        Assert.Equal("CANCELLED", usage.Uses["4_0"].State);
        Assert.Equal(2, usage.Uses.Count);
    }

    [Fact]
    public void A_torn_or_strange_row_says_nothing()
    {
        var usage = Of("1|1|COMPLETED|x|y|z|1|1Q|soon|", "2|2|COMPL", "", "5.batch|5.batch|RUNNING|10||2|1||00:00:00|mem=12");

        Assert.Equal(["1"], usage.Uses.Keys);
        Assert.Null(usage.Uses["1"].CpuEfficiency);
        Assert.Null(usage.Uses["1"].MemoryEfficiency);
    }
}
