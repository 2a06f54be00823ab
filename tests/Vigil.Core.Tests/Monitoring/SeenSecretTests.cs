using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Rendering;
using Vigil.Spec;
using Vigil.Views;

namespace Vigil.Core.Tests.Monitoring;

/// <summary>The values of a run's own secrets get into no text about it: not by its log, not by a program's complaint, not by a rule.</summary>
public sealed class SeenSecretTests
{
    private const string Secret = "hunter22", Env = "job: {env: {DB_PASSWORD: hunter22}}\n";

    [Fact]
    public void A_line_that_a_rule_saw_is_kept_without_them()
    {
        var watched = Watched.Running(Env + """monitoring: {notify: {ops: {type: command, command: [cat]}}, rules: [{name: login, when: {log: 'login (?<with>\S+)'}, extract_groups: {with: with}, do: {notify: 'it said {with}, and not hunter22'}}]}""");
        watched.Line("login hunter22 failed", 10);

        Assert.Contains("login *** failed", Told(watched), StringComparison.Ordinal);
        Assert.Contains("it said ***", Told(watched), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, Told(watched), StringComparison.Ordinal);
    }

    [Fact]
    public void A_notification_holds_none_of_them()
    {
        var watched = Watched.Running(Env + """monitoring: {notify: {ops: {type: command, command: [cat]}}, rules: [{name: login, when: {log: login}, do: {notify: 'was it hunter22?'}}]}""");
        watched.Line("login hunter22", 10);
        var effect = watched.All.OfType<RunEvent.EffectRequested>().Select(static e => e.Effect).OfType<Effect.Notify>().Single();

        var item = NotifyItem.Of(watched.World.State, effect, Some.Time, ["password: hunter22", "bye"]);

        Assert.Equal(("was it ***?", "login ***"), (item.Message, item.Evidence));
        Assert.Equal(["password: ***", "bye"], item.Excerpt);
    }

    [Fact]
    public void The_sign_of_a_failure_is_told_without_them_and_found_as_ever()
    {
        var watched = Watched.Running(Env);
        watched.World.Report("a", JobState.Failed, code: 1, reason: "FAILED with hunter22", lines: ["ModuleNotFoundError: No module named 'hunter22'"]);

        Assert.Contains("FAILED with ***", Told(watched), StringComparison.Ordinal);
        Assert.Contains("by its line 'ModuleNotFoundError: No module named '***''", Told(watched), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, Told(watched), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_scheduler_says_of_a_script_is_told_without_them()
    {
        var watched = Watched.Planned(Env);
        watched.World.Tick();
        watched.World.See(new Observation.EffectSettled(Some.Time, "submit:a.1", new EffectResult.Refused("sbatch: invalid option --comment=hunter22", Retryable: false)));

        Assert.Contains("--comment=***", Told(watched), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, Told(watched), StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_of_a_rule_keeps_them_to_be_run_and_is_told_without_them()
    {
        var watched = Watched.Running(Env + """monitoring: {rules: [{name: login, when: {log: login}, do: {run: [curl, -u, 'me:hunter22']}}]}""");
        watched.Line("login", 10);
        var effect = watched.All.OfType<RunEvent.EffectRequested>().Select(static e => e.Effect).OfType<Effect.RunCommand>().Single();

        Assert.Equal(["curl", "-u", "me:hunter22"], effect.Words);
        Assert.Contains("run curl -u me:***", Told(watched), StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_that_is_shown_holds_none_of_them_and_the_script_that_runs_does()
    {
        var run = Vigil.Core.Tests.Planning.Some.Good($"backend: {{command: 'train --with hunter22'}}\n{Env}").Runs[0];

        Assert.Equal("train --with ***", CommandPreview.Of(run));
        Assert.Equal("train --with hunter22", Assert.IsType<CommandTemplate.Line>(run.Command).Text);
    }

    [Fact]
    public void Those_of_slurm_s_variables_count_as_well()
    {
        var run = Some.Run("a") with { Slurm = new SlurmJob { Script = SlurmScript.Empty with { Env = [new("HF_TOKEN", "slurms-own")] } } };

        Assert.Equal("with ***", run.Secrets().Hide("with slurms-own"));
    }

    [Fact]
    public void A_changed_secret_is_named_and_not_shown()
    {
        var before = Some.Run("a") with { Env = ImmutableSortedDictionary<string, string>.Empty.Add("DB_PASSWORD", Secret).Add("PLAIN", "1") };
        var after = before with { Env = before.Env.SetItem("DB_PASSWORD", "hunter33").SetItem("PLAIN", "2"), Command = new CommandTemplate.Line("train hunter33") };

        Assert.Equal(["command: true → train ***", "env.DB_PASSWORD: *** → ***", "env.PLAIN: 1 → 2"], RunChange.Between(before, after).Differences.Select(static d => d.ToString()));
    }

    /// <summary>Everything but the plan, as people read it.</summary>
    private static string Told(Watched watched) => string.Concat(watched.World.Entries.Where(static e => !e.Events.Any(static o => o is RunEvent.RunPlanned)).Select(e => watched.World.State.SecretsOf(e).Hide(RunLog.Block(e))));
}
