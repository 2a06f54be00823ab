using Vigil.Configuration;
using Vigil.Configuration.Megatron;
using Vigil.Planning;
using Plans = Vigil.Core.Tests.Planning.Some;

namespace Vigil.Core.Tests.Spec;

/// <summary>How a mapping becomes the command line of Megatron-LM, and what is told about it.</summary>
public sealed class MegatronCommandTests
{
    private static string Backend(string arguments, string beside = "") => $"backend: {{type: megatron, launcher_script: run, {beside}megatron: {{{arguments}}}}}";

    private static string Words(Plan plan) => string.Join(' ', Assert.IsType<CommandTemplate.Words>(plan.Runs[0].Command).Items);

    private static string Options(string arguments, string beside = "") => Words(Plans.Good(Backend(arguments, beside)))["run".Length..].Trim();

    [Theory]
    [InlineData("bf16: true, swiglu: false", "--bf16")]
    [InlineData("bf16: 'yes', swiglu: 1, fp16: 'off'", "--bf16 --swiglu")]
    [InlineData("bias_dropout_fusion: false", "--no-bias-dropout-fusion")]
    [InlineData("bias_dropout_fusion: true", "")]
    [InlineData("no_bias_dropout_fusion: true", "--no-bias-dropout-fusion")]
    [InlineData("no_bias_dropout_fusion: false", "")]
    [InlineData("add_bias_linear: false, apply_rope_fusion: false", "--disable-bias-linear --no-rope-fusion")]
    [InlineData("barrier_with_L1_time: false", "--no-barrier-with-level-1-timing")]
    [InlineData("no_load_optim: true", "--no-load-optim")]
    [InlineData("rl_partial_rollouts: true", "--rl-partial-rollouts")]
    [InlineData("rl_partial_rollouts: false", "--no-rl-partial-rollouts")]
    [InlineData("onnx_safe: true", "--onnx-safe True")]
    [InlineData("onnx_safe: false", "")]
    public void What_is_on_or_off_is_written_as_Megatron_reads_it(string arguments, string options) => Assert.Equal(options, Options(arguments));

    [Theory]
    [InlineData("fp8: hybrid", "--fp8-format hybrid")]
    [InlineData("fp8_format: hybrid", "--fp8-format hybrid")]
    [InlineData("lr-decay-style: cosine", "--lr-decay-style cosine")]
    [InlineData("megatron.seed: 7", "--seed 7")]
    [InlineData("persistent_save_interval: 5", "--save-interval 5")]
    [InlineData("override_opt_param_scheduler: true", "--override-opt_param-scheduler")]
    [InlineData("use_mcore_models: true", "--use-mcore-models")]
    [InlineData("load: null, lr: null", "")]
    public void A_key_is_the_argument_s_name_or_its_option_s(string arguments, string options) => Assert.Equal(options, Options(arguments));

    [Theory]
    [InlineData("train_samples: 6_000_000_000", "--train-samples 6000000000")]
    [InlineData("train_samples: 6e9", "--train-samples 6000000000")]
    [InlineData("train_samples: '6e9'", "--train-samples 6000000000")]
    [InlineData("train_iters: 7.0", "--train-iters 7")]
    [InlineData("lr: 1e-4, min_lr: 3.0E-5, weight_decay: '.1'", "--lr 1e-4 --min-lr 3.0E-5 --weight-decay .1")]
    [InlineData("init_method_std: 1_0", "--init-method-std 10")]
    [InlineData("ckpt_step: '{last_checkpoint_step}'", "--ckpt-step {last_checkpoint_step}")]
    [InlineData("split: '90,5,5'", "--split 90,5,5")]
    public void A_number_is_written_so_that_Megatron_reads_it(string arguments, string options) => Assert.Equal(options, Options(arguments));

