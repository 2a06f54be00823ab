using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

public sealed class TorchtuneStepsTests
{
    private const string Usual = "data: /d.json, loader: torchtune.datasets.instruct_dataset, recipe: lora_finetune_single_device";

    private static PlannedTraining Training(string keys) => Assert.Single(PlannedTraining.Of(Some.Good($"backend: {{command: train, planning: {{{keys}}}}}")));

    private static List<Diagnostic> Said(string keys, long samples)
    {
        var report = new DiagnosticBag();
        TrainingChecks.Check([TrainingOutlook.Of(Training(keys), new SampleCount.Known(samples))], report);
        return [.. report.All];
    }

    [Theory]
    [InlineData("batch_size: 32, epochs: 1", 8000, 250, 250)]
    [InlineData("batch_size: 32, epochs: 2", 8031, 250, 500)]                                       // the last batch is not whole
    [InlineData("batch_size: 8, gradient_accumulation_steps: 3, epochs: 2", 96, 4, 8)]
    [InlineData("batch_size: 8, gradient_accumulation_steps: 5, epochs: 2", 96, 2, 4)]              // nor is the last accumulation
    [InlineData("batch_size: 4, epochs: 3, max_steps_per_epoch: 10", 96, 10, 30)]
    [InlineData("batch_size: 4, epochs: 3, max_steps_per_epoch: 100", 96, 24, 72)]
    [InlineData("batch_size: 4, epochs: 1, replicas: 4", 96, 24, 24)]                               // one device trains alone
    [InlineData("batch_size: 100, epochs: 3", 96, 0, 0)]
    public void Steps_are_counted_as_torchtune_counts_them(string keys, long samples, long perEpoch, long total) =>
        Assert.Equal(new TrainingSteps(samples, perEpoch, total), TorchtuneSteps.Of(Training($"{Usual}, {keys}"), samples));

    [Fact]
    public void Processes_share_the_samples_and_the_last_share_is_filled_up() =>
        Assert.Equal(new TrainingSteps(97, 6, 6), TorchtuneSteps.Of(Training($"{Usual.Replace("single_device", "distributed", StringComparison.Ordinal)}, batch_size: 4, epochs: 1, replicas: 4"), 97));

    [Theory]
    [InlineData("recipe: mine.py, loader: torchtune.datasets.chat_dataset", "the recipe 'mine.py'")]
    [InlineData("recipe: lora_finetune_distributed, loader: torchtune.datasets.chat_dataset, replicas: gpu", "'gpu' processes")]
    [InlineData("recipe: lora_finetune_distributed, loader: mine.data", "the dataset 'mine.data'")]
    [InlineData("recipe: lora_finetune_distributed, loader: torchtune.datasets.chat_dataset, packed: true", "packed data")]
    public void What_the_samples_do_not_tell_is_unknown(string keys, string why)
    {
        var outlook = TrainingOutlook.Of(Training($"data: /d.json, batch_size: 1, epochs: 1, {keys}"), new SampleCount.Known(10));
        Assert.Null(outlook.Steps);
        Assert.StartsWith(why, outlook.Unknown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, "DOC037")]
    [InlineData(72, "DOC037")]
    [InlineData(71, null)]
    public void A_warm_up_that_is_never_over_is_a_warning_where_it_is_written(int steps, string? code)
    {
        var said = Said($"{Usual}, batch_size: 4, epochs: 3, num_warmup_steps: {steps}", 96);
        Assert.Equal(code is null ? [] : [code], said.Select(static d => d.Code));
        Assert.All(said, static d => Assert.Equal((Severity.Warning, "e.yaml"), (d.Severity, d.At.File)));
    }

    [Theory]
    [InlineData("batch_size: 100", "a batch of 100 is more than the 96 samples of d.json")]
    [InlineData("batch_size: 16, gradient_accumulation_steps: 8", "a batch of 16, accumulated 8 times, is more than the 96 samples of d.json")]
    public void A_training_without_a_step_is_an_error(string keys, string why)
    {
        var said = Assert.Single(Said($"{Usual}, epochs: 3, num_warmup_steps: 5, {keys}", 96));
        Assert.Equal(("DOC038", Severity.Error), (said.Code, said.Severity));
        Assert.Contains(why, said.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(73, "DOC039")]
    [InlineData(72, null)]
    public void A_validation_that_never_comes_is_a_warning(int steps, string? code) =>
        Assert.Equal(code is null ? [] : [code], Said($"{Usual}, batch_size: 4, epochs: 3, run_val_every_n_steps: {steps}", 96).Select(static d => d.Code));
}
