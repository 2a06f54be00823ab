using System.Text.RegularExpressions;

namespace Vigil.Monitor;

/// <summary>
/// Which lines of a configuration are known again behind a logger's prefix. A log's own line ends in the words of a short one by chance, so it must be
/// written as a configuration is: as a rule's key with its value, in braces, or as some other key with a value of some length.
/// </summary>
internal static partial class ConfigLine
{
    public const int Shortest = 9;

    private const int ShortestOfAnyKey = 16;

    /// <summary>The line where it is such a one; else null.</summary>
    /// <param name="line">Without the blanks around it.</param>
    public static string? Of(string line) =>
        line.Length >= Shortest && (OfARule.IsMatch(line) || line.Length >= ShortestOfAnyKey && AnyKey.IsMatch(line)) ? line : null;

    [GeneratedRegex("""^(?:-\s+)?(?:[\{\[]|['"]?(?:when|if|do|log|pattern|substring|regex|inactivity|metric|signature|state|event|name|message)['"]?\s*:\s)""", RegexOptions.CultureInvariant)]
    private static partial Regex OfARule { get; }

    [GeneratedRegex("""^(?:-\s+)?['"]?[A-Za-z_][\w.\-]*['"]?\s*:\s+\S""", RegexOptions.CultureInvariant)]
    private static partial Regex AnyKey { get; }
}
