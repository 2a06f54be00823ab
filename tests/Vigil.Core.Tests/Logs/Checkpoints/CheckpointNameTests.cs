using System.Text;
using Vigil.Logs.Checkpoints;

namespace Vigil.Core.Tests.Logs.Checkpoints;

public sealed class CheckpointNameTests
{
    [Theory]
    [InlineData("iter_0000100", CheckpointKind.Megatron, 100L, null)]
    [InlineData("checkpoint-500", CheckpointKind.Trainer, 500L, null)]
    [InlineData("global_step100", CheckpointKind.DeepSpeed, 100L, null)]
    [InlineData("epoch_3", CheckpointKind.Epoch, null, 3L)]
    [InlineData("step-100", CheckpointKind.Step, 100L, null)]
    [InlineData("step_100", CheckpointKind.Step, 100L, null)]
    [InlineData("x-000004-state", CheckpointKind.State, null, 4L)]
    [InlineData("x-4-state", CheckpointKind.State, null, 4L)]
    [InlineData("my-lora-v2-000012-state", CheckpointKind.State, null, 12L)]
    [InlineData("x-step00000100-state", CheckpointKind.State, 100L, null)]
    [InlineData("x-state", CheckpointKind.State, null, null)]
    public void A_folders_name_tells_trainer_and_step(string name, CheckpointKind kind, long? step, long? epoch) => Assert.Equal(new CheckpointName(kind, step, epoch), CheckpointName.OfFolder(name));

    [Theory]
    [InlineData("tmp-checkpoint-10")]
    [InlineData(".iter_0000100.tmp")]
    [InlineData("iter_0000100.tmp")]
    [InlineData("checkpoints")]
    [InlineData("checkpoint-best")]
    [InlineData("state")]
    [InlineData("step-1234567890123456789012")]
    [InlineData("iter_x")]
    public void A_folder_that_is_being_made_or_has_another_name_is_none(string name) => Assert.Null(CheckpointName.OfFolder(name));

    [Theory]
    [InlineData("x-000004.safetensors", null, 4L)]
    [InlineData("x-step00000500.safetensors", 500L, null)]
    [InlineData("checkpoint-40.safetensors", 40L, null)]
    [InlineData("my_ckpt-40.pt", 40L, null)]
    [InlineData("model-40.safetensors", null, null)]
    [InlineData("epoch=3-step=1200.ckpt", 1200L, 3L)]
    [InlineData("epoch=3-step=1200-v1.ckpt", 1200L, 3L)]
    [InlineData("model_step_700.pt", 700L, null)]
    [InlineData("last.ckpt", null, null)]
    [InlineData("ckpt.pt", null, null)]
    public void A_files_name_tells_step_or_epoch(string name, long? step, long? epoch) => Assert.Equal(new CheckpointName(CheckpointKind.File, step, epoch), CheckpointName.OfFile(name));

    [Theory]
    [InlineData("model-00001-of-00003.safetensors")]
    [InlineData("optimizer.pt")]
    [InlineData("rng_state_3.pth")]
    [InlineData("zero_pp_rank_0_mp_rank_00_optim_states.pt")]
    [InlineData("config.json")]
    [InlineData("train.py")]
    public void A_companion_or_a_shard_is_no_checkpoint_by_itself(string name) => Assert.Null(CheckpointName.OfFile(name));

    [Theory]
    [InlineData("""{"current_epoch": 30, "current_step": 360}""", 360L, 30L)]
    [InlineData("""{"current_step": "x"}""", null, null)]
    [InlineData("""{"current_step": 3""", null, null)]
    public void Where_a_state_stands_is_read_from_its_file(string json, long? step, long? epoch) => Assert.Equal((step, epoch), TrainState.Read(Encoding.UTF8.GetBytes(json)));
}
