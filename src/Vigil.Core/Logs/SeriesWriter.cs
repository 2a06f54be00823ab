using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Vigil.Logs;

/// <summary>
/// Turns the metrics of a run's lines into the bytes of its file of points. They wait in <see cref="Pending"/> until somebody has written
/// them. What the file holds already is not told again: a log may be read anew from any place before.
/// </summary>
public sealed class SeriesWriter
{
    private const int SmallBuffer = 256, LargestOfMany = 4096;

    /// <summary>The most that a row takes beside its values, and a value: a place and ten bytes of a number or of its decimals.</summary>
    private const int MostOfRow = 64, MostOfValue = 24;

    /// <summary>Thousands of runs wait at the same time, each for a few seconds: they take turns with what they wait in.</summary>
    private static readonly ArrayPool<byte> Buffers = ArrayPool<byte>.Create(LargestOfMany, maxArraysPerBucket: 8192);

    [ThreadStatic] private static byte[]? _row;

    private readonly SeriesState _state = new();
    private byte[] _bytes = [];
    private int _length;
    private int[] _places = [];   // of the table's metrics, here; -1: not known yet
    private MetricTable? _table;
    private string _source = "";
    private bool _isTold;         // whether the file knows that rows of this source follow
    private long _known = -1;

    /// <summary>Goes on where a file ends.</summary>
    /// <param name="sound">How much of it is whole: the rest is to be cut off before anything is added.</param>
    public static SeriesWriter After(ReadOnlySpan<byte> file, out int sound)
    {
        var writer = new SeriesWriter();
        var reader = new SeriesReader(file, writer._state);
        while (reader.TryNext()) { }
        sound = reader.Sound;
        return writer;
    }

    /// <summary>What is not in the file yet.</summary>
    public ReadOnlySpan<byte> Pending => _bytes.AsSpan(0, _length);

    /// <summary>The place in a source whose points are known; -1: none. A source that is read again from here on misses none.</summary>
    public long EndOf(string source) => source == _source ? _known : _state.EndOf(source);

    /// <summary>The way in for one log.</summary>
    public SeriesSource From(string source) => new(this, source);

    /// <summary>Whether nothing is taken until what is pending is in the file: what is left out can be read again.</summary>
    public bool IsFull { get; private set; }

    /// <summary>What is pending waits for too long, and must not grow.</summary>
    public void Refuse() => IsFull = true;

    /// <summary>What comes is read from this source. To be said before every row: a run's log and its metric files take turns.</summary>
    internal void Begin(string source)
    {
        if (_source == source && _isTold) return;
        if (_known >= 0) _state.Remember(_source, _known);
        (_source, _known, _isTold) = (source, _state.EndOf(source), _state.Source == source);
    }

    /// <summary>What was pending is in the file.</summary>
    public void Written()
    {
        Return(_bytes);
        (_bytes, _length, IsFull) = ([], 0, false);
    }

    /// <summary>Values that stand together in a file which is no log.</summary>
    public void Add(string source, long step, long offset, IReadOnlyList<NamedValue> values)
    {
        if (IsFull) return;
        Begin(source);
        if (offset <= _known || values.Count == 0) return;
        var names = values.Select(static v => Encoding.UTF8.GetBytes(v.Name)).ToList();
        foreach (var name in names) PlaceOf(name);
        var row = BeginRow(step, offset, values.Count, out var length);
        for (var i = 0; i < names.Count; i++)
            if (PlaceOf(names[i]) is var place and >= 0) length = PutValue(row, length, place, values[i].Value);
        EndRow(row[..length], step, offset);
    }

    /// <summary>The metrics that a line has set.</summary>
    internal void Add(MetricTable table, long offset)
    {
        if (offset <= _known) return;
        if (_table != table) (_table, _places) = (table, []);
        var step = table.StepOf(table.Fresh[0]);
        foreach (var metric in table.Fresh) PlaceOf(metric);
        if (IsRepeated(table, step)) return;
        var row = BeginRow(step, offset, table.Fresh.Length, out var length);
        foreach (var metric in table.Fresh)
            if (_places[metric] is var place and >= 0) length = PutValue(row, length, place, table.ValueOf(metric));
        EndRow(row[..length], step, offset);
    }

