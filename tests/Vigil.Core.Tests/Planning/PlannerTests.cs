using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

public sealed class PlannerTests
{
    private const string TinyLm = """
        project: {name: tiny-lm, base_output_dir: outputs/tiny-lm}
        scheduler: local
        backend:
          command: python3 train.py --lr ${lr} --seed ${seed} --out {output_dir}
        lr: 1e-3
        seed: 0
        sweep:
          type: product
          groups:
            - params: {lr: [1e-3, 3e-3]}
            - params: {seed: [0, 1]}
        """;

    [Fact]
    public void A_product_sweep_becomes_one_run_for_each_combination_with_the_last_key_fastest()
    {
        var plan = Some.Good(TinyLm);
        Assert.Equal(["lr1e-3_seed0", "lr1e-3_seed1", "lr3e-3_seed0", "lr3e-3_seed1"], plan.Runs.Select(static r => r.Id.Value));
        Assert.Equal([0, 1, 2, 3], plan.Runs.Select(static r => r.Index));
        Assert.Equal("/home/u/outputs/tiny-lm", plan.Experiment.Dir);
        Assert.Equal(new CommandTemplate.Line("python3 train.py --lr 0.003 --seed 1 --out {output_dir}"), plan.Runs[3].Command);
    }

    [Fact]
    public void A_run_has_its_folder_and_its_log_below_the_experiments_folder()
    {
        var run = Some.Good(TinyLm).Runs[0];
        Assert.Equal("/home/u/outputs/tiny-lm/lr1e-3_seed0", run.OutputDir);
        Assert.Equal("/home/u/outputs/tiny-lm/lr1e-3_seed0/slurm-%j.out", run.LogPath);
        Assert.Equal("/home/u/outputs/tiny-lm/lr1e-3_seed0/current.log", run.LogPathCurrent);
        Assert.Equal("/home/u/exp", run.WorkDir);
        Assert.Equal([new Coordinate("lr", "1e-3"), new Coordinate("seed", "0")], run.Overrides);
        Assert.Equal(RestartPolicy.Default, run.Restart);
    }
}
