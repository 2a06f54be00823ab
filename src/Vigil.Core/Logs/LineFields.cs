namespace Vigil.Logs;

/// <summary>How the named numbers of a line are written.</summary>
internal enum FieldForm
{
    None,

    /// <summary><c>name: number | name: number |</c></summary>
    Piped,

    /// <summary><c>{'name': number, 'name': 'number'}</c>: a Python dict, or JSON on one line.</summary>
    Dict,

    /// <summary><c>name=number, name: number unit</c></summary>
    Pairs,

    /// <summary><c>name=number, other name=number</c>: the end of a bar.</summary>
    Postfix,

    /// <summary>Pairs of a line that nobody knows: no units, and only names that come back.</summary>
    Unknown,
}

/// <summary>Walks <c>'name': number</c> entries of a dict that stands in one line; entries that are no number are left out.</summary>
internal ref struct DictFields(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    public MetricField Current { get; private set; }

    public readonly DictFields GetEnumerator() => this;

    public bool MoveNext()
    {
        while (true)
        {
            var open = _rest.IndexOfAny((byte)'\'', (byte)'"');
            if (open < 0) return false;
            var quote = _rest[open];
            var name = _rest[(open + 1)..];
            var close = name.IndexOf(quote);
            if (close < 0) return false;
            _rest = name[(close + 1)..];
            name = name[..close];
            if (!_rest.Skip(":"u8)) continue;
            _rest.SkipSpaces();
            if (_rest is [(byte)'\'' or (byte)'"', ..]) _rest = _rest[1..];   // numbers that were rounded to texts
            var length = ByteScan.NumberLength(_rest);
            if (length == 0 || name.IsEmpty || !ByteScan.TryNumber(_rest[..length], out var number)) continue;
            _rest = _rest[length..];
            if (_rest is [(byte)'\'' or (byte)'"', ..]) _rest = _rest[1..];
            if (!_rest.IsEmpty && _rest[0] is not ((byte)',' or (byte)'}' or (byte)' ')) continue;
            Current = new MetricField(name, number);
            return true;
        }
    }
}

/// <summary>Walks <c>name=number</c> and <c>name: number</c> pairs of a known trainer: a unit may follow the number, and a list counts by its first number.</summary>
internal ref struct PairFields(ReadOnlySpan<byte> line)
{
    private readonly ReadOnlySpan<byte> _line = line;
    private int _at;

    public MetricField Current { get; private set; }

    public readonly PairFields GetEnumerator() => this;

    public bool MoveNext()
    {
        while (true)
        {
            var mark = _line[_at..].IndexOfAny((byte)'=', (byte)':');
            if (mark < 0) return false;
            mark += _at;
            var (start, end) = (mark, mark);
            while (start > 0 && KeyedFields.IsOfKey(_line[start - 1])) start--;
            _at = mark + 1;
            var value = _line[_at..];
            value.SkipSpaces();
            if (value is [(byte)'[' or (byte)'(', ..]) value = value[1..];
            var length = ByteScan.NumberLength(value);
            if (length == 0 || start == end || (uint)(_line[start] - '0') <= 9) continue;
            if (value[length..] is [(byte)':' or (byte)'/', ..] or [(byte)'-', ..]) continue;   // a time, a fraction, a date
            if (!ByteScan.TryGroupedNumber(value[..length], out var number)) continue;
            Current = new MetricField(_line[start..end], number);
            return true;
        }
    }
}

/// <summary>Walks what a bar prints after its rate.</summary>
internal ref struct PostfixFields(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    public MetricField Current { get; private set; }

    public readonly PostfixFields GetEnumerator() => this;

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf(", "u8);
            var field = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? [] : _rest[(end + 2)..];
            var mark = field.IndexOfAny((byte)'=', (byte)':');
            if (mark <= 0 || !ByteScan.TryNumber(ByteScan.Trimmed(field[(mark + 1)..]), out var number)) continue;
            Current = new MetricField(ByteScan.Trimmed(field[..mark]), number);
            return true;
        }
        return false;
    }
}
