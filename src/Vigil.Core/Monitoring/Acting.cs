using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>Carries out one action of a firing whose gate has passed: at once where only the run is concerned, by an effect where the world is.</summary>
internal static class Acting
{
    public static void Do(Decision decision, Firing firing, RunRecord run, Rule rule, int action)
    {
        var texts = new EventTexts(decision.State, run, firing.Fields);
        var by = $"rule:{rule.Name}";
        switch (rule.Do[action].Action)
        {
            case RuleAction.Restart { Overrides.IsEmpty: false } restart when Arbiter.NoRestart(run, firing.Attempt) is null: Request("start", Changed(firing, run, texts, restart, action)); break;
            case RuleAction.Restart restart: Settle(Arbiter.Restart(decision, run, firing.Attempt, Reason(texts, rule, restart.Reason), restart, by)); break;
            case RuleAction.Cancel cancel: Settle(Arbiter.Cancel(decision, run, firing.Attempt, Reason(texts, rule, cancel.Reason), by)); break;
            case RuleAction.Finish finish: Settle(Arbiter.Finish(decision, run, firing.Attempt, Reason(texts, rule, finish.Reason), by)); break;
            case RuleAction.Log log: Settle((ActionOutcome.Done, texts.Text(log.Message))); break;
            case RuleAction.ExcludeNodes exclude: Settle(Exclude(decision, run, texts, exclude, by)); break;
            case RuleAction.PublishEvent publish: Publish(decision, firing, run, texts, publish); Settle((ActionOutcome.Done, publish.Event)); break;
            case RuleAction.StartRun start: Request("start", Start(firing, run, texts, start, action)); break;
            case RuleAction.RunCommand command: Request("command", new Effect.RunCommand(firing.Id, action, run.Id, [.. command.Words.Select(texts.Text)], command.Dir is { } dir ? texts.Path(dir) : run.Plan.WorkDir, command.OnCrash, command.Tries)); break;
            case RuleAction.AppendToFile append: Request("append", new Effect.AppendToFile(firing.Id, action, run.Id, texts.Path(append.Path), texts.Text(append.Content), append.Dedup)); break;
            case RuleAction.Notify notify: Request("notify", new Effect.Notify(firing.Id, action, run.Id, notify.To, Message(texts, notify, firing, rule, run))); break;
            default: throw new System.Diagnostics.UnreachableException();
        }

        void Settle((ActionOutcome Outcome, string? Note) end) => decision.Add(new RunEvent.ActionSettled(firing.Id, action, end.Outcome, end.Note));
        void Request(string kind, Effect effect)
        {
            decision.Add(new RunEvent.ActionReopened(firing.Id, action, by));
            decision.Add(new RunEvent.EffectRequested($"{kind}:{firing.Id}#{action}", effect));
        }
    }

    /// <summary>A restart whose changed configuration is planned: only now is the job ended. What ended meanwhile by itself is tried again with it.</summary>
    public static (ActionOutcome Outcome, string? Note) Restart(Decision decision, Firing firing, RunRecord run, Rule rule, RuleAction.Restart restart) => run.State is RunState.Waiting
        ? (ActionOutcome.Done, $"{run.Id} is tried again with the change")
        : Arbiter.Restart(decision, run, firing.Attempt, Reason(new(decision.State, run, firing.Fields), rule, restart.Reason), restart, $"rule:{rule.Name}");

    private static string Reason(EventTexts texts, Rule rule, string text) =>
        text.Length > 0 ? texts.Text(text) : rule.When is Trigger.Inactivity or Trigger.NoProgress ? NoProgress : $"RULE: {rule.Name}";

    /// <summary>The reason of a hang.</summary>
    public const string NoProgress = "NO_PROGRESS";

    private static Effect.StartRun Start(Firing firing, RunRecord run, EventTexts texts, RuleAction.StartRun start, int action) => new(firing.Id, action, run.Id, texts.Path(start.Config), Filled(start.Overrides, texts, firing.At))
    {
        Checkpoint = firing.Fields.GetValueOrDefault("checkpoint_path") is { Length: > 0 } path ? System.IO.Path.GetFullPath(path, run.Plan.WorkDir) : run.Checkpoint?.Path,
    };

    private static Effect.StartRun Changed(Firing firing, RunRecord run, EventTexts texts, RuleAction.Restart restart, int action) =>
        new(firing.Id, action, run.Id, texts.Path(RuleAction.StartRun.OwnConfig), Filled(restart.Overrides, texts, firing.At)) { InPlaceOf = run.Id };

    /// <summary>They were checked when the plan was made; one that cannot be filled all the same is given as it is, and refused where it is read.</summary>
    private static ImmutableArray<string> Filled(ImmutableArray<string> overrides, EventTexts texts, DateTimeOffset at)
    {
        var time = ActionOverride.TimeOf(at);
        return [.. overrides.Select(o => ActionOverride.Fill(o, texts.Value, time, SourceSpan.None, new DiagnosticBag()) ?? o)];
    }

    private static void Publish(Decision decision, Firing firing, RunRecord run, EventTexts texts, RuleAction.PublishEvent publish)
    {
        var published = new RunEvent.EventPublished(run.Id, publish.Event, firing.Fields.SetItems(publish.Fields.Select(f => KeyValuePair.Create(f.Key, texts.Text(f.Value)))));
        decision.Add(published);
        if (run.LastKnown(firing.Attempt) is { } attempt) Firings.Published(decision, decision.State.Runs[run.Id.Value], attempt, firing.Id, published);
    }

    private static (ActionOutcome, string?) Exclude(Decision decision, RunRecord run, EventTexts texts, RuleAction.ExcludeNodes exclude, string by)
    {
        var nodes = exclude.Nodes.Length > 0 ? texts.Text(exclude.Nodes) : run.LastAttempt?.Host ?? "";
        if (!NodeNames.AreUsable(nodes)) return (ActionOutcome.Superseded, nodes.Length == 0 ? "the attempt's nodes are not known" : "these are no names of nodes");
        decision.Add(new RunEvent.NodesExcluded(nodes, exclude.For is { } span ? decision.Now + span : null, by));
        foreach (var other in decision.State.Runs.Values)
            if (other is { State: RunState.Queued queued, Plan.Slurm: not null })
                decision.Add(new RunEvent.EffectRequested($"exclude-nodes:{queued.Attempt}", new Effect.Change(queued.Attempt, queued.Job, new JobChange.ExcludeNodes(nodes))));
        return (ActionOutcome.Done, nodes);
    }

    private static string Message(EventTexts texts, RuleAction.Notify notify, Firing firing, Rule rule, RunRecord run) =>
        notify.Message.Length > 0 ? texts.Text(notify.Message) : $"{run.Id}: {rule.Name}: {firing.Evidence.Text}";
}
