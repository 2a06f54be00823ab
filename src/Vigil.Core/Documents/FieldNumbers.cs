using System.Globalization;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>Reads numbers and yes or no strictly; a remark in brackets may follow.</summary>
internal static class FieldNumbers
{
    public static int? Whole(FieldValue value, int least, DiagnosticBag report)
    {
        if (int.TryParse(WithoutRemark(value.Text), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least) return number;
        report.Error("DOC008", value.At, $"'{value.Key}' must be a whole number{(least > 0 ? $" from {least}" : "")}, not '{TextRules.Shorten(value.Text, 60)}'", "such as: 2");
        return null;
    }

    public static double? Real(FieldValue value, DiagnosticBag report)
    {
        if (double.TryParse(WithoutRemark(value.Text), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) return number;
        report.Error("DOC008", value.At, $"'{value.Key}' must be a number, not '{TextRules.Shorten(value.Text, 60)}'", "such as: 0.7");
        return null;
    }

    public static bool? Flag(FieldValue value, DiagnosticBag report)
    {
        switch (WithoutRemark(value.Text).ToUpperInvariant())
        {
            case "YES" or "TRUE" or "ON": return true;
            case "NO" or "FALSE" or "OFF": return false;
            default:
                report.Error("DOC008", value.At, $"'{value.Key}' must be yes or no, not '{TextRules.Shorten(value.Text, 60)}'");
                return null;
        }
    }

    /// <summary>A text without the brackets at its end.</summary>
    public static string WithoutRemark(string text)
    {
        var bare = text.Trim();
        return bare.EndsWith(')') && bare.IndexOf('(', StringComparison.Ordinal) is > 0 and var open ? bare[..open].TrimEnd() : bare;
    }
}
