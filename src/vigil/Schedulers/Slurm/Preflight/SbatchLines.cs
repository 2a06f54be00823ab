using System.Text.RegularExpressions;
using Vigil.Planning;

namespace Vigil.Schedulers.Slurm.Preflight;

/// <summary>Options that stand in the user's own <c>#SBATCH</c> lines. What only the shell or the renderer will know is left out.</summary>
internal static partial class SbatchLines
{
    private static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal)
    {
        ["p"] = "partition",
        ["A"] = "account",
        ["q"] = "qos",
        ["t"] = "time",
        ["N"] = "nodes",
        ["n"] = "ntasks",
        ["c"] = "cpus-per-task",
        ["G"] = "gpus",
    };

    public static IEnumerable<SlurmOption> Of(SlurmScript? script)
    {
        if (script is null) yield break;
        foreach (var line in script.Directives.Concat(script.Template?.Split('\n') ?? []))
            foreach (Match match in line.TrimStart().StartsWith("#SBATCH ", StringComparison.Ordinal) ? Option.Matches(line) : Enumerable.Empty<Match>())
            {
                var (name, value) = (match.Groups["name"].Value, match.Groups["value"].Value.Trim('"', '\''));
                if (match.Groups["short"] is { Success: true, Value: var letter } && !Short.TryGetValue(letter, out name!)) continue;
                if (value.AsSpan().IndexOfAny('$', '{', '`') < 0) yield return new(name, value.Length > 0 ? value : null);
            }
    }

    [GeneratedRegex(@"\s(?:--(?<name>[a-z][a-z-]*)(?:=|\s+(?!-))?(?<value>[^\s#-][^\s]*)?|-(?<short>[A-Za-z])\s*(?<value>[^\s#-][^\s]*)?)", RegexOptions.CultureInvariant)]
    private static partial Regex Option { get; }
}
