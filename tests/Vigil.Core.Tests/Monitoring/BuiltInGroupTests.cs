using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Vigil.Configuration;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Core.Tests.Monitoring;

/// <summary>The groups of <c>monitoring</c> that come with the program: what each does, and that none does anything to a healthy run.</summary>
public sealed class BuiltInGroupTests
{
    private const string Saved = "  successfully saved checkpoint from iteration   50000 to /out/a/checkpoints [ t 1/2, p 1/1 ]";
    private const string Nan = " [2026-11-22 00:01:10] iteration       10/    1000 | consumed samples:         5120 | elapsed time per iteration (ms): 951.3 | learning rate: 3.0E-04 | global batch size:   512 | lm loss: NAN | grad norm: nan |";

    private static readonly ProbeAnswer Found = new ProbeAnswer.Found(10, Some.Time, Some.Time);

    public static TheoryData<string> Groups => new(Directory.EnumerateFiles(Path.Combine(Config(), "monitoring"), "*.yaml").Select(static f => Path.GetFileNameWithoutExtension(f)!));

    public static TheoryData<string, string> Healthy
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var group in Groups)
                foreach (var log in (string[])["Signatures/healthy-megatron.log", "Golden/megatron.log", "Golden/megatron-deepspeed.log"]) cases.Add(group.Data, log);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Groups))]
    public void A_group_plans_without_a_word(string group) => Assert.Empty(Plan(group).Diagnostics);

    [Theory, MemberData(nameof(Healthy))]
    public void A_healthy_log_leads_to_no_action(string group, string log)
    {
        // The one group that is to act on every checkpoint.
        if (group == "megatron_checkpoint_eval") return;
        var watched = Of(group);
        var offset = 1;
        // One of the golden logs has a loss that is no number, and that is not healthy.
        foreach (var line in File.ReadLines(Path.Combine(Here(), "../Logs", log)).Where(static l => !l.Contains("lm loss: NAN", StringComparison.Ordinal)))
        {
            watched.Line(line, offset);
            offset += line.Length + 1;
        }
        Assert.Empty(watched.Outcomes);
        Assert.Equal(["submit:a.1"], watched.Requested);
        Assert.DoesNotContain(watched.All, static e => e is RunEvent.RuleFired { Actions.IsEmpty: false });
    }

    [Theory]
    [InlineData("wandb: WARNING socket error, connection aborted, retrying")]
    [InlineData("ValueError: bad sample was skipped")]
    [InlineData("n1:22513:22513 [0] NCCL INFO NCCL_IB_TIMEOUT set by environment to 22.")]
    [InlineData("[Rank 3] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=1580, OpType=ALLREDUCE, Timeout(ms)=600000) ran for 600060 milliseconds before timing out.")]
    [InlineData("possible deadlock detection: enabled")]
    [InlineData(" number of nan iterations:   0 | grad norm: nan, loss scale lowered |")]
    public void No_word_of_a_library_restarts_a_run_in_production(string line)
    {
        var watched = Of("production");
        watched.Line(line, 10);
        Assert.Equal(["submit:a.1"], watched.Requested);
    }

    [Theory]
    [InlineData("NAN")]
    [InlineData("nan")]
    [InlineData("inf")]
    public void Production_restarts_at_the_first_loss_that_is_no_number(string value)
    {
        var watched = Of("production");
        watched.Line(Nan.Replace("lm loss: NAN", $"lm loss: {value}", StringComparison.Ordinal), 10);
        watched.Gone(step: 10);
        Assert.Equal(FailureCause.Numeric, watched["a"].Attempts[0].Cause);
        Assert.IsType<RunState.Waiting>(watched["a"].State);
    }

    [Fact]
    public void Production_gives_up_on_a_loss_that_is_never_a_number()
    {
        var watched = Of("production", "job.restart.max_attempts=9");
        for (var n = 1; n <= 4 && watched["a"].State is RunState.Running; n++)
        {
            watched.Line(Nan, 10);
            watched.Line(Nan, 20);    // it is never one line alone, and the limit is of restarts
            if (!watched.Requested.Contains($"cancel:a.{n}")) break;
            watched.Gone(n, step: 100 * n);
            watched.World.After(TimeSpan.FromHours(2)).Tick();
            watched.World.Accept();
            watched.World.Report("a", JobState.Running, n + 1);
        }
        Assert.Equal(
            [ActionOutcome.Done, ActionOutcome.Superseded, ActionOutcome.Done, ActionOutcome.Limited],
            watched.All.OfType<RunEvent.ActionSettled>().Where(static e => e.Firing.Contains("/loss_is_no_number@", StringComparison.Ordinal)).Select(static e => e.Outcome));
        Assert.Equal(3, watched["a"].Attempts.Length);
    }

    [Theory]
    [InlineData("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.10 GiB")]
    [InlineData("[rank0]: ModuleNotFoundError: No module named 'apex'")]
    [InlineData("RuntimeError: the device fell off the table")]
    public void Production_does_not_restart_what_would_only_happen_again(string line)
    {
        var watched = Of("production");
        watched.Line(line, 10);
        watched.World.Report("a", JobState.Failed, 1, 1, "FAILED", lines: [line]);
        Assert.Equal(["submit:a.1"], watched.Requested);
        Assert.Equal(new RunState.Finished(Outcome.Failed, "FAILED"), watched["a"].State);
    }

    [Theory]
    [InlineData(1799, 1799, false)]
    [InlineData(1800, 1800, true)]
    [InlineData(0, 3599, false)]
    [InlineData(0, 3600, true)]
    public void Production_restarts_a_run_that_hangs_silently_or_chattering(int silent, int still, bool restarts)
    {
        var watched = Of("production");
        watched.Quiet(TimeSpan.FromSeconds(silent), TimeSpan.FromSeconds(still));
        if (restarts) watched.Find("gate", new ProbeAnswer.Unmatched());
        Assert.Equal(restarts, watched.Requested.Contains("cancel:a.1"));
        if (!restarts) return;
        watched.Gone(step: 100);
        Assert.Equal(("NO_PROGRESS", FailureCause.Hang), (watched["a"].Attempts[0].Reason, watched["a"].Attempts[0].Cause));
    }

    [Fact]
    public void Production_lets_a_run_stand_still_whose_other_ranks_wait_for_one_without_memory()
    {
        var watched = Of("production");
        watched.Quiet(TimeSpan.FromSeconds(1800), TimeSpan.Zero);
        watched.Find("gate", new ProbeAnswer.Matched("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB."));
        Assert.Equal([ActionOutcome.GateFailed], watched.Outcomes);
        Assert.DoesNotContain("cancel:a.1", watched.Requested);
    }

    [Fact]
    public void Production_goes_on_after_a_time_limit()
    {
        var watched = Of("production");
        watched.World.Report("a", JobState.Timeout, 1, null, "TIMEOUT", 100);
        Assert.IsType<RunState.Waiting>(watched["a"].State);
    }

    [Fact]
    public void Production_never_undoes_a_persons_cancel()
    {
        var watched = Of("production");
        watched.World.Wish(new WishContent.Cancel([new("a")]));
        watched.Line(Nan, 10);
        watched.Gone();
        Assert.Equal(new RunState.Finished(Outcome.Cancelled, "CANCELLED"), watched["a"].State);
    }

    [Theory]
    [InlineData("megatron_cooldown_single")]
    [InlineData("megatron_cooldown_multi")]
    public void A_cooldown_waits_for_its_file_then_starts_once_pinned_to_the_checkpoint(string group)
    {
        var watched = Of(group);
        watched.Line(Saved.Replace("50000", "  100", StringComparison.Ordinal), 10);
        Assert.Empty(watched.World.State.Firings);
        watched.Line(Saved, 200);
        watched.Find("gate", new ProbeAnswer.Absent());
        Assert.Equal(["submit:a.1"], watched.Requested);
        watched.Find("gate", Found);
        var start = Assert.IsType<Effect.StartRun>(Assert.Single(watched.All.OfType<RunEvent.EffectRequested>(), static e => e.Effect is Effect.StartRun).Effect);
        var time = ActionOverride.TimeOf(watched.World.Now);
        Assert.Equal("/out/a/provenance/unresolved_config.yaml", start.Config);
        Assert.Equal(
            ["++backend.args.load='/out/a/checkpoints'", "++backend.args.ckpt_step='50000'", $"project.base_output_dir='/out_cooldown_50000_{time}'", $"project.name='a_cooldown_50000_{time}'"],
            start.Overrides.Take(4));
        Assert.Equal("monitoring=megatron_basic", start.Overrides[^1]);

        // A run that was set back comes by the same iteration again.
        watched.Line(Saved, 900);
        Assert.Contains(ActionOutcome.Limited, watched.Outcomes);
    }

    [Fact]
    public void Each_of_several_cooldowns_has_its_own_name_and_folder()
    {
        var watched = Of("megatron_cooldown_multi");
        var offset = 10;
        foreach (var step in (string[])["10000", "50000", "100000"])
        {
            watched.Line($"  successfully saved checkpoint from iteration {step} to /out/a/checkpoints", offset += 100);
            watched.Find("gate", Found);
        }
        var starts = watched.All.OfType<RunEvent.EffectRequested>().Select(static e => e.Effect).OfType<Effect.StartRun>().ToList();
        Assert.Equal(3, starts.Count);
        Assert.Equal(3, starts.Select(static s => s.Overrides[2]).Distinct().Count());
        Assert.Equal(3, starts.Select(static s => s.Overrides[3]).Distinct().Count());
    }

    [Fact]
    public void The_iteration_of_a_cooldown_is_a_key_of_its_group()
    {
        var watched = Of("megatron_cooldown_single", "monitoring.cooldown_iteration=100");
        watched.Line(Saved, 10);
        Assert.Empty(watched.World.State.Firings);
        watched.Line(Saved.Replace("50000", "  100", StringComparison.Ordinal), 200);
        Assert.Single(watched.World.State.Firings);
    }

    [Fact]
    public void Every_checkpoint_is_evaluated_by_the_group_for_it()
    {
        var watched = Of("megatron_checkpoint_eval");
        watched.Line(Saved, 10);
        watched.Find("gate", Found);
        var command = Assert.IsType<Effect.RunCommand>(watched.All.OfType<RunEvent.EffectRequested>().Last().Effect);
        Assert.Equal(["python3", "scripts/run_checkpoint_evaluation.py", "--checkpoint", "/out/a/checkpoints", "--iteration", "50000"], command.Words);
    }

    [Fact]
    public void The_group_for_stalls_says_what_stands_still_and_changes_nothing()
    {
        var watched = Of("megatron_stall_detection");
        watched.Quiet(TimeSpan.FromSeconds(900), TimeSpan.FromSeconds(1800));
        Assert.Equal([ActionOutcome.Done, ActionOutcome.Done], watched.Outcomes);
        Assert.Equal(["submit:a.1"], watched.Requested);
    }

    private static Watched Of(string group, params string[] overrides)
    {
        var plan = Plan(group, overrides);
        Assert.Empty(plan.Diagnostics);
        return Watched.Running(plan);
    }

    private static Plan Plan(string group, params string[] overrides) =>
        Planner.Plan(Planning.Some.Request("project: {name: a, base_output_dir: /out}\nbackend: {type: megatron, launcher_script: train, megatron: {lr: 1, load: x, save: /out/a/checkpoints}}", [$"monitoring={group}", .. overrides]) with { Library = new([Folder()]) });

    /// <summary>The repository's own groups.</summary>
    private static ConfigFolder Folder() => new("config", Config(),
        static path => File.Exists(Path.Combine(Config(), path)) ? new SourceFile(path, path, File.ReadAllText(Path.Combine(Config(), path))) : null,
        static path => Directory.Exists(Path.Combine(Config(), path))
            ? [.. Directory.EnumerateFileSystemEntries(Path.Combine(Config(), path)).Select(static e => Path.GetFileName(e) + (Directory.Exists(e) ? "/" : "")).Order(StringComparer.Ordinal)]
            : []);

    private static string Config() => Path.GetFullPath(Path.Combine(Here(), "../../../config"));

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
