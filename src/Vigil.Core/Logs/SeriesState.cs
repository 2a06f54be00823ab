using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Vigil.Logs;

/// <summary>One value of a metric, and the place that shows it.</summary>
/// <param name="Source">Where it was read: <c>log 2</c> for the log of attempt 2, <c>log 2#1</c> after that file was replaced once; or a file below the run's folder.</param>
/// <param name="Offset">Where its line or record begins in that file.</param>
public readonly record struct SeriesPoint(long Step, double Value, string Source, long Offset);

/// <summary>
/// What a file of points has said so far. The file is a row of records, <c>kind, length, content, check</c>, that depend on the lines alone,
/// never on when they were written: the same logs make the same bytes. A record is a source, a name, or the values of one line, which are
/// mostly told as a difference from the line before.
/// </summary>
internal sealed class SeriesState
{
    public const byte SourceRecord = 1, NameRecord = 2, RowRecord = 3;
    public const int MaxNames = 1024, MaxNameBytes = 512;
    public const int Same = 0, Whole = 1, Decimal = 2, Exact = 3;
    public const int CheckBytes = 2;

    private static readonly double[] PowersOfTen = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    private const int NamesAtATime = 4;

    private Dictionary<string, long>? _ends;   // of sources before the newest: most runs have one

    public List<byte[]> Names { get; } = [];
    public List<Value> Values { get; } = [];
    public string Source { get; private set; } = "";
    public long Step { get; set; }
    public long Offset { get; set; }

    public void Begin(string source) => (Source, Step, Offset) = (source, 0, 0);

    /// <summary>The place of a source's last row; -1: it has none.</summary>
    public long EndOf(string source) => _ends?.GetValueOrDefault(source, -1) ?? -1;

    public void Remember(string source, long end) => (_ends ??= [])[source] = end;

    public int Place(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < Names.Count; i++)
            if (name.SequenceEqual(Names[i])) return i;
        return -1;
    }

    public void AddName(ReadOnlySpan<byte> name)
    {
        if (Names.Count == Names.Capacity) Names.Capacity = Values.Capacity = Names.Count + NamesAtATime;
        Names.Add(SharedBytes.Of(name));
        Values.Add(new Value(0, 0));
    }

    /// <summary>The whole number that, divided by a power of ten, is the value exactly; the power that fitted last is tried first.</summary>
    public static bool TryDecimal(double value, int likely, out long mantissa, out int power)
    {
        if (TryPower(value, likely, out mantissa))
        {
            power = likely;
            return true;
        }
        for (power = 0; power < PowersOfTen.Length; power++)
            if (TryPower(value, power, out mantissa)) return true;
        return false;
    }

    private static bool TryPower(double value, int power, out long mantissa)
    {
        var scaled = Math.Round(value * PowersOfTen[power]);
        mantissa = 0;
        if (!(Math.Abs(scaled) < 1L << 52) || BitConverter.DoubleToInt64Bits((long)scaled / PowersOfTen[power]) != BitConverter.DoubleToInt64Bits(value)) return false;
        mantissa = (long)scaled;
        return true;
    }

    public static double FromDecimal(long mantissa, int power) => mantissa / PowersOfTen[power];

    public static int Powers => PowersOfTen.Length;

    public static ushort Check(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return (ushort)(crc ^ crc >> 16);
    }

    /// <summary>The newest value of a metric.</summary>
    /// <param name="Power">The power of ten that its digits were told with.</param>
    public readonly record struct Value(double Number, int Power);
}
