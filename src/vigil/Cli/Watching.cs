using Spectre.Console;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;

namespace Vigil.Cli;

/// <summary>Runs the monitor until its runs are done or somebody leaves, and says how it went.</summary>
internal static class Watching
{
    public static async Task<int> RunAsync(CliContext context, MonitorSession session, Screens screen, ExperimentFolder folder, bool once, CancellationToken stop)
    {
        var end = once ? await OnceAsync(session, stop) : await session.Loop.RunAsync(stop);
        if (end is not WatchEnd.LostLease) session.Leave();
        screen.Dispose();
        switch (end)
        {
            case WatchEnd.LostLease:
                context.Talk.WriteLine($"Another monitor has taken over {folder.Root}; this one stops. The jobs go on.");
                return ExitCode.HeldElsewhere;
            case WatchEnd.Interrupted:
                context.Talk.WriteLine($"Left; {Going(session.Loop.State)}. To come back: vigil watch {folder.Root}  (or the same 'vigil run' again)");
                return once ? ExitCode.Done : ExitCode.Interrupted;
            default:
                return Results(context, session.Loop.State, session.Progress, folder);
        }
    }

    /// <summary>The result table, the failures with the ends of their logs, and the exit code.</summary>
    public static int Results(CliContext context, ExperimentState state, ProgressBoard progress, ExperimentFolder folder)
    {
        var console = Consoles.For(context.Out, context.IsTerminal);
        console.Write(RunTable.Results(state.InPlanOrder, progress.Of));
        foreach (var run in state.InPlanOrder.Where(static r => r.State is RunState.Finished { Outcome: not (Outcome.Completed or Outcome.Skipped or Outcome.Cancelled) }).Take(5))
            Failures.Print(context.Out, run);
        context.Out.WriteLine($"{LiveScreen.Counts(state)}   {folder.Root}");
        return Code(state);
    }

    public static int Code(ExperimentState state) =>
        state.Runs.Values.All(r => r.State is RunState.Finished { Outcome: Outcome.Completed } || OnPurpose(r.State)) ? ExitCode.Done : ExitCode.RunsFailed;

    /// <summary>A run that was skipped because one before it failed was not skipped on purpose; that one's failure decides the code anyhow.</summary>
    private static bool OnPurpose(RunState state) => state is RunState.Finished { Outcome: Outcome.Skipped };

    /// <summary>Turns until nothing is left to hand over.</summary>
    private static async Task<WatchEnd> OnceAsync(MonitorSession session, CancellationToken stop)
    {
        do
        {
            if (!await session.Loop.TurnAsync(stop)) return WatchEnd.LostLease;
        }
        while (session.Loop.Trouble is null && session.Loop.State.Outbox.Values.Any(static e => e.NotBefore is null));
        return session.Loop.IsDone ? WatchEnd.Finished : WatchEnd.Interrupted;
    }

    private static string Going(ExperimentState state)
    {
        var running = state.Runs.Values.Count(static r => r.State is RunState.Running or RunState.Queued or RunState.Submitting);
        return running switch
        {
            0 => "nothing runs just now",
            1 => "one job goes on",
            _ => $"{running} jobs go on",
        };
    }
}
