using System.Globalization;
using System.Text.RegularExpressions;

namespace FakeSlurm;

/// <summary><c>%j</c> and its like in the names of output files.</summary>
internal static partial class FileNames
{
    public static string Filled(FakeJob job, string pattern)
    {
        var name = Placeholder().Replace(pattern, match => (Letter: match.Groups["letter"].Value, Width: match.Groups["width"].Length > 0 ? int.Parse(match.Groups["width"].Value, CultureInfo.InvariantCulture) : 0) switch
        {
            ("%", _) => "%",
            ("A", var width) => Number(job.ArrayId ?? job.Id, width),
            ("a", var width) => Number(job.TaskId ?? 4294967294L, width),
            ("j" or "J", var width) => Number(job.Id, width),
            ("N", _) => job.NodeList.FirstOrDefault() ?? "",
            ("u", _) => job.User,
            ("x", _) => job.Name,
            (_, var width) => Number(0, width),
        });
        return Path.Combine(job.WorkDir, name);

        // %4j is the id with leading zeros.
        static string Number(long number, int width) => number.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0');
    }

    [GeneratedRegex(@"%(?<width>\d*)(?<letter>[%AajJNntsux])", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
