using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Vigil.Logs;

/// <summary>How a field <c>name: number |</c> looked last time. Trainers print every line by one format: mostly the text before the number is the same again, and the number of the same form.</summary>
internal struct FieldShape
{
    private const int MostOfLead = 160;

    private byte[]? _lead;
    private NumberForm? _form, _other;   // 999.5 and 1000.5 take turns

    /// <summary>Where in a text that begins with the field its number stands; -1: it is another field, or it must be looked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Lead(ReadOnlySpan<byte> text) => _lead is { } lead && text.StartsWith(lead) ? lead.Length : -1;

    public void RememberLead(ReadOnlySpan<byte> lead)
    {
        if (lead.Length <= MostOfLead) _lead = SharedBytes.Of(lead);
    }

    /// <summary>Reads the number that a text begins with, up to behind the bar that ends the field, or to the text's end; answers with that length, 0: it is not written so.</summary>
    public int Read(ReadOnlySpan<byte> text, out double number)
    {
        if (_form is { } form && text.Length >= Vector128<byte>.Count)
        {
            var start = Vector128.Create(text);
            if (form.TryRead(start, out number)) return form.Length;
            if (_other is { } other && other.TryRead(start, out number))
            {
                (_form, _other) = (other, form);
                return other.Length;
            }
        }
        var length = ByteScan.TryLeadingNumber(text, out number);
        if (length == 0) return 0;
        while (length < text.Length && text[length] == ' ') length++;
        if (length == text.Length) return length;
        if (text[length++] != '|') return 0;
        (_form, _other) = (NumberForm.Of(text, length), _form);
        return length;
    }
}
