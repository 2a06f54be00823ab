using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

public sealed class AttemptIdTests
{
    [Theory]
    [InlineData("lr1e-3_seed0", 1, 0, "lr1e-3_seed0.1")]
    [InlineData("lr0.5", 12, 0, "lr0.5.12")]
    [InlineData("a.1", 2, 3, "a.1.2.r3")]
    public void An_attempt_id_reads_back_what_it_writes(string run, int number, int requeue, string text)
    {
        var attempt = new AttemptId(new RunId(run), number, requeue);
        Assert.Equal(text, attempt.ToString());
        Assert.True(AttemptId.TryParse(text, out var back));
        Assert.Equal(attempt, back);
    }

    [Theory]
    [InlineData("")]
    [InlineData("run")]
    [InlineData(".1")]
    [InlineData("run.x")]
    [InlineData("run.r1")]
    public void Text_that_names_no_attempt_is_refused(string text) => Assert.False(AttemptId.TryParse(text, out _));
}
