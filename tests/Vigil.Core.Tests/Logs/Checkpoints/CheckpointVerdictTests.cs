using System.Collections.Immutable;
using Vigil.Logs.Checkpoints;

namespace Vigil.Core.Tests.Logs.Checkpoints;

public sealed class CheckpointVerdictTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 3, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("iter_0000100", "100", ".metadata common.pt __0_0.distcp __0_1.distcp __1_0.distcp metadata.json", null)]
    [InlineData("iter_0000100", "200", "mp_rank_00/m.pt mp_rank_01/m.pt", null)]
    [InlineData("iter_0000100", "release", "mp_rank_00/m.pt", null)]
    [InlineData("iter_0000100", null, "mp_rank_00/m.pt", "no tracker file names it")]
    [InlineData("iter_0000100", "50", "mp_rank_00/m.pt", "the tracker file still names 50")]
    [InlineData("iter_0000100", "100", "mp_rank_00/m.pt mp_rank_02/m.pt", "a rank's part is missing")]
    [InlineData("iter_0000100", "100", "mp_rank_00_000/m.pt mp_rank_00_001/m.pt mp_rank_01_000/m.pt", "a rank's part is missing")]
    [InlineData("iter_0000100", "100", "common.pt __0_0.distcp", ".metadata, which is written last, is missing")]
    [InlineData("iter_0000100", "100", ".metadata __0_0.distcp __2_0.distcp", "a rank's part is missing")]
    [InlineData("iter_0000100", "100", "", "the folder is empty")]
    [InlineData("global_step100", "global_step100", "mp_rank_00_model_states.pt zero_pp_rank_0_mp_rank_00_optim_states.pt zero_pp_rank_1_mp_rank_00_optim_states.pt", null)]
    [InlineData("global_step100", "global_step50", "mp_rank_00_model_states.pt", "the tracker file still names 50")]
    [InlineData("global_step100", "global_step100", "zero_pp_rank_0_mp_rank_00_optim_states.pt zero_pp_rank_2_mp_rank_00_optim_states.pt", "a rank's part is missing")]
    [InlineData("checkpoint-500", null, "model.safetensors.index.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors trainer_state.json training_args.bin", null)]
    [InlineData("checkpoint-500", null, "model-00001-of-00002.safetensors trainer_state.json", "model-00002-of-00002.safetensors is missing")]
    [InlineData("checkpoint-500", null, "model-00001-of-99999.safetensors", "some are missing")]
    [InlineData("checkpoint-500", null, "model.safetensors training_args.bin", "trainer_state.json, which is written last, is missing")]
    [InlineData("x-000004-state", null, "optimizer.bin scheduler.bin random_states_0.pkl train_state.json model.safetensors", null)]
    [InlineData("x-000004-state", null, "optimizer.bin scheduler.bin random_states_0.pkl custom_checkpoint_0.pkl", null)]
    [InlineData("x-000004-state", null, "optimizer.bin scheduler.bin random_states_0.pkl", "train_state.json is missing")]
    [InlineData("x-000004-state", null, "scheduler.bin random_states_0.pkl train_state.json", "optimizer.bin is missing")]
    [InlineData("x-000004-state", null, "optimizer.bin scheduler.bin random_states_0.pkl random_states_2.pkl train_state.json", "a rank's part is missing")]
    [InlineData("epoch_0", null, "adapter_model.safetensors adapter_config.json", null)]
    [InlineData("epoch_0", null, "adapter_config.json tokenizer.json", "there are no weights")]
    [InlineData("epoch_0", null, "adapter_model.pt adapter_config.json", "adapter_model.safetensors is missing")]
    [InlineData("epoch_0", null, "adapter_model.safetensors adapter_model.pt", "adapter_config.json is missing")]
    [InlineData("epoch_0", null, "model-00001-of-00001.safetensors adapter_model.safetensors", null)]
    [InlineData("step-100", null, ".metadata __0_0.distcp", null)]
    public void A_checkpoint_is_valid_when_its_form_and_its_files_say_so(string folder, string? tracker, string parts, string? fault)
    {
        var (validity, reason) = Judge(folder, tracker, parts.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        if (fault is null) Assert.Equal((CheckpointValidity.Valid, null), (validity, reason));
        else
        {
            Assert.Equal(CheckpointValidity.Invalid, validity);
            Assert.Contains(fault, reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("model-00001-of-00002.safetensors model-00002-of-00002.safetensors", null)]
    [InlineData("model-00001-of-00002.safetensors model.safetensors", "model-00002-of-00002.safetensors, which model.safetensors.index.json names, is missing")]
    public void The_index_beside_shards_names_what_belongs_to_them(string there, string? missing)
    {
        var index = """{"metadata": {}, "weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors", "c": "model-00002-of-00002.safetensors"}}"""u8.ToArray();
        ImmutableArray<CheckpointPart> parts = [new("model.safetensors.index.json", index.Length, Now), .. there.Split(' ').Select(static n => new CheckpointPart(n, 10, Now))];

        Assert.Equal(missing, ShardIndex.Missing(parts, _ => (offset, into) => { index.AsSpan((int)offset, into.Length).CopyTo(into); return into.Length; }));
    }

    [Fact]
    public void A_checkpoint_that_was_written_to_just_now_may_be_written_to_still_whatever_its_tracker_says()
    {
        var (validity, reason) = Judge("iter_0000100", "100", ["mp_rank_00/m.pt"], age: 29);

        Assert.Equal((CheckpointValidity.Unsettled, "it was written to just now"), (validity, reason));
        Assert.Equal(CheckpointValidity.Valid, Judge("iter_0000100", "100", ["mp_rank_00/m.pt"], age: 30).Validity);
    }

    [Fact]
    public void A_young_checkpoint_with_parts_missing_is_unsettled_and_an_old_one_invalid()
    {
        Assert.Equal(CheckpointValidity.Unsettled, Judge("checkpoint-500", null, ["model-00001-of-00002.safetensors"], age: 5).Validity);
        Assert.Equal(CheckpointValidity.Invalid, Judge("checkpoint-500", null, ["model-00001-of-00002.safetensors"], age: 500).Validity);
    }

    [Fact]
    public void Files_that_changed_since_the_last_look_are_unsettled_though_a_wrong_clock_calls_them_old()
    {
        ImmutableArray<CheckpointPart> before = [new("mp_rank_00/m.pt", 10, Now.AddHours(-1))];

        Assert.Equal("its files changed since the last look", Judge("iter_0000100", "100", ["mp_rank_00/m.pt"], before: before).Reason);
    }

    [Fact]
    public void A_date_far_in_the_future_is_another_clocks_and_keeps_nothing_unsettled() =>
        Assert.Equal(CheckpointValidity.Valid, Judge("step-1", null, ["a.txt"], age: -86400).Validity);

    [Fact]
    public void A_cut_file_makes_its_checkpoint_invalid_and_is_named()
    {
        var (validity, reason) = Judge("step-100", null, ["a.safetensors", "b.txt"], bytes: "short"u8.ToArray());

        Assert.Equal((CheckpointValidity.Invalid, "a.safetensors is cut: its header's length is missing"), (validity, reason));
    }

    [Fact]
    public void An_empty_weight_file_is_a_fault_and_an_empty_note_is_none()
    {
        Assert.Equal("optimizer.bin is empty", Judge("step-100", null, ["optimizer.bin"], bytes: []).Reason);
        Assert.Equal(CheckpointValidity.Valid, Judge("step-100", null, ["DONE"], bytes: []).Validity);
    }

    [Fact]
    public void A_file_that_cannot_be_read_vouches_for_nothing() =>
        Assert.Equal("DONE cannot be read", CheckpointVerdict.Judge(new(CheckpointName.OfFolder("step-1")!, [new("DONE", 1, Now.AddHours(-1))], null, null, Now) { Open = static _ => null }).Reason);

    [Fact]
    public void The_newest_is_the_furthest_valid_one_and_the_best_has_the_lowest_evaluation()
    {
        CheckpointSeen[] seen = [Seen(100, CheckpointValidity.Valid), Seen(300, CheckpointValidity.Invalid), Seen(200, CheckpointValidity.Valid), Seen(400, CheckpointValidity.Unsettled)];

        Assert.Equal(200, ValidCheckpoints.Newest(seen)!.Step);
        Assert.Equal(100, ValidCheckpoints.Best(seen, Losses((100, 1.5), (200, 1.7), (300, 0.1), (400, double.NaN)))!.Step);
        Assert.Equal(200, ValidCheckpoints.Best(seen, HeldOutLosses.None)!.Step);
        Assert.Equal(200, ValidCheckpoints.Best(seen, Losses((200, double.NaN)))!.Step);
        Assert.Null(ValidCheckpoints.Newest([Seen(1, CheckpointValidity.Invalid)]));
    }

    [Fact]
    public void Of_checkpoints_that_only_name_their_epoch_the_last_loss_within_that_epoch_counts()
    {
        var losses = Losses((50, 9), (100, 1.5), (150, 0.1), (200, 1.2), (250, double.NaN)) with { StepsPerEpoch = 100 };

        Assert.Equal([1.5, 1.2, null, null], Enumerable.Range(0, 4).Select(e => losses.OfEpoch(e)));
        Assert.Equal(1, ValidCheckpoints.Best([Epoch(0), Epoch(1), Epoch(2)], losses)!.Epoch);
        Assert.Equal(2, ValidCheckpoints.Best([Epoch(0), Epoch(1), Epoch(2)], losses with { StepsPerEpoch = null })!.Epoch);
    }

    [Fact]
    public void A_loss_after_the_last_step_of_an_epoch_is_that_epoch_s_where_steps_do_not_divide_evenly()
    {
        var losses = Losses((33, 3), (67, 1), (100, 2)) with { StepsPerEpoch = 100 / 3.0 };

        Assert.Equal([3.0, 1, 2], Enumerable.Range(0, 3).Select(e => losses.OfEpoch(e)!.Value));
    }

    private static HeldOutLosses Losses(params (long Step, double Loss)[] all) => new(all.ToDictionary(static p => p.Step, static p => p.Loss), null);

    private static CheckpointSeen Epoch(long epoch) => Seen(0, CheckpointValidity.Valid) with { Kind = CheckpointKind.Epoch, Step = null, Epoch = epoch };

    [Fact]
    public void Epochs_go_on_where_steps_were_counted_anew()
    {
        var (old, resumed) = (Seen(960, CheckpointValidity.Valid) with { Epoch = 4 }, Seen(240, CheckpointValidity.Valid) with { Epoch = 5 });

        Assert.Equal(5, ValidCheckpoints.Newest([old, resumed])!.Epoch);
    }

    [Fact]
    public void Megatron_and_DeepSpeed_are_given_the_folder_above()
    {
        Assert.Equal("/out", (Seen(1, CheckpointValidity.Valid) with { Path = "/out/iter_0000001", Kind = CheckpointKind.Megatron }).Load);
        Assert.Equal("/out/checkpoint-1", (Seen(1, CheckpointValidity.Valid) with { Path = "/out/checkpoint-1", Kind = CheckpointKind.Trainer }).Load);
    }

    private static CheckpointSeen Seen(long step, CheckpointValidity validity) => new($"/out/step-{step}", CheckpointKind.Step, step, null, 1, Now, validity, validity is CheckpointValidity.Valid ? null : "x");

    private static (CheckpointValidity Validity, string? Reason) Judge(string folder, string? tracker, string[] names, int age = 3600, byte[]? bytes = null, ImmutableArray<CheckpointPart>? before = null) =>
        CheckpointVerdict.Judge(new(CheckpointName.OfFolder(folder)!, [.. names.Select(n => new CheckpointPart(n, Content(n, bytes).Length, Now.AddSeconds(-age)))], tracker, before, Now)
        {
            Open = part => (offset, into) =>
            {
                var all = Content(part.Name, bytes);
                if (offset < 0 || offset >= all.Length) return 0;
                var piece = all.AsSpan((int)offset, (int)Math.Min(into.Length, all.Length - offset));
                piece.CopyTo(into);
                return piece.Length;
            },
        });

    private static byte[] Content(string name, byte[]? bytes) => bytes ?? Path.GetExtension(name) switch
    {
        ".json" => "{}"u8.ToArray(),
        ".safetensors" => CheckpointBytesTests.Safetensors("""{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4),
        _ => CheckpointBytesTests.Zip(1),
    };
}
