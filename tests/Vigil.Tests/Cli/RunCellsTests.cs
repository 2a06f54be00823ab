using Vigil.Cli;
using Vigil.Logs;
using Vigil.Monitoring;
using Vigil.Planning;

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

    [Fact]
    public void A_run_that_counts_as_done_is_finishing_while_its_job_runs()
    {
        var plan = new PlannedRun { Id = new("a"), Point = "a", Index = 0, OutputDir = "/o", LogPath = "/o/log", Command = new CommandTemplate.Line("true"), WorkDir = "/" };
        var running = new RunRecord { Plan = plan, State = new RunState.Running(new(plan.Id, 1), new JobId("7")), AllowedAttempts = 1 };

        Assert.Equal("running", RunCells.State(running));
        Assert.Equal("running, finishing", RunCells.State(running with { Finish = new("RULE: enough", "rule:enough", DateTimeOffset.UnixEpoch) }));
    }

    [Theory]
    [InlineData(null, null, false, false, "")]
    [InlineData(70L, null, false, false, "70")]
    [InlineData(70L, 90L, false, false, "70/90")]
    [InlineData(70L, 90L, true, false, "≈70/90")]
    [InlineData(95L, 90L, false, true, "95/90 over plan")]
    public void A_step_is_told_with_what_is_known_of_it(long? step, long? total, bool isApproximate, bool isOverPlan, string told) =>
        Assert.Equal(told, RunCells.Step(new ProgressReport(step, total, null, null, null, []) { IsApproximate = isApproximate, IsOverPlan = isOverPlan }));
}
