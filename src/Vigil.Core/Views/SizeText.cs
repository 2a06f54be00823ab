using System.Globalization;

namespace Vigil.Views;

/// <summary>Sizes as people read them.</summary>
public static class SizeText
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB"];

    /// <summary><c>512 B</c>, <c>1.5 kB</c>, <c>13 GB</c>: in powers of 1000.</summary>
    public static string Of(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        while (value >= 999.5 && unit < Units.Length - 1) (value, unit) = (value / 1000, unit + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 || value >= 9.95 ? Math.Round(value) : Math.Round(value, 1))} {Units[unit]}");
    }
}
