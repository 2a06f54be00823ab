using Vigil.Reports;

namespace Vigil.Core.Tests.Reports;

/// <summary>The samples of <c>nvidia-smi --query-gpu=… --format=csv</c>.</summary>
public sealed class GpuUseTests
{
    private const string Header = "timestamp, utilization.gpu [%], utilization.memory [%], memory.used [MiB], memory.total [MiB], power.draw [W], temperature.gpu";

    [Fact]
    public void Samples_are_summed_up_by_the_names_of_their_columns()
    {
        var use = GpuUse.Read([Header, "2026/02/11 10:00:00.000, 80 %, 40 %, 10240 MiB, 81920 MiB, 250.50 W, 61", "2026/02/11 10:00:30.000, 90 %, 41 %, 12288 MiB, 81920 MiB, 260.50 W, 64"]);

        Assert.Equal(new GpuUse(2, 85, 80, 90, 11, 12, 80, 255.5, 64), use);
    }

    [Fact]
    public void A_part_of_a_gpu_has_no_utilization_and_that_is_not_zero()
    {
        var use = GpuUse.Read([Header, "t, [N/A], [N/A], 1024 MiB, 2048 MiB, [N/A], 50"])!;

        Assert.Null(use.MeanUtilization);
        Assert.Null(use.MeanPower);
        Assert.Equal((1, 1.0, 2.0), (use.Samples, use.MeanMemory, use.TotalMemory));
    }

    [Fact]
    public void A_row_that_is_torn_or_strange_says_nothing() =>
        Assert.Equal(1, GpuUse.Read([Header, "t, 10 %, 1 %, 1 MiB, 2 MiB, 3 W, 4", "nvidia-smi has failed", "t, 20 %, 1 %, 10"])!.Samples);

    [Theory]
    [InlineData("")]
    [InlineData("a,b\n1,2")]
    [InlineData(Header)]
    public void What_is_no_such_file_or_has_no_sample_is_none(string text) => Assert.Null(GpuUse.Read(text.Split('\n')));
}
