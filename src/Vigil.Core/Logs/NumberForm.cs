using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Vigil.Logs;

/// <summary>
/// Where in a short text the digits of a number stand, and what stands around them. A text of the same form is read without a branch: all its bytes are checked
/// at once, and its digits added up by three multiplications (the idea of Mula's parser of integers). What is read is exactly what <see cref="ByteScan.TryLeadingNumber"/> reads.
/// </summary>
internal sealed class NumberForm
{
    /// <summary>Trainers have few formats; a log that has more is read digit by digit.</summary>
    private const int Most = 1024;

    private static readonly ConcurrentDictionary<Vector128<byte>, NumberForm> Known = [];

    private static int _count;   // to ask the dictionary stops everybody else who uses it

    private static readonly Vector128<sbyte> Tens = Vector128.Create((sbyte)10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1);
    private static readonly Vector128<short> Hundreds = Vector128.Create((short)100, 1, 100, 1, 100, 1, 100, 1), Myriads = Vector128.Create((short)10_000, 1, 10_000, 1, 10_000, 1, 10_000, 1);

    private readonly Vector128<byte> _isDigit, _around, _beyond, _order;
    private readonly double _power;
    private readonly bool _isDivided, _isNegative;

    /// <param name="places">Where the digits of the mantissa stand.</param>
    private NumberForm(ReadOnlySpan<byte> text, ReadOnlySpan<byte> places, int length, int scale)
    {
        Span<byte> isDigit = stackalloc byte[16], around = stackalloc byte[16], beyond = stackalloc byte[16], order = stackalloc byte[16];
        text[..length].CopyTo(around);
        beyond[length..].Fill(0xFF);
        order.Fill(0x80);   // a zero
        places.CopyTo(order[(16 - places.Length)..]);
        foreach (var place in places) (isDigit[place], around[place]) = (0xFF, 0);
        (_isDigit, _around, _beyond, _order) = (Vector128.Create(isDigit), Vector128.Create(around), Vector128.Create(beyond), Vector128.Create(order));
        (Length, _isNegative, _isDivided, _power) = (length, text[0] == '-', scale < 0, ByteScan.PowerOfTen(Math.Abs(scale)));
    }

    /// <summary>Of the number and all that belongs to the form behind it.</summary>
    public int Length { get; }

    /// <summary>The form of a number that was read; null where there is none for it.</summary>
    /// <param name="text">Begins with it.</param>
    /// <param name="length">Of the number and of what is to follow it in every text of this form.</param>
    public static NumberForm? Of(ReadOnlySpan<byte> text, int length)
    {
        if (!Ssse3.IsSupported || length > Vector128<byte>.Count || text.Length < Vector128<byte>.Count) return null;
        Span<byte> places = stackalloc byte[16];
        var (count, scale, at) = (0, 0, text[0] == '-' ? 1 : 0);
        for (; at < length && ByteScan.IsDigit(text[at]); at++) places[count++] = (byte)at;
        if (at < length && text[at] == '.')
            for (at++; at < length && ByteScan.IsDigit(text[at]); at++, scale--) places[count++] = (byte)at;
        // Another exponent is another form.
        if (at < length && (text[at] | 0x20) == 'e' && ByteScan.ExponentLength(text[(at + 1)..length], out var exponent) > 0) scale += exponent;
        var key = Key(text, places[..count], length);
        if (Known.TryGetValue(key, out var known)) return known;
        if (Volatile.Read(ref _count) >= Most) return null;
        Interlocked.Increment(ref _count);
        return Known.GetOrAdd(key, new NumberForm(text, places[..count], length, scale));
    }

    private static Vector128<byte> Key(ReadOnlySpan<byte> text, ReadOnlySpan<byte> places, int length)
    {
        Span<byte> key = stackalloc byte[16];
        text[..length].CopyTo(key);
        foreach (var place in places) key[place] = (byte)'0';
        return Vector128.Create(key);
    }

    /// <summary>False: the text has another form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead(Vector128<byte> text, out double number)
    {
        number = 0;
        var digits = text - Vector128.Create((byte)'0');
        var isOfForm = Vector128.ConditionalSelect(_isDigit, Vector128.LessThanOrEqual(digits, Vector128.Create((byte)9)), Vector128.Equals(text, _around)) | _beyond;
        if (isOfForm != Vector128<byte>.AllBitsSet) return false;
        var pairs = Ssse3.MultiplyAddAdjacent(Ssse3.Shuffle(digits, _order), Tens);
        var fours = Sse2.MultiplyAddAdjacent(pairs, Hundreds);
        var eights = Sse2.MultiplyAddAdjacent(Sse2.PackSignedSaturate(fours, fours), Myriads);
        var mantissa = eights[0] * 100_000_000L + eights[1];
        number = _isDivided ? mantissa / _power : mantissa * _power;
        if (_isNegative) number = -number;
        return true;
    }
}
