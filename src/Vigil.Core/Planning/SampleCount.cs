using System.Buffers;
using System.Text;

namespace Vigil.Planning;

/// <summary>How many samples a file of data holds.</summary>
public abstract record SampleCount
{
    private SampleCount() { }

    public sealed record Known(long Samples) : SampleCount;

    /// <summary>Nobody can tell before the training does.</summary>
    /// <param name="Why">As the end of a sentence that names the data.</param>
    public sealed record Unknown(string Why) : SampleCount;

    /// <summary>The file is there and has not what the training will ask for.</summary>
    public sealed record Missing(string Why) : SampleCount;
}

/// <summary>
/// Counts the samples in a file of JSON while it is read piece by piece: the items of a list, those of the list in one field of an object, or the objects of
/// JSON lines. Nothing but the place in the text is kept, so a file may be of any size; what stands inside of samples is not checked.
/// </summary>
/// <param name="field">The object's key whose list is counted; null: the whole file is a list or lines.</param>
public sealed class SampleCounter(string? field)
{
    private const int Before = -1;

    private static readonly SearchValues<byte> InStrings = SearchValues.Create("\"\\"u8), InSamples = SearchValues.Create("\"{}[]"u8);

    private readonly byte[]? _field = field is null ? null : Encoding.UTF8.GetBytes(field);
    private readonly List<byte> _key = [];
    private Form _form;
    private long _count;
    private int _depth, _list = Before;
    private bool _isString, _isEscaped, _isItemDue, _isKeyDue, _isKey, _isWanted, _isFound;
    private string? _fault;

    private enum Form { Unknown, List, Lines, Object }

    public void Read(ReadOnlySpan<byte> piece)
    {
        for (var i = 0; i < piece.Length && _fault is null; i++)
        {
            if (Skip(piece[i..]) is > 0 and var far && (i += far) >= piece.Length) return;
            if (_isString) String(piece[i]);
            else if (piece[i] is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')) Sign(piece[i]);
        }
    }

    /// <summary>After the last piece.</summary>
    public SampleCount End() => this switch
    {
        { _fault: { } fault } => new SampleCount.Missing(fault),
        { _form: Form.Unknown } => new SampleCount.Missing("is empty"),
        { _depth: > 0 } or { _isString: true } => new SampleCount.Missing("ends in the middle of its JSON"),
        { _form: Form.Object, _isFound: false } => new SampleCount.Missing($"has no list '{field}'"),
        _ => new SampleCount.Known(_count),
    };

    /// <summary>How many bytes from here on change nothing.</summary>
    private int Skip(ReadOnlySpan<byte> rest)
    {
        if (_isString) return _isEscaped || _isKey ? 0 : Far(rest.IndexOfAny(InStrings), rest);
        return _depth > (_list != Before ? _list : _form is Form.Object ? 1 : 0) ? Far(rest.IndexOfAny(InSamples), rest) : 0;
    }

    private static int Far(int found, ReadOnlySpan<byte> rest) => found < 0 ? rest.Length : found;

    private void String(byte sign)
    {
        if (_isEscaped) _isEscaped = false;
        else if (sign is (byte)'\\') _isEscaped = true;
        else if (sign is (byte)'"')
        {
            _isString = false;
            if (_isKey) _isWanted = _key.Count == _field!.Length && _field.AsSpan().SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_key));
            _isKey = false;
            return;
        }
        if (_isKey && _key.Count <= _field!.Length) _key.Add(sign);
    }

    private void Sign(byte sign)
    {
        if (_form is Form.Unknown && !Begin(sign)) return;
        if (_depth == _list && _isItemDue && sign is not ((byte)']' or (byte)',')) (_isItemDue, _count) = (false, _count + 1);
        switch (sign)
        {
            case (byte)'"': Open(); break;
            case (byte)'{' or (byte)'[': Enter(sign); break;
            case (byte)'}' or (byte)']': Leave(); break;
            case (byte)',' when _depth == _list: _isItemDue = true; break;
            case (byte)',' when _depth == 1 && _form is Form.Object: (_isKeyDue, _isWanted) = (true, false); break;
            case not (byte)':' when _depth == 0: _fault = "is neither a list of samples nor JSON lines"; break;
            case not ((byte)':' or (byte)',') when _depth == 1 && _isWanted: _fault = $"has something else than a list in '{field}'"; break;
        }
    }

    /// <summary>False for a sign that stands before everything else.</summary>
    private bool Begin(byte sign)
    {
        if (sign is 0xEF or 0xBB or 0xBF) return false;   // the mark of UTF-8
        _form = (sign, _field) switch { ((byte)'[', null) => Form.List, ((byte)'{', null) => Form.Lines, ((byte)'{', _) => Form.Object, _ => Form.Unknown };
        if (_form is Form.Unknown) _fault = _field is null ? "is neither a list of samples nor JSON lines" : $"is no JSON object with a list '{field}'";
        return _fault is null;
    }

    private void Open()
    {
        _isString = true;
        if (_depth == 0) _fault = "is neither a list of samples nor JSON lines";
        else if (_depth == 1 && _isWanted) _fault = $"has something else than a list in '{field}'";
        else if (_depth == 1 && _isKeyDue) (_isKey, _isKeyDue) = (true, false);
        _key.Clear();
    }

    private void Enter(byte sign)
    {
        if (_depth == 0 && _form is Form.Lines) _count++;
        if (_depth == 1 && _isWanted && sign is not (byte)'[') _fault = $"has something else than a list in '{field}'";
        if (_depth == 0 && _form is Form.Lines && sign is (byte)'[' || _depth == 0 && _form is not Form.Lines && (_isFound || _isItemDue)) _fault = "is neither a list of samples nor JSON lines";
        var isList = _depth == 0 && _form is Form.List || _depth == 1 && _isWanted;
        _depth++;
        if (isList) (_list, _count, _isItemDue, _isFound, _isWanted) = (_depth, 0, true, true, false);
        else if (_depth == 1 && _form is Form.Object) _isKeyDue = true;
    }

    private void Leave()
    {
        if (_depth == _list) (_list, _isItemDue) = (Before, false);
        if (--_depth < 0) _fault = "is no JSON";
    }
}
