using Vigil.Configuration;
using Vigil.Configuration.Composing;

namespace Vigil.Core.Tests.Configuration.Composing;

/// <summary>Config trees of the shapes that public projects have; what comes out follows from Hydra's rules.</summary>
public sealed class LargerCompositionTests
{
    /// <summary>A trainer's tree: a root that lists a dozen groups, callbacks that list each other, experiments and debugging modes that write into the root.</summary>
    private static ConfigLibrary Trainer { get; } = Some.Library(
        "train.yaml", """
            # @package _global_
            defaults:
              - _self_
              - data: digits
              - model: small
              - callbacks: default
              - logger: null
              - trainer: default
              - paths: default
              - hydra: default
              - experiment: null
              - search: null
              - optional local: default
              - debug: null
            task: train
            tags: [dev]
            train: True
            seed: null
            """,
        "data/digits.yaml", "_target_: src.Digits\nbatch: 64\ndir: ${paths.data}\n",
        "data/faces.yaml", "_target_: src.Faces\nbatch: 32\n",
        "model/small.yaml", "_target_: src.Net\nlr: 1e-3\nnet: {width: 64, depth: 2}\n",
        "model/large.yaml", "defaults:\n  - small\n  - _self_\nnet: {width: 1024}\n",
        "callbacks/default.yaml", "defaults:\n  - checkpoint\n  - stopping\n  - _self_\ncheckpoint: {monitor: acc}\nstopping: {patience: 100}\n",
        "callbacks/checkpoint.yaml", "checkpoint: {_target_: cb.Checkpoint, monitor: null, last: True}\n",
        "callbacks/stopping.yaml", "stopping: {_target_: cb.Stopping, patience: 3}\n",
        "callbacks/none.yaml", "",
        "logger/csv.yaml", "csv:\n  dir: ${paths.out}\n",
        "logger/board.yaml", "board:\n  dir: ${paths.out}/board\n",
        "logger/both.yaml", "defaults:\n  - csv\n  - board\n",
        "trainer/default.yaml", "epochs: 10\naccelerator: cpu\n",
        "trainer/gpu.yaml", "defaults:\n  - default\naccelerator: gpu\ndevices: 1\n",
        "trainer/ddp.yaml", "defaults:\n  - gpu\n  - _self_\ndevices: 4\nstrategy: ddp\n",
        "paths/default.yaml", "root: /r\ndata: ${paths.root}/data\nout: ${hydra:runtime.output_dir}\n",
        "hydra/default.yaml", "defaults:\n  - override hydra_logging: colorlog\nrun: {dir: logs}\n",
        "experiment/faces.yaml", """
            # @package _global_
            defaults:
              - override /data: faces
              - override /model: large
              - override /trainer: ddp
              - override /logger: both
            tags: [faces]
            seed: 7
            model: {lr: 0.002}
            """,
        "search/lr.yaml", """
            # @package _global_
            defaults:
              - override /hydra/sweeper: optuna
            hydra:
              mode: MULTIRUN
              sweeper:
                params:
                  model.lr: 1e-3,1e-4
                  data.batch: choice(8, 16)
                  seed: range(0,3)
            """,
        "debug/default.yaml", "# @package _global_\ntask: debug\ncallbacks: null\ntrainer: {epochs: 1}\n",
        "debug/overfit.yaml", "# @package _global_\ndefaults:\n  - default\ntrainer: {epochs: 20, overfit: 3}\n");

