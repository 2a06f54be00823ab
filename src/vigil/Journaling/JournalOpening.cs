using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Vigil.Monitoring;
using Vigil.Platform;

namespace Vigil.Journaling;

/// <summary>What became of the wish to write a journal.</summary>
internal abstract record Opening
{
    private Opening() { }

    /// <param name="Remarks">What a person should know and need not act on.</param>
    public sealed record Ready(Journal Journal, Lease Lease, ExperimentState State, ImmutableArray<string> Remarks) : Opening;

    public sealed record HeldBy(Writer Writer) : Opening;
    public sealed record Damaged(JournalDamage Damage) : Opening;
    public sealed record Unwritable(string Reason) : Opening;
}

/// <summary>Becomes the writer of an experiment's journal: reads it, judges the lease, and opens the next epoch's segment.</summary>
internal sealed class JournalOpening(ExperimentFolder folder, Writer me, Func<Writer, bool> isAlive, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <param name="say">Told when a lease of another machine has to be watched for a minute.</param>
    /// <param name="silent">A writer that was seen to live and not to beat for a minute: suspended, it does not keep the experiment.</param>
    public async Task<Opening> OpenAsync(Action<string> say, CancellationToken stop, Writer? silent = null)
    {
        try
        {
            PrepareFolders();
            while (true)
            {
                var follower = new JournalFollower(folder);
                follower.Read();
                if (follower.Damage is { } damage) return new Opening.Damaged(damage);
                switch (Lease.Judge(Lease.Read(folder), follower.Header, me, isAlive))
                {
                    case Standing.Held held when held.Writer != silent: return new Opening.HeldBy(held.Writer);
                    case Standing.Elsewhere other when await BeatsAsync(other, say, stop): return new Opening.HeldBy(other.Writer);
                }
                // The last writer may have written between our reading and its end: only now nobody writes any more.
                var judged = follower.Epoch;
                follower.Read();
                if (follower.Damage is { } since) return new Opening.Damaged(since);
                if (follower.Epoch == judged && TryTake(follower) is { } ready) return ready;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Opening.Unwritable(e.Message);
        }
    }

    private void PrepareFolders()
    {
        foreach (var path in (string[])[folder.Root, folder.Journal, folder.Inbox, folder.Views, folder.Provenance]) PrivateFolder.Create(path);
    }

    /// <summary>Whether the counter of a writer on another machine moves within a minute of our own clock.</summary>
    private async Task<bool> BeatsAsync(Standing.Elsewhere other, Action<string> say, CancellationToken stop)
    {
        say($"The experiment was last watched from {other.Writer.Host} (pid {other.Writer.Pid}). Looking for a minute whether that monitor lives.");
        var began = time.GetTimestamp();
        var beat = other.Beat;
        while (time.GetElapsedTime(began) < Lease.StaleAfter)
        {
            await Task.Delay(LookEvery, time, stop);
            if (Lease.Read(folder) is not { } now) continue;
            if (now.Released) return false;
            if (now.Writer != other.Writer || (beat >= 0 && now.Beat != beat)) return true;
            beat = now.Beat;   // the lease could not be read before: from here on it is watched
        }
        return false;
    }

    /// <summary>Null when another process was quicker.</summary>
    private Opening.Ready? TryTake(JournalFollower follower)
    {
        // The next after what was read, never after what is there by now: a segment that appeared meanwhile is another's, and ours must collide with it.
        var epoch = follower.Epoch + 1;
        while (follower.Stumps.Contains(folder.Segment(epoch))) epoch++;
        var header = new SegmentHeader(SegmentHeader.CurrentSchema, epoch, me, time.GetUtcNow(), ProgramVersion.Text, follower.Epoch, follower.Offset, follower.State.Seq);
        var line = JournalLine.Write(JsonSerializer.SerializeToUtf8Bytes(header, JournalJson.Plain.SegmentHeader));
        if (!ExclusiveFile.TryCreateDurable(folder.Segment(epoch), line)) return null;

        var remarks = follower.Remarks.ToList();
        if (follower.TornBytes > 0)
        {
            using var before = File.OpenHandle(folder.Segment(follower.Epoch), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            RandomAccess.SetLength(before, follower.Offset);
            remarks.Add($"{folder.Segment(follower.Epoch)}: the last {follower.TornBytes} bytes were cut off; a write had been interrupted there, and what it held was never acted on");
        }
        foreach (var stump in follower.Stumps)
        {
            using var file = File.OpenHandle(stump, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            if (RandomAccess.GetLength(file) == 0) continue;
            RandomAccess.SetLength(file, 0);
            remarks.Add($"{stump}: its only line had been cut off in the middle; it held no decision and is passed over");
        }
        var lease = new Lease(folder, me, epoch);
        lease.Take();
        return new Opening.Ready(Journal.Open(folder, epoch, follower.State.Seq), lease, follower.State, [.. remarks]);
    }
}

/// <summary>The version of this program, as <c>--version</c> prints it.</summary>
internal static class ProgramVersion
{
    public static string Text { get; } = typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
