using System.Collections.Immutable;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary>Shows what another monitor does, from its journal. Changes nothing.</summary>
internal static class Viewing
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <param name="expected">Runs that were handed to the monitor and must appear before the end counts.</param>
    /// <returns>The runs' exit code, or null when the monitor is gone and runs are not done.</returns>
    public static async Task<int?> RunAsync(CliContext context, ExperimentFolder folder, JournalFollower follower, ImmutableArray<PlannedRun> expected, Stopping stopping)
    {
        var stop = stopping.Gently;
        var progress = new ProgressBoard(context.Time) { Packs = new(() => FrozenPacks.Read(folder)) };
        var beat = new BeatWatch(context.Time);
        using var screen = Screens.Create(context, $"{follower.State.Experiment?.Name} (viewing)", stopping);
        while (!stop.IsCancellationRequested)
        {
            follower.Read(screen.Screen.Decided);
            if (follower.Damage is { } damage)
            {
                screen.Dispose();
                return Talk.Damaged(context, folder, damage);
            }
            screen.Screen.Show(new MonitorView(follower.State, progress, context.Time.GetLocalNow(), null) { Sight = SightView.Read(folder) });
            if (follower.State.AllFinished && follower.State.Outbox.IsEmpty && expected.All(r => follower.State.Runs.ContainsKey(r.Id.Value)))
            {
                screen.Dispose();
                return Watching.Results(context, follower.State, progress, folder);
            }
            if (beat.IsOver(Lease.Judge(Lease.Read(folder), follower.Header, ThisProcess.Writer, ThisProcess.Lives)))
            {
                screen.Screen.Say("The monitor is gone; taking up the watch.");
                return null;
            }
            await Pause.ForAsync(LookEvery, context.Time, stop);
        }
        screen.Dispose();
        context.Talk.WriteLine("Left the view; the monitor and its jobs go on.");
        return ExitCode.Interrupted;
    }
}
