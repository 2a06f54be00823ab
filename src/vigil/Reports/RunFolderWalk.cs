using System.Collections.Immutable;
using System.IO.Enumeration;

namespace Vigil.Reports;

/// <summary>What lies in a run's folder: how much it is, and where the samples of a GPU are. Links are not followed, and other runs' folders not entered.</summary>
internal sealed record RunFolderWalk(FolderSize Size, ImmutableArray<string> GpuFiles)
{
    private const int MostNames = 100_000, MostGpuFiles = 64;

    private static readonly EnumerationOptions Plainly = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true, RecurseSubdirectories = true, ReturnSpecialDirectories = false };

    private readonly record struct Entry(long Bytes, string? GpuFile);

    /// <param name="others">Absolute folders of other runs.</param>
    public static RunFolderWalk Of(string folder, IReadOnlySet<string> others)
    {
        var (bytes, files, isPart, gpus) = (0L, 0, false, ImmutableArray.CreateBuilder<string>());
        try
        {
            if (!Directory.Exists(folder)) return new(new(0, 0, IsPart: false), []);
            foreach (var entry in Entries(folder, others))
            {
                if (files == MostNames)
                {
                    isPart = true;
                    break;
                }
                (bytes, files) = (bytes + entry.Bytes, files + 1);
                if (entry.GpuFile is { } gpu && gpus.Count < MostGpuFiles) gpus.Add(gpu);
            }
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { isPart = true; }
        return new(new(bytes, files, isPart), [.. gpus.Order(StringComparer.Ordinal)]);
    }

    private static FileSystemEnumerable<Entry> Entries(string folder, IReadOnlySet<string> others) =>
        new(folder, static (ref FileSystemEntry entry) => new(entry.Length, entry.FileName is "gpu_metrics.csv" ? entry.ToFullPath() : null), Plainly)
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory,
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !others.Contains(entry.ToFullPath()),
        };
}
