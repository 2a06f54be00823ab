using Vigil.Platform;
using Vigil.Schedulers.Slurm.Ssh;

namespace Vigil.Monitor;

/// <summary>How a copy of a log grew.</summary>
internal enum Growth { None, Some, More }

/// <summary>
/// One log of a cluster and its copy here, which is always the beginning of it, byte for byte. A little of what is known comes again with each piece:
/// a log that was emptied or written anew is noticed, its old copy stays under another name, and a new copy begins.
/// </summary>
internal sealed class MirroredLog(string there, string here)
{
    private const int Overlap = 64;
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private long _size = -1;
    private byte[] _end = [];

    public string Here => here;

    /// <summary>Its job has ended.</summary>
    public bool HasEnded { get; set; }

    /// <summary>The job has ended, and a look that began later found nothing new.</summary>
    public bool IsWhole { get; set; }

    /// <summary>It was last seen shorter than its copy: network file systems show an old, smaller size for a moment, so it is believed when it is seen twice.</summary>
    public bool WasShorter { get; private set; }

    public LogRange Wanted(long most)
    {
        if (_size < 0) Begin();
        return new(there, _size, _size - _end.Length, most + _end.Length);
    }

    /// <param name="piece">Null: there is no log.</param>
    public Growth Take(LogPart? piece)
    {
        if (piece is null) return Growth.None;
        if (piece.Size < _size)
        {
            if (WasShorter)
            {
                StartAnew();
                return Growth.More;
            }
            WasShorter = true;
            return Growth.None;
        }
        WasShorter = false;
        var bytes = piece.Bytes.Span;
        if (bytes.Length < _end.Length) return Growth.None;
        if (!bytes.StartsWith(_end))
        {
            StartAnew();
            return Growth.More;
        }
        var (from, whole) = (_size - _end.Length, bytes.Length);
        // NULs at a log's end are still to be written.
        if (from + whole >= piece.Size) bytes = bytes.TrimEnd((byte)0);
        if (bytes.Length <= _end.Length) return Growth.None;
        Append(bytes[_end.Length..]);
        _end = bytes[^Math.Min(Overlap, bytes.Length)..].ToArray();
        return from + whole < piece.Size ? Growth.More : Growth.Some;
    }

    /// <summary>Goes on where an earlier monitor stopped.</summary>
    private void Begin()
    {
        (_size, _end) = (0, []);
        if (!File.Exists(here)) return;
        using var file = File.OpenHandle(here, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _size = RandomAccess.GetLength(file);
        _end = new byte[Math.Min(Overlap, _size)];
        if (RandomAccess.Read(file, _end, _size - _end.Length) != _end.Length) throw new EndOfStreamException($"{here} became shorter while it was read");
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        PrivateFolder.Create(Path.GetDirectoryName(here)!);
        using var file = File.OpenHandle(here, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        if (_size == 0) File.SetUnixFileMode(file, Mode);
        try { RandomAccess.Write(file, bytes, _size); }
        catch (IOException)
        {
            _size = -1;     // a part of it may have been written
            throw;
        }
        _size += bytes.Length;
    }

    /// <summary>What was there is kept: <c>slurm-17.out.1</c>, <c>slurm-17.out.2</c>, … the oldest first.</summary>
    private void StartAnew()
    {
        WasShorter = false;
        if (_size > 0 && File.Exists(here)) File.Move(here, Enumerable.Range(1, int.MaxValue).Select(i => $"{here}.{i}").First(static name => !File.Exists(name)));
        (_size, _end) = (0, []);
    }
}
