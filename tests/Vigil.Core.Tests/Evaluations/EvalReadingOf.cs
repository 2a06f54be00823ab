using System.Text;
using Vigil.Evaluations;

namespace Vigil.Core.Tests.Evaluations;

/// <summary>Reads bytes as a file.</summary>
internal static class EvalReadingOf
{
    public static EvalReading Bytes(byte[] bytes, ZstdSupport? zstd = null) => EvalLogReader.Read(bytes.Length, (offset, into) =>
    {
        Assert.True(offset >= 0);
        if (offset >= bytes.Length) return 0;
        var part = bytes.AsSpan((int)offset, (int)Math.Min(into.Length, bytes.Length - offset));
        part.CopyTo(into);
        return part.Length;
    }, zstd ?? new ZstdSupport.Missing("needs zstd"));

    public static EvalReading Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    public static EvalLog Log(EvalReading reading) => Assert.IsType<EvalReading.Read>(reading).Log;

    public static EvalTrouble Trouble(EvalReading reading) => Assert.IsType<EvalReading.Refused>(reading).Trouble;
}
