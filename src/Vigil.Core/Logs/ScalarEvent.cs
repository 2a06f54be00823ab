using System.Buffers.Binary;
using System.Text;

namespace Vigil.Logs;

/// <summary>A value under its name.</summary>
public readonly record struct NamedValue(string Name, double Value);

/// <summary>
/// The scalars of one event of a TensorBoard file: values written the old way (<c>simple_value</c>) and the new (a tensor of one number).
/// Read by hand from the protobuf's bytes; images, texts and histograms are passed over.
/// </summary>
public static class ScalarEvent
{
    private const int MaxNameBytes = 512, MaxValues = 1000;

    // Field numbers of Event, Summary, Summary.Value and TensorProto.
    private const int EventStep = 2, EventSummary = 5, SummaryValue = 1, ValueTag = 1, ValueSimple = 2, ValueTensor = 8;
    private const int TensorType = 1, TensorContent = 4, TensorFloat = 5, TensorDouble = 6;
    private const int TypeFloat = 1, TypeDouble = 2;

    /// <returns>False when the content is no event; an event without scalars is one with none.</returns>
    public static bool TryRead(ReadOnlySpan<byte> content, List<NamedValue> values, out long step)
    {
        values.Clear();
        step = 0;
        while (!content.IsEmpty)
        {
            if (!TryField(ref content, out var field, out var number, out var bytes)) return false;
            if (field == EventStep) step = (long)number;
            else if (field == EventSummary && !TryReadSummary(bytes, values)) return false;
        }
        return true;
    }

    private static bool TryReadSummary(ReadOnlySpan<byte> summary, List<NamedValue> values)
    {
        while (!summary.IsEmpty)
        {
            if (!TryField(ref summary, out var field, out _, out var bytes)) return false;
            if (field == SummaryValue && values.Count < MaxValues && !TryReadValue(bytes, values)) return false;
        }
        return true;
    }

    private static bool TryReadValue(ReadOnlySpan<byte> value, List<NamedValue> values)
    {
        ReadOnlySpan<byte> tag = default;
        double? scalar = null;
        while (!value.IsEmpty)
        {
            if (!TryField(ref value, out var field, out var number, out var bytes)) return false;
            if (field == ValueTag) tag = bytes;
            else if (field == ValueSimple) scalar = BitConverter.UInt32BitsToSingle((uint)number);
            else if (field == ValueTensor && !TryReadTensor(bytes, ref scalar)) return false;
        }
        if (scalar is { } read && tag.Length is > 0 and <= MaxNameBytes) values.Add(new NamedValue(Encoding.UTF8.GetString(tag), read));
        return true;
    }

    private static bool TryReadTensor(ReadOnlySpan<byte> tensor, ref double? scalar)
    {
        ulong type = 0;
        ReadOnlySpan<byte> content = default;
        double? single = null;
        while (!tensor.IsEmpty)
        {
            if (!TryField(ref tensor, out var field, out var number, out var bytes)) return false;
            switch (field)
            {
                case TensorType: type = number; break;
                case TensorContent: content = bytes; break;
                case TensorFloat: single = bytes.Length == 4 ? BinaryPrimitives.ReadSingleLittleEndian(bytes) : bytes.IsEmpty ? BitConverter.UInt32BitsToSingle((uint)number) : null; break;
                case TensorDouble: single = bytes.Length == 8 ? BinaryPrimitives.ReadDoubleLittleEndian(bytes) : bytes.IsEmpty ? BitConverter.UInt64BitsToDouble(number) : null; break;
                default: break;
            }
        }
        if (single is null && type == TypeFloat && content.Length == 4) single = BinaryPrimitives.ReadSingleLittleEndian(content);
        if (single is null && type == TypeDouble && content.Length == 8) single = BinaryPrimitives.ReadDoubleLittleEndian(content);
        scalar ??= single;
        return true;
    }

    /// <summary>The next field of a message: its number, and its value as far as it is a number or bytes.</summary>
    private static bool TryField(scoped ref ReadOnlySpan<byte> message, out int field, out ulong number, out ReadOnlySpan<byte> bytes)
    {
        (field, number) = (0, 0);
        bytes = default;
        if (!TryVarint(ref message, out var key)) return false;
        field = (int)(key >> 3);
        switch (key & 7)
        {
            case 0: return TryVarint(ref message, out number);
            case 1 when message.Length >= 8:
                number = BinaryPrimitives.ReadUInt64LittleEndian(message);
                message = message[8..];
                return true;
            case 2 when TryVarint(ref message, out var length) && length <= (ulong)message.Length:
                bytes = message[..(int)length];
                message = message[(int)length..];
                return true;
            case 5 when message.Length >= 4:
                number = BinaryPrimitives.ReadUInt32LittleEndian(message);
                message = message[4..];
                return true;
            default: return false;
        }
    }

    private static bool TryVarint(scoped ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < bytes.Length && i < 10; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << 7 * i;
            if (bytes[i] >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            return true;
        }
        return false;
    }
}
