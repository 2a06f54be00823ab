using System.Collections.Immutable;
using System.Diagnostics;
using Vigil.Configuration;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>All policy. Pure and total: late, repeated or unknown news is <c>[]</c>, never an exception.</summary>
public static class Decider
{
    public static ImmutableArray<RunEvent> Decide(ExperimentState state, Observation seen) => SeenSecrets.Hide(state, seen) switch
    {
        Observation.Ticked t => [.. Cancelling.Again(state, t.At), .. Finishing.Decide(state, t.At), .. RuleTriggers.Time(state, t.At), .. Launching.Decide(state, t.At)],
        Observation.PlanAccepted p => Planned(state, p.Experiment, p.Rules, p.Channels, p.Added, p.Replaced, p.Rewatched),
        Observation.WishRead w => Wished(state, w.Wish),
        Observation.JobReported r => Ending.Decide(state, r),
        Observation.LineSeen l => RuleTriggers.Line(state, l),
        Observation.QuietSeen q => Quiet.Decide(state, q),
        Observation.Looked l => Looks.Decide(state, l),
        Observation.CheckpointsLookedAt c => Resuming.Judged(state, c),
        Observation.EffectSettled s => Settled(state, s),
        _ => throw new UnreachableException(),
    };

    /// <summary>The person behind an observation; <c>vigil</c> where there is none.</summary>
    public static string By(Observation seen) => seen switch
    {
        Observation.PlanAccepted p => p.By,
        Observation.WishRead w => w.Wish.By,
        _ => "vigil",
    };

    /// <summary>The kind of an observation as the journal names it.</summary>
    public static string Cause(Observation seen) => seen switch
    {
        Observation.Ticked => "ticked",
        Observation.PlanAccepted => "plan-accepted",
        Observation.WishRead => "wish-read",
        Observation.JobReported => "job-reported",
        Observation.LineSeen { Hits.IsEmpty: true } => "checkpoint-read",
        Observation.LineSeen => "line-seen",
        Observation.QuietSeen => "quiet-seen",
        Observation.Looked => "looked",
        Observation.CheckpointsLookedAt => "checkpoints-looked-at",
        Observation.EffectSettled => "effect-settled",
        _ => throw new UnreachableException(),
    };

    private static ImmutableArray<RunEvent> Planned(ExperimentState state, ExperimentHeader experiment, ImmutableArray<RuleSet> rules, ChannelSet? channels, ImmutableArray<PlannedRun> added, ImmutableArray<PlannedRun> replaced, ImmutableArray<PlannedRun> rewatched)
    {
        var events = ImmutableArray.CreateBuilder<RunEvent>();
        if (state.Experiment is null) events.Add(new RunEvent.ExperimentPlanned(experiment));
        foreach (var set in rules.Where(r => state.RuleSets?.ContainsKey(r.Id) is not true)) events.Add(new RunEvent.RulesPlanned(set));
        if (channels is not null && channels.Id != (state.Channels ?? ChannelSet.None).Id) events.Add(new RunEvent.ChannelsPlanned(channels));
        foreach (var run in added.Where(r => !state.Runs.ContainsKey(r.Id.Value))) events.Add(new RunEvent.RunPlanned(run));
        foreach (var run in replaced)
        {
            if (!state.Runs.TryGetValue(run.Id.Value, out var known) || known.State is not (RunState.Waiting or RunState.Finished)) continue;
            events.Add(new RunEvent.RunPlanned(run));
            if (known.State is RunState.Finished) events.Add(new RunEvent.RunReopened(run.Id));
        }
        foreach (var run in rewatched)
            if (state.Runs.TryGetValue(run.Id.Value, out var known) && RunWatch.Of(run) is var to && !RunWatch.Of(known.Plan).Is(to)) events.Add(new RunEvent.RulesChanged(run.Id, to));
        return events.ToImmutable();
    }

