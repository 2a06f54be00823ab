using System.Globalization;
using System.Text;

namespace Vigil.Reports;

/// <summary>Writes CSV as RFC 4180 has it. A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers are ours, and stand as they are.</summary>
public sealed class CsvText
{
    private readonly StringBuilder _text = new();
    private bool _isFirst = true;

    public CsvText Text(string? value) => Cell(value is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n', ..] ? $"'{value}" : value ?? "");

    /// <summary>Such that it is read back as the same number.</summary>
    public CsvText Number(double? value) => Cell(value?.ToString("R", CultureInfo.InvariantCulture) ?? "");

    public CsvText Number(long? value) => Cell(value?.ToString(CultureInfo.InvariantCulture) ?? "");

    /// <summary>A number and where it comes from, in two cells.</summary>
    public CsvText Figure(Figure? figure) => Number(figure?.Value).Text(figure?.Source);

    public CsvText End()
    {
        _text.Append("\r\n");
        _isFirst = true;
        return this;
    }

    public override string ToString() => _text.ToString();

    private CsvText Cell(string value)
    {
        if (!_isFirst) _text.Append(',');
        _isFirst = false;
        if (value.AsSpan().IndexOfAny("\",\r\n") < 0) _text.Append(value);
        else _text.Append('"').Append(value.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        return this;
    }
}
