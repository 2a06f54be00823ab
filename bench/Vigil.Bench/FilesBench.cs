using System.Diagnostics;
using System.Globalization;

namespace Vigil.Bench;

/// <summary>The limit that a file system sets to a submission of ten thousand runs: the same folders, files and links, made by nothing but system calls, on every core.</summary>
internal static class FilesBench
{
    private const int Runs = 10_000;
    private static readonly string[] Files = ["attempts/1/script.sbatch", "provenance/a", "provenance/b", "provenance/c", "provenance/d", "provenance/e"];

    /// <summary>Prints microseconds.</summary>
    public static void Run(string scratch)
    {
        var (root, text) = (Path.Combine(scratch, "files"), new byte[800]);
        var links = Directory.CreateDirectory(Path.Combine(root, "arrays")).FullName;
        var began = Stopwatch.GetTimestamp();
        Parallel.For(0, Runs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, run =>
        {
            var folder = Path.Combine(root, run.ToString(CultureInfo.InvariantCulture));
            Directory.CreateDirectory(Path.Combine(folder, "attempts", "1"));
            Directory.CreateDirectory(Path.Combine(folder, "provenance"));
            foreach (var name in Files)
            {
                using var file = File.OpenHandle(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write);
                RandomAccess.Write(file, text, 0);
            }
            File.CreateSymbolicLink(Path.Combine(links, run.ToString(CultureInfo.InvariantCulture)), folder);
        });
        Console.WriteLine((long)Stopwatch.GetElapsedTime(began).TotalMicroseconds);
    }
}
