using System.Globalization;

namespace Vigil.Cli;

/// <summary>Numbers of things in sentences.</summary>
internal static class Quantity
{
    /// <summary><c>1 run</c>, <c>2 runs</c>.</summary>
    public static string Of(long count, string thing) => string.Create(CultureInfo.InvariantCulture, $"{count} {thing}{(count == 1 ? "" : "s")}");

    /// <summary><c>1 run is</c>, <c>2 runs are</c>.</summary>
    public static string Are(int count, string thing) => $"{Of(count, thing)} {(count == 1 ? "is" : "are")}";
}