    [Theory]
    [InlineData("data_path: [0.3, a, 0.7, b]", "--data-path 0.3 a 0.7 b")]
    [InlineData("data_path: 'a, b'", "--data-path a b")]
    [InlineData("data_path: a", "--data-path a")]
    [InlineData("data_path: []", "")]
    [InlineData("data_path: '0.3 /data/a 0.7 /data/b'", "--data-path 0.3 /data/a 0.7 /data/b")]
    [InlineData("profile_ranks: '0 8'", "--profile-ranks 0 8")]
    [InlineData("profile_ranks: '0,8'", "--profile-ranks 0 8")]
    [InlineData("profile_ranks: 3", "--profile-ranks 3")]
    [InlineData("recompute_modules: [core_attn, mlp]", "--recompute-modules core_attn mlp")]
    public void An_argument_of_several_words_takes_a_list_one_value_or_a_text_with_commas(string arguments, string options) => Assert.Equal(options, Options(arguments));

    [Theory]
    [InlineData("data_path: [0.3, '/data/my web', 0.7, b]", "--data-path 0.3 '/data/my web' 0.7 b")]
    [InlineData("data_path: '/data/my web, b'", "--data-path '/data/my web' b")]
    [InlineData("my_list: ['a b', c]", "--my-list 'a b' c")]
    public void An_item_with_blanks_is_one_word_in_quotes(string arguments, string options) =>
        Assert.Equal($"run {options}", Vigil.Rendering.CommandPreview.Of(Plans.Good(Backend(arguments, "known_args: [my_list], ")).Runs[0]));

    [Theory]
    [InlineData("fp8: [1]", "--fp8-format", "{fp8: {kind: text, option: --fp8-format, many: true}}")]
    [InlineData("fp8: true", "--fp8-format", null)]
    public void A_remedy_keeps_an_option_that_is_called_otherwise_than_its_argument(string arguments, string option, string? known)
    {
        var mistake = Plans.Mistake(Backend(arguments));
        if (known is not null) Assert.Equal($"{option} [1]".Replace("[1]", "1", StringComparison.Ordinal), Options(arguments, $"known_args: {known}, "));
        Assert.True(known is null || mistake.Hint!.EndsWith($"backend.known_args: {known}", StringComparison.Ordinal), mistake.Hint);
    }

    [Fact]
    public void The_remedy_for_a_choice_that_is_not_known_works_as_it_is_written()
    {
        var hint = Assert.Single(Plans.Plan(Backend("fp8: e5m2")).Diagnostics).Hint!;
        var known = hint[(hint.IndexOf("backend.known_args: ", StringComparison.Ordinal) + "backend.".Length)..];
        Assert.Equal("known_args: {fp8: {kind: text, option: --fp8-format}}", known);
        Assert.Equal("--fp8-format e5m2", Options("fp8: e5m2", $"{known}, "));
    }

    [Theory]
    [InlineData("1e-30")]
    [InlineData("7.00000000000000000000000000000000000001")]
    [InlineData("1e400")]
    public void A_number_that_is_all_but_whole_is_not_whole(string number) => Assert.Equal("CFG046", Plans.Mistake(Backend($"train_iters: {number}")).Code);

    [Theory]
    [InlineData("1.50e1", "15")]
    [InlineData("100e-2", "1")]
    [InlineData("-0.0", "0")]
    [InlineData("12345678901234567890123456789012e3", "12345678901234567890123456789012000")]
    public void Every_digit_of_a_whole_number_counts(string number, string written) => Assert.Equal($"--train-iters {written}", Options($"train_iters: {number}"));

    [Theory]
    [InlineData("")]
    [InlineData("launcher_script: '', ")]
    public void Torchrun_without_a_script_to_start_is_a_mistake(string beside)
    {
        var mistake = Plans.Mistake($"backend: {{type: megatron, use_torchrun: true, {beside}megatron: {{lr: 1}}}}");
        Assert.Equal(("CFG042", "there is nothing for torchrun to run: 'backend.launcher_script' is missing or empty", 1), (mistake.Code, mistake.Message, mistake.At.Line));
    }

