using Vigil.Planning;

namespace Vigil.Core.Tests.Spec;

public sealed class BackendTests
{
    private static string Words(string backend) => string.Join(' ', Assert.IsType<CommandTemplate.Words>(Assert.Single(Planning.Some.Good($"backend: {{{backend}}}").Runs).Command).Items);

    [Theory]
    [InlineData("class_name: MegatronBackend, megatron: {lr: 1e-4, lr_decay_iters: 10}", "scripts/run_megatron.sh --lr 1e-4 --lr-decay-iters 10")]
    [InlineData("type: megatron, args: {bf16: true, swiglu: false, load: null}", "scripts/run_megatron.sh --bf16")]
    [InlineData("type: megatron, megatron: {data_path: [0.3, a b, 0.7, c], recompute_modules: []}", "scripts/run_megatron.sh --data-path 0.3 a b 0.7 c")]
    [InlineData("type: megatron, launcher_script: python  pretrain.py, megatron: {load: '1 2'}, extra_cli_args: [--a, 3]", "python pretrain.py --load 1 2 --a 3")]
    [InlineData("type: megatron, use_torchrun: true, torchrun_args: {nproc_per_node: 4, standalone: true, tee: null}, launcher_script: t.py, megatron: {lr: 1}",
        "python -u -m torch.distributed.run --nproc-per-node 4 --standalone t.py --lr 1")]
    [InlineData("type: megatron, use_torchrun: true, python_cmd: python3, launcher_script: t.py", "python3 -u -m torch.distributed.run t.py")]
    [InlineData("type: megatron, torchrun_args: {tee: 3}, full_validation: true, full_schema_validation: false, args: {lr: 1}, megatron: {seed: 2}", "scripts/run_megatron.sh --lr 1 --seed 2")]
    [InlineData("type: megatron, megatron: {save: '{output_dir}/ckpt'}", "scripts/run_megatron.sh --save {output_dir}/ckpt")]
    [InlineData("class_name: NullBackend", "echo")]
    [InlineData("class_name: NullBackend, base_command: [printf, x], extra_cli_args: [y]", "printf x y")]
    public void A_backend_makes_words_of_its_settings(string backend, string words) => Assert.Equal(words, Words(backend));

    [Fact]
    public void The_bash_backend_takes_its_command_as_it_stands() =>
        Assert.Equal(new CommandTemplate.Line("a | b"), Assert.Single(Planning.Some.Good("backend: {class_name: BashBackend, command: a | b}").Runs).Command);

    [Theory]
    [InlineData("class_name: MegatronBackend, command: x", "CFG057")]
    [InlineData("type: megatrn", "CFG057")]
    [InlineData("type: megatron, megatron: {lr: {b: 1}}", "CFG046")]
    [InlineData("type: megatron, known_args: [a], megatron: {a: {b: 1}}", "CFG041")]
    [InlineData("type: megatron, megatron: [a]", "CFG041")]
    [InlineData("type: megatron, megatron: {lr: 1}, args: {lr: 2}", "CFG057")]
    [InlineData("class_name: AutoMegatronBackend, megatron: {train_tokens: 6e9, seq_length: 4096}", "CFG047")]
    [InlineData("type: megatron, extra_cli_args: -x", "CFG041")]
    [InlineData("type: megatron, extra_cli_args: [null]", "CFG041")]
    [InlineData("class_name: NullBackend, base_command: echo", "CFG041")]
    [InlineData("class_name: BashBackend", "CFG042")]
    public void What_a_backend_cannot_use_is_told(string backend, string code) => Assert.Equal(code, Planning.Some.Mistake($"backend: {{{backend}}}").Code);

    [Theory]
    [InlineData("time: '2:00:00', nodes: 4, gpus_per_node: 8", 64)]
    [InlineData("time: '2:00:00', nodes: 4, gpus-per-node: 'a100:8'", 64)]
    [InlineData("time: 1-0, gres: 'gpu:4'", 96)]
    [InlineData("time: 60, nodes: 2, gres: 'nvme:1,gpu:h200:3'", 6)]
    [InlineData("time: 60, nodes: 2, gres: gpu", 2)]
    [InlineData("time: 60, nodes: 2, gpus: 6", 6)]
    [InlineData("time: 60, nodes: 2, gpus: 'a100:2,v100:1'", 3)]
    [InlineData("time: 60, nodes: 2-4, ntasks_per_node: 4, gpus_per_task: 1", 8)]
    [InlineData("time: 60, ntasks: 6, gpus_per_task: 2", 12)]
    [InlineData("nodes: 2, gpus: 4", 0)]
    [InlineData("time: UNLIMITED, gpus: 4", 0)]
    [InlineData("time: 60, nodes: 2", 0)]
    public void Slurms_options_say_how_many_gpu_hours_a_run_takes(string sbatch, double hours)
    {
        var run = Assert.Single(Planning.Some.Good($"backend: {{command: x}}\nscheduler: slurm\nslurm: {{sbatch: {{{sbatch}, account: me}}, srun: {{ntasks: 1}}, env: {{X: 1}}}}").Runs);
        Assert.Equal((hours, "/home/u/outputs/e/e/slurm-%j.out"), (run.GpuHours, run.LogPath));
    }

    [Theory]
    [InlineData("sbatch: {time: soon}", "CFG054")]
    [InlineData("sbatch: [a]", "CFG041")]
    [InlineData("srun: 1", "CFG041")]
    public void What_Slurm_could_not_mean_is_told(string slurm, string code) =>
        Assert.Equal(code, Planning.Some.Mistake($"backend: {{command: x}}\nscheduler: slurm\nslurm: {{{slurm}}}").Code);
}
