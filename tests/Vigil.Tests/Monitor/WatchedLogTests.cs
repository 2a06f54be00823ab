using Vigil.Monitor;

namespace Vigil.Tests.Monitor;

/// <summary>When a log that stands still is told of: a hang is, and a training that is busy with something long, or through, is not.</summary>
public sealed class WatchedLogTests : IDisposable
{
    private const string Step = " [2026-11-22 00:01:10] iteration       10/    1000 | elapsed time per iteration (ms): 951.3 | lm loss: 7.1E+00 |\n";

    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly (TimeSpan?, TimeSpan?) Thresholds = (TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(60));

    private readonly string _folder = Directory.CreateTempSubdirectory("vigil-watched-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, Trait("scenario", "34")]
    [InlineData("", 29, 30)]
    [InlineData("Evaluating on 5120 samples\n", 89, 90)]
    [InlineData("saving checkpoint at iteration      10 to /runs/a/checkpoints in torch_dist format\n", 89, 90)]
    [InlineData("> compiling dataset index builder ...\n", 89, 90)]
    public void A_silence_is_told_of_after_its_threshold_and_in_a_long_phase_after_three(string said, int healthy, int hangs)
    {
        var log = Read(Step + said);
        Assert.Null(log.Quiet(Thresholds, Noon.AddMinutes(healthy)));
        Assert.Equal(TimeSpan.FromMinutes(hangs), log.Quiet(Thresholds, Noon.AddMinutes(hangs))?.Silent);
    }

    [Theory, Trait("scenario", "34")]
    [InlineData("[after training is done] datetime: 2026-11-22 00:09:10 \n")]
    [InlineData(" [2026-11-22 00:09:10] iteration     1000/    1000 | elapsed time per iteration (ms): 951.3 | lm loss: 7.1E+00 |\n")]
    public void After_its_end_a_training_may_be_as_quiet_as_it_likes(string said) => Assert.Null(Read(Step + said).Quiet(Thresholds, Noon.AddDays(2)));

    [Fact, Trait("scenario", "35")]
    public void A_log_that_goes_on_while_its_step_stands_is_told_of_by_its_step()
    {
        var log = Read(Step);
        for (var minute = 1; minute < 60; minute++)
        {
            Say($"[data] worker 0 waits {minute}\n");
            log.Seen(log.Tail.Read(Noon.AddMinutes(minute)), Noon.AddMinutes(minute), TimeSpan.Zero);
            Assert.Null(log.Quiet(Thresholds, Noon.AddMinutes(minute)));
        }
        var told = log.Quiet(Thresholds, Noon.AddMinutes(60));
        Assert.Equal((TimeSpan.FromMinutes(60), 10L, 1), (told!.Still, told.Step, told.Patience));
    }

    [Theory, Trait("scenario", "34")]
    [InlineData("step {0}/1000 loss=1.0\n", "step")]
    [InlineData("\rValidating:  1%|#    | {0}/900 [00:01<00:05, 2.0it/s]", "a bar of a validation")]
    [InlineData("\rdev set:  1%|#    | {0}/900 [00:01<00:05, 2.0it/s]", "a bar with a name that nobody knows")]
    [InlineData("\router: 1%|#    | 1/4 [00:01<00:05, 2.0it/s]\r  1%|#    | {0}/900 [00:01<00:05, 2.0it/s]", "a bar in a bar")]
    public void While_anything_that_counts_goes_on_the_step_does_not_stand_still(string said, string what)
    {
        var log = Read(Step);
        for (var minute = 1; minute < 300; minute++)
        {
            Say(said.Replace("{0}", $"{minute}", StringComparison.Ordinal));
            log.Seen(log.Tail.Read(Noon.AddMinutes(minute)), Noon.AddMinutes(minute), TimeSpan.Zero);
            Assert.True(log.Quiet(Thresholds, Noon.AddMinutes(minute)) is null, $"{what}, minute {minute}");
        }
    }

    [Theory, Trait("scenario", "35")]
    [InlineData("step 10/1000 waits\n", 60)]
    [InlineData("heartbeat of step 10, {0} minutes\n", 60)]
    [InlineData("\rdev set:  1%|#    | 5/900 [{0}:01<00:05, 2.0it/s]", 60)]
    [InlineData("\router: 1%|#    | 1/4 [{0}:01<00:05, 2.0it/s]\rinner: 1%|#    | 7/900 [{0}:01<00:05, 2.0it/s]", 60)]
    [InlineData("Running validation, worker {0}\n", 180)]
    public void Noise_that_counts_nothing_hides_no_hang(string said, int hangs)
    {
        var log = Read(Step);
        for (var minute = 1; minute <= hangs + 1; minute++)
        {
            Say(said.Replace("{0}", $"{minute}", StringComparison.Ordinal));
            log.Seen(log.Tail.Read(Noon.AddMinutes(minute)), Noon.AddMinutes(minute), TimeSpan.Zero);
            if (minute < hangs) Assert.Null(log.Quiet(Thresholds, Noon.AddMinutes(minute)));
            else if (log.Quiet(Thresholds, Noon.AddMinutes(minute)) is { } told)
            {
                Assert.Equal(10L, told.Step);
                return;
            }
        }
        Assert.Fail("the hang was not told of");
    }

    private WatchedLog Read(string said)
    {
        Say(said);
        var log = new WatchedLog(new(new("a"), 1), rules: null, new LogTail(Path.Combine(_folder, "log")), Noon);
        log.Seen(log.Tail.Read(Noon), Noon, TimeSpan.Zero);
        return log;
    }

    private void Say(string text) => File.AppendAllText(Path.Combine(_folder, "log"), text);
}
