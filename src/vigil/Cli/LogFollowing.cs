using System.Text;
using System.Text.RegularExpressions;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary><c>logs -f</c>: goes on where the printed log ended, and over to the next attempt when there is one.</summary>
internal sealed class LogFollowing(CliContext context, ExperimentFolder folder, JournalFollower follower, RunId run, Regex? pattern)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(300);


    public async Task RunAsync(CancellationToken stop)
    {
        var log = Newest();
        var at = log is not null && File.Exists(log) ? new FileInfo(log).Length : 0;
        while (!stop.IsCancellationRequested)
        {
            follower.Read();
            if (log is not null) at = Print(log, at);
            if (Newest() is { } next && next != log)
            {
                if (log is not null) context.Talk.WriteLine($"==> {next} <==");
                (log, at) = (next, 0);
                continue;
            }
            if (follower.Damage is not null || follower.State.Runs[run.Value].State is RunState.Finished) break;
            await Pause.ForAsync(LookEvery, context.Time, stop);
        }
        if (follower.Damage is { } damage) Talk.Damaged(context, folder, damage);
    }

    private string? Newest() => follower.State.Runs[run.Value].LastAttempt?.Log;

    private long Print(string log, long at)
    {
        if (!File.Exists(log)) return at;
        using var file = File.OpenHandle(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var block = new byte[64 << 10];
        var decoder = Encoding.UTF8.GetDecoder();
        var text = new char[block.Length];
        while (RandomAccess.Read(file, block, at) is var read and > 0)
        {
            var end = block.AsSpan(0, read).LastIndexOfAny((byte)'\n', (byte)'\r') + 1;
            if (end == 0 && read < block.Length) break;     // no whole line yet
            if (end == 0) end = read;
            at += end;
            var chars = decoder.GetChars(block.AsSpan(0, end), text, flush: true);
            foreach (var line in LogText.Lines(new string(text, 0, chars)))
                if (pattern?.IsMatch(line) ?? true) context.Out.WriteLine(line);
        }
        context.Out.Flush();
        return at;
    }
}