    [Theory]
    [InlineData(new string[0],
        """{"task":"train","tags":["dev"],"train":true,"seed":null,"data":{"_target_":"src.Digits","batch":64,"dir":"${paths.data}"},"model":{"_target_":"src.Net","lr":0.001,"net":{"width":64,"depth":2}},"callbacks":{"checkpoint":{"_target_":"cb.Checkpoint","monitor":"acc","last":true},"stopping":{"_target_":"cb.Stopping","patience":100}},"trainer":{"epochs":10,"accelerator":"cpu"},"paths":{"root":"/r","data":"${paths.root}/data","out":"${hydra:runtime.output_dir}"}}""")]
    [InlineData(new[] { "experiment=faces", "trainer.epochs=3", "~model.net.depth" },
        """{"task":"train","tags":["faces"],"train":true,"seed":7,"data":{"_target_":"src.Faces","batch":32},"model":{"_target_":"src.Net","lr":0.002,"net":{"width":1024}},"callbacks":{"checkpoint":{"_target_":"cb.Checkpoint","monitor":"acc","last":true},"stopping":{"_target_":"cb.Stopping","patience":100}},"logger":{"csv":{"dir":"${paths.out}"},"board":{"dir":"${paths.out}/board"}},"trainer":{"epochs":3,"accelerator":"gpu","devices":4,"strategy":"ddp"},"paths":{"root":"/r","data":"${paths.root}/data","out":"${hydra:runtime.output_dir}"}}""")]
    [InlineData(new[] { "experiment=faces", "data=digits", "logger=csv", "debug=overfit", "callbacks=none", "~paths", "+extra.note='a b'", "++seed=8" },
        """{"task":"debug","tags":["faces"],"train":true,"seed":8,"data":{"_target_":"src.Digits","batch":64,"dir":"${paths.data}"},"model":{"_target_":"src.Net","lr":0.002,"net":{"width":1024,"depth":2}},"callbacks":null,"logger":{"csv":{"dir":"${paths.out}"}},"trainer":{"epochs":20,"accelerator":"gpu","devices":4,"strategy":"ddp","overfit":3},"extra":{"note":"a b"}}""")]
    public void A_trainers_tree_composes(string[] overrides, string json)
    {
        var (composed, mistakes) = Some.Compose(Trainer, "train", ComposeRules.Bare, overrides);
        Assert.Equal(["CFG083"], mistakes.Select(static m => m.Code));
        Assert.Equal(json, Some.Json(composed!.Tree));
    }

    [Fact]
    public void The_sweep_of_a_search_becomes_axes_and_the_command_line_may_replace_one_in_its_place()
    {
        var (composed, mistakes) = Some.Compose(Trainer, "train", new() { Sweeps = Sweeps.AsAxes }, "search=lr", "trainer=default,gpu", "data.batch=4,2");
        Assert.DoesNotContain(mistakes, static m => m.Severity is Severity.Error);
        Assert.Equal(["model.lr=1e-3,1e-4", "data.batch=4,2", "seed=range(0,3)", "trainer=default,gpu"], composed!.SweepOverrides.Select(static o => o.Text));
        Assert.Null(composed.Tree["hydra"]);
    }

    [Fact]
    public void A_search_that_is_not_swept_changes_nothing()
    {
        var (composed, mistakes) = Some.Compose(Trainer, "train", ComposeRules.Bare, "search=lr");
        Assert.DoesNotContain(mistakes, static m => m.Severity is Severity.Error);
        Assert.Empty(composed!.SweepOverrides);
        Assert.Equal("64", ((ConfigNode.Scalar)Merging.Find(composed.Tree, ["data", "batch"])!).Text);
    }

    [Fact]
    public void A_library_without_folders_is_shared_by_no_two_plans_that_are_made_at_once() => Assert.NotSame(ConfigLibrary.Empty, ConfigLibrary.Empty);

