using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Cli;

/// <summary>Counts the samples of files, each once, a piece at a time.</summary>
internal sealed class TrainingData
{
    private const int Piece = 1 << 20;

    private static readonly string[] Endings = [".json", ".jsonl", ".ndjson"];

    private readonly Dictionary<(string Path, string? Field), SampleCount> _counts = [];

    /// <summary>Null where there is nothing that could be counted.</summary>
    public SampleCount? Count(PlannedTraining training)
    {
        if (training is not { Uncountable: null, Data: ['/', ..] path }) return null;
        if (!_counts.TryGetValue((path, training.Field), out var count)) _counts[(path, training.Field)] = count = Count(path, training.Field);
        return count;
    }

    private static SampleCount Count(string path, string? field)
    {
        if (Directory.Exists(path)) return new SampleCount.Unknown("is a folder");
        if (!Endings.Contains(Path.GetExtension(path).ToLowerInvariant())) return new SampleCount.Unknown("is no file of JSON");
        try
        {
            using var file = RegularFile.Open(path);
            var (counter, piece, at) = (new SampleCounter(field), new byte[Piece], 0L);
            for (int read; (read = RandomAccess.Read(file, piece, at)) > 0; at += read) counter.Read(piece.AsSpan(0, read));
            return counter.End();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SampleCount.Unknown("cannot be read here");
        }
    }
}
