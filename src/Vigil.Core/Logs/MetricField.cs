namespace Vigil.Logs;

/// <summary>A named number as it stands in a line.</summary>
public readonly ref struct MetricField(ReadOnlySpan<byte> name, double value)
{
    public ReadOnlySpan<byte> Name { get; } = name;
    public double Value { get; } = value;
}

/// <summary>Walks <c>name: number |</c> fields, the form of Megatron's lines. Fields whose value is no number are left out.</summary>
public ref struct PipedFields(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    public MetricField Current { get; private set; }

    /// <summary>What is still to be walked.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public readonly PipedFields GetEnumerator() => this;

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf((byte)'|');
            var field = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? [] : _rest[(end + 1)..];
            var colon = field.IndexOf(": "u8);
            if (colon < 0) continue;
            var name = ByteScan.Trimmed(field[..colon]);
            if (name.IsEmpty || !ByteScan.TryNumber(ByteScan.Trimmed(field[(colon + 2)..]), out var value)) continue;
            Current = new MetricField(name, value);
            return true;
        }
        return false;
    }
}
