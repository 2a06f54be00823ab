using System.Collections.Immutable;
using System.Globalization;
using Vigil.Configuration;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Schedulers.Local;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary>From a checked plan to a watch: compares with what is there, becomes the monitor or a viewer of the one that lives, and ends with the runs' exit code.</summary>
/// <param name="preflight">Asks the clusters before the experiment's first submission: the exit code when it cannot begin.</param>
internal sealed class Launch(CliContext context, Plan plan, RunChoices choices, LaunchWords origin, Func<CancellationToken, Task<int?>> preflight)
{
    private readonly ExperimentFolder _folder = new(plan.Experiment.Dir);
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private Task<LaunchRecord>? _record;

    /// <summary>Where the experiment's config files were looked for.</summary>
    public ConfigLibrary Library { get; init; } = ConfigLibrary.Empty;

    /// <summary>What the experiment was composed of.</summary>
    public ImmutableArray<SourceFile> Sources { get; init; } = [];

    public async Task<int> RunAsync()
    {
        if (!ConfirmCost()) return ExitCode.UserMistake;
        if (Unusable() is { } reason) return Talk.NoScheduler(context, reason);
        using var stopping = new Stopping(context.Talk.WriteLine);
        if (await SshLogin.OpenAsync(context, plan.Runs, stopping.Gently) is { } host)
        {
            context.Talk.WriteLine($"error RUN055: there is no connection to {host}, and nothing was submitted");
            context.Talk.WriteLine($"    Look whether 'ssh {host}' takes you there, then type the same command again.");
            return ExitCode.NoScheduler;
        }
        Writer? silent = null;
        while (true)
        {
            var follower = new JournalFollower(_folder);
            follower.Read();
            if (follower.Damage is { } damage) return Talk.Damaged(context, _folder, damage);
            if (Conflict(follower) is { } conflict) return conflict;
            var growth = Growth.Of(plan, follower.State, choices.Changed, _folder.Root);
            if (Refusal(growth, Holder(follower)) is { } mistake) return mistake;
            // While the cluster is asked and the journal is opened: git may take its time.
            if (!growth.IsEqual) _record ??= LaunchRecord.GatherAsync(origin, context.Time, stopping.Gently);
            if (follower.State.Runs.Values.All(static r => r.Attempts.IsEmpty) && await preflight(stopping.Gently) is { } impossible) return impossible;

            var opening = new JournalOpening(_folder, ThisProcess.Writer, ThisProcess.Lives, context.Time);
            switch (await opening.OpenAsync(context.Talk.WriteLine, stopping.Gently, silent))
            {
                case Opening.Ready ready when ready.State.Seq != follower.State.Seq:
                    ready.Lease.Release();      // somebody else wrote meanwhile: compare again
                    ready.Journal.Dispose();
                    break;
                case Opening.Ready ready:
                    return await WatchAsync(ready, growth, stopping);
                case Opening.HeldBy other:
                    if (await ViewAsync(other.Writer, growth, follower, stopping) is { } code) return code;
                    silent = other.Writer;
                    break;
                case Opening.Damaged damaged: return Talk.Damaged(context, _folder, damaged.Damage);
                case Opening.Unwritable unwritable: return Talk.Unwritable(context, _folder, unwritable.Reason);
            }
        }
    }

    /// <summary>Asked before anything is written: a machine that cannot run the jobs gets no half experiment.</summary>
    private string? Unusable()
    {
        if (plan.Runs.All(static r => r.Slurm is not null)) return null;
        RunFolder.Open(RunFolder.DefaultPath(context.Environment), context.Time, out var refusal)?.Dispose();
        return refusal;
    }

    private bool ConfirmCost()
    {
        if (plan.GpuHours <= plan.Experiment.MaxGpuHours || choices.Yes) return true;
        return Talk.Ask(context, string.Create(CultureInfo.InvariantCulture, $"This plan takes up to {plan.GpuHours:0.#} GPU-hours, more than project.max_gpu_hours ({plan.Experiment.MaxGpuHours:0.#}). Start it?"));
    }

    /// <summary>A folder belongs to one experiment.</summary>
    private int? Conflict(JournalFollower follower)
    {
        if (follower.State.Experiment is not { } there || there.Name == plan.Experiment.Name) return null;
        context.Talk.WriteLine($"error RUN020: {_folder.Root} holds another experiment: {there.Name}, from {there.File}");
        context.Talk.WriteLine("    set project.base_output_dir to another folder, or project.name to that name if it is the same experiment");
        return ExitCode.UserMistake;
    }

    private int? Refusal(Growth growth, Writer? holder)
    {
        foreach (var sentence in growth.Notes.Where(_said.Add)) context.Talk.WriteLine(sentence);
        foreach (var line in growth.Conflicts) context.Talk.WriteLine(line);
        if (holder is not null && !(growth.Conflicts.IsEmpty && growth.Replaced.IsEmpty))
        {
            context.Talk.WriteLine($"error RUN022: {holder.Host} (pid {holder.Pid}) watches this experiment and runs it as it was planned before");
            context.Talk.WriteLine($"    Nothing was changed. Take the plan that it runs, or --changed keep; or end that watch first, which leaves its jobs running: kill {holder.Pid}");
            return ExitCode.HeldElsewhere;
        }
        if (growth.Conflicts.IsEmpty) return growth.RepeatsWork && !choices.Yes && !Talk.Ask(context, growth.Question) ? ExitCode.UserMistake : null;
        context.Talk.WriteLine($"    {Growth.Remedy}");
        return ExitCode.UserMistake;
    }