    [Fact]
    public void The_layers_tell_which_entry_or_override_chose_each_file_and_in_which_order()
    {
        var (composed, _) = Some.Compose(Trainer, "train", ComposeRules.Bare, "experiment=faces", "data=digits");
        Assert.Equal(
            [
                "train '' ", "data/digits 'data' data=digits", "model/small 'model' small", "model/large 'model' override /model: large", "callbacks/checkpoint 'callbacks' checkpoint",
                "callbacks/stopping 'callbacks' stopping", "callbacks/default 'callbacks' callbacks: default", "logger/csv 'logger' csv", "logger/board 'logger' board", "logger/both 'logger' override /logger: both",
                "trainer/default 'trainer' default", "trainer/gpu 'trainer' gpu", "trainer/ddp 'trainer' override /trainer: ddp", "paths/default 'paths' paths: default", "hydra/default 'hydra' hydra: default", "experiment/faces '' experiment=faces",
            ],
            composed!.Layers.Select(static l => $"{l.Config} '{l.Package}' {l.ChosenBy}"));
        Assert.Equal("conf/experiment/faces.yaml:4:5", composed.Layers[3].ChosenAt.ToString());
        Assert.Equal("faces", composed.Choices["experiment"]);
        Assert.Null(composed.Choices["debug"]);
    }

    /// <summary>A launcher's tree: options in folders below their group, optional groups with packages of their own, one config under two packages.</summary>
    private static ConfigLibrary Launcher { get; } = Some.Library(
        "config.yaml", """
            defaults:
              - _self_
              - cluster: site
              - prepare: gpt/download
              - training: gpt/5b
              - evaluation: ???
              - optional overlap@training.model.overlap: h100
              - override hydra/job_logging: stdout
            hydra: {run: {dir: .}, output_subdir: null}
            stages: [training]
            base: ${cluster.root}
            """,
        "cluster/site.yaml", "root: /scratch\npartition: gpu\n",
        "cluster/cloud.yaml", "# @package _global_.cluster.remote\nroot: s3\n",
        "prepare/gpt/download.yaml", "run: {name: download, time: '4:00:00'}\nparts: [0, 1]\n",
        "training/gpt/base.yaml", "run: {name: base, time: '6:00:00'}\ntrainer: {steps: 100}\nmodel: {layers: 12, heads: 12}\n",
        "training/gpt/5b.yaml", "defaults:\n  - gpt/base\n  - _self_\nrun: {name: 5b}\nmodel: {layers: 24}\n",
        "training/gpt/20b.yaml", "defaults:\n  - gpt/base@_here_\nmodel: {layers: 44}\n",
        "evaluation/all.yaml", "defaults:\n  - /cluster@_global_.shared: site\n  - task/qa@first\n  - task/qa@second\n  - _self_\nsecond: {shots: 5}\n",
        "evaluation/task/qa.yaml", "shots: 0\nset: qa\n",
        "overlap/h100.yaml", "ring: true\n");

    [Theory]
    [InlineData(new[] { "evaluation=all" },
        """{"stages":["training"],"base":"${cluster.root}","cluster":{"root":"/scratch","partition":"gpu"},"prepare":{"run":{"name":"download","time":"4:00:00"},"parts":[0,1]},"training":{"gpt":{"run":{"name":"base","time":"6:00:00"},"trainer":{"steps":100},"model":{"layers":12,"heads":12}},"run":{"name":"5b"},"model":{"layers":24,"overlap":{"ring":true}}},"shared":{"root":"/scratch","partition":"gpu"},"evaluation":{"first":{"shots":0,"set":"qa"},"second":{"shots":5,"set":"qa"}}}""")]
    [InlineData(new[] { "evaluation=all", "training=gpt/20b", "cluster=cloud", "~overlap@training.model.overlap", "~prepare", "training.model.layers=45", "cluster@shared=site" },
        """{"stages":["training"],"base":"${cluster.root}","cluster":{"remote":{"root":"s3"}},"training":{"run":{"name":"base","time":"6:00:00"},"trainer":{"steps":100},"model":{"layers":45,"heads":12}},"shared":{"root":"/scratch","partition":"gpu"},"evaluation":{"first":{"shots":0,"set":"qa"},"second":{"shots":5,"set":"qa"}}}""")]
    public void Options_in_folders_keep_the_package_of_their_group(string[] overrides, string json)
    {
        var (composed, mistakes) = Some.Compose(Launcher, "config", ComposeRules.Bare, overrides);
        Assert.Equal(["CFG083"], mistakes.Select(static m => m.Code));
        Assert.Equal(json, Some.Json(composed!.Tree));
    }

