using System.Collections.Immutable;
using Vigil.Platform;
using Vigil.Schedulers.Local;

namespace Vigil.Schedulers.Slurm;

/// <summary>This machine: a login node.</summary>
/// <param name="clockFile">Absolute: a file of ours on the file system of the experiment, written to learn its clock. Its folder need not exist.</param>
internal sealed class HereSite(string clockFile, IReadOnlyDictionary<string, string> environment, TimeProvider time) : ISite
{
    private readonly ProcessRunner _runner = new(time) { Environment = environment };

    public string Name => "";

    public async ValueTask<ProcessOutcome> RunAsync(ImmutableArray<string> words, TimeSpan limit, CancellationToken stop) => await _runner.RunAsync(words, limit, stop);

    // Off the caller's thread: a network file system may hang.
    public async ValueTask<ImmutableArray<AttemptMarks>?> MarksAsync(ImmutableArray<string> folders, CancellationToken stop) =>
        await Task.Run(() => folders.Select(Marks).ToImmutableArray(), stop);

    public async ValueTask<SiteWrites?> LastWritesAsync(ImmutableArray<string> paths, CancellationToken stop) =>
        await Task.Run(() => new SiteWrites(ClockOfFiles(), [.. paths.Select(LastWrite)]), stop);

    public async ValueTask<ImmutableArray<IReadOnlyList<string>>> LastLinesAsync(ImmutableArray<string> files, CancellationToken stop) =>
        await Task.Run(() => files.Select(JobVerdict.End).ToImmutableArray(), stop);

    // A claim that cannot be read now is a claim all the same.
    private static AttemptMarks Marks(string folder) => JobFiles.Marks(name => SmallFile.TryRead(Path.Combine(folder, name))) with { HasClaim = JobFiles.IsClaimed(folder) };

    /// <summary>The time that the file server gives to a write of this moment; this machine's own where nothing can be written.</summary>
    private DateTimeOffset ClockOfFiles()
    {
        try
        {
            PrivateFolder.Create(Path.GetDirectoryName(clockFile)!);
            AtomicFile.Write(clockFile, "");
            return File.GetLastWriteTimeUtc(clockFile);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException) { return time.GetUtcNow(); }
    }

    private static DateTimeOffset? LastWrite(string path)
    {
        try
        {
            if (File.Exists(path)) return File.GetLastWriteTimeUtc(path);
            var folder = new DirectoryInfo(path);
            if (!folder.Exists) return null;
            DateTimeOffset newest = folder.LastWriteTimeUtc;
            foreach (var entry in folder.EnumerateFileSystemInfos())
                if (entry.LastWriteTimeUtc > newest) newest = entry.LastWriteTimeUtc;
            return newest;
        }
        // Removed or closed to us while we looked.
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { return null; }
    }
}
