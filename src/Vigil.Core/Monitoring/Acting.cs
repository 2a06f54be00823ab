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
            case RuleAction.Restart restart: Settle(Arbiter.Restart(decision, run, firing.Attempt, Reason(restart.Reason), restart, by)); break;
            case RuleAction.Cancel cancel: Settle(Arbiter.Cancel(decision, run, firing.Attempt, Reason(cancel.Reason), by)); break;
            case RuleAction.Finish finish: Settle(Arbiter.Finish(decision, run, firing.Attempt, Reason(finish.Reason), by)); break;
            case RuleAction.Log log: Settle((ActionOutcome.Done, texts.Text(log.Message))); break;
            case RuleAction.ExcludeNodes exclude: Settle(Exclude(decision, run, texts, exclude, by)); break;
            case RuleAction.PublishEvent publish: Publish(decision, firing, run, texts, publish); Settle((ActionOutcome.Done, publish.Event)); break;
            case RuleAction.StartRun start: Request("start", Start(firing, run, texts, start, action)); break;
            case RuleAction.RunCommand command: Request("command", new Effect.RunCommand(firing.Id, action, run.Id, [.. command.Words.Select(texts.Text)], command.Dir is { } dir ? texts.Path(dir) : run.Plan.WorkDir, command.OnCrash, command.Tries)); break;
            case RuleAction.AppendToFile append: Request("append", new Effect.AppendToFile(firing.Id, action, run.Id, texts.Path(append.Path), texts.Text(append.Content), append.Dedup)); break;
            case RuleAction.Notify notify: Request("notify", new Effect.Notify(firing.Id, action, run.Id, notify.To, Message(texts, notify, firing, rule, run))); break;
            default: throw new System.Diagnostics.UnreachableException();
        }

        string Reason(string text) => text.Length > 0 ? texts.Text(text) : rule.When is Trigger.Inactivity or Trigger.NoProgress ? NoProgress : $"RULE: {rule.Name}";
        void Settle((ActionOutcome Outcome, string? Note) end) => decision.Add(new RunEvent.ActionSettled(firing.Id, action, end.Outcome, end.Note));
        void Request(string kind, Effect effect)
        {
            decision.Add(new RunEvent.ActionReopened(firing.Id, action, by));
            decision.Add(new RunEvent.EffectRequested($"{kind}:{firing.Id}#{action}", effect));
        }
    }

    /// <summary>The reason of a hang.</summary>
    public const string NoProgress = "NO_PROGRESS";

    private static Effect.StartRun Start(Firing firing, RunRecord run, EventTexts texts, RuleAction.StartRun start, int action)
    {
        var time = ActionOverride.TimeOf(firing.At);
        // They were checked when the plan was made; one that cannot be filled all the same is given as it is, and refused where it is read.
        var overrides = start.Overrides.Select(o => ActionOverride.Fill(o, texts.Value, time, SourceSpan.None, new DiagnosticBag()) ?? o);
        return new(firing.Id, action, run.Id, texts.Path(start.Config), [.. overrides])
        {
            Checkpoint = firing.Fields.GetValueOrDefault("checkpoint_path") is { Length: > 0 } path ? System.IO.Path.GetFullPath(path, run.Plan.WorkDir) : run.Checkpoint?.Path,
        };
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
