using System.Collections.Immutable;
using System.Text;

namespace Vigil.Configuration.Expressions;

/// <summary>Texts as Python counts them: by characters, not by the halves that .NET cuts the rarer ones into.</summary>
internal static class CodePoints
{
    public static int Length(string text)
    {
        var length = text.Length;
        for (var i = 1; i < text.Length; i++)
            if (char.IsSurrogatePair(text[i - 1], text[i])) length--;
        return length;
    }

    public static ImmutableArray<string> Split(string text)
    {
        var all = ImmutableArray.CreateBuilder<string>(text.Length);
        for (var i = 0; i < text.Length; i++)
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) { all.Add(text.Substring(i, 2)); i++; }
            else all.Add(text[i].ToString());
        return all.DrainToImmutable();
    }

    /// <summary>Order by code points; UTF-16 puts what lies beyond U+FFFF before what lies above U+E000.</summary>
    public static int Compare(string a, string b)
    {
        for (var i = 0; i < a.Length && i < b.Length; i++)
        {
            if (a[i] == b[i]) continue;
            if (char.IsSurrogate(a[i]) != char.IsSurrogate(b[i])) return char.IsSurrogate(a[i]) ? 1 : -1;
            return a[i].CompareTo(b[i]);
        }
        return a.Length.CompareTo(b.Length);
    }

    public static string Join(IEnumerable<string> parts) => new StringBuilder().AppendJoin("", parts).ToString();
}

/// <summary>Python's slices.</summary>
internal static class Slices
{
    /// <summary>The indices that <c>[start:stop:step]</c> takes out of a row; a step of zero is the caller's mistake to report.</summary>
    public static IEnumerable<int> Indices(int length, long? start, long? stop, long step)
    {
        var (low, high) = step > 0 ? (0L, (long)length) : (-1L, length - 1L);
        var from = Bound(start, step > 0 ? low : high, length, low, high);
        var to = Bound(stop, step > 0 ? high : low, length, low, high);
        for (var i = from; step > 0 ? i < to : i > to; i += step) yield return (int)i;
    }

    private static long Bound(long? given, long otherwise, int length, long low, long high)
    {
        if (given is not { } index) return otherwise;
        if (index < 0) index += length;
        return Math.Clamp(index, low, high);
    }
}