    [Theory]
    [InlineData("train_iters: 6.5", "'backend.megatron.train_iters' must be a whole number, not '6.5'")]
    [InlineData("train_iters: many", "'backend.megatron.train_iters' must be a whole number, not 'many'")]
    [InlineData("train_iters: 017", "'backend.megatron.train_iters' must be a whole number, not '017'")]
    [InlineData("train_iters: true", "'backend.megatron.train_iters' must be a whole number, not 'true'")]
    [InlineData("lr: fast", "'backend.megatron.lr' must be a number, not 'fast'")]
    [InlineData("lr: false", "'backend.megatron.lr' must be a number, not 'false'")]
    [InlineData("load: true", "'backend.megatron.load' takes a value, not 'true'")]
    [InlineData("lr: [1, 2]", "'backend.megatron.lr' takes one value, not a list")]
    [InlineData("bf16: maybe", "'backend.megatron.bf16' must be true or false, not 'maybe'")]
    [InlineData("bf16: [true]", "'backend.megatron.bf16' must be true or false, not a list")]
    [InlineData("profile_ranks: [0, x]", "'backend.megatron.profile_ranks' must be a whole number, not 'x'")]
    [InlineData("data_path: [[a]]", "'backend.megatron.data_path' must be a value or a list of values, not a list")]
    public void A_value_of_the_wrong_kind_is_a_mistake_with_its_place(string arguments, string message)
    {
        var mistake = Plans.Mistake(Backend(arguments));
        Assert.Equal(("CFG046", Severity.Error, message, 1), (mistake.Code, mistake.Severity, mistake.Message, mistake.At.Line));
    }

    [Fact]
    public void A_choice_that_is_not_known_is_told_and_passed_on_since_versions_differ()
    {
        var plan = Plans.Plan(Backend("optimizer: adamw"));
        var warning = Assert.Single(plan.Diagnostics);
        Assert.Equal(("CFG046", Severity.Warning), (warning.Code, warning.Severity));
        Assert.StartsWith("did you mean 'adam'? ", warning.Hint, StringComparison.Ordinal);
        Assert.Equal("run --optimizer adamw", Words(plan));
        Assert.Equal("--optimizer adamw", Options("optimizer: adamw", "known_args: {optimizer: text}, "));
    }

    [Fact]
    public void A_key_that_is_not_known_is_told_with_the_nearest_name_and_passed_on()
    {
        var plan = Plans.Plan(Backend("lr_decay_iter: 5, my_flag: true, my_list: [a, b]"));
        Assert.Equal([("CFG045", Severity.Warning), ("CFG045", Severity.Warning), ("CFG045", Severity.Warning)], plan.Diagnostics.Select(static d => (d.Code, d.Severity)));
        Assert.Equal("did you mean 'lr_decay_iters'? An argument of another version or a fork: backend.known_args: [lr_decay_iter]", plan.Diagnostics[0].Hint);
        Assert.Equal("run --lr-decay-iter 5 --my-flag --my-list a b", Words(plan));
    }

    [Theory]
    [InlineData("known_args: [my-flag], ", "my_flag: true, seed: 1", "--my-flag --seed 1")]
    [InlineData("known_args: {my_flag: null, mine: int}, ", "my_flag: true, mine: 6e3", "--my-flag --mine 6000")]
    [InlineData("known_args: {my_fusion: no-flag, verbosity: count}, ", "my_fusion: false, verbosity: 2", "--no-my-fusion --verbosity --verbosity")]
    [InlineData("known_args: {cuda_graph_scope: {kind: text, many: true}}, ", "cuda_graph_scope: [attn, mlp]", "--cuda-graph-scope attn mlp")]
    [InlineData("known_args: {x: {kind: no-flag, option: --without-x}}, ", "x: false", "--without-x")]
    [InlineData("known_args: {x: {kind: no-flag, option: --without-x}}, ", "without_x: true", "--without-x")]
    [InlineData("known_args: [split], ", "split: [90, 10]", "--split 90 10")]
    public void Arguments_of_a_fork_are_named_by_the_user(string known, string arguments, string options) => Assert.Equal(options, Options(arguments, known));

