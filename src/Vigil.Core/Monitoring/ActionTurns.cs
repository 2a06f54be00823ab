namespace Vigil.Monitoring;

/// <summary>In which order actions that wait to be done have their turn: of one run as its firings came, in a log from its beginning to its end; and no run's many hold up another's one.</summary>
public static class ActionTurns
{
    /// <summary>The firings' actions of the outbox by their ids.</summary>
    public static IEnumerable<(string Id, PendingEffect Pending, Effect.OfAction Action)> Of(ExperimentState state)
    {
        var waiting = from entry in state.Outbox
                      let action = entry.Value.Effect as Effect.OfAction
                      where action is not null
                      let firing = state.Firings.GetValueOrDefault(action.Firing)
                      orderby firing?.At, firing?.Evidence.Offset, action.Firing, action.Action
                      select (entry.Key, entry.Value, action);
        return waiting.GroupBy(static w => w.action.Run).SelectMany(static run => run.Index()).OrderBy(static w => w.Index).Select(static w => w.Item);
    }
}
