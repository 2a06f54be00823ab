using System.Text.RegularExpressions;

namespace Vigil.Logs.Signatures;

/// <summary>
/// Programs print their configuration, and a configuration may hold patterns and sample lines of failures. A line that is
/// written as such files are (a quoted item of a list, or one of their keys) tells what would be a failure, not that there was one.
/// </summary>
internal static partial class PrintedRules
{
    public static bool Holds(string line) => Form.IsMatch(line);

    [GeneratedRegex("""^\s*(?:#|-\s+['"]|(?:-\s+|\{\s*)?['"]?(?:name|pattern|patterns|regex|substring|says|advice|action|actions|cause|severity|samples|not|healthy|message|when)['"]?\s*:(?:\s|$))""", RegexOptions.CultureInvariant)]
    private static partial Regex Form { get; }
}
