using Vigil.Reports;

namespace Vigil.Core.Tests.Reports;

/// <summary>What trainers and scorers call their numbers.</summary>
public sealed class MetricNamesTests
{
    [Theory]
    [InlineData("loss", "loss")]
    [InlineData("lm loss", "lm_loss")]
    [InlineData("train/loss", "train_loss")]
    [InlineData("Train Loss", "train_loss")]
    [InlineData("validation/lm loss value", "validation_lm_loss_value")]
    [InlineData("peak_memory_reserved", "peak_memory_reserved")]
    [InlineData("memory(GiB)", "memory_gib")]
    public void A_name_is_the_same_however_its_words_are_parted(string name, string normal) => Assert.Equal(normal, MetricNames.Normal(name));

    [Theory]
    [InlineData("lm loss", true)]
    [InlineData("avr_loss", true)]
    [InlineData("eval_loss", true)]
    [InlineData("tokens_per_second_per_gpu", true)]
    [InlineData("grad_norm", false)]
    [InlineData("lr", false)]
    public void Only_what_the_report_shows_is_kept(string name, bool wanted) => Assert.Equal(wanted, MetricNames.IsWanted(name));

    [Theory]
    [InlineData("accuracy", MetricDirection.Higher)]
    [InlineData("balanced_accuracy", MetricDirection.Higher)]
    [InlineData("f1", MetricDirection.Higher)]
    [InlineData("r_squared", MetricDirection.Higher)]
    [InlineData("parse_rate", MetricDirection.Higher)]
    [InlineData("mae", MetricDirection.Lower)]
    [InlineData("mean_squared_error", MetricDirection.Lower)]
    [InlineData("brier_score", MetricDirection.Lower)]
    [InlineData("c_ece", MetricDirection.Lower)]
    [InlineData("error_rate", MetricDirection.Lower)]
    [InlineData("stderr", MetricDirection.Unknown)]
    [InlineData("accuracy_stderr", MetricDirection.Unknown)]
    [InlineData("mean", MetricDirection.Unknown)]
    [InlineData("prediction_std", MetricDirection.Unknown)]
    public void The_words_of_a_metric_tell_what_better_is_or_nothing_does(string metric, MetricDirection direction) => Assert.Equal(direction, MetricDirections.Of(metric));
}
