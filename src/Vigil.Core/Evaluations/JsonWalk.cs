using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Vigil.Evaluations;

/// <summary>Why a walk ended before its document did.</summary>
internal enum JsonFault
{
    None,

    /// <summary>There are no more bytes.</summary>
    Cut,

    NotJson,
}

/// <summary>
/// A walk through one JSON document of any length, in a buffer that only grows for long words. It stands at a value; each method takes
/// that value whole. A value of another kind than was asked for is passed over. Behind a fault there is nothing more.
/// </summary>
internal ref struct JsonWalk
{
    private const int FirstBuffer = 16 << 10, LargestBuffer = 1 << 20, Deepest = 1000;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = Deepest };

    private readonly PythonJson _text;
    private byte[] _buffer = new byte[FirstBuffer];
    private int _filled;
    private Utf8JsonReader _reader;

    /// <summary>Stands at the document itself, where there is one.</summary>
    public JsonWalk(NextBytes source)
    {
        _text = new(source);
        _reader = new(_buffer.AsSpan(0, 0), isFinalBlock: false, new JsonReaderState(Options));
        Next();
    }

    public JsonFault Fault { get; private set; }

    /// <summary>Whether there are members to come, by <see cref="NextName"/>.</summary>
    public bool EnterObject() => Enter(JsonTokenType.StartObject);

    /// <summary>Whether there may be items to come, by <see cref="NextItem"/>.</summary>
    public bool EnterArray() => Enter(JsonTokenType.StartArray);

    /// <summary>Goes to the value of the next member; null: there is none.</summary>
    public string? NextName()
    {
        if (!Next() || _reader.TokenType is not JsonTokenType.PropertyName) return null;
        var name = Decoded();
        return Next() ? name : null;
    }

    public bool NextItem() => Next() && _reader.TokenType is not JsonTokenType.EndArray;

    public string? Text()
    {
        if (_reader.TokenType is JsonTokenType.String) return Decoded();
        Skip();
        return null;
    }

    /// <summary>A text, number or truth value as it stands there.</summary>
    public string? Scalar()
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.Number: return Encoding.UTF8.GetString(_reader.ValueSpan);
            case JsonTokenType.True: return "true";
            case JsonTokenType.False: return "false";
            default: return Text();
        }
    }

    public double? Number()
    {
        if (_reader.TokenType is JsonTokenType.Number) return _reader.TryGetDouble(out var number) ? number : null;
        return Text() switch { "NaN" => double.NaN, "Infinity" => double.PositiveInfinity, "-Infinity" => double.NegativeInfinity, _ => null };
    }

    public long? Count()
    {
        if (_reader.TokenType is JsonTokenType.Number) return _reader.TryGetInt64(out var count) ? count : null;
        Skip();
        return null;
    }

    public DateTimeOffset? Time() =>
        Text() is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    public readonly bool IsObject() => _reader.TokenType is JsonTokenType.StartObject;

    public readonly bool IsArray() => _reader.TokenType is JsonTokenType.StartArray;

    public readonly bool IsTrue() => _reader.TokenType is JsonTokenType.True;

    public void Skip()
    {
        if (_reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        var depth = _reader.CurrentDepth;
        while (Next() && _reader.CurrentDepth > depth) { }
    }

    /// <summary>Whether nothing but the end follows.</summary>
    public bool IsAtEnd() => !Next() && Fault is JsonFault.Cut && _reader.TokenType is JsonTokenType.EndObject && _reader.CurrentDepth == 0;

    private bool Enter(JsonTokenType start)
    {
        if (Fault is JsonFault.None && _reader.TokenType == start) return true;
        Skip();
        return false;
    }

    private bool Next()
    {
        if (Fault is not JsonFault.None) return false;
        try
        {
            while (!_reader.Read())
                if (!Refill()) return false;
            return true;
        }
        catch (JsonException)
        {
            Fault = JsonFault.NotJson;
            return false;
        }
    }

    private bool Refill()
    {
        var used = (int)_reader.BytesConsumed;
        var left = _buffer.AsSpan(used, _filled - used);
        if (left.Length > LargestBuffer / 2)
        {
            Fault = JsonFault.NotJson;   // nobody's word is so long: texts are cut before
            return false;
        }
        var target = left.Length > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        left.CopyTo(target);
        var got = _text.Read(target.AsSpan(left.Length));
        (_buffer, _filled) = (target, left.Length + got);
        if (got == 0) Fault = JsonFault.Cut;
        else _reader = new(_buffer.AsSpan(0, _filled), isFinalBlock: false, _reader.CurrentState);
        return got > 0;
    }

    /// <summary>Half characters, which Python writes without a word, become marks.</summary>
    private readonly string Decoded()
    {
        try
        {
            return _reader.GetString() ?? "";
        }
        catch (InvalidOperationException) { return Encoding.UTF8.GetString(_reader.ValueSpan); }
    }
}
