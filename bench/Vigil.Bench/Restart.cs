using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Vigil.Journaling;

namespace Vigil.Bench;

/// <summary>How long a monitor takes to know everything again; beside it, a program that only parses the same lines as JSON and knows nothing.</summary>
internal static class Restart
{
    private const int Tries = 5;

    public static async Task MeasureAsync(string folder, int decisions, SnapshotAtTheEnd snapshot, string measure, string goal)
    {
        await BigJournal.WriteAsync(folder, decisions, snapshot);
        var ours = Fastest("open", folder);
        var theirs = Fastest("read", folder);
        Console.WriteLine(string.Join('\t', measure, Text(ours), $"parsing it only {Text(theirs)}", (ours / theirs).ToString("0.00", CultureInfo.InvariantCulture) + " x", goal));
    }

    /// <summary>Becomes the journal's writer, as a monitor does at its start.</summary>
    public static async Task<int> OpenAsync(string folder)
    {
        var ready = await BigJournal.OpenAsync(folder, CancellationToken.None);
        ready.Lease.Release();
        ready.Journal.Dispose();
        return ready.State.Runs.Count == BigJournal.Runs ? 0 : 1;
    }

    public static int ReadOnly(string folder)
    {
        var lines = 0;
        foreach (var line in File.ReadLines(new ExperimentFolder(folder).Segment(1)))
        {
            using var json = JsonDocument.Parse(line.AsMemory(line.IndexOf(' ', StringComparison.Ordinal) + 1));
            lines += json.RootElement.ValueKind is JsonValueKind.Object ? 1 : 0;
        }
        return lines > 1 ? 0 : 1;
    }

    // The whole process counts: that is what a person waits for.
    private static double Fastest(string what, string folder)
    {
        var best = double.MaxValue;
        for (var i = 0; i < Tries; i++)
        {
            var began = Stopwatch.GetTimestamp();
            using var child = Process.Start(Environment.ProcessPath!, [what, folder]);
            child.WaitForExit();
            if (child.ExitCode != 0) throw new InvalidOperationException($"'{what}' ended with {child.ExitCode}");
            best = Math.Min(best, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        return best;
    }

    private static string Text(double ms) => ms.ToString("0", CultureInfo.InvariantCulture) + " ms";
}
