using Vigil.Platform;
using Vigil.Schedulers.Slurm;

namespace Vigil.Tests.Slurm;

public sealed class BatchedCallTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_that_was_called_off_before_it_was_sent_does_not_answer_later_ones()
    {
        var asked = 0;
        List<string> sent = [];
        var calls = new BatchedCall(
            stop => asked++ == 0 ? new(Task.Delay(Timeout.Infinite, stop)) : ValueTask.CompletedTask,
            (jobs, _) =>
            {
                sent.AddRange(jobs);
                return new(new ProcessOutcome(0, "", ""));
            });
        using var off = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var first = calls.AddAsync("1", off.Token);
        await off.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        Assert.Equal(0, (await calls.AddAsync("2", Stop)).ExitCode);

        Assert.Equal(["2"], sent);
    }
}
