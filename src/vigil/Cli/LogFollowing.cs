using System.Text.RegularExpressions;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary><c>logs -f</c>: shows a run's newest log as it grows, and goes over to the next attempt when there is one, until the run has ended.</summary>
internal sealed class LogFollowing(CliContext context, ExperimentFolder folder, JournalFollower follower, RunId run, LogChoices choices, Regex? pattern)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(300);

    public async Task<int> RunAsync(CancellationToken stop)
    {
        LogPrinter? printer = null;
        var number = Now.LastAttempt is { } last ? Now.Attempts.IndexOf(last) : 0;
        while (!stop.IsCancellationRequested && !context.OutIsGone())
        {
            // The journal first: when it says that an attempt is over, all of that attempt's log is there.
            follower.Read();
            if (follower.Damage is { } damage) return Talk.Damaged(context, folder, damage);
            var attempts = Now.Attempts;
            while (number < attempts.Length)
            {
                // An attempt that never had a log is passed over once it is over, or another one runs.
                if (attempts[number].Log is not { } log)
                {
                    if (attempts[number].Ended is null && !attempts.Skip(number + 1).Any(static a => a.Started is not null)) break;
                    number++;
                    continue;
                }
                if (printer?.Path != log)
                {
                    // What an earlier attempt said is not cut: only of the first log just the end is shown.
                    if (printer is not null) context.Talk.WriteLine($"==> {log} <==");
                    printer = new LogPrinter(context, new LogPart(log), printer is null ? choices : choices with { Lines = 0 }, pattern, "");
                }
                printer.Print(attempts[number].Ended is null ? LogIs.Growing : LogIs.Over);
                // The links of a chain are there before the one that they wait for has ended.
                if (attempts[number].Ended is null || number + 1 >= attempts.Length) break;
                number++;
            }
            if (Now.State is RunState.Finished) break;
            await Pause.ForAsync(LookEvery, context.Time, stop);
        }
        return ExitCode.Done;
    }

    private RunRecord Now => follower.State.Runs[run.Value];
}
