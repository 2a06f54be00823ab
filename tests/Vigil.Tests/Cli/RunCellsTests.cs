using Vigil.Cli;

namespace Vigil.Tests.Cli;

public sealed class RunCellsTests
{
    [Theory]
    [InlineData(-3, "0s")]
    [InlineData(-0.2, "0s")]
    [InlineData(0.4, "0s")]
    [InlineData(59, "59s")]
    [InlineData(61, "1m01s")]
    [InlineData(3_725, "1h02m")]
    [InlineData(90_000, "1d01h")]
    public void A_duration_is_told_in_its_two_largest_units_and_is_never_negative(double seconds, string told) => Assert.Equal(told, RunCells.Duration(TimeSpan.FromSeconds(seconds)));
}
