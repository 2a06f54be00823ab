using System.Runtime.InteropServices;
using Vigil.Monitor;

namespace Vigil.Tests.Monitor;

/// <summary>What a file system does wrong while somebody looks at a log.</summary>
internal abstract record Misbehaviour
{
    private Misbehaviour() { }

    public sealed record NotOpened(int Error) : Misbehaviour;

    public sealed record NotAsked(int Error) : Misbehaviour;

    /// <param name="After">Reads that still go well.</param>
    public sealed record NotRead(int Error, int After) : Misbehaviour;

    /// <summary>The size of a moment ago, and what lay in it.</summary>
    public sealed record OldSize(double Part) : Misbehaviour;

    /// <summary>Each read brings less than was asked for.</summary>
    public sealed record LittleAtATime(int Bytes) : Misbehaviour;
}

/// <summary>A file system in memory with one name in it, that misbehaves as it is told to.</summary>
internal sealed class UnrulyFiles : ILogFiles
{
    public const int NoEntry = 2, Io = 5, NoAccess = 13, Stale = 116;

    private LogContent? _opened;
    private long _shown;
    private int _reads;

    /// <summary>What stands under the name; null: nothing.</summary>
    public LogContent? Log { get; set; }

    /// <summary>Null: it behaves.</summary>
    public Misbehaviour? Wrong { get; set; }

    /// <summary>How many looks it lasts.</summary>
    public int Lasts { get; set; } = int.MaxValue;

    public int Open(string path)
    {
        if (Lasts-- == 0) Wrong = null;
        if (Wrong is Misbehaviour.NotOpened wrong) return Fail(wrong.Error);
        if (Log is not { } log) return Fail(NoEntry);
        Assert.Null(_opened);
        (_opened, _reads) = (log, 0);
        Openings++;
        _shown = Wrong is Misbehaviour.OldSize old ? (long)(log.Bytes.Count * old.Part) : log.Bytes.Count;
        return 7;
    }

    public bool TryAsk(int file, out LogFileSight sight)
    {
        sight = new(1, _opened!.Inode, _shown, IsRegular: true);
        return Wrong is not Misbehaviour.NotAsked wrong || Fail(wrong.Error) >= 0;
    }

    /// <summary>How often the file was opened.</summary>
    public int Openings { get; private set; }

    /// <summary>Whether it is a file system of this machine; one that misbehaves is none.</summary>
    public bool IsOfThisMachine { get; init; }

    public bool TryAsk(string path, out LogFileSight sight)
    {
        Assert.True(IsOfThisMachine, "what another machine wrote is asked for by name");
        sight = Log is { } log ? new(1, log.Inode, log.Bytes.Count, IsRegular: true) : default;
        return Log is not null || Fail(NoEntry) >= 0;
    }

    public bool IsLocal(int file) => IsOfThisMachine;

    public nint Read(int file, Span<byte> into, long offset)
    {
        if (Wrong is Misbehaviour.NotRead wrong && _reads++ >= wrong.After) return Fail(wrong.Error);
        var most = Wrong is Misbehaviour.LittleAtATime little ? Math.Min(little.Bytes, into.Length) : into.Length;
        var count = (int)Math.Clamp(_shown - offset, 0, most);
        CollectionsMarshal.AsSpan(_opened!.Bytes).Slice((int)Math.Min(offset, _opened.Bytes.Count), count).CopyTo(into);
        return count;
    }

    public void Close(int file) => _opened = null;

    private static int Fail(int error)
    {
        Marshal.SetLastPInvokeError(error);
        return -1;
    }
}

/// <summary>A file, whatever it is called.</summary>
internal sealed record LogContent(ulong Inode)
{
    public List<byte> Bytes { get; } = [];
}