    /// <summary>An experiment tool's tree: the root picks one option per group, experiments lie in folders and write into the root.</summary>
    private static ConfigLibrary Experiments { get; } = Some.Library(
        "root.yaml", "defaults:\n  - project: default\n  - slurm: base\n  - monitoring: null\n  - backend: null\n  - _self_\nversion: 2\n",
        "project/default.yaml", "name: none\nout: ./out\n",
        "slurm/base.yaml", "sbatch: {nodes: 1, time: '1:00:00'}\nenv: {}\n",
        "slurm/big.yaml", "defaults:\n  - base\n  - env/gpu@env\n  - _self_\nsbatch: {nodes: 8}\n",
        "slurm/env/gpu.yaml", "OMP: 8\n",
        "monitoring/watch.yaml", "interval: 10\nevents: [{name: a}, {name: b}]\n",
        "backend/base.yaml", "kind: base\nargs: {lr: 1e-4, seq: 2048}\n",
        "backend/megatron.yaml", "defaults:\n  - base\n  - /model@args: tiny\nkind: megatron\n",
        "model/tiny.yaml", "layers: 2\nhidden: 64\n",
        "model/mid.yaml", "defaults: [tiny, _self_]\nhidden: 512\n",
        "experiments/first/stable.yaml", """
            # @package _global_
            defaults:
              - /root
              - override /slurm: big
              - override /backend: megatron
              - override /model@backend.args: mid
              - override /monitoring: watch
              - _self_
            project: {name: stable}
            backend: {args: {lr: 3e-4}}
            """,
        "experiments/first/decay.yaml", "# @package _global_\ndefaults:\n  - stable\n  - _self_\nproject: {name: decay}\nmonitoring: {events: [{name: c}]}\n");

    [Theory]
    [InlineData("root", new string[0], """{"project":{"name":"none","out":"./out"},"slurm":{"sbatch":{"nodes":1,"time":"1:00:00"},"env":{}},"version":2}""")]
    [InlineData("experiments/first/stable", new string[0],
        """{"project":{"name":"stable","out":"./out"},"slurm":{"sbatch":{"nodes":8,"time":"1:00:00"},"env":{"OMP":8}},"monitoring":{"interval":10,"events":[{"name":"a"},{"name":"b"}]},"backend":{"kind":"megatron","args":{"lr":0.0003,"seq":2048,"layers":2,"hidden":512}},"version":2}""")]
    [InlineData("experiments/first/decay", new[] { "model@backend.args=tiny", "slurm=base", "slurm.sbatch.nodes=2", "+monitoring.events=[]", "backend.args.seq=${project.name}" },
        """{"project":{"name":"decay","out":"./out"},"slurm":{"sbatch":{"nodes":2,"time":"1:00:00"},"env":{}},"monitoring":{"interval":10,"events":[]},"backend":{"kind":"megatron","args":{"lr":0.0003,"seq":"${project.name}","layers":2,"hidden":64}},"version":2}""")]
    [InlineData("experiments/first/decay", new[] { "monitoring.events.0.name=z", "~slurm.env.OMP=8", "~version" },
        """{"project":{"name":"decay","out":"./out"},"slurm":{"sbatch":{"nodes":8,"time":"1:00:00"},"env":{}},"monitoring":{"interval":10,"events":[{"name":"z"}]},"backend":{"kind":"megatron","args":{"lr":0.0003,"seq":2048,"layers":2,"hidden":512}}}""")]
    public void An_experiment_tools_tree_composes(string config, string[] overrides, string json)
    {
        var (composed, mistakes) = Some.Compose(Experiments, config, ComposeRules.Bare, overrides);
        Assert.Empty(mistakes);
        Assert.Equal(json, Some.Json(composed!.Tree));
    }