    /// <summary>Who watches the experiment now, as far as can be seen from here.</summary>
    private Writer? Holder(JournalFollower follower) =>
        (Lease.Judge(Lease.Read(_folder), follower.Header, ThisProcess.Writer, ThisProcess.Lives) as Standing.Held)?.Writer;

    private async Task<int> WatchAsync(Opening.Ready ready, Growth growth, Stopping stopping)
    {
        var stop = stopping.Gently;
        using var screen = Screens.Create(context, plan.Experiment.Name, stopping);
        using var session = MonitorSession.Start(_folder, ready, plan.Experiment, new RunStarter(context, _folder), screen.Screen, context.Time, out var refusal);
        if (session is null) return Talk.NoScheduler(context, refusal!);
        try
        {
            await FreezeAsync(growth);
        }
        catch (OperationCanceledException)
        {
            session.Leave();    // nothing was accepted yet
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            session.Leave();
            return Talk.Unwritable(context, _folder, e.Message);
        }
        KnownExperiments.Remember(context, _folder);
        session.Loop.Decide(Accept(growth));
        if (ready.State.Experiment is null && await FirstTurnFailsAsync(ready, session, stop))
        {
            session.Leave();
            screen.Dispose();
            return Talk.Unwritable(context, _folder, ready.Journal.Failure ?? session.Loop.Trouble ?? "the journal takes nothing");
        }
        var code = await Watching.RunAsync(context, session, screen, _folder, choices.Detach ? Stay.HandOverQuietly : choices.NoMonitor ? Stay.HandOver : Stay.UntilDone, stop);
        return choices.Detach && code is ExitCode.Done && !session.Loop.IsDone ? await Detaching.StartAsync(context, _folder, stop) : code;
    }

    /// <summary>Whether a new experiment's first decision did not reach the disk: then nothing has begun, and there is nothing to wait for.</summary>
    private static async Task<bool> FirstTurnFailsAsync(Opening.Ready ready, MonitorSession session, CancellationToken stop) =>
        await session.Loop.TurnAsync(stop) && session.Loop.Trouble is not null && ready.Journal.LastChecksum is null;

    private async Task FreezeAsync(Growth growth)
    {
        ImmutableArray<PlannedRun> runs = [.. growth.Added, .. growth.Replaced, .. growth.Rewatched];
        if (runs.IsEmpty) return;
        var name = Inbox.NewId(context.Time.GetUtcNow());
        var secrets = SecretValues.Together(runs.Select(static r => r.Secrets()));
        if (_record is not null) LaunchRecord.Write(_folder, name, (await _record).Without(secrets));
        FrozenPacks.Write(_folder, Library);
        FrozenSources.Write(_folder, name, Sources, secrets);
        FrozenConfigs.Write(_folder, name, runs, runs.Select(r => plan.Configs.Find(r.Id)!));
    }

    private Observation.PlanAccepted Accept(Growth growth) => new(context.Time.GetLocalNow(), context.User, ClusterCheck.Fitted(plan.Experiment), growth.Added, growth.Replaced) { Rules = plan.RuleSets, Rewatched = growth.Rewatched, Channels = growth.Channels };

    /// <summary>Beside a living monitor. Null when that monitor ended before the runs did.</summary>
    private async Task<int?> ViewAsync(Writer other, Growth growth, JournalFollower follower, Stopping stopping)
    {
        if (!growth.Replaced.IsEmpty) return Refusal(growth, other);
        if (growth.IsEqual)
            context.Talk.WriteLine($"{plan.Experiment.Name} is watched by {other.Host} pid {other.Pid}; showing what it does.");
        else
        {
            try
            {
                await HandOverAsync(growth);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return Talk.Unwritable(context, _folder, e.Message);
            }
            context.Talk.WriteLine($"{plan.Experiment.Name} is watched by {other.Host} pid {other.Pid}; handed {(growth.Added.IsEmpty ? "the changed rules" : Quantity.Of(growth.Added.Length, "new run"))} to it.");
        }
        return choices.Detach || choices.NoMonitor ? ExitCode.Done : await Viewing.RunAsync(context, _folder, follower, growth.Added, stopping);
    }

    private async Task HandOverAsync(Growth growth)
    {
        await FreezeAsync(growth);
        var now = context.Time.GetLocalNow();
        Inbox.Drop(_folder, new Wish(Inbox.NewId(now), context.User, now, new WishContent.Grow(plan.Experiment, growth.Added, [])
        {
            Rules = plan.RuleSets.IsEmpty ? null : plan.RuleSets,
            Rewatched = growth.Rewatched.IsEmpty ? null : growth.Rewatched,
            Channels = growth.Channels,
        }));
    }
}
