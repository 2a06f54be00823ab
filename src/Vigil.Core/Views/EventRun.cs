using System.Diagnostics;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Views;

/// <summary>Which run a fact is about, where it is about one and says so itself.</summary>
public static class EventRun
{
    /// <summary>Null for what concerns no run, or several.</summary>
    public static RunId? Of(RunEvent e) => e switch
    {
        RunEvent.RunPlanned p => p.Run.Id,
        RunEvent.AttemptStarted s => s.Attempt.Run,
        RunEvent.CheckpointSaved c => c.Attempt.Run,
        RunEvent.CheckpointsJudged j => j.Run,
        RunEvent.CheckpointDoubted d => d.Run,
        RunEvent.AttemptEnded end => end.Attempt.Run,
        RunEvent.RunDelayed d => d.Run,
        RunEvent.RunFinished f => f.Run,
        RunEvent.RunReopened r => r.Run,
        RunEvent.CancelRequested c => c.Run,
        RunEvent.AttemptRequeued r => r.Attempt.Run,
        RunEvent.AttemptAdopted a => a.Attempt.Run,
        RunEvent.JobStuck stuck => stuck.Attempt.Run,
        RunEvent.JobUnstuck unstuck => unstuck.Attempt.Run,
        RunEvent.StopRequested stop => stop.Run,
        RunEvent.RunHeld held => held.Run,
        RunEvent.RunReleased released => released.Run,
        RunEvent.RuleFired fired => fired.Attempt.Run,
        RunEvent.RestartRequested restart => restart.Attempt.Run,
        RunEvent.FinishRequested finish => finish.Run,
        RunEvent.StartConditionsMet met => met.Run,
        RunEvent.EventPublished published => published.Run,
        RunEvent.RulesChanged changed => changed.Run,
        RunEvent.ExperimentPlanned or RunEvent.RulesPlanned or RunEvent.ChannelsPlanned or RunEvent.NodesExcluded => null,
        // Of these the run, or the runs, are those of an effect, a firing or a wish.
        RunEvent.EffectRequested or RunEvent.EffectDeferred or RunEvent.EffectCompleted or RunEvent.SubmissionSplit or RunEvent.WishGranted or RunEvent.ActionAsked or RunEvent.ActionSettled or RunEvent.ActionReopened => null,
        _ => throw new UnreachableException(),
    };
}