    [Theory]
    [InlineData("known_args: {x: number}", "'backend.known_args.x' cannot be of the kind 'number'")]
    [InlineData("known_args: {x: {many: true}}", "'backend.known_args.x' must say what kind of argument it is")]
    [InlineData("known_args: {x: {kind: int, nargs: 2}}", "an argument has no 'nargs'")]
    [InlineData("known_args: x", "'backend.known_args' must be a list of names, or a mapping of names to kinds, not 'x'")]
    public void What_known_args_cannot_mean_is_told(string known, string message)
    {
        var mistake = Plans.Mistake(Backend("seed: 1", known + ", "));
        Assert.Equal(("CFG045", Severity.Error, message), (mistake.Code, mistake.Severity, mistake.Message));
    }

    [Theory]
    [InlineData("lr_warmup_iters: 0, clip_grad: 1, adam_eps: 1e-8, seed: 1235", "--seed 1235")]
    [InlineData("optimizer: adam, tokenizer_type: NullTokenizer, profile_ranks: [0], bf16: true", "--tokenizer-type NullTokenizer --bf16")]
    [InlineData("rl_partial_rollouts: false, moe_layer_freq: 1, wandb_project: ''", "")]
    [InlineData("lr: 1, mine: 1", "--lr 1 --mine 1")]
    public void What_equals_a_default_is_left_out_where_that_is_asked_for(string arguments, string options)
    {
        Assert.Equal(options, Options(arguments, "known_args: [mine], differential_cmd: true, "));
        Assert.NotEqual("", Options(arguments, "known_args: [mine], differential_cmd: false, "));
    }

    [Theory]
    [InlineData("train_tokens: 6e9, seq_length: 4096, global_batch_size: 512", "--train-iters 2862 --seq-length 4096 --global-batch-size 512")]
    [InlineData("train_tokens: 4096, seq_length: 1024, global_batch_size: 4", "--train-iters 1 --seq-length 1024 --global-batch-size 4")]
    [InlineData("train_tokens: 4097, seq_length: 1024, global_batch_size: 4", "--train-iters 2 --seq-length 1024 --global-batch-size 4")]
    [InlineData("train-tokens: 50_000_000_000, seq_length: '2e3', global_batch_size: 1_000", "--train-iters 25000 --seq-length 2000 --global-batch-size 1000")]
    [InlineData("train_iters: 1001, lr_decay_fraction: 0.2", "--train-iters 1001 --lr-decay-iters 200")]
    [InlineData("train_samples: 5e6, lr_decay_fraction: 0.9", "--train-samples 5000000 --lr-decay-samples 4500000")]
    [InlineData("lr_decay_fraction: 0.5, train_tokens: 10, seq_length: 1, global_batch_size: 1", "--lr-decay-iters 5 --train-iters 10 --seq-length 1 --global-batch-size 1")]
    [InlineData("train_tokens: null, lr_decay_fraction: null, train_iters: 3", "--train-iters 3")]
    [InlineData("train_tokens: 8, train_iters: 2, seq_length: 4, global_batch_size: 1", "--train-iters 2 --seq-length 4 --global-batch-size 1")]
    public void The_length_of_a_training_is_worked_out(string arguments, string options) => Assert.Equal(options, Options(arguments));

