using System.Text;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Monitor;

/// <summary>The end of a run's newest log, for people who are told of it.</summary>
internal static class LogExcerpt
{
    private const int MostBytes = 8 << 10, MostLines = 20;

    /// <summary>Empty where there is none, or none that can be read.</summary>
    public static IReadOnlyList<string> Of(ExperimentState state, RunId run)
    {
        if (!state.Runs.TryGetValue(run.Value, out var record) || record.LastAttempt?.Log is not { } log) return [];
        try
        {
            using var file = RegularFile.Open(log);
            var from = Math.Max(0, RandomAccess.GetLength(file) - MostBytes);
            var tail = new byte[MostBytes];
            var read = RandomAccess.Read(file, tail, from);
            var lines = Encoding.UTF8.GetString(tail, 0, read).Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
            // The first one may be cut in its middle.
            return [.. lines.Skip(from > 0 ? 1 : 0).TakeLast(MostLines)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