    [Theory]
    [InlineData("exp/plain", "", """{"exp":{"deep":{"y":2},"x":1}}""")]
    [InlineData("main", "", """{"db":{"driver":"my"},"copy":{"driver":"my"},"a":{"b":{"driver":"pg"}},"top":1}""")]
    [InlineData("main", "~db/my", """{"copy":{"driver":"my"},"a":{"b":{"driver":"pg"}},"top":1}""")]
    [InlineData("main", "~top", """{"db":{"driver":"my"},"copy":{"driver":"my"},"a":{"b":{"driver":"pg"}}}""")]
    [InlineData("main", "+db@=pg", """{"db":{"driver":"my"},"copy":{"driver":"my"},"a":{"b":{"driver":"pg"}},"top":1,"driver":"pg"}""")]
    [InlineData("main", "+exp@e=[plain,late]", """{"db":{"driver":"my"},"copy":{"driver":"my"},"a":{"b":{"driver":"pg"}},"top":1,"e":{"deep":{"y":2},"x":1,"late":true}}""")]
    [InlineData("outer", "", """{"driver":"pg","db":{"driver":"pg"},"x":2}""")]
    [InlineData("outer", "db@_global_=my", """{"driver":"my","db":{"driver":"pg"},"x":2}""")]
    [InlineData("chain", "", """{"first":{"f":1},"third_one_two":{"t":1},"second_one":{"s":1}}""")]
    [InlineData("last", "", """{"db":{"driver":"pg"},"n":1}""")]
    [InlineData("last", "+extra=two", """{"db":{"driver":"my"},"n":2}""")]
    [InlineData("inert", "", """{"db":{"driver":"my","_target_":"x.Y","_partial_":true},"_target_":"os.system"}""")]
    public void A_rule_of_the_defaults_list_holds(string config, string @override, string json)
    {
        var library = Some.Library(
            "db/my.yaml", "driver: my\n", "db/pg.yaml", "driver: pg\n",
            // A config in a folder has that folder's package, and names its neighbours from there.
            "exp/plain.yaml", "defaults: [deep/d, _self_]\nx: 1\n", "exp/deep/d.yaml", "y: 2\n", "exp/late.yaml", "late: true\n",
            // Fixed configs with and without an extension and a package; a key may be called like a config.
            "main.yaml", "defaults: [db/my, db/my.yaml@copy, db/pg@a.b, _self_]\ntop: 1\n", "top.yaml", "z: 1\n",
            // A package at the top, an absolute group and a relative one.
            "outer.yaml", "defaults: [{db@_global_: pg}, {/db: pg}, _self_, inner]\nx: 1\n", "inner.yaml", "x: 2\n",
            // One interpolated option may give the choice that another waits for.
            "chain.yaml", "defaults: [{first: one}, {'third': '${second}_two'}, {second: '${first}'}]\n",
            "first/one.yaml", "# @package first\nf: 1\n", "second/one.yaml", "# @package second_one\ns: 1\n", "third/one_two.yaml", "# @package third_one_two\nt: 1\n",
            // Of several overrides the last one in the walk holds.
            "last.yaml", "defaults: [{db: my}, {more: one}, _self_, {override db: pg}]\nn: 1\n",
            "more/one.yaml", "# @package _global_\ndefaults: [{override /db: my}]\n", "extra/two.yaml", "# @package _global_\ndefaults: [{override /db: my}]\nn: 2\n",
            "inert.yaml", "defaults: [db/my]\n_target_: os.system\ndb: {_target_: x.Y, _partial_: true}\n");
        var (composed, mistakes) = Some.Compose(library, config, ComposeRules.Bare, @override.Length == 0 ? [] : [@override]);
        Assert.Empty(mistakes);
        Assert.Equal(json, Some.Json(composed!.Tree));
    }
}
