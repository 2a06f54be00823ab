using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Core.Tests.Monitoring;

/// <summary>The words of <c>job.restart.causes</c> mean what they say.</summary>
public sealed class CausesTests
{
    private const string Watchdog = "[rank0]:[E321 02:07:08.4 ProcessGroupNCCL.cpp:607] [Rank 0] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=1, OpType=ALLREDUCE, Timeout(ms)=600000) ran for 600060 milliseconds before timing out.";

    [Theory]
    [InlineData(FailureCause.Infrastructure, Watchdog)]
    [InlineData(FailureCause.Infrastructure, "NVRM: Xid (PCI:0000:3b:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.")]
    [InlineData(FailureCause.Infrastructure, "OSError: [Errno 116] Stale file handle: '/lustre/x'")]
    [InlineData(FailureCause.Numeric, "RuntimeError: Rank 3, node n12, device 3, iteration 120: Unexpected result nan (message='found NaN in local forward loss calculation')")]
    [InlineData(FailureCause.UserError, "ModuleNotFoundError: No module named 'torch'")]
    [InlineData(FailureCause.UserError, "train.py: error: argument --lr: invalid float value: 'x'")]
    [InlineData(FailureCause.Crash, "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.")]
    [InlineData(FailureCause.Crash, "KeyError: 'lr'")]
    [InlineData(FailureCause.Crash, "nccl_timeout: 1800")]
    public void The_end_of_the_log_tells_the_cause_of_a_command_that_failed(FailureCause cause, string line) =>
        Assert.Equal(cause, Causes.Of(Some.Report("a", JobState.Failed, code: 1, lines: ["Traceback (most recent call last):", line, "srun: error: n1: task 0: Exited with exit code 1"])));

    [Theory]
    [InlineData(JobState.Timeout, FailureCause.Timeout)]
    [InlineData(JobState.NodeFail, FailureCause.Infrastructure)]
    [InlineData(JobState.Preempted, FailureCause.Infrastructure)]
    [InlineData(JobState.OutOfMemory, FailureCause.Crash)]
    public void What_the_scheduler_says_comes_before_the_log(JobState state, FailureCause cause) =>
        Assert.Equal(cause, Causes.Of(Some.Report("a", state, lines: ["ModuleNotFoundError: No module named 'torch'", Watchdog])));

    [Theory]
    [InlineData(126)]
    [InlineData(127)]
    public void A_command_that_bash_could_not_run_is_a_users_error_whatever_the_log_says(int code) =>
        Assert.Equal(FailureCause.UserError, Causes.Of(Some.Report("a", JobState.Failed, code: code, lines: [Watchdog])));

    [Fact]
    public void Of_a_job_that_is_lost_the_log_is_asked_as_well()
    {
        Assert.Equal(FailureCause.Infrastructure, Causes.Of(Some.Report("a", JobState.Lost, lines: [Watchdog])));
        Assert.Equal(FailureCause.Crash, Causes.Of(Some.Report("a", JobState.Lost)));
    }
}
