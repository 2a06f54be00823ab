using Vigil.Journaling;

namespace Vigil.Cli;

/// <summary><c>vigil watch --all</c>: one look over every known experiment; those that nobody watches any more get a watch in the background. For cron and systemd, which call it again and again.</summary>
internal static class WatchAll
{
    /// <summary>Longer than between two beats.</summary>
    private static readonly TimeSpan BeatOfOthers = Lease.BeatEvery + TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(CliContext context, CancellationToken stop)
    {
        List<ExperimentFolder> orphans = [];
        List<(ExperimentFolder Folder, Standing.Elsewhere Seen)> elsewhere = [];
        var code = ExitCode.Done;
        foreach (var folder in KnownExperiments.All(context))
        {
            var follower = new JournalFollower(folder);
            follower.Read();
            if (follower.Damage is { } damage) code = Talk.Damaged(context, folder, damage);
            else if (follower.State.Experiment is not null && !follower.State.AllFinished)
                switch (Judge(folder, follower))
                {
                    case Standing.Free: orphans.Add(folder); break;
                    case Standing.Elsewhere other: elsewhere.Add((folder, other)); break;
                }
        }
        // Of monitors on other machines only the beat can be seen. Whoever shows none now is looked at for a whole minute by the watch itself.
        if (elsewhere.Count > 0) await Pause.ForAsync(BeatOfOthers, context.Time, stop);
        orphans.AddRange(elsewhere.Where(e => Lease.Read(e.Folder) is { } now && now.Writer == e.Seen.Writer && now.Beat == e.Seen.Beat).Select(static e => e.Folder));
        foreach (var folder in orphans)
        {
            context.Talk.WriteLine($"Nobody watches {folder.Root}.");
            if (await Detaching.StartAsync(context, folder, stop) is not ExitCode.Done and var refused) code = refused;
        }
        if (orphans.Count == 0) context.Talk.WriteLine("Every known experiment is watched, or done.");
        return code;
    }

    private static Standing Judge(ExperimentFolder folder, JournalFollower follower) => Lease.Judge(Lease.Read(folder), follower.Header, ThisProcess.Writer, ThisProcess.Lives);
}