    private static ImmutableArray<RunEvent> Wished(ExperimentState state, Wish wish)
    {
        if (state.Wishes.Contains(wish.Id)) return [];
        return wish.Content switch
        {
            WishContent.Cancel c => [new RunEvent.WishGranted(wish.Id, $"cancel {Names(c.Runs)}"), .. Cancelling.Decide(state, c.Runs, wish.By)],
            WishContent.Change c => [new RunEvent.WishGranted(wish.Id, $"{ChangeText.Wish(c.To)} {Names(c.Runs)}"), .. Changing.Decide(state, c.Runs, c.To, wish.By)],
            WishContent.Retry r => [new RunEvent.WishGranted(wish.Id, $"retry {Names(r.Runs)}"), .. Retrying.Decide(state, r.Runs)],
            WishContent.Grow g => [new RunEvent.WishGranted(wish.Id, $"add {g.Added.Length} and replace {g.Replaced.Length} runs{(g.Rewatched is { Length: var rewatched } ? $", change the rules of {rewatched}" : "")}"), .. Planned(state, g.Experiment, g.Rules ?? [], g.Channels, g.Added, g.Replaced, g.Rewatched ?? [])],
            WishContent.Approve a => [new RunEvent.WishGranted(wish.Id, $"{(a.Answer is Approval.Yes ? "approve" : "deny")} {Names(a.Runs)}"), .. Approving.Decide(state, a.Runs, a.Answer, wish)],
            _ => throw new UnreachableException(),
        };
    }

    private static string Names(ImmutableArray<RunId> runs) => TextRules.Names([.. runs.Select(static r => r.Value)], 5);

    private static ImmutableArray<RunEvent> Settled(ExperimentState state, Observation.EffectSettled seen)
    {
        if (!state.Outbox.TryGetValue(seen.Effect, out var pending)) return [];
        return (pending.Effect, seen.Result) switch
        {
            (Effect.OfAction action, _) => ActionEffects.Settled(state, seen, pending, action),
            (Effect.Submit { Attempts.Length: > 1 } submit, EffectResult.Refused { For: not null } refused) => [new RunEvent.SubmissionSplit(seen.Effect, refused.Reason, Packing.Halves(submit))],
            (_, EffectResult.Refused { Retryable: true } refused) => [new RunEvent.EffectDeferred(seen.Effect, refused.Reason, seen.At + Backoff(pending.Tries))],
            (Effect.Submit submit, EffectResult.Refused refused) =>
            [
                new RunEvent.EffectCompleted(seen.Effect, refused),
                .. Waiting(state, submit).Select(run => NotSubmitted(run, refused)),
            ],
            // It was not handed over, since nobody wants its runs any more.
            (Effect.Submit submit, EffectResult.Done done) => [new RunEvent.EffectCompleted(seen.Effect, done), .. Waiting(state, submit).Select(static run => new RunEvent.RunFinished(run.Id, Outcome.Cancelled, "CANCELLED"))],
            (Effect.Submit, EffectResult.Submitted submitted) => [new RunEvent.EffectCompleted(seen.Effect, submitted), .. Cancelling.AfterSubmission(state, submitted), .. Changing.AfterSubmission(state, submitted)],
            _ => [new RunEvent.EffectCompleted(seen.Effect, seen.Result)],
        };
    }

    /// <summary>The runs that have nothing but this submission; a link of a chain has its run's other jobs.</summary>
    private static IEnumerable<RunRecord> Waiting(ExperimentState state, Effect.Submit submit) =>
        submit.Attempts.Select(start => (start.Attempt, Run: state.Runs[start.Attempt.Run.Value])).Where(static s => s.Run.State.Attempt == s.Attempt).Select(static s => s.Run);

    private static RunEvent.RunFinished NotSubmitted(RunRecord run, EffectResult.Refused refused) =>
        run.CancelledBy is null ? new(run.Id, Outcome.Failed, $"SUBMIT: {refused.Reason}") : new(run.Id, Outcome.Cancelled, "CANCELLED");

    /// <summary>1, 2, 4 … 60 s.</summary>
    internal static TimeSpan Backoff(int tries) => TimeSpan.FromSeconds(Math.Min(60, 1 << Math.Min(tries, 6)));
}