    [Theory]
    [InlineData("seq_length: 4096, seq-length: 8192")]
    [InlineData("bias_swiglu_fusion: true, no_bias_swiglu_fusion: true")]
    public void An_argument_that_stands_there_in_two_spellings_is_a_mistake(string arguments)
    {
        var mistake = Plans.Mistake(Backend(arguments));
        Assert.Equal("CFG057", mistake.Code);
        Assert.Contains("are the same argument of Megatron", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_length_is_worked_out_for_each_point()
    {
        var plan = Plans.Good(Backend("train_tokens: 100, seq_length: 2, global_batch_size: 1") + "\nsweep: {params: {backend.megatron.global_batch_size: [1, 5]}}");
        Assert.Equal(["50", "10"], plan.Runs.Select(static r => ((CommandTemplate.Words)r.Command).Items[2]));
    }

    [Theory]
    [InlineData("train_tokens: 6e9, global_batch_size: 8", "'backend.megatron.train_tokens' cannot be worked out without 'seq_length'")]
    [InlineData("train_tokens: 6.5, seq_length: 1, global_batch_size: 8", "'backend.megatron.train_tokens' must be a whole number above 0, not '6.5'")]
    [InlineData("train_tokens: 1, seq_length: 0, global_batch_size: 8", "'backend.megatron.seq_length' must be a whole number above 0, not '0'")]
    [InlineData("train_tokens: '{output_dir}', seq_length: 1, global_batch_size: 8", "'backend.megatron.train_tokens' must be a whole number above 0, not '{output_dir}'")]
    [InlineData("train_tokens: 1, train_samples: 1, seq_length: 1, global_batch_size: 1", "'backend.megatron.train_tokens' and 'backend.megatron.train_samples' both say how long the training is")]
    [InlineData("lr_decay_fraction: 0.1", "'backend.megatron.lr_decay_fraction' cannot be worked out without 'train_iters'")]
    [InlineData("lr_decay_fraction: 90, train_iters: 1", "'backend.megatron.lr_decay_fraction' must be a number above 0 and at most 1, not '90'")]
    public void What_cannot_be_worked_out_is_told(string arguments, string message)
    {
        var mistake = Plans.Mistake(Backend(arguments));
        Assert.Equal(("CFG047", Severity.Error, message), (mistake.Code, mistake.Severity, mistake.Message));
    }

    [Fact]
    public void Megatron_s_own_word_counts_where_both_are_set_and_differ()
    {
        var plan = Plans.Plan(Backend("train_tokens: 100, train_iters: 7, seq_length: 1, global_batch_size: 1"));
        Assert.Equal(("CFG048", Severity.Warning, "'backend.megatron.train_tokens' would give 'train_iters: 100', but 'backend.megatron.train_iters' is set to '7', and that counts"),
            plan.Diagnostics.Select(static d => (d.Code, d.Severity, d.Message)).Single());
        Assert.Equal("run --train-iters 7 --seq-length 1 --global-batch-size 1", Words(plan));
    }

    [Theory]
    [InlineData("lr_decay_iters: 10", "--lr-decay-iters 10 --lr-wsd-decay-iters 10")]
    [InlineData("train_samples: 100, lr_decay_fraction: 0.1", "--train-samples 100 --lr-decay-samples 10 --lr-wsd-decay-samples 10")]
    [InlineData("lr_decay_iters: 10, lr_wsd_decay_iters: 5", "--lr-decay-iters 10 --lr-wsd-decay-iters 5")]
    public void The_automatic_backend_gives_the_decay_to_WSD_as_well(string arguments, string options)
    {
        var plan = Plans.Good($"backend: {{class_name: AutoMegatronBackend, launcher_script: run, megatron: {{{arguments}}}}}");
        Assert.Equal("run " + options, Words(plan));
    }

    [Theory]
    [InlineData("num_layers", MegatronKind.Whole, "--num-layers", null)]
    [InlineData("norm_epsilon", MegatronKind.Real, "--norm-epsilon", "1e-5")]
    [InlineData("adam_beta2", MegatronKind.Real, "--adam-beta2", "0.999")]
    [InlineData("initial_loss_scale", MegatronKind.Real, "--initial-loss-scale", "4294967296")]
    [InlineData("overlap_p2p_comm", MegatronKind.NoFlag, "--no-overlap-p2p-communication", null)]
    [InlineData("enable_msc", MegatronKind.NoFlag, "--disable-msc", null)]
    [InlineData("microbatch_group_size_per_vp_stage", MegatronKind.Whole, "--microbatch-group-size-per-virtual-pipeline-stage", null)]
    [InlineData("ckpt_format", MegatronKind.Text, "--ckpt-format", "torch_dist")]
    [InlineData("moe_router_topk", MegatronKind.Whole, "--moe-router-topk", "2")]
    [InlineData("eval_interval", MegatronKind.Whole, "--eval-interval", "1000")]
    public void The_table_holds_what_Megatron_says(string name, MegatronKind kind, string option, string? byDefault)
    {
        var argument = MegatronArguments.BuiltIn.Find(name)!.Value.Argument;
        Assert.Equal((kind, option, byDefault), (argument.Kind, argument.Option, argument.Default?[0]));
    }

    [Fact]
    public void Every_row_of_the_table_can_be_written()
    {
        var all = MegatronArguments.BuiltIn.All;
        Assert.InRange(all.Length, 500, 1000);
        Assert.All(all, static argument =>
        {
            Assert.Matches("^--[A-Za-z0-9][A-Za-z0-9_-]*$", argument.Option);
            var report = new DiagnosticBag();
            var words = System.Collections.Immutable.ImmutableArray.CreateBuilder<string>();
            foreach (var text in argument.Default ?? []) Write(argument, text, words, report);
            foreach (var text in argument.Choices) Write(argument, text, words, report);
            Assert.Empty(report.All);
        });
    }

    private static void Write(MegatronArgument argument, string text, System.Collections.Immutable.ImmutableArray<string>.Builder words, DiagnosticBag report) =>
        new MegatronWords("t", MegatronDefaults.Written, report).Add(new(argument, ByOption: false), new ConfigEntry(argument.Name, SourceSpan.None, new ConfigNode.Scalar(SourceSpan.None, text, ScalarStyle.Literal)), words);

    [Theory]
    [InlineData("${oc.argsmegatron:{bias_dropout_fusion: false, swiglu: true, data_path: [a, b], seed: 1, load: null}}", "--no-bias-dropout-fusion --swiglu --data-path a b --seed 1")]
    [InlineData("${oc.argsmegatron:{train_samples: 6e9}}", "--train-samples 6000000000")]
    public void The_function_of_the_same_name_writes_the_same(string value, string words) =>
        Assert.Equal("run " + words, Words(Plans.Good($"backend: {{command: \"${{oc.concat:[run],${{all}}}}\"}}\nall: \"{value}\"\n")));

    [Theory]
    [InlineData("known_args: [mine], ", "mine: [a, b]", "--mine a b")]
    [InlineData("known_args: {optimizer: text, mine: int}, ", "optimizer: adamw, mine: 6e3", "--optimizer adamw --mine 6000")]
    public void The_function_knows_what_known_args_names(string known, string arguments, string words) =>
        Assert.Equal("run " + words, Words(Plans.Good($"backend: {{{known}command: \"${{oc.concat:[run],${{all}}}}\"}}\nall: \"${{oc.argsmegatron:{{{arguments}}}}}\"\n")));

    [Fact]
    public void The_function_warns_of_what_it_does_not_know_and_says_what_helps()
    {
        var plan = Plans.Plan("backend: {command: \"${oc.concat:[run],${oc.argsmegatron:${all}}}\"}\nall: {lr_decay_iter: 5}\n");
        var warning = Assert.Single(plan.Diagnostics);
        Assert.Equal(("CFG045", Severity.Warning, 2), (warning.Code, warning.Severity, warning.At.Line));
        Assert.Equal("did you mean 'lr_decay_iters'? An argument of another version or a fork: backend.known_args: [lr_decay_iter]", warning.Hint);
        Assert.Equal("run --lr-decay-iter 5", Words(plan));

        var mistake = Plans.Mistake("backend: {command: \"${oc.concat:[run],${oc.argsmegatron:${all}}}\"}\nall: {train_iters: many}\n");
        Assert.Equal(("CFG026", "Megatron reads --train-iters so; where yours does not: backend.known_args: [train_iters]"), (mistake.Code, mistake.Hint));
    }

    [Theory]
    [InlineData("rdzv_endpoint: '$MASTER_ADDR:$MASTER_PORT'", "--rdzv-endpoint {master_addr}:{master_port}")]
    [InlineData("node_rank: $SLURM_NODEID, local_addr: '\\${LOCAL_ADDR}', rdzv_id: $SLURM_JOB_ID", "--node-rank {node_rank} --local-addr {local_addr} --rdzv-id {job_id}")]
    public void Variables_of_the_node_in_torchrun_args_become_placeholders(string arguments, string options) =>
        Assert.Equal($"python -u -m torch.distributed.run {options} run", Words(Plans.Good($"backend: {{type: megatron, use_torchrun: true, launcher_script: run, torchrun_args: {{{arguments}}}}}\nscheduler: slurm\nslurm: {{sbatch: {{time: 60, account: me}}}}")));

    [Theory]
    [InlineData("", Launcher.Srun)]
    [InlineData("launcher: none, ", Launcher.None)]
    public void A_command_with_the_number_of_its_node_is_started_by_srun(string launcher, Launcher expected)
    {
        var plan = Plans.Good($"backend: {{command: [run, '{{node_rank}}']}}\nscheduler: slurm\nslurm: {{{launcher}sbatch: {{time: 60, account: me}}}}");
        Assert.Equal(expected, plan.Runs[0].Slurm!.Script?.Launcher ?? Launcher.None);
    }

    [Fact]
    public void A_key_of_the_user_s_own_wins_over_what_the_node_would_fill()
    {
        var run = Plans.Good("backend: {command: [run, '{node_rank}', '{master_port}']}\nnode_rank: 3\nmaster_port: 29500").Runs[0];
        Assert.Equal("run 3 29500", Vigil.Rendering.CommandPreview.Of(run));
    }

    [Theory]
    [InlineData("backend: {command: 'run {node_rank}'}")]
    [InlineData("backend: {command: [run]}\nscheduler: slurm\nslurm: {setup: 'echo {master_port}', sbatch: {time: 60, account: me}}")]
    public void Shell_of_the_user_s_own_reads_the_node_s_variables_itself(string yaml) => Assert.Equal("PLN026", Plans.Mistake(yaml).Code);

    [Fact]
    public void A_variable_that_nobody_would_fill_is_a_mistake()
    {
        var mistake = Plans.Mistake("backend: {type: megatron, use_torchrun: true, launcher_script: run, torchrun_args: {nnodes: $NODES}}");
        Assert.Equal(("CFG049", "'backend.torchrun_args.nnodes' holds $NODES, and no shell reads the words of this command"), (mistake.Code, mistake.Message));
    }

    [Theory]
    [InlineData("nnodes: $(wc -l nodes)", "nnodes' holds $(wc -l nodes)")]
    [InlineData("nnodes: '\\${NODES:-2}'", "nnodes' holds ${NODES:-2}")]
    [InlineData("nnodes: '`wc -l nodes`'", "nnodes' holds `wc -l nodes`")]
    [InlineData("log_dir: [a, $OUT]", "log_dir[1]' holds $OUT")]
    public void What_only_a_shell_would_work_out_is_a_mistake_wherever_it_stands(string arguments, string said)
    {
        var mistake = Plans.Mistake($"backend: {{type: megatron, use_torchrun: true, launcher_script: run, torchrun_args: {{{arguments}}}}}");
        Assert.Equal(("CFG049", $"'backend.torchrun_args.{said}, and no shell reads the words of this command"), (mistake.Code, mistake.Message));
    }

    [Theory]
    [InlineData("none", "nodes: 4, ", 1)]
    [InlineData("python", "nodes: 2-4, ", 1)]
    [InlineData("none", "nodes: 1, ", 0)]
    [InlineData("none", "", 0)]
    [InlineData("srun", "nodes: 4, ", 0)]
    public void A_command_for_every_node_that_is_started_on_the_first_alone_is_a_warning(string launcher, string nodes, int warnings)
    {
        var plan = Plans.Plan($"backend: {{command: [run, '{{node_rank}}']}}\nscheduler: slurm\nslurm: {{launcher: {launcher}, sbatch: {{{nodes}time: 60, account: me}}}}");
        Assert.Equal(warnings, plan.Diagnostics.Count(static d => d is { Code: "SLM017", Severity: Severity.Warning, At.Line: 3 } && d.Message.Contains("{node_rank}", StringComparison.Ordinal)));
        Assert.False(plan.HasErrors);
    }
}
