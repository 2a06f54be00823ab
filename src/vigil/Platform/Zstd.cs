using System.Runtime.InteropServices;
using Vigil.Evaluations;

namespace Vigil.Platform;

/// <summary>The system's libzstd, where it has one. Nothing else here depends on it.</summary>
internal static partial class Zstd
{
    public const string Library = "libzstd.so.1";

    /// <summary>Frames that want to look back further are refused: no header needs it, and the memory would be the machine's.</summary>
    private const int WidestWindow = 25, WidestWindowParameter = 100;

    /// <param name="library">By its name for the loader.</param>
    public static ZstdSupport Find(string library) => NativeLibrary.TryLoad(library, out _)
        ? new ZstdSupport.Here(static packed => new ZstdStream(packed))
        : new ZstdSupport.Missing($"is compressed with zstd, and {library} is not on this machine. Install the package libzstd1 (Debian, Ubuntu) or zstd (elsewhere)");

    /// <exception cref="InvalidDataException">The library has no memory for it.</exception>
    public static ZstdContext Open()
    {
        var context = new ZstdContext(CreateContext());
        if (!context.IsInvalid && !IsError(SetParameter(context, WidestWindowParameter, WidestWindow))) return context;
        context.Dispose();
        throw new InvalidDataException("zstd cannot begin");
    }

    /// <summary>Unpacks what there is and what there is room for.</summary>
    /// <returns>0: a frame ended with what was taken.</returns>
    /// <exception cref="InvalidDataException">It is no zstd.</exception>
    public static unsafe nuint Unpack(ZstdContext context, ReadOnlySpan<byte> packed, Span<byte> into, out int taken, out int given)
    {
        fixed (byte* from = packed)
        fixed (byte* to = into)
        {
            var (input, output) = (new Piece { Start = from, Length = (nuint)packed.Length }, new Piece { Start = to, Length = (nuint)into.Length });
            var result = Decompress(context, &output, &input);
            if (IsError(result)) throw new InvalidDataException("no zstd");
            (taken, given) = ((int)input.Position, (int)output.Position);
            return result;
        }
    }

    private static bool IsError(nuint result) => IsErrorCode(result) != 0;

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Piece
    {
        public byte* Start;
        public nuint Length, Position;
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_createDStream")]
    private static partial nint CreateContext();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDStream")]
    public static partial nuint FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_DCtx_setParameter")]
    private static partial nuint SetParameter(ZstdContext context, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressStream")]
    private static unsafe partial nuint Decompress(ZstdContext context, Piece* output, Piece* input);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    private static partial uint IsErrorCode(nuint result);
}

/// <summary>What libzstd keeps while it unpacks one stream.</summary>
internal sealed class ZstdContext : SafeHandle
{
    public ZstdContext(nint context) : base(0, ownsHandle: true) => SetHandle(context);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => Zstd.FreeContext(handle) == 0;
}
