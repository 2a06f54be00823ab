using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;

namespace Vigil.Cli;

/// <summary>How long a watch lasts.</summary>
internal enum Stay
{
    UntilDone,
    /// <summary>Until everything that can be handed to the scheduler now is there.</summary>
    HandOver,
    /// <summary>The same; another process takes up the watch and says so itself.</summary>
    HandOverQuietly,
}

/// <summary>Runs the monitor until its runs are done or somebody leaves, and says how it went.</summary>
internal static class Watching
{
    public static async Task<int> RunAsync(CliContext context, MonitorSession session, Screens screen, ExperimentFolder folder, Stay stay, CancellationToken stop)
    {
        var end = stay is Stay.UntilDone ? await session.Loop.RunAsync(stop) : await OnceAsync(session, stop);
        if (end is not WatchEnd.LostLease) session.Leave();
        screen.Dispose();
        switch (end)
        {
            case WatchEnd.LostLease:
                context.Talk.WriteLine($"Another monitor has taken over {folder.Root}; this one stops. The jobs go on.");
                return ExitCode.HeldElsewhere;
            case WatchEnd.Interrupted when stay is not Stay.UntilDone && session.Loop.Trouble is not null:
                return Talk.Unwritable(context, folder, session.Loop.Trouble);
            case WatchEnd.Interrupted when stay is Stay.HandOverQuietly && !stop.IsCancellationRequested:
                return ExitCode.Done;
            case WatchEnd.Interrupted:
                if (session.Loop.Trouble is { } trouble) context.Talk.WriteLine(trouble);
                context.Talk.WriteLine($"Left; {Going(session.Loop.State)}. To come back: vigil watch {folder.Root}  (or the same 'vigil run' again)");
                return stay is Stay.HandOver && !stop.IsCancellationRequested ? ExitCode.Done : ExitCode.Interrupted;
            default:
                return Results(context, session.Loop.State, session.Progress, folder);
        }
    }

    /// <summary>The result table, the failures with the ends of their logs, and the exit code.</summary>
    public static int Results(CliContext context, ExperimentState state, ProgressBoard progress, ExperimentFolder folder)
    {
        Consoles.Write(context, RunTable.Results(state.InPlanOrder, progress.Of));
        DeviationLines.Print(context.Out, state.InPlanOrder);
        Failures.Print(context.Out, state, most: 5);
        context.Out.WriteLine();
        context.Out.WriteLine($"{LiveScreen.Counts(state)}   {folder.Root}");
        if (Code(state) is not ExitCode.Done) context.Talk.WriteLine($"To try again what did not complete: vigil retry {folder.Root} 'state!=completed', then: vigil watch {folder.Root}");
        return Code(state);
    }

    public static int Code(ExperimentState state) =>
        state.Runs.Values.All(r => r.State is RunState.Finished { Outcome: Outcome.Completed } || OnPurpose(r.State)) ? ExitCode.Done : ExitCode.RunsFailed;

    /// <summary>A run that was skipped because one before it failed was not skipped on purpose; that one's failure decides the code anyhow. A training that completed may leave no best checkpoint.</summary>
    private static bool OnPurpose(RunState state) => state is RunState.Finished { Outcome: Outcome.Skipped, Reason: var reason } && reason?.StartsWith(CheckpointGate.Missing, StringComparison.Ordinal) is not true;

    /// <summary>Turns until nothing is left to hand over.</summary>
    private static async Task<WatchEnd> OnceAsync(MonitorSession session, CancellationToken stop)
    {
        do
        {
            if (!await session.Loop.TurnAsync(stop)) return WatchEnd.LostLease;
        }
        while (!stop.IsCancellationRequested && session.Loop.Trouble is null && session.Loop.State.Outbox.Values.Any(static e => e.NotBefore is null));
        return session.Loop.IsDone ? WatchEnd.Finished : WatchEnd.Interrupted;
    }

    private static string Going(ExperimentState state)
    {
        var running = state.Runs.Values.Count(static r => r.State is RunState.Running);
        var queued = state.Runs.Values.Count(static r => r.State is RunState.Queued);
        return (running, queued) switch
        {
            (0, 0) => "nothing runs just now",
            (_, 0) => $"{Quantity.Of(running, "job")} {(running == 1 ? "goes" : "go")} on",
            // Only a monitor hands out this machine's slots.
            (0, _) => $"{Quantity.Of(queued, "job")} in the queue",
            _ => $"{Quantity.Of(running, "job")} {(running == 1 ? "goes" : "go")} on, {queued} in the queue",
        };
    }
}
