using System.Buffers.Binary;
using System.Text;

namespace Vigil.Logs;

/// <summary>Reads a file of points from its beginning. Whatever does not hold together ends it: what stands behind a torn record was never whole.</summary>
public ref struct SeriesReader
{
    private readonly SeriesState _state;
    private ReadOnlySpan<byte> _rest;
    private readonly int _length;
    private int[] _row;
    private int _rowLength;

    public SeriesReader(ReadOnlySpan<byte> file) : this(file, new SeriesState()) { }

    internal SeriesReader(ReadOnlySpan<byte> file, SeriesState state)
    {
        _state = state;
        _rest = file;
        _length = file.Length;
        _row = new int[16];
    }

    /// <summary>How many bytes of the file were read and are sound.</summary>
    public readonly int Sound => _length - _rest.Length;

    /// <summary>How many values the row has.</summary>
    public readonly int Count => _rowLength;

    public readonly string NameOf(int value) => Encoding.UTF8.GetString(_state.Names[_row[value]]);

    /// <summary>A number that stands for the name of the value, the same throughout the file.</summary>
    public readonly int Place(int value) => _row[value];

    public readonly bool Is(int value, ReadOnlySpan<byte> name) => name.SequenceEqual(_state.Names[_row[value]]);

    public readonly SeriesPoint Point(int value) => new(_state.Step, _state.Values[_row[value]].Number, _state.Source, _state.Offset);

    /// <summary>Goes to the next row, the values of one line.</summary>
    public bool TryNext()
    {
        while (TryRecord(out var kind, out var content, out var length))
        {
            var isSound = kind switch
            {
                SeriesState.SourceRecord => TakeSource(content),
                SeriesState.NameRecord => TakeName(content),
                SeriesState.RowRecord => TakeRow(content),
                _ => false,
            };
            if (!isSound) return false;
            _rest = _rest[length..];
            if (kind == SeriesState.RowRecord) return true;
        }
        return false;
    }

    private readonly bool TryRecord(out byte kind, out ReadOnlySpan<byte> content, out int length)
    {
        (kind, length) = (0, 0);
        content = default;
        if (_rest.Length < 2) return false;
        kind = _rest[0];
        var rest = _rest[1..];
        if (!TryVarint(ref rest, out var size) || size > 1 << 20 || rest.Length < (int)size + SeriesState.CheckBytes) return false;
        content = rest[..(int)size];
        length = _rest.Length - rest.Length + (int)size + SeriesState.CheckBytes;
        return BinaryPrimitives.ReadUInt16LittleEndian(rest[(int)size..]) == SeriesState.Check(_rest[..(length - SeriesState.CheckBytes)]);
    }

    private readonly bool TakeSource(ReadOnlySpan<byte> content)
    {
        _state.Begin(Encoding.UTF8.GetString(content));
        return true;
    }

    private readonly bool TakeName(ReadOnlySpan<byte> content)
    {
        if (_state.Names.Count >= SeriesState.MaxNames) return false;
        _state.AddName(content);
        return true;
    }

    private bool TakeRow(ReadOnlySpan<byte> content)
    {
        if (!TryVarint(ref content, out var step) || !TryVarint(ref content, out var offset)) return false;
        _rowLength = 0;
        while (!content.IsEmpty)
        {
            if (!TryVarint(ref content, out var tag) || tag >> 2 >= (ulong)_state.Names.Count) return false;
            var place = (int)(tag >> 2);
            if (!TryValue(ref content, (int)(tag & 3), place)) return false;
            if (_rowLength == _row.Length) Array.Resize(ref _row, _rowLength * 2);
            _row[_rowLength++] = place;
        }
        _state.Step += Unzigzag(step);
        _state.Offset += Unzigzag(offset);
        _state.Remember(_state.Source, _state.Offset);
        return true;
    }

    private readonly bool TryValue(ref ReadOnlySpan<byte> content, int code, int place)
    {
        switch (code)
        {
            case SeriesState.Same: return true;
            case SeriesState.Whole:
                if (!TryVarint(ref content, out var whole)) return false;
                _state.Values[place] = new(Unzigzag(whole), 0);
                return true;
            case SeriesState.Decimal:
                if (content.IsEmpty || content[0] >= SeriesState.Powers) return false;
                var power = content[0];
                content = content[1..];
                if (!TryVarint(ref content, out var mantissa)) return false;
                _state.Values[place] = new(SeriesState.FromDecimal(Unzigzag(mantissa), power), power);
                return true;
            default:
                if (content.Length < sizeof(double)) return false;
                _state.Values[place] = new(BinaryPrimitives.ReadDoubleLittleEndian(content), _state.Values[place].Power);
                content = content[sizeof(double)..];
                return true;
        }
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0, shift = 0; i < bytes.Length && shift < 64; i++, shift += 7)
        {
            value |= (ulong)(bytes[i] & 0x7F) << shift;
            if (bytes[i] >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            return true;
        }
        return false;
    }

    private static long Unzigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
