using System.Text.RegularExpressions;

namespace Vigil.Monitoring;

/// <summary>Lists of nodes as Slurm writes them: <c>n1,n[3-4]</c>.</summary>
internal static partial class NodeNames
{
    public static bool AreUsable(string nodes) => nodes.Length is > 0 and <= 4096 && Form.IsMatch(nodes);

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._\-]*(?:\[[0-9,\-]+\])?(?:,[A-Za-z0-9][A-Za-z0-9._\-]*(?:\[[0-9,\-]+\])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form { get; }
}
