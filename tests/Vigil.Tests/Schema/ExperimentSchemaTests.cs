using System.Text.Json;
using Vigil.Configuration;
using Vigil.Spec;
using Vigil.Tests.House;

namespace Vigil.Tests.Schema;

/// <summary>The schema, judged by a validator that is not ours.</summary>
public sealed class ExperimentSchemaTests
{
    private const string Validator = """
        import json, sys
        from jsonschema import Draft202012Validator as Validator
        schema, *files = [json.loads(line) for line in open(sys.argv[1], encoding='utf-8')]
        Validator.check_schema(schema)
        validator = Validator(schema)
        for file in files: print(json.dumps([mistake.message for mistake in validator.iter_errors(file)]))
        """;

    /// <summary>The validator's complaints about each experiment.</summary>
    private static string[][] Judge(params string[] experiments)
    {
        using var folder = new ScratchFolder();
        string[] lines = [ExperimentSchema.Text(), .. experiments.Select(text =>
        {
            var report = new DiagnosticBag();
            var tree = YamlReader.Read(new SourceFile("f", "/f", text), report);
            Assert.True(tree is not null && !report.HasErrors, text);
            return JsonEmitter.Emit(tree);
        })];
        File.WriteAllLines(folder["files"], lines.Select(text => JsonSerializer.Serialize(JsonDocument.Parse(text))));
        var outcome = Shell.Run(folder.Path, "/usr/bin/python3", "-c", Validator, folder["files"]);
        var verdicts = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<string[]>(line)!).ToArray();
        Assert.True(outcome.ExitCode == 0 && verdicts.Length == experiments.Length, outcome.ToString());
        return verdicts;
    }

    [Fact]
    public void Every_example_is_valid()
    {
        var files = Repository.Files.Where(static f => Repository.Relative(f).StartsWith("examples/", StringComparison.Ordinal) && f.EndsWith(".yaml", StringComparison.Ordinal) && !f.EndsWith(".rules-test.yaml", StringComparison.Ordinal)).ToArray();
        Assert.True(files.Length >= 3);

        var verdicts = Judge([.. files.Select(File.ReadAllText)]);

        Assert.All(files.Zip(verdicts), static pair => Assert.True(pair.Second.Length == 0, $"{pair.First}: {string.Join("; ", pair.Second)}"));
    }

    private static readonly string[] Good =
    [
        "{}",
        "my_key: {anything: [1, a, {b: null}]}\nlr: 1e-3\n",
        "scheduler: slurm",
        "scheduler: {type: slurm, max_jobs: 100, stagger_seconds: 0.5}",
        "scheduler: ${kind}",
        "backend: kohya",
        "defaults: [{backend: kohya}, _self_]\nproject: {compat: none}\nbackend: {vram: 12G, args: {seed: 1}, ui_state: {seed: 1}}",
        "backend: {command: [python3, train.py, 1, true]}",
        "backend: {type: megatron, args: {lr: 1e-3, any: [1]}}",
        "backend: {class_name: MegatronBackend, megatron: {x: 1}, env: {A: 1, B: '${c}'}}",
        "slurm: {sbatch: {partition: gpu, anything: 1}, env: {A: 1}, launcher: torchrun, launcher_args: {tee: 3}, setup: [\"x\"], modules: gcc, poll_seconds: [5, 60]}\ncontainer: {runtime: pyxis, image: x, env: [A], binds: [/a]}",
        "container: null\nmonitoring: production",
        "monitoring: {dry_run: true, no_progress_threshold_seconds: 20m, rules: [{name: a, when: 'OOM', if: {attempts_below: 3}, do: cancel}, {when: {no_progress: 20m}, do: [{restart: {cause: hang}}, log], limit: {times: 2}}]}",
        "monitoring: {log_events: [{name: saved, pattern: 'x (?P<n>1)', extract_groups: {step: n}, actions: [{class_name: EventAction, mode: queue, conditions: [{class_name: FileExistsCondition, path: x}], action: {class_name: LogAction}}]}]}",
        "monitoring: {state_events: [{name: stall, action: {class_name: RestartAction}}], notify: {team: {type: slack, url: '${oc.env:HOOK}', quiet_hours: '22:00-07:00'}}}",
        "metadata: {a: {b: 1}}\nstage: stable\nindex: 3",
        "job: {restart: {max_attempts: 3, delay_seconds: 0.5, causes: [crash, hang]}, env: {X: null}, depends_on: [a, b]}",
        "job: {depends_on: stable, restart: '${defaults_of_mine}'}",
        "job: {restart: null, fence_seconds: null}",
        "local: {slots: '${n}', gpus_per_run: 2, time: 30, share_gpus: true}",
        "local: {time: \"1-02:00:00\"}",
        "project: {name: 7, log_path_current: null, max_gpu_hours: 5, share: group, base_output_dir: 'outputs/${oc.timestring:}'}",
        "defaults: [base, {model: small}, _self_]\nhydra: {sweeper: {params: {lr: '1,2'}}}",
        "sweep: null",
        "sweep: ${my_sweep}",
        "sweep: {type: zip, params: {lr: [1, 2], bs: 3, model: '${m}', d: {sample: loguniform, low: 1e-5, high: 1e-2, n: 4, seed: 1}, e: {a: 1}}}",
        "sweep: {type: product, filter: 'lr * bs <= 40', base_values: {a.b: 1}, groups: [{type: list, configs: [{stage: a}, {stage: b, params: {x: [1]}}, {type: anything_of_mine}], filter: true}, {groups: [{params: {y: [1]}}], defaults: {z: 1}}]}",
        "sweep: {grids: [{lr: [1, 2], x.y: [a]}], base_values: {foo: bar}}",
        "sweep: {axes: {lr: [1, 2], a: {b: [1]}}}",
        "sweep: {class_name: Sweep, store_sweep_json: true, type: list, list_composition: [tags], configs: [{lr: 1}]}",
    ];

    [Fact]
    public void Everything_that_the_contract_allows_is_valid()
    {
        Assert.All(Good.Zip(Judge(Good)), static pair => Assert.True(pair.Second.Length == 0, $"{pair.First}: {string.Join("; ", pair.Second)}"));
    }

    private static readonly string[] Bad =
    [
        "- a list",
        "project: {nam: x}",
        "project: [x]",
        "project: {max_gpu_hours: many}",
        "project: {share: everybody}",
        "project: {compat: fluxgim}",
        "defaults: [{backend: kohya}, _self_]\nbackend: {env: {A: [1]}}",
        "scheduler: slrum",
        "scheduler: {type: slrum}",
        "scheduler: {typ: local}",
        "scheduler: {max_jobs: 0}",
        "backend: {comand: x}",
        "backend: {command: {a: b}}",
        "backend: {command: []}",
        "backend: {env: {A: [1]}}",
        "backend: [x]",
        "local: {slots: 0}",
        "local: {slots: 1.5}",
        "local: {cpus_per_run: -1}",
        "local: {time: soon}",
        "local: {share_gpus: 3}",
        "job: {restart: {max_attempts: 0}}",
        "job: {restart: {causes: [user_error]}}",
        "job: {restart: {causes: crash}}",
        "job: {restart: {attempts: 3}}",
        "job: {fence_seconds: 100000}",
        "job: {retries: 3}",
        "job: {depends_on: {a: b}}",
        "slurm: {sbatch: [1]}",
        "metadata: 3",
        "monitoring: [x]",
        "monitoring: {rules: [{do: cancel}]}",
        "monitoring: {rules: {when: x, do: cancel}}",
        "monitoring: {log_events: [{name: x, pattern: y, pattern_type: glob}]}",
        "monitoring: {log_events: [{name: x, pattern: y, actions: [{class_name: RestartActoin}]}]}",
        "monitoring: {notify: {team: {type: carrier_pigeon}}}",
        "stage: [a]",
        "sweep: [1]",
        "sweep: {type: prodct}",
        "sweep: {lr: [1, 2]}",
        "sweep: {groups: []}",
        "sweep: {groups: [{params: {lr: []}}]}",
        "sweep: {groups: [{params: {lr: [1]}, configs: [{lr: 1}]}]}",
        "sweep: {groups: [{type: list}]}",
        "sweep: {groups: [{lr: [1]}]}",
        "sweep: {groups: [3]}",
        "sweep: {configs: [3]}",
        "sweep: {configs: [{params: 3}]}",
        "sweep: {params: {lr: {sample: loguniform, low: 1, high: 2, n: 0}}}",
        "sweep: {params: {lr: {sample: magic}}}",
        "sweep: {params: {lr: {sample: int, hi: 2}}}",
        "sweep: {filter: [1]}",
        "sweep: {base_values: 3}",
        "defaults: base",
    ];

    [Fact]
    public void Mistakes_are_refused()
    {
        Assert.All(Bad.Zip(Judge(Bad)), static pair => Assert.True(pair.Second.Length > 0, $"{pair.First} was found valid"));
    }

    [Fact]
    public void The_schema_is_the_same_every_time() => Assert.Equal(ExperimentSchema.Text(), ExperimentSchema.Text());
}
