using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Vigil.Logs;

/// <summary>
/// Finds the next place of a text where literals of a plan stand. The loops are compiled for the machine at their first call, not ahead of time:
/// code made ahead may not use the widest vectors, and a command that reads one log is over before it would be made again.
/// </summary>
internal static class LiteralSearch
{
    /// <summary>The widths of vectors there are. Each gives the same places.</summary>
    internal enum Width { Scalar = 1, Narrow = 16, Wide = 32, Widest = 64 }

    internal static Width Best { get; } =
        Avx512BW.IsSupported && Vector512.IsHardwareAccelerated ? Width.Widest : Avx2.IsSupported ? Width.Wide : Vector128.IsHardwareAccelerated ? Width.Narrow : Width.Scalar;

    /// <summary>The first place at or after <paramref name="from"/> where a window begins whose literal stands there; below 0: none.</summary>
    /// <param name="found">Gets all literals with a window at that place.</param>
    /// <param name="tried">Grows by the places that passed the vectors: what the search costs beyond its pace.</param>
    public static int Next(LiteralPlan plan, ReadOnlySpan<byte> text, int from, List<int> found, ref long tried) => Next(Best, plan, text, from, found, ref tried);

    internal static int Next(Width width, LiteralPlan plan, ReadOnlySpan<byte> text, int from, List<int> found, ref long tried)
    {
        if (plan.Count == 0) return -1;
        while (width is not Width.Scalar && text.Length < (int)width + LiteralPlan.Window - 1) width = width is Width.Narrow ? Width.Scalar : (Width)((int)width / 2);
        var at = width switch
        {
            Width.Widest => Next512(plan, text, from, found, ref tried),
            Width.Wide => Next256(plan, text, from, found, ref tried),
            Width.Narrow => Next128(plan, text, from, found, ref tried),
            _ => -1,
        };
        if (at >= 0) return at;
        // The vectors see whole windows only; without them everything is left.
        if (width is not Width.Scalar) from = plan.HasShort ? Math.Max(from, text.Length - LiteralPlan.Window + 1) : text.Length;
        for (; from < text.Length; from++)
            if (plan.MayBeginAt(text, from) && plan.Collect(text, from, found)) return from;
        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Next512(LiteralPlan plan, ReadOnlySpan<byte> text, int from, List<int> found, ref long tried)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        var half = Vector512.Create((byte)0x0F);
        Vector512<byte> low0 = Table512(plan.Low, 0), low1 = Table512(plan.Low, 1), low2 = Table512(plan.Low, 2), low3 = Table512(plan.Low, 3);
        Vector512<byte> high0 = Table512(plan.High, 0), high1 = Table512(plan.High, 1), high2 = Table512(plan.High, 2), high3 = Table512(plan.High, 3);
        var last = text.Length - Vector512<byte>.Count - (LiteralPlan.Window - 1);
        var fresh = ulong.MaxValue;
        for (var at = from; at <= last + Vector512<byte>.Count - 1; at += Vector512<byte>.Count)
        {
            if (at > last)
            {
                fresh = ulong.MaxValue << (at - last);   // the last vector goes over places that were judged
                at = last;
            }
            var v0 = Vector512.LoadUnsafe(ref start, (nuint)at);
            var v1 = Vector512.LoadUnsafe(ref start, (nuint)at + 1);
            var v2 = Vector512.LoadUnsafe(ref start, (nuint)at + 2);
            var v3 = Vector512.LoadUnsafe(ref start, (nuint)at + 3);
            var passed = Avx512BW.Shuffle(low0, v0 & half) & Avx512BW.Shuffle(high0, (v0.AsUInt16() >>> 4).AsByte() & half)
                & Avx512BW.Shuffle(low1, v1 & half) & Avx512BW.Shuffle(high1, (v1.AsUInt16() >>> 4).AsByte() & half)
                & Avx512BW.Shuffle(low2, v2 & half) & Avx512BW.Shuffle(high2, (v2.AsUInt16() >>> 4).AsByte() & half)
                & Avx512BW.Shuffle(low3, v3 & half) & Avx512BW.Shuffle(high3, (v3.AsUInt16() >>> 4).AsByte() & half);
            if (passed == Vector512<byte>.Zero) continue;
            var places = ~Vector512.Equals(passed, Vector512<byte>.Zero).ExtractMostSignificantBits() & fresh;
            if (First(plan, text, at, places, found, ref tried) is >= 0 and var hit) return hit;
        }
        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Next256(LiteralPlan plan, ReadOnlySpan<byte> text, int from, List<int> found, ref long tried)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        var half = Vector256.Create((byte)0x0F);
        Vector256<byte> low0 = Table256(plan.Low, 0), low1 = Table256(plan.Low, 1), low2 = Table256(plan.Low, 2), low3 = Table256(plan.Low, 3);
        Vector256<byte> high0 = Table256(plan.High, 0), high1 = Table256(plan.High, 1), high2 = Table256(plan.High, 2), high3 = Table256(plan.High, 3);
        var last = text.Length - Vector256<byte>.Count - (LiteralPlan.Window - 1);
        var fresh = uint.MaxValue;
        for (var at = from; at <= last + Vector256<byte>.Count - 1; at += Vector256<byte>.Count)
        {
            if (at > last)
            {
                fresh = uint.MaxValue << (at - last);
                at = last;
            }
            var v0 = Vector256.LoadUnsafe(ref start, (nuint)at);
            var v1 = Vector256.LoadUnsafe(ref start, (nuint)at + 1);
            var v2 = Vector256.LoadUnsafe(ref start, (nuint)at + 2);
            var v3 = Vector256.LoadUnsafe(ref start, (nuint)at + 3);
            var passed = Avx2.Shuffle(low0, v0 & half) & Avx2.Shuffle(high0, (v0.AsUInt16() >>> 4).AsByte() & half)
                & Avx2.Shuffle(low1, v1 & half) & Avx2.Shuffle(high1, (v1.AsUInt16() >>> 4).AsByte() & half)
                & Avx2.Shuffle(low2, v2 & half) & Avx2.Shuffle(high2, (v2.AsUInt16() >>> 4).AsByte() & half)
                & Avx2.Shuffle(low3, v3 & half) & Avx2.Shuffle(high3, (v3.AsUInt16() >>> 4).AsByte() & half);
            if (passed == Vector256<byte>.Zero) continue;
            var places = ~Vector256.Equals(passed, Vector256<byte>.Zero).ExtractMostSignificantBits() & fresh;
            if (First(plan, text, at, places, found, ref tried) is >= 0 and var hit) return hit;
        }
        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Next128(LiteralPlan plan, ReadOnlySpan<byte> text, int from, List<int> found, ref long tried)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        var half = Vector128.Create((byte)0x0F);
        Vector128<byte> low0 = Table(plan.Low, 0), low1 = Table(plan.Low, 1), low2 = Table(plan.Low, 2), low3 = Table(plan.Low, 3);
        Vector128<byte> high0 = Table(plan.High, 0), high1 = Table(plan.High, 1), high2 = Table(plan.High, 2), high3 = Table(plan.High, 3);
        var last = text.Length - Vector128<byte>.Count - (LiteralPlan.Window - 1);
        var fresh = uint.MaxValue;
        for (var at = from; at <= last + Vector128<byte>.Count - 1; at += Vector128<byte>.Count)
        {
            if (at > last)
            {
                fresh = uint.MaxValue << (at - last);
                at = last;
            }
            var v0 = Vector128.LoadUnsafe(ref start, (nuint)at);
            var v1 = Vector128.LoadUnsafe(ref start, (nuint)at + 1);
            var v2 = Vector128.LoadUnsafe(ref start, (nuint)at + 2);
            var v3 = Vector128.LoadUnsafe(ref start, (nuint)at + 3);
            // Every index is below 16, where all machines agree on what a shuffle gives.
            var passed = Vector128.ShuffleNative(low0, v0 & half) & Vector128.ShuffleNative(high0, v0 >>> 4)
                & Vector128.ShuffleNative(low1, v1 & half) & Vector128.ShuffleNative(high1, v1 >>> 4)
                & Vector128.ShuffleNative(low2, v2 & half) & Vector128.ShuffleNative(high2, v2 >>> 4)
                & Vector128.ShuffleNative(low3, v3 & half) & Vector128.ShuffleNative(high3, v3 >>> 4);
            if (passed == Vector128<byte>.Zero) continue;
            var places = ~Vector128.Equals(passed, Vector128<byte>.Zero).ExtractMostSignificantBits() & 0xFFFF & fresh;
            if (First(plan, text, at, places, found, ref tried) is >= 0 and var hit) return hit;
        }
        return -1;
    }

    /// <summary>The first of these places where a literal stands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int First(LiteralPlan plan, ReadOnlySpan<byte> text, int at, ulong places, List<int> found, ref long tried)
    {
        for (; places != 0; places &= places - 1)
        {
            var place = at + BitOperations.TrailingZeroCount(places);
            tried++;
            if (plan.MayBeginAt(text, place) && plan.Collect(text, place, found)) return place;
        }
        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Table(byte[] all, int place) => Vector128.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(all), (nuint)(16 * place));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Table256(byte[] all, int place) => Vector256.Create(Table(all, place), Table(all, place));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Table512(byte[] all, int place) => Vector512.Create(Table256(all, place), Table256(all, place));
}
