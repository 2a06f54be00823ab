using System.Formats.Tar;
using System.IO.Compression;
using Vigil.Platform;

namespace Vigil.Schedulers.Slurm.Ssh;

/// <summary>Files of this machine on their way to a cluster, in one compressed tar.</summary>
/// <param name="Owner">Tells this experiment from another one that was given the same folder there.</param>
/// <param name="OwnerName">The same, for people.</param>
internal sealed class Upload(string owner, string ownerName)
{
    private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _folders = new(StringComparer.Ordinal);

    public string Owner => owner;
    public string OwnerName => ownerName;

    /// <summary>Absolute, there: folders that must exist.</summary>
    public IEnumerable<string> Folders => _folders;

    public void AddFolder(string there) => _folders.Add(there);

    /// <summary>Adds a folder of this machine with everything in it.</summary>
    /// <param name="name">What it is called below the experiment's folder there.</param>
    public void Add(string here, string name)
    {
        if (!Directory.Exists(here)) return;
        foreach (var entry in new DirectoryInfo(here).EnumerateFileSystemInfos())
            if (entry is DirectoryInfo { LinkTarget: null }) Add(entry.FullName, $"{name}/{entry.Name}");
            else _files[$"{name}/{entry.Name}"] = entry.FullName;
    }

    /// <summary>Adds one file of this machine.</summary>
    public void AddFile(string here, string name) => _files[name] = here;

    public byte[] Pack()
    {
        using var bytes = new MemoryStream();
        // Ten thousand runs' files are much alike.
        using (var compressed = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(compressed, TarEntryFormat.Pax))
            foreach (var (name, path) in _files) tar.WriteEntry(Entry(name, path));
        return bytes.ToArray();
    }

    private static PaxTarEntry Entry(string name, string path)
    {
        if (new FileInfo(path).LinkTarget is { } target) return new(TarEntryType.SymbolicLink, name) { LinkName = target, Mode = PrivateFolder.OwnerOnly };
        return new(TarEntryType.RegularFile, name) { Mode = File.GetUnixFileMode(path), DataStream = new MemoryStream(File.ReadAllBytes(path), writable: false) };
    }
}
