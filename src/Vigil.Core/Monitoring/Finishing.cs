namespace Vigil.Monitoring;

/// <summary>Runs that are done although their job lives: it may end by itself for a while, then it is ended, so that it does not hold its nodes.</summary>
internal static class Finishing
{
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(120);

    public static IEnumerable<RunEvent> Decide(ExperimentState state, DateTimeOffset now)
    {
        foreach (var run in state.AllRuns)
            if (run is { Finish: { } finish, CancelSent: null } && now - finish.At >= Grace && run.State.Held is { } held && !state.Outbox.ContainsKey($"cancel:{held.Attempt}"))
                yield return Cancelling.Request(held.Attempt, held.Job);
    }
}
