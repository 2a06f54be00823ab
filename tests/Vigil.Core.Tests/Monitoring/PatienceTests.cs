using System.Text;
using Vigil.Logs;
using Vigil.Monitoring;

namespace Vigil.Core.Tests.Monitoring;

/// <summary>Healthy trainings that say nothing for long: what the thresholds of silence and standstill count then.</summary>
public sealed class PatienceTests
{
    private const string Step = " [2026-11-22 00:01:10] iteration       10/    1000 | consumed samples:         5120 | elapsed time per iteration (ms): 951.3 | learning rate: 3.0E-04 | global batch size:   512 | lm loss: 7.1E+00 |\n";

    private const string Hangs = "job: {restart: {causes: [hang]}, inactivity_threshold_seconds: 600, no_progress_threshold_seconds: 600}";

    [Theory, Trait("scenario", "34")]
    [InlineData("", 1)]
    [InlineData("Evaluating on 5120 samples\n", 3)]
    [InlineData("saving checkpoint at iteration      10 to /runs/a/checkpoints in torch_dist format\n", 3)]
    [InlineData("> compiling dataset index builder ...\n", 3)]
    [InlineData("Evaluating on 5120 samples\n [2026-11-22 00:01:20] iteration       20/    1000 | elapsed time per iteration (ms): 951.3 | lm loss: 7.1E+00 |\n", 1)]
    [InlineData(" [2026-11-22 00:09:10] iteration     1000/    1000 | elapsed time per iteration (ms): 951.3 | lm loss: 7.1E+00 |\n", null)]
    [InlineData("[after training is done] datetime: 2026-11-22 00:09:10 \n", null)]
    public void A_log_says_how_patient_to_be(string said, int? patience)
    {
        var (lines, progress) = (new LogLines(), new RunProgress());
        foreach (var line in lines.Cut(Encoding.UTF8.GetBytes(Step + said))) progress.Read(line);
        Assert.Equal(patience, Quiet.Patience(progress));
    }

    [Theory, Trait("scenario", "34")]
    [InlineData(1, 599, false)]
    [InlineData(1, 600, true)]
    [InlineData(3, 1799, false)]
    [InlineData(3, 1800, true)]
    public void In_a_long_phase_a_silence_and_a_standstill_count_for_a_third(int patience, int seconds, bool restarts)
    {
        var quiet = TimeSpan.FromSeconds(seconds);
        var silent = Watched.Running(Hangs);
        silent.World.See(new Observation.QuietSeen(silent.World.Now, silent["a"].LastAttempt!.Id, quiet, TimeSpan.Zero, 100, 5000) { Patience = patience });
        Assert.Equal(restarts, silent.Requested.Contains("cancel:a.1"));
        var still = Watched.Running(Hangs);
        still.World.See(new Observation.QuietSeen(still.World.Now, still["a"].LastAttempt!.Id, TimeSpan.Zero, quiet, 100, 5000) { Patience = patience });
        Assert.Equal(restarts, still.Requested.Contains("cancel:a.1"));
    }
}