    /// <summary>A bar is drawn anew without news.</summary>
    private bool IsRepeated(MetricTable table, long step)
    {
        if (step != _state.Step || !_isTold) return false;
        foreach (var metric in table.Fresh)
            if (_places[metric] is var place and >= 0 && !IsSame(_state.Values[place].Number, table.ValueOf(metric))) return false;
        return true;
    }

    private int PlaceOf(int metric)
    {
        if (metric < _places.Length && _places[metric] is >= 0 and var known) return known;
        if (metric >= _places.Length)
        {
            var old = _places.Length;
            Array.Resize(ref _places, Math.Max(metric + 1, old * 2));
            _places.AsSpan(old).Fill(-1);
        }
        if (_places[metric] < 0) _places[metric] = PlaceOf(_table!.NameOf(metric));
        return _places[metric];
    }

    private int PlaceOf(byte[] name)
    {
        var place = _state.Place(name);
        if (place >= 0 || name.Length > SeriesState.MaxNameBytes || _state.Names.Count == SeriesState.MaxNames) return place;
        AddRecord(SeriesState.NameRecord, name);
        _state.AddName(name);
        return _state.Names.Count - 1;
    }

    /// <summary>Room for the row: it is put together on the side, so that what waits is no longer than it must be.</summary>
    private Span<byte> BeginRow(long step, long offset, int values, out int length)
    {
        if (!_isTold)
        {
            AddRecord(SeriesState.SourceRecord, Encoding.UTF8.GetBytes(_source));
            _state.Begin(_source);
            _isTold = true;
        }
        var most = MostOfRow + values * MostOfValue;
        if (_row is not { } row || row.Length < most) _row = row = new byte[most];
        length = PutVarint(row, 0, Zigzag(step - _state.Step));
        length = PutVarint(row, length, Zigzag(offset - _state.Offset));
        return row;
    }

    private void EndRow(ReadOnlySpan<byte> row, long step, long offset)
    {
        AddRecord(SeriesState.RowRecord, row);
        (_state.Step, _state.Offset) = (step, offset);
        _known = offset;
    }

    private int PutValue(Span<byte> row, int at, int place, double value)
    {
        ref var known = ref CollectionsMarshal.AsSpan(_state.Values)[place];
        ref var kind = ref row[at];   // in the lowest bits of the place's first byte
        at = PutVarint(row, at, (ulong)place << 2);
        if (IsSame(known.Number, value)) kind |= SeriesState.Same;
        else if (SeriesState.TryDecimal(value, known.Power, out var mantissa, out var power))
        {
            kind |= (byte)(power == 0 ? SeriesState.Whole : SeriesState.Decimal);
            if (power > 0) row[at++] = (byte)power;
            at = PutVarint(row, at, Zigzag(mantissa));
            known = new(value, power);
        }
        else
        {
            kind |= SeriesState.Exact;
            BinaryPrimitives.WriteDoubleLittleEndian(row[at..], value);
            at += sizeof(double);
            known = known with { Number = value };
        }
        return at;
    }

    private static bool IsSame(double a, double b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b);

    private void AddRecord(byte kind, ReadOnlySpan<byte> content)
    {
        const int mostOfHeader = 1 + 5;
        Room(mostOfHeader + content.Length + SeriesState.CheckBytes);
        var bytes = _bytes.AsSpan(_length);
        bytes[0] = kind;
        var length = PutVarint(bytes, 1, (ulong)content.Length);
        content.CopyTo(bytes[length..]);
        length += content.Length;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[length..], SeriesState.Check(bytes[..length]));
        _length += length + SeriesState.CheckBytes;
    }

    private static int PutVarint(Span<byte> bytes, int at, ulong value)
    {
        for (; value >= 0x80; value >>= 7) bytes[at++] = (byte)(value | 0x80);
        bytes[at++] = (byte)value;
        return at;
    }

    private static ulong Zigzag(long value) => (ulong)(value << 1) ^ (ulong)(value >> 63);

    private void Room(int bytes)
    {
        if (_length + bytes <= _bytes.Length) return;
        var larger = PoolOf(_length + bytes).Rent(Math.Max(SmallBuffer, _length + bytes));
        Pending.CopyTo(larger);
        Return(_bytes);
        _bytes = larger;
    }

    private static void Return(byte[] bytes) => PoolOf(bytes.Length).Return(bytes);

    private static ArrayPool<byte> PoolOf(int length) => length <= LargestOfMany ? Buffers : ArrayPool<byte>.Shared;
}
