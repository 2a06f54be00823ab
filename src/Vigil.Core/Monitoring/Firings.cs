using System.Collections.Immutable;
using System.Globalization;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>From what was seen to firings, and from firings whose gates pass to actions.</summary>
internal static class Firings
{
    /// <summary>So many firings of one rule for one run are recorded; a log that repeats itself does not fill the journal.</summary>
    private const int MostRecorded = 1000;

    /// <summary>Rules that publish events for each other end somewhere.</summary>
    private const int MostPublished = 8;

    /// <param name="mark">What was seen, unlike anything else that this rule sees in this attempt.</param>
    public static void Fire(Decision decision, RunRecord run, AttemptRecord attempt, Rule rule, string mark, Evidence evidence, ImmutableSortedDictionary<string, string> fields)
    {
        var id = $"{attempt.Id}/{rule.Name}@{mark}";
        var tally = run.Tally(rule.Name);
        var seen = $"{attempt.Id.Folder}:{mark}";
        if (tally?.Mark == seen || tally is { Fired: >= MostRecorded } || decision.State.Firings.ContainsKey(id)) return;
        fields = EventFields.Of(decision.State, run, attempt, rule, id, decision.Now, fields);
        var texts = new EventTexts(decision.State, run, fields);
        ImmutableArray<int> actions = [.. Enumerable.Range(0, rule.Do.Length).Where(i => Concerns(rule.Do[i], decision, run, texts))];
        if (actions.IsEmpty && !IsWorthRecording(rule, tally, attempt)) return;
        var limited = rule.Limit?.Times is { } most && tally is { Counted: var counted } && counted >= most;
        if (limited && tally!.Counted > rule.Limit!.Times) return;
        decision.Add(new RunEvent.RuleFired(id, attempt.Id, run.Plan.Rules!, rule.Name, seen, evidence, fields, actions) { LastOf = tally is { Fired: MostRecorded - 1 } ? MostRecorded : null });
        foreach (var i in actions)
            if (limited) decision.Add(new RunEvent.ActionSettled(id, i, ActionOutcome.Limited, string.Create(CultureInfo.InvariantCulture, $"the rule acts {rule.Limit!.Times} times a run")));
            else Judge(decision, id, i, answers: null);
    }

    /// <summary>An event that the binding's own filter does not mean is none of it.</summary>
    private static bool Concerns(Binding binding, Decision decision, RunRecord run, EventTexts texts) =>
        binding.If.OfType<Condition.Metadata>().All(m => Gate.Metadata(m, new(decision.State, run, texts, null, decision.Now, decision.Now)).Verdict is Verdict.Pass);

    /// <summary>A rule without actions that says something of the run is told once an attempt.</summary>
    private static bool IsWorthRecording(Rule rule, RuleTally? tally, AttemptRecord attempt) =>
        rule is { Do.IsEmpty: true, Says.Text: "crash" or "stall" or "timeout" or "success" } && tally?.Mark.StartsWith($"{attempt.Id.Folder}:", StringComparison.Ordinal) is not true;

    /// <summary>Looks at the gate of one action, and acts when it passes.</summary>
    /// <param name="answers">What its probes found; null: it was not looked yet.</param>
    public static void Judge(Decision decision, string id, int action, Queue<ProbeAnswer>? answers)
    {
        if (Find(decision.State, id) is not var (firing, run, rule) || firing.Steps[action].State is not StepState.Waiting) return;
        var binding = rule.Do[action];
        var texts = new EventTexts(decision.State, run, firing.Fields);
        if (answers is null && !Gate.Probes(binding.If, run, texts).IsEmpty) return;
        var judged = Gate.All(binding.If, new(decision.State, run, texts, run.Tally(rule.Name), firing.At, decision.Now), answers ?? new());
        if (judged.Verdict is Verdict.Wait || rule.Limit?.Every is { } every && run.Tally(rule.Name)?.Acted is { } acted && decision.Now - acted < every) return;
        if (judged.Verdict is Verdict.Fail) decision.Add(new RunEvent.ActionSettled(id, action, ActionOutcome.GateFailed, judged.Why));
        else if (binding.Mode is BindingMode.Ask) decision.Add(new RunEvent.ActionAsked(id, action));
        else if (binding.Mode is BindingMode.DryRun) decision.Add(new RunEvent.ActionSettled(id, action, ActionOutcome.DryRun, ActionText.Of(binding.Action, texts, ActionOverride.TimeOf(firing.At))));
        else Acting.Do(decision, firing, run, rule, action);
    }

    /// <summary>The firing with its run and the rule as it was then; null for one that is settled, or of a run that is gone.</summary>
    public static (Firing Firing, RunRecord Run, Rule Rule)? Find(ExperimentState state, string id) =>
        state.Firings.TryGetValue(id, out var firing) && state.Runs.TryGetValue(firing.Attempt.Run.Value, out var run)
        && state.RuleSets?.GetValueOrDefault(firing.Set)?.Rules.FirstOrDefault(r => r.Name == firing.Rule) is { } rule ? (firing, run, rule) : null;

    /// <summary>Fires the rules of a run that wait for this event.</summary>
    public static void Published(Decision decision, RunRecord run, AttemptRecord attempt, string from, RunEvent.EventPublished published)
    {
        if (from.Count(static c => c == '@') > MostPublished) return;
        foreach (var rule in decision.State.RulesOf(run).Rules)
            if (rule.When is Trigger.Published waits && waits.Event == published.Event)
                Fire(decision, run, attempt, rule, $"event@{from}", new($"the event {published.Event} was published"), published.Fields);
    }
}
