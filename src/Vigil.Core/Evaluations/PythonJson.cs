using System.Buffers;

namespace Vigil.Evaluations;

/// <summary>Gives the next bytes; 0: there are no more.</summary>
internal delegate int NextBytes(Span<byte> into);

/// <summary>
/// JSON as Python writes it, made into JSON as it is read here, piece by piece: outside of texts <c>NaN</c>, <c>Infinity</c> and
/// <c>-Infinity</c> become texts of the same name, and a long text loses its end. Everything else stays, mistakes included.
/// </summary>
internal sealed class PythonJson(NextBytes source)
{
    /// <summary>So much of a text is kept: pictures and whole conversations are no header's business.</summary>
    public const int LongestText = 64 << 10;

    /// <summary>A piece that is asked for must have room for what one byte can become.</summary>
    public const int LeastRoom = 16;

    private static readonly SearchValues<byte> Turns = SearchValues.Create("\"NI-"u8), TextTurns = SearchValues.Create("\"\\"u8);
    private static readonly byte[] NotANumber = [.. "NaN"u8], Infinity = [.. "Infinity"u8];

    private readonly byte[] _raw = new byte[16 << 10];
    private int _at, _end;
    private Place _place;
    private byte[] _word = NotANumber;
    private int _wordAt, _textBytes, _hexLeft;

    private enum Place
    {
        Outside,
        BehindMinus,
        InWord,
        InText,
        BehindBackslash,
        InLongText,
        BehindBackslashOfLongText,
    }

    /// <summary>How many bytes were written; 0: there are no more.</summary>
    public int Read(Span<byte> into)
    {
        var written = 0;
        while (into.Length - written >= LeastRoom)
        {
            if (_at == _end)
            {
                // What is there is given first: the source may be slow.
                if (written > 0) break;
                (_at, _end) = (0, source(_raw));
                if (_end <= 0)
                {
                    _end = 0;
                    break;
                }
            }
            written += Step(_raw.AsSpan(_at, _end - _at), into[written..]);
        }
        return written;
    }

    private int Step(ReadOnlySpan<byte> rest, Span<byte> into)
    {
        switch (_place)
        {
            case Place.Outside: return Outside(rest, into);
            case Place.BehindMinus:
                if (rest[0] != 'I') return Put(into, "-"u8, Place.Outside);
                _at++;
                return Begin(into, "\"-I"u8, Infinity);
            case Place.InWord: return InWord(rest[0], into);
            case Place.InText: return InText(rest, into);
            case Place.BehindBackslash:
                _at++;
                _textBytes++;
                _hexLeft = rest[0] == 'u' ? 4 : 0;
                return Put(into, rest[..1], Place.InText);
            case Place.InLongText: return InLongText(rest, into);
            default:
                _at++;
                _place = Place.InLongText;
                return 0;
        }
    }

    private int Outside(ReadOnlySpan<byte> rest, Span<byte> into)
    {
        var plain = Until(rest, Turns, into.Length - LeastRoom);
        if (plain > 0 || rest.IsEmpty) return Copy(rest[..plain], into);
        _at++;
        switch (rest[0])
        {
            case (byte)'N': return Begin(into, "\"N"u8, NotANumber);
            case (byte)'I': return Begin(into, "\"I"u8, Infinity);
            case (byte)'-': return Put(into, [], Place.BehindMinus);
            default:
                (_textBytes, _hexLeft) = (0, 0);
                return Put(into, rest[..1], rest[0] == '"' ? Place.InText : Place.Outside);
        }
    }

    private int InWord(byte next, Span<byte> into)
    {
        // A word that is none of the three stays a mistake: nothing may stand right behind a text.
        if (next != _word[_wordAt]) return Put(into, "\"?"u8, Place.Outside);
        _at++;
        into[0] = next;
        if (++_wordAt < _word.Length) return 1;
        into[1] = (byte)'"';
        _place = Place.Outside;
        return 2;
    }

    private int InText(ReadOnlySpan<byte> rest, Span<byte> into)
    {
        var isWithinCharacter = (rest[0] & 0xC0) == 0x80;
        if (_hexLeft > 0 || _textBytes >= LongestText && isWithinCharacter)
        {
            _hexLeft = Math.Max(0, _hexLeft - 1);
            return Copy(rest[..1], into);
        }
        if (_textBytes >= LongestText && rest[0] != '"') return Put(into, [], Place.InLongText);
        var plain = Until(rest, TextTurns, Math.Min(into.Length - LeastRoom, LongestText - _textBytes));
        if (plain > 0) return Copy(rest[..plain], into);
        _at++;
        _textBytes++;
        return Put(into, rest[..1], rest[0] switch { (byte)'"' => Place.Outside, (byte)'\\' => Place.BehindBackslash, _ => Place.InText });
    }

    private int InLongText(ReadOnlySpan<byte> rest, Span<byte> into)
    {
        var plain = Until(rest, TextTurns, rest.Length);
        _at += plain;
        if (plain == rest.Length) return 0;
        _at++;
        return rest[plain] == '"' ? Put(into, "\""u8, Place.Outside) : Put(into, [], Place.BehindBackslashOfLongText);
    }

    private static int Until(ReadOnlySpan<byte> rest, SearchValues<byte> turns, int most)
    {
        var within = rest[..Math.Clamp(most, 0, rest.Length)];
        return within.IndexOfAny(turns) is >= 0 and var turn ? turn : within.Length;
    }

    private int Begin(Span<byte> into, ReadOnlySpan<byte> start, byte[] word)
    {
        (_word, _wordAt) = (word, 1);
        return Put(into, start, Place.InWord);
    }

    private int Put(Span<byte> into, ReadOnlySpan<byte> bytes, Place next)
    {
        _place = next;
        bytes.CopyTo(into);
        return bytes.Length;
    }

    private int Copy(ReadOnlySpan<byte> bytes, Span<byte> into)
    {
        _at += bytes.Length;
        if (_place is Place.InText) _textBytes += bytes.Length;
        bytes.CopyTo(into);
        return bytes.Length;
    }
}
