using System.Runtime.InteropServices;
using System.Text;
using Vigil.Platform;

namespace Vigil.Monitor;

/// <summary>One <c>monitor.log</c>: all of it, and how much is on disk. What was cut or deleted is written again.</summary>
internal sealed class MonitorLogFile
{
    private readonly List<byte> _all = [];
    private long _written = -1;

    public void Add(string line) => _all.AddRange(Encoding.UTF8.GetBytes(line));

    public void Flush(string path)
    {
        ReadOnlySpan<byte> all = CollectionsMarshal.AsSpan(_all);
        var length = File.Exists(path) ? new FileInfo(path).Length : 0;
        if (length == _written && length > 0) Append(path, all[(int)length..]);
        else Compare(path, all);
        _written = all.Length;
    }

    private void Compare(string path, ReadOnlySpan<byte> all)
    {
        var there = File.Exists(path) ? File.ReadAllBytes(path) : [];
        if (all.StartsWith(there))
        {
            Append(path, all[there.Length..]);
            return;
        }
        // The first line is the run's planning: a file with another one tells of something else.
        if (_written < 0 && !there.AsSpan().StartsWith(all[..(all.IndexOf((byte)'\n') + 1)])) KeptAside.Move(path);
        AtomicFile.Write(path, all);
    }

    private static void Append(string path, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return;
        using var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        var length = RandomAccess.GetLength(file);
        if (length == 0) File.SetUnixFileMode(file, AtomicFile.OwnerOnly);
        RandomAccess.Write(file, text, length);
    }
}
