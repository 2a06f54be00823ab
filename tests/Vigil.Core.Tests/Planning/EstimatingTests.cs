using System.Collections.Immutable;
using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

public sealed class EstimatingTests
{
    private const string Usual = "data: /d.json, loader: torchtune.datasets.instruct_dataset, recipe: lora_finetune_single_device, epochs: 2, batch_size: 8, alike: {model: m}, alike_in_size: {rank: 4}";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static (PlannedRun Run, PlannedTraining Training) Planned(string keys, int gpus = 1)
    {
        var plan = Some.Good($"local: {{gpus_per_run: {gpus}, time: 24:00:00}}\nbackend: {{command: train, planning: {{{keys}}}}}\njob: {{artifacts: [{{checkpoint: '{{output_dir}}/epoch_0'}}, {{checkpoint: '{{output_dir}}/epoch_1'}}]}}".Replace("time: 24:00:00", "time: '24:00:00'", StringComparison.Ordinal));
        return (Assert.Single(plan.Runs), Assert.Single(PlannedTraining.Of(plan)));
    }

    private static PastRun Past(TimeSpan took, string keys = Usual, double gpus = 1, double? samples = 1000, string experiment = "old") =>
        new(experiment, Planned(keys).Training, gpus, took) { Samples = samples, CheckpointBytes = 100, OtherBytes = 7, PeakMemory = took.TotalHours };

    private static RunEstimate Of(string keys, long samples, TimeSpan? said, params PastRun[] past)
    {
        var (run, training) = Planned(keys);
        return Estimating.Of(run, training, TorchtuneSteps.Of(training, samples), [.. past], said);
    }

    [Fact]
    public void A_training_takes_as_long_a_sample_as_the_slowest_of_those_that_are_like_it()
    {
        var estimate = Of(Usual, 1000, null, Past(Hour), Past(2 * Hour), Past(Hour / 2, experiment: "older"));
        Assert.Equal((EstimateKind.Measured, 4 * Hour, "from 3 runs of old and 1 more, the slowest"), (estimate.Kind, estimate.Time, estimate.Source));
        Assert.Equal((4, 2.0), (estimate.GpuHours, estimate.PeakMemory));
    }

    [Fact]
    public void What_is_on_disk_is_a_checkpoint_for_each_that_is_kept_and_the_rest() => Assert.Equal(207, Of(Usual, 1000, null, Past(Hour)).Bytes);

    [Fact]
    public void The_same_batch_on_the_same_data_tells_more_than_others()
    {
        var same = Past(Hour);
        var data = Past(3 * Hour, Usual.Replace("/d.json", "/other.json", StringComparison.Ordinal));
        var batch = Past(5 * Hour, Usual.Replace("batch_size: 8", "batch_size: 2", StringComparison.Ordinal));
        Assert.Equal((2 * Hour, "from r of old"), Told(Of(Usual, 1000, null, batch, data, same)));
        Assert.Equal((6 * Hour, "from r of old, on other data"), Told(Of(Usual, 1000, null, batch, data)));
        Assert.Equal((10 * Hour, "from r of old, with another batch size"), Told(Of(Usual, 1000, null, batch)));

        static (TimeSpan?, string) Told(RunEstimate estimate) => (estimate.Time, estimate.Source.Replace("from e of", "from r of", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("model: m", "model: n", 1, 1000.0)]
    [InlineData("", "", 2, 1000.0)]      // on more GPUs
    [InlineData("", "", 1, null)]        // its log does not tell how far it came
    public void What_is_not_like_it_tells_nothing_and_the_document_is_asked(string from, string to, double gpus, double? samples)
    {
        var past = Past(Hour, from.Length == 0 ? Usual : Usual.Replace(from, to, StringComparison.Ordinal), gpus, samples);
        Assert.Equal((EstimateKind.Document, 3 * Hour, "as the document says"), Told(Of(Usual, 1000, 3 * Hour, past)));
        Assert.Equal((EstimateKind.Unknown, null, "nothing like it was measured"), Told(Of(Usual, 1000, null, past)));

        static (EstimateKind, TimeSpan?, string) Told(RunEstimate estimate) => (estimate.Kind, estimate.Time, estimate.Source);
    }

    [Fact]
    public void Steps_that_nobody_can_count_are_no_estimate()
    {
        var (run, training) = Planned(Usual);
        Assert.Equal((EstimateKind.Unknown, "its steps are unknown"), Estimating.Of(run, training, null, [Past(Hour)], null) is var estimate ? (estimate.Kind, estimate.Source) : default);
    }

    [Fact]
    public void An_evaluation_takes_as_long_as_the_slowest_of_its_task_and_model()
    {
        const string task = "alike: {task: /here/t.py@t, model: m}";
        var estimate = Of(task, 0, null, Past(Hour, task.Replace("/here", "/there", StringComparison.Ordinal), samples: null), Past(Hour / 2, task, samples: null));
        Assert.Equal(("from 2 runs of old, the slowest", Hour), (estimate.Source, estimate.Time));
    }

    [Fact]
    public void A_frozen_configuration_says_the_same_as_the_plan()
    {
        var plan = Some.Good($"backend: {{command: train, planning: {{{Usual}}}}}");
        var (run, training) = (Assert.Single(plan.Runs), Assert.Single(PlannedTraining.Of(plan)));
        var frozen = PlannedTraining.OfFrozen(run.Id, System.Text.Encoding.UTF8.GetBytes(plan.Configs.Find(run.Id)!.ResolvedJson))!;
        Assert.Equal(training.Alike, frozen.Alike.AsEnumerable());
        Assert.Equal((training.SamplesPerStep, training.Epochs!.Value, training.Data, training.Uncountable), (frozen.SamplesPerStep, frozen.Epochs!.Value, frozen.Data, frozen.Uncountable));
        Assert.Null(PlannedTraining.OfFrozen(run.Id, "[]"u8.ToArray()));
        Assert.Null(PlannedTraining.OfFrozen(run.Id, "{"u8.ToArray()));
    }
}
