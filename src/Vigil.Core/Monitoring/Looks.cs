using System.Collections.Immutable;
using System.Globalization;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>What the core wants to know next, and what it decides when it is told.</summary>
public static class Looks
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(5);

    /// <summary>Every look that is wanted now; the shell keeps their intervals.</summary>
    public static IEnumerable<Look> Wanted(ExperimentState state)
    {
        foreach (var firing in state.Firings.Values)
            for (var i = 0; i < firing.Steps.Length; i++)
                if (firing.Steps[i].State is StepState.Waiting && Firings.Find(state, firing.Id) is var (_, run, rule))
                    yield return Of(string.Create(CultureInfo.InvariantCulture, $"gate:{firing.Id}#{i}"), rule.Do[i].If, run, new EventTexts(state, run, firing.Fields), null);
        foreach (var run in state.AllRuns)
        {
            if (run.Plan.Lifecycle is not { } lifecycle || run.State is RunState.Finished) continue;
            var texts = new EventTexts(state, run, fields: null);
            if (IsToStart(run) && (lifecycle.Cancel.IsEmpty || Launching.IsNext(state, run))) yield return Of($"start:{run.Id}", [.. lifecycle.Cancel, .. lifecycle.Start], run, texts, lifecycle.StartEvery);
            else if (!lifecycle.Cancel.IsEmpty && run.CancelledBy is null) yield return Of($"cancel:{run.Id}", lifecycle.Cancel, run, texts, null);
            if (lifecycle.TerminationCommand is { } line && run is { State: RunState.Running, Finish: null }) yield return Of($"end:{run.Id}", [new Condition.ShellCommand(line)], run, texts, null);
        }
    }

    /// <summary>Whether the run waits for a look: its start conditions must all hold, and none of those that cancel it when it is its turn.</summary>
    internal static bool IsToStart(RunRecord run) => run is { State: RunState.Waiting, MayStart: false, CancelledBy: null, HeldBy: null, Plan.Lifecycle: { } lifecycle } && !(lifecycle.Start.IsEmpty && lifecycle.Cancel.IsEmpty);

    private static Look Of(string id, ImmutableArray<Condition> conditions, RunRecord run, EventTexts texts, TimeSpan? every) =>
        new(id, Gate.Probes(conditions, run, texts), every ?? Gate.Every(conditions) ?? Usual);

    internal static ImmutableArray<RunEvent> Decide(ExperimentState state, Observation.Looked seen)
    {
        var cut = seen.Id.IndexOf(':', StringComparison.Ordinal);
        var (kind, about) = (seen.Id[..cut], seen.Id[(cut + 1)..]);
        var decision = new Decision(state, seen.At);
        if (kind == "gate") Gates(decision, about, new(seen.Answers));
        else if (state.Runs.TryGetValue(about, out var run) && run is { Plan.Lifecycle: { } lifecycle, State: not RunState.Finished })
            Lifecycles(decision, kind, run, lifecycle, new(state, run, new EventTexts(state, run, fields: null), null, seen.Since, seen.At), new(seen.Answers));
        return decision.Events;
    }

    private static void Gates(Decision decision, string about, Queue<ProbeAnswer> answers)
    {
        var cut = about.LastIndexOf('#');
        Firings.Judge(decision, about[..cut], int.Parse(about.AsSpan(cut + 1), CultureInfo.InvariantCulture), answers);
    }

    private static void Lifecycles(Decision decision, string kind, RunRecord run, Lifecycle lifecycle, GateContext context, Queue<ProbeAnswer> answers)
    {
        switch (kind)
        {
            case "start" when IsToStart(run):
                Start(decision, run, lifecycle, context, answers);
                break;
            case "cancel" when run.CancelledBy is null && Gate.Any(lifecycle.Cancel, context, answers) is { Verdict: Verdict.Pass, Why: var why }:
                CancelledBefore(decision, run, why);
                break;
            case "end" when run is { State: RunState.Running, Finish: null } && Gate.All([new Condition.ShellCommand("")], context, answers).Verdict is Verdict.Pass:
                decision.Add(new RunEvent.FinishRequested(run.Id, "TERMINATION_COMMAND", "termination_command"));
                break;
        }
    }

    /// <summary>The answers about what cancels the run come first: one that may start is one that nothing cancels, as far as it could be found out.</summary>
    private static void Start(Decision decision, RunRecord run, Lifecycle lifecycle, GateContext context, Queue<ProbeAnswer> answers)
    {
        var isUnknown = answers.Take(Gate.Probes(lifecycle.Cancel, run, context.Fill).Length).Any(static a => a is ProbeAnswer.Unknown);
        if (!lifecycle.Cancel.IsEmpty && Gate.Any(lifecycle.Cancel, context, answers) is { Verdict: Verdict.Pass, Why: var why }) CancelledBefore(decision, run, why);
        else if (!isUnknown) Begin(decision, run, Gate.All(lifecycle.Start, context, answers));
    }

    /// <summary>A run that can never start is skipped: who waits for it need not wait for ever.</summary>
    private static void Begin(Decision decision, RunRecord run, Judgement judged)
    {
        if (judged.Verdict is Verdict.Pass) decision.Add(new RunEvent.StartConditionsMet(run.Id) { Best = judged.Best });
        else if (judged is { Verdict: Verdict.Fail, IsFinal: true } && run.Attempts.IsEmpty) decision.Add(new RunEvent.RunFinished(run.Id, Outcome.Skipped, $"{CheckpointGate.Missing}: {judged.Why}"));
    }

    /// <summary>A run whose cancel condition holds before it ever began was never wanted: it is skipped.</summary>
    private static void CancelledBefore(Decision decision, RunRecord run, string why)
    {
        var reason = why.Length == 0 ? CancelCondition : $"{CancelCondition}: {(why.Length > 200 ? why[..200] : why)}";
        if (run.State is RunState.Waiting && run.Attempts.IsEmpty)
        {
            decision.Add(new RunEvent.RunFinished(run.Id, Outcome.Skipped, reason));
            return;
        }
        decision.Add(new RunEvent.CancelRequested(run.Id, "cancel_conditions") { Reason = reason });
        if (run.State is RunState.Waiting) decision.Add(new RunEvent.RunFinished(run.Id, Outcome.Cancelled, reason));
        else Arbiter.End(decision, run);
    }

    /// <summary>How the reason of a run begins that its own cancel condition ended.</summary>
    public const string CancelCondition = "CANCEL_CONDITION";
}
